from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from pqlod.errors import BadParameter
from pqlod.lda.model import Api
from pqlod.settings import Settings
from pqlod.web.addresses import parameters, root


def request(query: str = "", headers: dict[str, str] | None = None, **environ: Any) -> Request:
    builder = EnvironBuilder(query_string=query, headers=headers, base_url="http://asked.example/")
    return Request({**builder.get_environ(), **environ})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("b=1&a=2&b=3", (("b", "1"), ("a", "2"), ("b", "3")), id="order and repetition kept"),
        pytest.param("&a=b&&c=d&", (("a", "b"), ("c", "d")), id="empty parts"),
        pytest.param("humanIndexable&a=b", (("a", "b"),), id="a name without ="),
        pytest.param("a=", (("a", ""),), id="an empty value"),
        pytest.param("a=b=c", (("a", "b=c"),), id="= in a value"),
        pytest.param("q=free+AND%20schools%2B", (("q", "free AND schools+"),), id="plus and percent"),
        pytest.param("q=caf%C3%A9&r=caf\u00e9", (("q", "café"), ("r", "café")), id="UTF-8, encoded or not"),
        pytest.param("a=%zz", (("a", "%zz"),), id="a percent sign that encodes nothing"),
    ],
)
def test_parameters_are_read_as_they_came(query: str, expected: tuple[tuple[str, str], ...]) -> None:
    asked = request()
    asked.query_string = query.encode()

    assert parameters(asked) == expected


def test_parameters_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(BadParameter, match="UTF-8"):
        parameters(request("q=%FF"))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, "http://asked.example", id="the request itself"),
        pytest.param({"Host": "h.example:8080"}, "http://h.example:8080", id="its Host"),
        pytest.param({"X-Forwarded-Proto": "https"}, "https://asked.example", id="scheme alone"),
        pytest.param(
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "p.example, inner", "X-Forwarded-Prefix": "/lda"},
            "https://p.example/lda",
            id="X-Forwarded",
        ),
        pytest.param(
            {"Forwarded": 'for=1.2.3.4;proto=https;host="p.example:444", for=x;host=y'}, "https://p.example:444", id="RFC 7239"
        ),
        pytest.param(
            {"Forwarded": "Host=a.example", "X-Forwarded-Host": "b.example"}, "http://a.example", id="the standard wins"
        ),
        pytest.param({"X-Forwarded-Host": 'a"><script>', "X-Forwarded-Proto": "ftp"}, "http://asked.example", id="nonsense"),
        pytest.param({"X-Forwarded-Prefix": "//evil.example"}, "http://asked.example", id="a prefix that is none"),
    ],
)
def test_the_root_is_the_address_that_the_client_asked(headers: dict[str, str], expected: str) -> None:
    assert root(request(headers=headers), Settings()) == expected


def test_forwarded_headers_are_not_believed_where_the_settings_say_so() -> None:
    assert root(request(headers={"X-Forwarded-Host": "p.example"}), Settings(forwarded=False)) == "http://asked.example"


def test_the_path_at_which_the_application_is_mounted_is_part_of_the_root() -> None:
    assert root(request(SCRIPT_NAME="/lda"), Settings()) == "http://asked.example/lda"


@pytest.mark.parametrize("host", ["", "a b", "a<b", "h:port", "[::1"], ids=["empty", "space", "bracket", "port", "open"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(BadParameter, match="Host"):
        root(request(HTTP_HOST=host, SERVER_NAME=host or " "), Settings())


@pytest.mark.parametrize(
    ("base_url", "api_base", "expected"),
    [
        pytest.param("https://set.example/x/", "", "https://set.example/x", id="base_url"),
        pytest.param("https://set.example/", "http://b.example/root/", "http://b.example/root", id="api:base"),
        pytest.param("", "/f/base/", "http://asked.example/f/base", id="relative api:base"),
    ],
)
def test_what_is_configured_comes_before_what_was_asked(base_url: str, api_base: str, expected: str) -> None:
    api = cast(Api, SimpleNamespace(base=api_base, honours_forwarded=True))

    assert root(request(), replace(Settings(), base_url=base_url), api) == expected


def test_an_api_that_does_not_honour_forwarded_headers_is_told_the_host_of_the_request() -> None:
    api = cast(Api, SimpleNamespace(base="", honours_forwarded=False))

    assert root(request(headers={"X-Forwarded-Host": "p.example"}), Settings(), api) == "http://asked.example"
