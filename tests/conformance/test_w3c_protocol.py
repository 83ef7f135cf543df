"""The W3C tests of the SPARQL 1.1 Protocol and of the Service Description, put to a server at /sparql and /update."""

from urllib.request import Request, urlopen

import pytest
from pyoxigraph import RdfFormat, parse
from w3c_engines import Server
from w3c_exchanges import Connection, Exchange, connections, send
from w3c_suites import BASES, SUITES, contents, needs_suites

from pqlod.rdf import RDF, Graph, NamedNode, Resource
from pqlod.web.service_description import SD

pytestmark = needs_suites

SUITE = f"{BASES['sparql11']}protocol/"
ALL = list(connections(f"{SUITE}manifest.ttl")) if SUITES.is_dir() else []
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"),
    "RDF": ("text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"),
}


@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_requests_have_their_responses(writable: str, test: Connection) -> None:
    Server(writable).load(contents(test.before))

    for exchange in test.exchanges:
        response = send(writable, exchange, path_of(exchange, test), {})

        assert exchange.fits(response.status), response
        assert response.media_type in FORMATS.get(exchange.format, (response.media_type,))
        if exchange.boolean:
            assert f'"boolean":{exchange.boolean}'.encode() in response.body


def path_of(exchange: Exchange, test: Connection) -> str:
    """The suite has one address for both operations; here an update goes to its own."""
    is_update = "update" in test.name and exchange.headers.get("content-type") != "application/sparql-query"
    return exchange.path.replace("/sparql/", "/update" if is_update else "/sparql")


def description(writable: str, accept: str = "text/turtle") -> Graph:
    Server(writable).load(contents(GRAPHS))
    with urlopen(Request(f"{writable}/sparql", headers={"Accept": accept})) as response:
        form = RdfFormat.from_media_type(response.headers["Content-Type"])
        return Graph(quad.triple for quad in parse(response.read(), form))


def services(graph: Graph) -> list[Resource]:
    return [subject for subject in graph.subjects() if SD.Service in graph.values(subject, RDF.type)]


GRAPHS = tuple((f"http://example.org/{number}", f"{SUITE}data{number}.nt") for number in (1, 2, 3))

# The schema of the vocabulary (SPARQL 1.1 Service Description, 3.4): the classes of a property's subject and object, or
# what objects there are.
LANGUAGES = {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
FEATURES = {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery}
ANY = None
SCHEMA = {
    SD.endpoint: (SD.Service, ANY),
    SD.supportedLanguage: (SD.Service, LANGUAGES),
    SD.feature: (SD.Service, FEATURES),
    SD.resultFormat: (SD.Service, ANY),
    SD.inputFormat: (SD.Service, ANY),
    SD.extensionFunction: (SD.Service, SD.Function),
    SD.extensionAggregate: (SD.Service, SD.Aggregate),
    SD.languageExtension: (SD.Service, ANY),
    SD.propertyFeature: (SD.Service, ANY),
    SD.defaultDataset: (SD.Service, SD.Dataset),
    SD.availableGraphs: (SD.Service, SD.GraphCollection),
    SD.defaultGraph: (SD.Dataset, SD.Graph),
    SD.namedGraph: (SD.Dataset, SD.NamedGraph),
    SD.name: (SD.NamedGraph, ANY),
    SD.graph: (SD.NamedGraph, SD.Graph),
}


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json", "*/*"])
def test_returns_rdf(writable: str, accept: str) -> None:
    assert services(description(writable, accept))


def test_has_endpoint_triple(writable: str) -> None:
    graph = description(writable)

    endpoints = {endpoint for service in services(graph) for endpoint in graph.values(service, SD.endpoint)}
    assert NamedNode(f"{writable}/sparql") in endpoints


def test_conforms_to_schema(writable: str) -> None:
    graph = description(writable)

    for triple in graph:
        if triple.predicate in SD:
            domain, range_ = SCHEMA[triple.predicate]
            assert domain in graph.values(triple.subject, RDF.type), triple
            if isinstance(range_, set):
                assert triple.object in range_
            elif range_:
                assert range_ in graph.values(triple.object, RDF.type), triple


def test_the_named_graphs_are_listed(writable: str) -> None:
    graph = description(writable)

    assert {name for s in graph.subjects() for name in graph.values(s, SD.name)} == {NamedNode(name) for name, _ in GRAPHS}


@pytest.mark.parametrize(("path", "language"), [("/sparql", SD.SPARQL11Query), ("/update", SD.SPARQL11Update)])
def test_each_language_has_its_endpoint(writable: str, path: str, language: NamedNode) -> None:
    graph = description(writable)

    (service,) = [each for each in services(graph) if NamedNode(writable + path) in graph.values(each, SD.endpoint)]
    assert graph.values(service, SD.supportedLanguage) == (language,)
