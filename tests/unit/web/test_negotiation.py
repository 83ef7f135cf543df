from types import MappingProxyType
from typing import Any, cast

import pytest

from pqlod.errors import BadParameter, NotAcceptable
from pqlod.lda.model import Endpoint, FormatterDeclaration, FormatterKind
from pqlod.web.negotiation import best_offer, choose_format

OFFERS = ["application/json", "text/html", "text/turtle"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param("", 0, id="no header: the first"),
        pytest.param("*/*", 0, id="anything: the first"),
        pytest.param("text/turtle", 2, id="exact"),
        pytest.param("TEXT/Turtle", 2, id="letter case"),
        pytest.param("text/*", 1, id="wildcard subtype"),
        pytest.param(BROWSER, 1, id="browser"),
        pytest.param("text/turtle, text/html;q=0.1", 2, id="quality"),
        pytest.param("text/html;q=0.1, text/turtle", 2, id="quality before order"),
        pytest.param("text/turtle, text/html", 2, id="order of the client"),
        pytest.param("application/json;q=0, text/turtle;q=0.5", 2, id="refused"),
        pytest.param("*/*, application/json;q=0", 1, id="all but one"),
        pytest.param("text/html, */*", 1, id="the narrower range"),
        pytest.param("text/turtle;charset=utf-8;q=0.4", 2, id="other parameters"),
        pytest.param("rubbish, text/turtle;q=x, text/html", 1, id="malformed parts"),
        pytest.param("image/png", None, id="nothing"),
        pytest.param("*/*;q=0", None, id="nothing at all"),
    ],
)
def test_the_best_offer_is_what_the_header_prefers(accept: str, expected: int | None) -> None:
    assert best_offer(accept, OFFERS) == expected


def formatter(name: str, kind: FormatterKind, *media_types: str) -> FormatterDeclaration:
    return FormatterDeclaration(name, kind, media_types)


JSON = formatter("json", FormatterKind.JSON, "application/json")
ISO = formatter("iso", FormatterKind.JSON, "application/json")
TEXT = formatter("text", FormatterKind.JSON, "text/plain")
XML = formatter("xml", FormatterKind.XML, "application/xml", "text/xml")
HTML = formatter("html", FormatterKind.HTML, "text/html; charset=utf-8")


@pytest.fixture
def endpoint() -> Endpoint:
    fields: dict[str, Any] = dict.fromkeys(("iri", "template", "viewers", "default_viewer", "variables"))
    formatters = MappingProxyType({each.name: each for each in (JSON, TEXT, XML, HTML, ISO)})
    return Endpoint(**fields, formatters=formatters, default_formatter=cast(FormatterDeclaration, ISO))


@pytest.mark.parametrize(
    ("name", "suffix", "accept", "expected"),
    [
        pytest.param("xml", "json", "text/html", ("xml", "application/xml", False), id="_format beats all"),
        pytest.param("", "xml", "text/html", ("xml", "application/xml", False), id="suffix beats Accept"),
        pytest.param("", "", "text/xml", ("xml", "text/xml", True), id="labelled as asked"),
        pytest.param("", "", "text/plain", ("json", "text/plain", True), id="by the suffix of its kind"),
        pytest.param("", "", "", ("json", "application/json", True), id="the default, by the suffix of its kind"),
        pytest.param("", "", BROWSER, ("html", "text/html; charset=utf-8", True), id="browser"),
    ],
)
def test_a_format_is_chosen(endpoint: Endpoint, name: str, suffix: str, accept: str, expected: tuple[str, str, bool]) -> None:
    choice = choose_format(endpoint, name=name, suffix=suffix, accept=accept)

    assert (choice.formatter.name, choice.media_type, choice.is_negotiated) == expected


def test_an_unknown_format_is_refused_with_a_near_name(endpoint: Endpoint) -> None:
    with pytest.raises(BadParameter, match=r"Did you mean 'json'\?"):
        choose_format(endpoint, name="jsn", suffix="", accept="")


def test_what_nobody_offers_is_refused_with_the_offers(endpoint: Endpoint) -> None:
    with pytest.raises(NotAcceptable, match="application/json, text/plain, application/xml"):
        choose_format(endpoint, name="", suffix="", accept="image/png")


def test_a_callback_makes_json_of_a_script_that_accepts_anything(endpoint: Endpoint) -> None:
    assert choose_format(endpoint, name="", suffix="", accept="text/html", is_jsonp=True).formatter is JSON


def test_a_callback_in_another_format_is_refused(endpoint: Endpoint) -> None:
    with pytest.raises(BadParameter, match="callback"):
        choose_format(endpoint, name="", suffix="xml", accept="", is_jsonp=True)
