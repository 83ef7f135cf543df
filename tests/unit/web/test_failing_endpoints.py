"""Pages for which another endpoint is asked, their source or one that a configuration's SPARQL calls, when that one fails."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pqlod.app import running_app
from pqlod.settings import Settings

CONFIGURATION = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix : <http://letters.example/config#> .
:api a api:API ; api:sparqlEndpoint <{source}> ; api:endpoint :list .
:list a api:ListEndpoint ; api:uriTemplate "/letters" ; api:selector [ api:where "{where}" ] .
"""
RESULTS = "application/sparql-results+json"
ANSWERS = {
    "/away": (500, "text/plain", b"out of order", 12),
    "/page": (200, "text/html", b"<p>", 3),
    "/broken": (200, RESULTS, b"{", 1),
    "/cut": (200, RESULTS, b'{"head":{"vars":["item"]},"results":{"bindings":[', 500),
}


class Endpoint(BaseHTTPRequestHandler):
    """Fails as its paths say; /silent does not answer before its time is over."""

    is_over = threading.Event()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/silent":
            self.is_over.wait(10)
            return
        status, media_type, body, length = ANSWERS[path]
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keeps the output of the tests quiet."""


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Endpoint.is_over.set()
        server.shutdown()


@pytest.mark.parametrize("place", ["source", "service"])
@pytest.mark.parametrize(
    ("path", "status"),
    [("/away", 502), ("/page", 502), ("/broken", 502), ("/cut", 502), ("/silent", 504)],
    ids=lambda value: str(value),
)
def test_an_endpoint_that_fails_is_a_bad_gateway_and_named(tmp_path: Path, root: str, place: str, path: str, status: int) -> None:
    (tmp_path / "letters.ttl").write_text("<urn:letter> <urn:by> <urn:writer> .")
    texts = {
        "source": CONFIGURATION.format(source=root + path, where="?item ?p ?o"),
        "service": CONFIGURATION.format(source="local:letters.ttl", where=f"SERVICE <{root}{path}> {{ ?item ?p ?o }}"),
    }
    (tmp_path / "config.ttl").write_text(texts[place])
    seconds = 3.0 if path == "/silent" else 20.0
    with running_app(Settings(config=(str(tmp_path / "config.ttl"),), query_seconds=seconds, query_log="off")) as app:
        answer = app.test_client().get("/letters")

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert f"{root}{path}" in answer.get_json()["detail"]
    assert answer.headers.get("Retry-After") == ("5" if status == 504 else None)
