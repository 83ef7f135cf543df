"""The dataset in this process: what it answers, and what it says when it can't."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store

from pqlod.errors import DatasetError, QueryLimitExceeded, QueryRefused, QuerySyntaxError, StoreError
from pqlod.rdf import BlankNode, DefaultGraph, Literal, NamedNode, Triple
from pqlod.store.dataset import Solutions
from pqlod.store.deadline import NEVER, Deadline
from pqlod.store.embedded import EmbeddedDataset, dataset_from_files
from pqlod.store.query import Query
from pqlod.store.sandbox import Sandbox
from pqlod.store.screening import Limits

TURTLE = """
@prefix : <urn:> .
:a :p "one", "two"@en ; :q [ :r [ :s "deep" ] ] .
:b :p "three" .
"""
NAMED = "<urn:c> <urn:p> \"elsewhere\" <urn:g> .\n<urn:a> <urn:p> 'of g' <urn:g> .\n".replace("'", '"')
A, P = NamedNode("urn:a"), NamedNode("urn:p")


@pytest.fixture
def dataset() -> EmbeddedDataset:
    store = Store()
    store.load(TURTLE, RdfFormat.TURTLE)
    store.load(NAMED, RdfFormat.N_QUADS)
    return EmbeddedDataset(store, "7")


class Recorder:
    """A sandbox that only tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def evaluate(self, location: Path, text: str, *, deadline: Deadline = NEVER, is_trusted: bool = False, own: str = "") -> bool:
        self.asked.append((text, is_trusted))
        return True


@pytest.mark.parametrize(
    ("query", "has_deadline", "goes_to_sandbox"),
    [
        pytest.param(Query("ASK { ?s ?p ?o }"), True, True, id="any query before a deadline"),
        pytest.param(Query("ASK { ?s ?p ?o }", is_bounded=True), True, False, id="a bounded one"),
        pytest.param(Query("ASK { ?s ?p ?o }"), False, False, id="without a deadline"),
        pytest.param(Query("ASK { ?s ?p ?o }", is_trusted=False, is_bounded=True), True, True, id="a stranger's"),
        pytest.param(Query("ASK { ?s ?p ?o }", is_trusted=False), False, True, id="a stranger's without a deadline"),
    ],
)
def test_what_may_take_long_is_asked_where_it_can_be_ended(query: Query, has_deadline: bool, goes_to_sandbox: bool) -> None:
    sandbox = Recorder()
    dataset = EmbeddedDataset(Store(), "7", sandbox)

    (dataset.until(Deadline.after(60)) if has_deadline else dataset).ask(query)

    assert sandbox.asked == ([(query.text, query.is_trusted)] if goes_to_sandbox else [])


def test_nothing_is_asked_any_more_after_the_deadline(dataset: EmbeddedDataset) -> None:
    late = dataset.until(Deadline.after(0))

    for ask in (lambda: late.ask(Query("ASK {}", is_bounded=True)), lambda: late.describe([A])):
        with pytest.raises(QueryLimitExceeded):
            ask()
    assert dataset.ask(Query("ASK {}"))


def test_select_gives_rows_in_order_without_what_is_unbound(dataset: EmbeddedDataset) -> None:
    query = Query("SELECT ?text ?no { <urn:a> <urn:p> ?text OPTIONAL { ?text <urn:none> ?no } } ORDER BY LANG(?text)")

    solutions = dataset.select(query)

    assert solutions == Solutions(("text", "no"), ({"text": Literal("one")}, {"text": Literal("two", language="en")}))


def test_ask_and_construct(dataset: EmbeddedDataset) -> None:
    assert dataset.ask(Query('ASK { ?s ?p "three" }'))
    assert not dataset.ask(Query('ASK { ?s ?p "four" }'))
    graph = dataset.construct(Query('CONSTRUCT { ?s <urn:is> ?o } WHERE { ?s ?p ?o FILTER(?o = "three") }'))
    assert set(graph) == {Triple(NamedNode("urn:b"), NamedNode("urn:is"), Literal("three"))}


def test_only_the_default_graph_is_asked_unless_the_query_names_one(dataset: EmbeddedDataset) -> None:
    assert not dataset.ask(Query('ASK { ?s ?p "elsewhere" }'))
    assert dataset.ask(Query('ASK { GRAPH <urn:g> { ?s ?p "elsewhere" } }'))


def test_describe_follows_blank_nodes(dataset: EmbeddedDataset) -> None:
    graph = dataset.describe((A, A, NamedNode("urn:unknown")))

    (first,) = graph.values(A, NamedNode("urn:q"))
    (second,) = graph.values(first, NamedNode("urn:r"))
    assert isinstance(first, BlankNode)
    assert graph.value(second, NamedNode("urn:s")) == Literal("deep")
    assert len(graph) == 5


def test_describe_of_a_named_graph(dataset: EmbeddedDataset) -> None:
    assert set(dataset.describe((A,), NamedNode("urn:g"))) == {Triple(A, P, Literal("of g"))}


def test_blank_nodes_that_lead_to_each_other_are_described_once() -> None:
    store = Store()
    store.load("<urn:a> <urn:p> _:x . _:x <urn:p> _:y . _:y <urn:p> _:x .", RdfFormat.TURTLE)

    assert len(EmbeddedDataset(store, "1").describe((A,))) == 3


def test_a_syntax_error_tells_line_and_column(dataset: EmbeddedDataset) -> None:
    with pytest.raises(QuerySyntaxError, match="does not parse at line 2, column 5: expected") as caught:
        dataset.select(Query("SELECT * {\n ?s "))

    assert (caught.value.line, caught.value.column) == (2, 5)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("SELECT (<urn:f>(1) AS ?x) {}", QueryRefused, "custom function <urn:f> is not supported"),
        ("ASK {}", DatasetError, "The query 'ASK {}' was expected to be a SELECT."),
        ("DROP ALL", QuerySyntaxError, "does not parse at line 1"),
    ],
)
def test_what_cannot_be_evaluated_is_told(dataset: EmbeddedDataset, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        dataset.select(Query(text))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(Limits(concurrent=1))
    yield sandbox
    sandbox.close()


def test_a_query_of_a_stranger_goes_to_the_sandbox_and_sees_the_same_data(dataset: EmbeddedDataset, sandbox: Sandbox) -> None:
    guarded = EmbeddedDataset(dataset.store, "7", sandbox)

    assert guarded.ask(Query('ASK { ?s ?p "three" . GRAPH ?g { ?t ?p "elsewhere" } }', is_trusted=False))
    assert guarded.select(Query('SELECT ?s ?no { ?s ?p "three" }', is_trusted=False)).rows == ({"s": NamedNode("urn:b")},)
    assert len(guarded.construct(Query("DESCRIBE <urn:b>", is_trusted=False))) == 1
    assert guarded.location == guarded.location


def test_the_folder_of_a_store_in_memory_goes_with_it(dataset: EmbeddedDataset) -> None:
    short_lived = EmbeddedDataset(dataset.store, "7")
    location = short_lived.location
    assert location.is_dir()

    del short_lived

    assert not location.exists()


def test_without_a_sandbox_a_query_of_a_stranger_is_refused(dataset: EmbeddedDataset) -> None:
    with pytest.raises(QueryRefused, match="is not run here"):
        dataset.ask(Query("ASK {}", is_trusted=False))


def test_search_indexes_every_text_of_a_store_that_has_no_index(dataset: EmbeddedDataset) -> None:
    assert [match.item for match in dataset.search("two OR three")] == [NamedNode("urn:b"), A]


def test_files_of_several_syntaxes_make_one_dataset(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<#a> <urn:p> 1 .")
    (tmp_path / "b.nt.gz").write_bytes(gzip.compress(b"<urn:b> <urn:p> <urn:c> .\n"))

    dataset = dataset_from_files([tmp_path / "a.ttl", tmp_path / "b.nt.gz"])

    subject = NamedNode((tmp_path / "a.ttl").as_uri() + "#a")
    assert Quad(subject, P, Literal(1), DefaultGraph()) in dataset.store
    assert len(dataset.store) == 2


def test_the_version_of_files_changes_with_them(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<urn:a> <urn:p> 1 .")
    before = dataset_from_files([path]).version
    assert dataset_from_files([path]).version == before

    path.write_text("<urn:a> <urn:p> 12 .")

    assert dataset_from_files([path]).version != before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", None, "a.ttl cannot be read: No such file or directory"),
        ("a.ttl", b"<urn:a> <urn:p>", "a.ttl: "),
        ("a.nt.gz", b"<urn:a>", "a.nt.gz cannot be read: Not a gzipped file"),
        ("a.csv", b"", "the suffix names no RDF syntax"),
    ],
    ids=["missing", "damaged", "not-gzip", "no-rdf"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(StoreError, match=message):
        dataset_from_files([tmp_path / name])
