"""What the service says of itself is so."""

import pytest
from pyoxigraph import Store

from pqlod.rdf import Graph, NamedNode
from pqlod.store.screening import Limits
from pqlod.web.service_description import FUNCTIONS, GEOF, SD, Census, service_description

ENDPOINT = NamedNode("http://example.com/sparql")


@pytest.fixture(scope="module")
def description() -> Graph:
    return service_description(ENDPOINT.value, Limits(), Census(0, ()))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.value)
def test_each_function_that_is_told_of_is_known_to_the_engine(description: Graph, function: NamedNode) -> None:
    """One that is not known raises a RuntimeError."""
    arguments = "1, 2" if function in GEOF else "1"

    Store().query(f"SELECT ({function}({arguments}) AS ?result) {{}}")

    assert function in description.values(ENDPOINT, SD.extensionFunction)


def test_a_graph_without_triples_is_there() -> None:
    store = Store()
    store.update("CREATE GRAPH <urn:g>")

    assert [str(row["g"]) for row in store.query("SELECT ?g { GRAPH ?g {} }")] == ["<urn:g>"]


def test_federation_is_told_of_where_something_may_be_called(description: Graph) -> None:
    calling = service_description(ENDPOINT.value, Limits(calls=frozenset({"http://example.com/other"})), Census(0, ()))

    assert description.values(ENDPOINT, SD.feature) == (SD.EmptyGraphs,)
    assert calling.values(ENDPOINT, SD.feature) == (SD.EmptyGraphs, SD.BasicFederatedQuery)
