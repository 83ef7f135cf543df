"""Requests and their responses as the suites describe them, in the vocabulary "HTTP in RDF", and how they are put to a server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from w3c_suites import MF, Files, entries, graph_store_files, members, path_of, read_manifest, text_of

from pqlod.rdf import Graph, NamedNode, Namespace, Term

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")

STATUSES = {"OK": "200", "Created": "201", "NoContent": "204", "BadRequest": "400", "NotFound": "404"}


class Response(NamedTuple):
    """What a server said."""

    status: int
    media_type: str
    location: str
    body: bytes


@dataclass(frozen=True)
class Exchange:
    """A request, and what is expected of its response: one of several statuses or classes of them, a format, a boolean, a
    graph in Turtle, and the name under which later requests mean its Location.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    format: str
    boolean: str
    graph: str
    location: str

    def fits(self, status: int) -> bool:
        return any(re.fullmatch(each, str(status)) for each in self.statuses)


@dataclass(frozen=True)
class Connection:
    """A test: what the store holds before, and requests in their order."""

    iri: str
    before: Files
    exchanges: tuple[Exchange, ...]

    @property
    def name(self) -> str:
        return self.iri.rpartition("#")[2]


def connections(manifest: str) -> Iterator[Connection]:
    """The tests of a manifest."""
    graph = read_manifest(path_of(manifest))
    for test in entries(graph):
        assert isinstance(test, NamedNode)
        action = graph.value(test, MF.action)
        assert action
        requests = members(graph, graph.value(action, HT.requests))
        yield Connection(test.value, graph_store_files(graph, test), tuple(_exchange(graph, request) for request in requests))


def send(root: str, exchange: Exchange, path: str, locations: dict[str, str]) -> Response:
    """The response of the server to a request at that path; remembers its Location where the test has a name for it."""
    for name, location in locations.items():
        path = path.replace(name, quote(location, safe=""))
    request = Request(root + path, exchange.body, exchange.headers, method=exchange.method)
    if exchange.body is not None and not request.has_header("Content-type"):
        request.add_unredirected_header("Content-Type", "")  # urllib would take it for a form
    response = _response(request)
    if exchange.location:
        locations[exchange.location] = response.location
    return response


def _response(request: Request) -> Response:
    try:
        with urlopen(request) as response:
            status, headers, body = response.status, response.headers, response.read()
    except HTTPError as error:
        with error:
            status, headers, body = error.code, error.headers, error.read()
    return Response(status, headers.get_content_type(), headers.get("Location", ""), body)


def _exchange(graph: Graph, request: Term) -> Exchange:
    body, response = graph.value(request, HT.body), graph.value(request, HT.resp)
    assert response
    statuses = (status.value for status in graph.values(response, MF.expectedStatus) if isinstance(status, NamedNode))
    return Exchange(
        method=text_of(graph, request, HT.methodName),
        path=text_of(graph, request, HT.absolutePath),
        headers=dict(_headers(graph, request)),
        body=text_of(graph, body, CNT.chars).encode(text_of(graph, body, CNT.characterEncoding)) if body else None,
        statuses=tuple(_status(status.rpartition("#")[2]) for status in statuses),
        format=text_of(graph, response, MF.expectedFormat),
        boolean=text_of(graph, response, MF.expectedBoolean),
        graph=text_of(graph, graph.value(response, HT.body), CNT.chars),
        location=text_of(graph, response, MF.expectedLocation),
    )


def _headers(graph: Graph, request: Term) -> Iterator[tuple[str, str]]:
    for header in members(graph, graph.value(request, HT.headers)):
        yield text_of(graph, header, HT.fieldName), text_of(graph, header, HT.fieldValue)


def _status(name: str) -> str:
    """A status, or a class of them as a pattern: ``StatusCode2xx`` is ``2..``."""
    return STATUSES.get(name) or name.removeprefix("StatusCode").replace("x", ".")
