"""The clients that people have, against a real server: SPARQLWrapper, rdflib's SPARQLStore, and a reader of a cut stream."""

import gzip
import http.client
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

# Both clients make one to read JSON-LD.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")

CLASSES = "SELECT DISTINCT ?class WHERE { ?thing a ?class } ORDER BY ?class"
QUESTION = "http://data.parliament.uk/resources/1012383"
DESCRIBE = f"DESCRIBE <{QUESTION}>"


def ask(server: str, text: str, form: str, method: str = GET, request: str = URLENCODED) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{server}/sparql", returnFormat=form)
    client.setQuery(text)
    client.setMethod(method)
    client.setRequestMethod(request)
    return client


@pytest.mark.parametrize(
    ("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)], ids=["get", "form", "direct"]
)
def test_sparqlwrapper_reads_solutions(server: str, method: str, request_method: str) -> None:
    found = ask(server, CLASSES, JSON, method, request_method).queryAndConvert()

    classes = [row["class"]["value"] for row in found["results"]["bindings"]]
    assert classes == sorted(classes)
    assert "http://data.parliament.uk/schema/parl#WrittenParliamentaryQuestion" in classes


def test_sparqlwrapper_reads_solutions_as_xml(server: str) -> None:
    document = ask(server, CLASSES, XML).queryAndConvert()

    assert document.getElementsByTagName("binding")


@pytest.mark.parametrize(("form", "head"), [(CSV, b"class"), (TSV, b"?class")])
def test_sparqlwrapper_reads_solutions_as_text(server: str, form: str, head: bytes) -> None:
    found = ask(server, CLASSES, form).queryAndConvert()

    assert found.splitlines()[0] == head


@pytest.mark.parametrize("form", [JSON, XML])
def test_sparqlwrapper_reads_a_boolean(server: str, form: str) -> None:
    response = ask(server, f"ASK {{ <{QUESTION}> ?p ?o }}", form).query()

    assert b"true" in response.response.read()


@pytest.mark.parametrize("form", [RDFXML, JSONLD])
def test_sparqlwrapper_reads_a_graph(server: str, form: str) -> None:
    graph = ask(server, DESCRIBE, form).queryAndConvert()

    assert list(graph.objects(rdflib.URIRef(QUESTION), RDF.type))


def test_sparqlwrapper_reads_turtle(server: str) -> None:
    graph = rdflib.Graph().parse(data=ask(server, DESCRIBE, TURTLE).queryAndConvert(), format="turtle")

    assert list(graph.objects(rdflib.URIRef(QUESTION), RDF.type))


def test_sparqlwrapper_tells_of_a_query_that_does_not_parse(server: str) -> None:
    with pytest.raises(QueryBadFormed):
        ask(server, "SELECT * {", JSON).query()


@pytest.fixture
def graph(server: str) -> Iterator[rdflib.Graph]:
    graph = rdflib.Graph(SPARQLStore(f"{server}/sparql"))
    yield graph
    graph.close()


def test_rdflib_asks_through_its_sparql_store(graph: rdflib.Graph) -> None:
    found = {str(row["class"]) for row in graph.query(CLASSES)}

    assert "http://data.parliament.uk/schema/parl#WrittenParliamentaryQuestion" in found


def test_rdflib_reads_triples_through_its_sparql_store(graph: rdflib.Graph) -> None:
    types = list(graph.objects(rdflib.URIRef(QUESTION), RDF.type))

    assert types


def test_rdflib_reads_the_same_graph_in_every_format(server: str) -> None:
    syntaxes = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
    addresses = {name: f"{server}/sparql?{urlencode({'query': DESCRIBE, 'format': name})}" for name in syntaxes}

    first, *others = [rdflib.Graph().parse(addresses[name], format=syntax) for name, syntax in syntaxes.items()]

    assert len(first) > 0
    assert all(isomorphic(first, other) for other in others)


@pytest.mark.parametrize("rows", [100, 50_000], ids=["whole", "streamed"])
def test_a_result_is_compressed_for_a_client_that_takes_it(server: str, rows: int) -> None:
    url = f"{server}/sparql?{urlencode({'query': f'SELECT * {{ ?s ?p ?o . ?a ?b ?c }} LIMIT {rows}', 'format': 'tsv'})}"
    with urlopen(url) as response:
        plain = response.read()

    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as response:
        packed = response.read()

    assert response.headers["Content-Encoding"] == "gzip"
    assert len(packed) < len(plain) / 4
    assert gzip.decompress(packed) == plain
    assert plain.count(b"\n") == rows + 1


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_result_cut_while_it_is_sent_breaks_the_connection(server: str, encoding: str) -> None:
    """All pairs of the sample's triples are more than the largest result that is allowed."""
    text = "SELECT * { ?s ?p ?o . ?a ?b ?c }"
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=60)
    path = f"/sparql?{urlencode({'query': text, 'format': 'csv'})}"
    connection.request("GET", path, headers={"Accept-Encoding": encoding})
    response = connection.getresponse()

    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()
    assert response.status == 200
