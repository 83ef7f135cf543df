"""The dataset behind an endpoint, over a real connection to a server of the test's own."""

import base64
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples, RdfFormat, Store

from pqlod.errors import BadParameter, DatasetUnavailable, QueryRefused, QuerySyntaxError, ServiceFailed, ServiceTimedOut
from pqlod.rdf import Literal, NamedNode, Triple
from pqlod.store.deadline import Deadline
from pqlod.store.query import Query
from pqlod.store.remote import RemoteDataset

A, P = NamedNode("urn:a"), NamedNode("urn:p")


class Endpoint(BaseHTTPRequestHandler):
    """Answers queries over two triples; some paths stand for endpoints that fail."""

    seen: ClassVar[list[tuple[str, str | None]]] = []  # method, Authorization
    parameters: ClassVar[list[dict[str, list[str]]]] = []

    def do_GET(self) -> None:
        self._respond(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        self._respond(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def _respond(self, parameters: dict[str, list[str]]) -> None:
        (text,) = parameters["query"]
        self.parameters.append(parameters)
        self.seen.append((self.command, self.headers["Authorization"]))
        kind = urlsplit(self.path).path.strip("/")
        if kind.isdigit():
            self._send(int(kind), "text/plain", b"out of\norder")
        elif kind == "late":
            time.sleep(1.5)
        elif kind == "drops":
            self._send_in_drops()
        elif kind == "cut":
            self._send(200, "application/sparql-results+json", b'{"head":{},"boolean":', length=100)
        elif kind == "html":
            self._send(200, "text/html", b"<p>")
        elif kind == "broken":
            self._send(200, "application/n-triples" if "CONSTRUCT" in text else "application/sparql-results+json", b"{")
        else:
            self._send(200, *_evaluate(text))

    def _send_in_drops(self) -> None:
        self._send(200, "application/sparql-results+json", b"")
        with suppress(OSError):  # the client leaves
            for _ in range(50):
                self.wfile.write(b" ")
                time.sleep(0.1)

    def _send(self, status: int, media_type: str, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        if length:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps the output of the tests quiet."""


def _evaluate(text: str) -> tuple[str, bytes]:
    store = Store()
    store.load('<urn:a> <urn:p> "one" . <urn:b> <urn:p> "two" .', RdfFormat.TURTLE)
    result = store.query(text)
    if isinstance(result, QueryTriples):
        return "text/turtle", result.serialize(format=RdfFormat.TURTLE) or b""
    form = QueryResultsFormat.XML if isinstance(result, QueryBoolean) else QueryResultsFormat.JSON
    return form.media_type, result.serialize(format=form) or b""


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def dataset(root: str) -> RemoteDataset:
    return RemoteDataset(root)


def test_select_ask_construct_and_describe(dataset: RemoteDataset) -> None:
    assert dataset.select(Query('SELECT ?s { ?s ?p "one" }')).values("s") == (A,)
    assert dataset.ask(Query('ASK { ?s ?p "two" }'))
    assert set(dataset.construct(Query('CONSTRUCT WHERE { ?s ?p "one" }'))) == {Triple(A, P, Literal("one"))}
    assert set(dataset.describe((A,))) == {Triple(A, P, Literal("one"))}
    assert len(dataset.describe(())) == 0
    assert dataset.version == ""


def test_a_long_query_is_sent_by_post(dataset: RemoteDataset) -> None:
    assert dataset.ask(Query(f'ASK {{ ?s ?p "two" FILTER("{"x" * 3000}" != ?s) }}'))

    assert Endpoint.seen[-1][0] == "POST"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("400", "does not understand the query: out of order"),
        ("401", "does not answer: out of order"),
        ("404", "does not answer: out of order"),
        ("500", "does not answer: out of order"),
        ("503", "does not answer: status 503"),
        ("html", "answered what cannot be read: query results were expected, text/html came"),
        ("broken", "answered what cannot be read"),
    ],
)
def test_an_endpoint_that_fails_is_told(root: str, path: str, message: str) -> None:
    with pytest.raises(ServiceFailed, match=message) as caught:
        RemoteDataset(root + path).select(Query("SELECT * { ?s ?p ?o }"))

    assert root in str(caught.value)


def test_a_graph_that_cannot_be_read_is_told(root: str) -> None:
    with pytest.raises(ServiceFailed, match="RDF was expected, text/html came"):
        RemoteDataset(root + "html").construct(Query("CONSTRUCT WHERE { ?s ?p ?o }"))


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(ServiceFailed, match="cannot be reached: Connection refused"):
        RemoteDataset("http://127.0.0.1:1/").ask(Query("ASK {}"))


def test_a_stranger_s_bad_query_is_his_mistake(root: str) -> None:
    with pytest.raises(QuerySyntaxError):
        RemoteDataset(root + "400").ask(Query("ASK { ?s ?p ?o }", is_trusted=False))


def test_a_stranger_s_query_is_screened_first(dataset: RemoteDataset) -> None:
    requests = len(Endpoint.seen)

    with pytest.raises(QueryRefused, match="SERVICE"):
        dataset.ask(Query("ASK { SERVICE <urn:x> { ?s ?p ?o } }", is_trusted=False))

    assert len(Endpoint.seen) == requests


@pytest.mark.parametrize("form", ["SELECT * {}", "ASK {}"])
def test_a_result_of_another_form_is_told(dataset: RemoteDataset, form: str) -> None:
    method = dataset.ask if form.startswith("SELECT") else dataset.select

    with pytest.raises(ServiceFailed, match="to what was expected"):
        method(Query(form))


@pytest.mark.parametrize("length", [0, 3000], ids=["#178 by GET", "#178 by POST"])
def test_parameters_in_the_address_of_an_endpoint_are_sent_with_each_query(root: str, length: int) -> None:
    RemoteDataset(root + "?timeout=7").ask(Query(f"ASK {{ ?s ?p ?o }} # {'x' * length}"))

    assert Endpoint.parameters[-1]["timeout"] == ["7"]


def test_words_are_not_searched(dataset: RemoteDataset) -> None:
    with pytest.raises(BadParameter, match="has no index of words"):
        dataset.search("schools")


def test_op06_credentials_come_from_the_file_of_the_key(root: str, tmp_path: Path) -> None:
    (tmp_path / "k.auth").write_text("# ours\nbasic.user = clerk\nbasic.password = s3=cret\n")

    RemoteDataset(root, "k", auth_folders=[tmp_path]).ask(Query("ASK {}"))

    assert Endpoint.seen[-1][1] == "Basic " + base64.b64encode(b"clerk:s3=cret").decode()


def test_missing_credentials_are_told(root: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match=r"No file k\.auth with the credentials is in"):
        RemoteDataset(root, "k", auth_folders=[tmp_path])

    (tmp_path / "k.auth").write_text("basic.user=clerk")
    with pytest.raises(DatasetUnavailable, match=r"has no line basic\.password="):
        RemoteDataset(root, "k", auth_folders=[tmp_path])


def test_an_endpoint_that_answers_in_drops_is_left_at_the_deadline(root: str) -> None:
    begin = time.monotonic()

    with pytest.raises(ServiceTimedOut, match=root):
        RemoteDataset(f"{root}/drops").until(Deadline.after(0.5)).ask(Query("ASK {}"))

    assert time.monotonic() - begin < 2


def test_an_endpoint_that_does_not_answer_in_time_is_told(root: str) -> None:
    with pytest.raises(ServiceTimedOut, match="takes longer than it is waited for"):
        RemoteDataset(f"{root}/late", timeout=1).ask(Query("ASK {}"))


def test_an_answer_that_is_cut_off_is_none(root: str) -> None:
    with pytest.raises(ServiceFailed):
        RemoteDataset(f"{root}/cut").ask(Query("ASK {}"))
