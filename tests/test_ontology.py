"""The vocabulary, the API's configuration and the queries that it names: whole, and of one mind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import parse

from pqlod.lda.config import Configuration, read_configuration
from pqlod.lda.model import Endpoint, ItemEndpoint, ListEndpoint
from pqlod.lda.routing import Router
from pqlod.rdf import API, DCT, OWL, PARL, RDF, RDFS, SCHEMA, SKOS, Graph, NamedNode, Namespace, Triple
from pqlod.sources import SourceFile, quads, source_of
from pqlod.sources.quads import Statement
from pqlod.sources.records import Record
from pqlod.store.query import load_queries

ROOT = Path(__file__).parent.parent
KNOWN = (RDF, RDFS, SKOS, DCT, SCHEMA, Namespace("http://data.ordnancesurvey.co.uk/ontology/admingeo/"))
PROPERTIES = (OWL.DatatypeProperty, OWL.ObjectProperty)


def graph_of(name: str) -> Graph:
    return Graph(quad.triple for quad in parse(path=ROOT / "ontology" / name))


def of_class(graph: Graph, *classes: NamedNode) -> list[NamedNode]:
    return [s for s in graph.subjects() if isinstance(s, NamedNode) and set(classes) & set(graph.values(s, RDF.type))]


VOCABULARY, CONFIGURATION = graph_of("parl.ttl"), graph_of("api.ttl")
TERMS = of_class(VOCABULARY, OWL.Class, *PROPERTIES)
DECLARED = of_class(CONFIGURATION, OWL.Class, *PROPERTIES)


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return read_configuration(ROOT / "ontology" / "api.ttl", load_queries(ROOT / "queries" / "api"))


@pytest.fixture(scope="module")
def endpoints(configuration: Configuration) -> tuple[Endpoint, ...]:
    return configuration.apis[0].endpoints


@pytest.mark.parametrize("name", ["parl.ttl", "api.ttl", "dataset.ttl", "shapes.ttl"])
def test_each_file_is_turtle_to_another_parser(name: str) -> None:
    graph = rdflib.Graph().parse(ROOT / "ontology" / name)

    assert len(graph) == len(list(parse(path=ROOT / "ontology" / name)))


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_each_term_has_one_label_and_a_comment(term: NamedNode) -> None:
    assert len(VOCABULARY.values(term, RDFS.label)) == 1
    assert len(VOCABULARY.values(term, RDFS.comment)) == 1


@pytest.mark.parametrize("term", of_class(VOCABULARY, *PROPERTIES), ids=str)
def test_each_property_has_a_domain_and_a_range(term: NamedNode) -> None:
    assert VOCABULARY.values(term, RDFS.domain)
    assert len(VOCABULARY.values(term, RDFS.range)) == 1


@pytest.mark.parametrize("term", [term for term in TERMS if term != PARL.ParliamentaryQuestion], ids=str)
def test_each_term_has_its_name_in_the_api(term: NamedNode) -> None:
    name = term.value.removeprefix(PARL.iri)

    assert [label.value for label in CONFIGURATION.values(term, API.label)] == [name]


@pytest.mark.parametrize("term", of_class(VOCABULARY, *PROPERTIES), ids=str)
def test_a_property_has_one_kind_range_and_name_everywhere(term: NamedNode) -> None:
    assert CONFIGURATION.values(term, RDF.type) == VOCABULARY.values(term, RDF.type)
    assert CONFIGURATION.values(term, RDFS.range) == VOCABULARY.values(term, RDFS.range)
    assert CONFIGURATION.values(term, API.label) == VOCABULARY.values(term, RDFS.label)


@pytest.mark.parametrize("term", DECLARED, ids=str)
def test_a_term_of_the_api_is_described_here_or_in_a_known_vocabulary(term: NamedNode) -> None:
    assert VOCABULARY.describes(term) or any(term in vocabulary for vocabulary in KNOWN)


def test_all_that_the_sample_says_is_in_the_vocabulary() -> None:
    used = {term for triple in sample_triples() for term in words_of(triple)}

    assert sorted(term.value for term in used - set(VOCABULARY.subjects())) == []


def sample_triples() -> Iterator[Statement | Triple]:
    for path in sorted((ROOT / "data" / "sample").iterdir()):
        file = SourceFile(path)
        for found in source_of(file).read(file):
            if isinstance(found, Record):
                yield from quads.statements(found, NamedNode(found.iri))
            else:
                yield found.triple


def words_of(triple: Statement | Triple) -> list[NamedNode]:
    """The terms of our vocabulary that a triple uses."""
    _, p, o = triple
    return [term for term in (p, o if p == RDF.type else p) if term in PARL]


def test_the_configuration_has_no_mistakes(configuration: Configuration) -> None:
    assert configuration.mistakes == ()


def test_every_endpoint_is_explained(endpoints: tuple[Endpoint, ...]) -> None:
    silent = [endpoint.template.text for endpoint in endpoints if not (endpoint.label and endpoint.examples)]

    assert silent == []


def test_an_example_is_of_the_endpoint_that_gives_it(configuration: Configuration, endpoints: tuple[Endpoint, ...]) -> None:
    router = Router(configuration.apis)
    examples = {example: endpoint.template.text for endpoint in endpoints for example in endpoint.examples}

    assert {example: answering(router, example) for example in examples} == examples


def answering(router: Router, example: str) -> str:
    path, _, query = example.partition("?")
    parameters = {name: (value,) for name, _, value in (part.partition("=") for part in query.split("&")) if name}
    return router.match(path, parameters).endpoint.template.text


def test_every_list_has_an_order_and_takes_large_pages(endpoints: tuple[Endpoint, ...]) -> None:
    lists = [endpoint for endpoint in endpoints if isinstance(endpoint, ListEndpoint)]

    assert [each.template.text for each in lists if not each.selector.sort] == []
    assert {(each.default_page_size, each.max_page_size) for each in lists} == {(10, 1000)}


def test_the_queries_that_selectors_name_are_all_that_there_are(endpoints: tuple[Endpoint, ...]) -> None:
    selectors = [endpoint.selector for endpoint in endpoints if isinstance(endpoint, ListEndpoint | ItemEndpoint)]
    named = {selector.query.name for selector in selectors if selector and selector.query}

    assert named == {path.name for path in (ROOT / "queries" / "api").glob("*.rq")}


@pytest.mark.parametrize(
    "path",
    ["resources/1012383", "resources/1/answer/attachment/1", "members/4649", "departments/60", "terms/25259", "parties/15"],
)
def test_a_resource_is_shown_at_the_path_of_its_iri(configuration: Configuration, path: str) -> None:
    shown = Router(configuration.apis).document(f"http://data.parliament.uk/{path}")

    assert shown is not None
    assert shown.location == f"/{path}"
