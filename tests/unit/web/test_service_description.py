"""What the service says of itself is so."""

import threading
import time

import pytest
from pyoxigraph import Store

from pqlod.errors import DatasetError
from pqlod.rdf import Graph, NamedNode
from pqlod.store.dataset import Solutions
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.query import Query
from pqlod.store.screening import Limits
from pqlod.web.once import OncePerVersion
from pqlod.web.service_description import COUNT_DEFAULT, FUNCTIONS, GEOF, SD, VOID, Census, census, service_description

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


class Slow(EmbeddedDataset):
    """A dataset in which counting takes until it is let go, and may fail then."""

    def __init__(self, version: str) -> None:
        store = Store()
        store.update("INSERT DATA { <urn:s> <urn:p> 1, 2 . GRAPH <urn:g> { <urn:s> <urn:p> 3 } } ; CREATE GRAPH <urn:empty>")
        super().__init__(store, version)
        self.gate, self.counts, self.is_broken = threading.Event(), 0, False

    def select(self, query: Query) -> Solutions:
        if query is COUNT_DEFAULT:
            self.counts += 1
            self.gate.wait(10)
            if self.is_broken:
                raise DatasetError("broken")
        return super().select(query)


EMPTY, FULL = NamedNode("urn:empty"), NamedNode("urn:g")
UNCOUNTED, COUNTED = Census(None, ((EMPTY, None), (FULL, None))), Census(2, ((EMPTY, 0), (FULL, 1)))


def test_graphs_are_named_until_they_are_counted_and_are_counted_once() -> None:
    dataset, counted = Slow("1"), OncePerVersion[Census](patience=0.05)

    assert [census(dataset, counted) for _ in range(3)] == [UNCOUNTED] * 3
    dataset.gate.set()
    assert census(dataset, OncePerVersion(patience=10)) == COUNTED
    assert until_counted(counted, dataset) == COUNTED
    assert dataset.counts == 2  # once for each that keeps the counts


def test_another_version_is_counted_when_the_count_of_the_last_has_ended() -> None:
    first, second, counted = Slow("1"), Slow("2"), OncePerVersion[Census](patience=0.05)
    second.gate.set()

    assert [census(first, counted), census(second, counted)] == [UNCOUNTED, UNCOUNTED]
    first.gate.set()
    assert until_counted(counted, second) == COUNTED


def test_a_count_that_failed_is_tried_again() -> None:
    dataset, counted = Slow("1"), OncePerVersion[Census](patience=10)
    dataset.gate.set()
    dataset.is_broken = True
    with pytest.raises(DatasetError, match="broken"):
        census(dataset, counted)

    dataset.is_broken = False

    assert census(dataset, counted) == COUNTED


def test_what_is_not_counted_is_not_told() -> None:
    described = service_description(ENDPOINT.value, Limits(), UNCOUNTED)

    assert not [triple for triple in described if triple.predicate == VOID.triples]
    assert {triple.object for triple in described if triple.predicate == SD.name} == {EMPTY, FULL}


def until_counted(counted: OncePerVersion[Census], dataset: EmbeddedDataset) -> Census:
    deadline = time.monotonic() + 10
    while (found := census(dataset, counted)).default is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return found
