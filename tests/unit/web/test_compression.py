"""Compressed bodies: for whom, of what, and that a failure still breaks them off."""

import gzip
from collections.abc import Iterator

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from pqlod.web.compression import LEAST, compressed

LONG = b"written question " * LEAST


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = Flask(__name__)
    app.after_request(compressed)

    def failing() -> Iterator[bytes]:
        yield LONG
        raise RuntimeError("cut")

    bodies = {
        "whole": lambda: Response(LONG),
        "streamed": lambda: Response(iter([LONG, b"", LONG])),
        "failing": lambda: Response(failing()),
        "small": lambda: Response(b"x" * (LEAST - 1)),
        "tagged": lambda: Response(LONG, headers={"ETag": '"1"'}),
    }
    app.add_url_rule("/<name>", view_func=lambda name: bodies[name](), endpoint="body")
    return app.test_client()


@pytest.mark.parametrize(("name", "body"), [("whole", LONG), ("streamed", LONG + LONG)])
@pytest.mark.parametrize("accepted", ["gzip", "br;q=1, gzip;q=0.5", "*"])
def test_a_body_is_packed_for_a_client_that_takes_it(client: FlaskClient, name: str, body: bytes, accepted: str) -> None:
    response = client.get(f"/{name}", headers={"Accept-Encoding": accepted})

    assert response.headers["Content-Encoding"] == "gzip"
    assert response.vary.as_set() == {"accept-encoding"}
    assert len(response.data) < len(body) / 10
    assert gzip.decompress(response.data) == body


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "deflate, *;q=0"])
def test_a_body_stays_as_it_is_for_others(client: FlaskClient, accepted: str) -> None:
    response = client.get("/whole", headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in response.headers
    assert response.vary.as_set() == {"accept-encoding"}
    assert response.data == LONG


def test_what_is_small_is_not_packed(client: FlaskClient) -> None:
    response = client.get("/small", headers={"Accept-Encoding": "gzip"})

    assert not {"Content-Encoding", "Vary"} & set(response.headers.keys())


def test_a_packed_body_has_another_tag(client: FlaskClient) -> None:
    packed = client.get("/tagged", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["ETag"] == '"1-gzip"'
    assert client.get("/tagged").headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    ("accepted", "tag", "status"),
    [("gzip", '"1-gzip"', 304), ("gzip", 'W/"1-gzip"', 304), ("identity", '"1-gzip"', 200), ("gzip", '"2-gzip"', 200)],
)
def test_a_client_that_has_the_packed_body_is_told_so(client: FlaskClient, accepted: str, tag: str, status: int) -> None:
    response = client.get("/tagged", headers={"Accept-Encoding": accepted, "If-None-Match": tag})

    assert response.status_code == status
    assert bool(response.data) == (status == 200)
    assert "accept-encoding" in response.vary


def test_the_length_is_that_of_the_packed_body(client: FlaskClient) -> None:
    asked = client.get("/whole", headers={"Accept-Encoding": "gzip"})
    head = client.head("/whole", headers={"Accept-Encoding": "gzip"})

    assert asked.headers["Content-Length"] == head.headers["Content-Length"] == str(len(asked.data))


def test_a_failure_while_it_is_streamed_is_not_hidden(client: FlaskClient) -> None:
    response = client.get("/failing", headers={"Accept-Encoding": "gzip"}, buffered=False)

    with pytest.raises(RuntimeError, match="cut"):
        list(response.response)
