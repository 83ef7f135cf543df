from collections.abc import Mapping

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from pqlod.settings import Settings
from pqlod.web.clients import HAS_LEFT, client_of


def request(headers: Mapping[str, str], **environment: object) -> Request:
    builder = EnvironBuilder(headers=dict(headers), environ_overrides={"REMOTE_ADDR": "192.0.2.1", **environment})
    return Request(builder.get_environ())


@pytest.mark.parametrize(
    ("headers", "forwarded", "name"),
    [
        pytest.param({}, True, "192.0.2.1", id="the peer"),
        pytest.param({"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}, True, "198.51.100.7", id="whom the nearest proxy names"),
        pytest.param({"X-Forwarded-For": "198.51.100.7"}, False, "192.0.2.1", id="no proxy is believed"),
    ],
)
def test_queries_are_counted_by_the_address_of_the_client(headers: Mapping[str, str], forwarded: bool, name: str) -> None:
    assert client_of(request(headers), Settings(forwarded=forwarded)).name == name


def test_the_server_tells_whether_the_client_has_left() -> None:
    assert client_of(request({}, **{HAS_LEFT: lambda: True}), Settings()).has_left()
    assert not client_of(request({}), Settings()).has_left()
