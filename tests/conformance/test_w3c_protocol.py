"""The W3C tests of the SPARQL 1.1 Protocol's query operation and of the Service Description, against a real server."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from pyoxigraph import RdfFormat, parse
from werkzeug.serving import make_server

from pqlod.app import running_app
from pqlod.rdf import RDF, Graph, Literal, NamedNode, Namespace, Resource, Term
from pqlod.settings import Settings
from pqlod.store.generations import Generations
from pqlod.web.service_description import SD

MANIFEST = Path(__file__).parents[3] / "shared" / "w3c" / "sparql11" / "protocol" / "manifest.ttl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")

FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"),
    "RDF": ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"),
}


@dataclass(frozen=True)
class Exchange:
    """A request of a test and what is expected of its response: classes of status, a format, a boolean."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    format: str
    boolean: str


def exchanges() -> Iterator[Exchange]:
    """The requests of the tests of the query operation: those whose one request is for a query."""
    graph = Graph(quad.triple for quad in parse(path=str(MANIFEST), format=RdfFormat.TURTLE, base_iri="http://t/"))
    for test in graph.subjects():
        name = str(getattr(test, "value", "")).rpartition("#")[2]
        if MF.ProtocolTest in graph.values(test, RDF.type) and "update" not in name:
            connection = graph.value(test, MF.action)
            assert connection
            for request in members(graph, graph.value(connection, HT.requests)):
                yield exchange(graph, name, request)


def exchange(graph: Graph, name: str, request: Term) -> Exchange:
    headers = members(graph, graph.value(request, HT.headers))
    body, response = graph.value(request, HT.body), graph.value(request, HT.resp)
    assert response
    return Exchange(
        name,
        text(graph, request, HT.methodName),
        text(graph, request, HT.absolutePath),
        {text(graph, header, HT.fieldName): text(graph, header, HT.fieldValue) for header in headers},
        text(graph, body, CNT.chars).encode(text(graph, body, CNT.characterEncoding)) if body else None,
        tuple(
            str(getattr(status, "value", "")).rpartition("StatusCode")[2] for status in graph.values(response, MF.expectedStatus)
        ),
        text(graph, response, MF.expectedFormat),
        text(graph, response, MF.expectedBoolean),
    )


def members(graph: Graph, node: Term | None) -> Iterator[Term]:
    while node is not None and node != RDF.nil:
        first = graph.value(node, RDF.first)
        assert first
        yield first
        node = graph.value(node, RDF.rest)


def text(graph: Graph, subject: Term | None, property_: NamedNode) -> str:
    term = graph.value(subject, property_) if subject is not None else None
    return term.value if isinstance(term, Literal) else ""


ALL = list(exchanges()) if MANIFEST.is_file() else []
needs_suites = pytest.mark.skipif(not ALL, reason="needs the shared reference material beside the checkout (../shared)")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a store with the graphs of the tests."""
    store = tmp_path_factory.mktemp("protocol") / "store"
    generations = Generations(store)
    generations.create()
    with generations.writing() as writing:
        for file, name in graph_data():
            writing.store.load(path=str(file), to_graph=NamedNode(name))
    with running_app(Settings(store=store)) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


def graph_data() -> set[tuple[Path, str]]:
    graph = Graph(quad.triple for quad in parse(path=str(MANIFEST), format=RdfFormat.TURTLE, base_iri="http://t/"))
    nodes = {node for test in graph.subjects() for node in graph.values(test, UT.graphData)}
    return {
        (MANIFEST.with_name(graph.value(node, UT.graph).value.rpartition("/")[2]), text(graph, node, LABEL)) for node in nodes
    }  # type: ignore[union-attr]  # an IRI


def send(root: str, test: Exchange) -> tuple[int, str, bytes]:
    """The status, media type and body of the response to a test's request."""
    request = Request(root + test.path, test.body, test.headers, method=test.method)
    if test.body is not None and not request.has_header("Content-type"):
        request.add_unredirected_header("Content-Type", "")  # urllib would take it for a form
    try:
        with urlopen(request) as response:
            return response.status, response.headers.get_content_type(), response.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers.get_content_type(), error.read()


@needs_suites
@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_a_request_has_its_response(root: str, test: Exchange) -> None:
    status, media_type, body = send(root, test)

    assert f"{status // 100}xx" in test.statuses
    assert media_type in FORMATS.get(test.format, (media_type,))
    if test.boolean:
        assert f'"boolean":{test.boolean}'.encode() in body


@needs_suites
@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json", "*/*"])
def test_the_service_description_is_rdf_with_the_endpoint_in_it(root: str, accept: str) -> None:
    with urlopen(Request(f"{root}/sparql", headers={"Accept": accept})) as response:
        graph = Graph(quad.triple for quad in parse(response.read(), RdfFormat.from_media_type(response.headers["Content-Type"])))
    services: list[Resource] = [s for s in graph.subjects() if SD.Service in graph.values(s, RDF.type)]

    assert [graph.values(service, SD.endpoint) for service in services] == [(NamedNode(f"{root}/sparql"),)]


@needs_suites
def test_the_service_description_lists_the_named_graphs(root: str) -> None:
    with urlopen(Request(f"{root}/sparql", headers={"Accept": "text/turtle"})) as response:
        graph = Graph(quad.triple for quad in parse(response.read(), RdfFormat.TURTLE))

    assert {name for s in graph.subjects() for name in graph.values(s, SD.name)} == {NamedNode(name) for _, name in graph_data()}
