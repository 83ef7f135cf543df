"""The query tests of the W3C suites for SPARQL 1.0, 1.1 and 1.2, asked at /sparql.

Those that fail stand in w3c_exceptions.toml by their IRI, each with its reason; one that begins to pass fails here.
"""

import csv
import io
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

from pqlod.datasets import Opened
from pqlod.rdf import RDF, Graph, Namespace, Resource, Term
from pqlod.settings import Settings
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.sandbox import Sandbox
from pqlod.store.screening import Limits
from pqlod.store.tokens import Kind, tokenize
from pqlod.web.problems import problem_response
from pqlod.web.sparql import sparql_blueprint

SUITES = Path(__file__).parents[3] / "shared" / "w3c"
BASES = {
    "sparql10": "http://www.w3.org/2001/sw/DataAccess/tests/data-r2/",
    "sparql11": "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/",
    "sparql12": "https://w3c.github.io/rdf-tests/sparql/sparql12/",
}
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")

EVALUATION = {MF.QueryEvaluationTest, MF.CSVResultFormatTest}
POSITIVE = {MF.PositiveSyntaxTest, MF.PositiveSyntaxTest11}
NEGATIVE = {MF.NegativeSyntaxTest, MF.NegativeSyntaxTest11}

RESULT_FORMATS = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
EXCEPTIONS = tomllib.loads(Path(__file__).with_name("w3c_exceptions.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    """A test of a manifest. ``data`` are loaded in the default graph, ``graphs`` each in one of its name."""

    iri: str
    type: NamedNode
    query: str
    data: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()
    result: str = ""
    is_lax: bool = False


def cases() -> Iterator[Case]:
    """Every query test of the three suites."""
    for manifest in sorted(SUITES.glob("sparql1?/*/manifest.ttl")):
        base = f"{BASES[manifest.parts[-3]]}{manifest.parts[-2]}/"
        graph = Graph(quad.triple for quad in parse(path=str(manifest), format=RdfFormat.TURTLE, base_iri=base))
        for test in graph.subjects():
            for type_ in set(graph.values(test, RDF.type)) & (EVALUATION | POSITIVE | NEGATIVE):
                yield case(graph, test, type_)  # type: ignore[arg-type]  # types are IRIs


def case(graph: Graph, test: Resource, type_: NamedNode) -> Case:
    action = graph.value(test, MF.action)
    if type_ not in EVALUATION:
        return Case(iri_of(test), type_, iri_of(graph.value(action, QT.query) or action if action else None))
    assert action
    return Case(
        iri_of(test),
        type_,
        iri_of(graph.value(action, QT.query)),
        tuple(map(iri_of, graph.values(action, QT.data))),
        tuple(map(iri_of, graph.values(action, QT.graphData))),
        iri_of(graph.value(test, MF.result)),
        MF.LaxCardinality in graph.values(test, MF.resultCardinality),
    )


def iri_of(term: Term | None) -> str:
    assert isinstance(term, NamedNode)
    return term.value


def file_of(iri: str) -> Path:
    """The file that stands for an IRI of a suite."""
    suite, base = next((suite, base) for suite, base in BASES.items() if iri.startswith(base))
    return SUITES / suite / iri.removeprefix(base)


def parameters(types: set[NamedNode]) -> list[object]:
    return [pytest.param(each, id=name_of(each), marks=marks(each)) for each in ALL if each.type in types]


def name_of(test: Case) -> str:
    suite = next((suite for suite, base in BASES.items() if test.iri.startswith(base)), "")
    return f"{suite}/{test.iri.removeprefix(BASES.get(suite, '')).replace('manifest#', '')}"


def marks(test: Case) -> list[pytest.MarkDecorator]:
    reason = EXCEPTIONS.get(test.iri)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


ALL = list(cases()) if SUITES.is_dir() else []
needs_suites = pytest.mark.skipif(not ALL, reason="needs the shared reference material beside the checkout (../shared)")

Ask = Callable[[EmbeddedDataset, str, str], tuple[int, bytes]]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Asks a dataset at /sparql: the status and the body."""
    asked: list[EmbeddedDataset] = []
    with Sandbox(Limits(seconds=20)) as sandbox:
        datasets = SimpleNamespace(embedded=lambda: Opened(asked[-1]))
        service = SimpleNamespace(settings=Settings(store=Path("/")), datasets=datasets)
        app = Flask("pqlod")
        app.register_blueprint(sparql_blueprint(service, sandbox))  # type: ignore[arg-type]  # all of it that is used
        app.register_error_handler(Exception, problem_response)
        client: FlaskClient = app.test_client()

        def ask(dataset: EmbeddedDataset, text: str, accept: str) -> tuple[int, bytes]:
            asked.append(dataset)
            response = client.post(
                "/sparql", data=text.encode(), content_type="application/sparql-query", headers={"Accept": accept}
            )
            return response.status_code, response.data

        yield ask


@needs_suites
@pytest.mark.parametrize("test", parameters(POSITIVE))
def test_what_is_valid_is_answered(ask: Ask, test: Case) -> None:
    status, body = ask(dataset((), ()), file_of(test.query).read_text(encoding="utf-8"), "*/*")

    assert (status, b"" if status == 200 else body) == (200, b"")


@needs_suites
@pytest.mark.parametrize("test", parameters(NEGATIVE))
def test_what_is_not_valid_is_a_400(ask: Ask, test: Case) -> None:
    status, _ = ask(dataset((), ()), file_of(test.query).read_text(encoding="utf-8"), "*/*")

    assert status == 400


@needs_suites
@pytest.mark.parametrize("test", parameters(EVALUATION))
def test_a_query_has_its_result(ask: Ask, test: Case) -> None:
    text = f"BASE <{test.query}>\n{file_of(test.query).read_text(encoding='utf-8')}"
    suffix = Path(test.result).suffix
    accept = f"{RESULT_FORMATS.get(suffix, 'application/sparql-results+json')}, application/n-triples"

    status, body = ask(dataset(test.data, (*test.graphs, *graphs_of(text, test.query))), text, accept)

    assert (status, b"" if status == 200 else body) == (200, b"")
    if suffix == ".csv":
        assert sorted(rows_of_csv(body)) == sorted(rows_of_csv(file_of(test.result).read_bytes()))
    else:
        assert_same(found(body, suffix), expected(test), test.is_lax)


@cache
def dataset(data: tuple[str, ...], graphs: tuple[str, ...]) -> EmbeddedDataset:
    store = Store()
    for iri in data:
        store.load(path=str(file_of(iri)), base_iri=iri)
    for iri in dict.fromkeys(graphs):
        store.load(path=str(file_of(iri)), base_iri=iri, to_graph=NamedNode(iri))
    return EmbeddedDataset(store, "test")


def graphs_of(text: str, base: str) -> list[str]:
    """The graphs that a query names as its dataset, where they are files of a suite."""
    tokens = [token for token in tokenize(text) if token.kind not in {Kind.SPACE, Kind.COMMENT}]
    named = [
        token.text[1:-1]
        for before, token in pairwise(tokens)
        if before.text.upper() in {"FROM", "NAMED"} and token.kind is Kind.IRI
    ]
    return [iri if "://" in iri else base.rpartition("/")[0] + "/" + iri for iri in named]


# A result, as it is compared: a boolean, a graph, or the rows of solutions, each with the number of times it stands there.
Row = frozenset[tuple[str, Term]]
Found = bool | frozenset[Triple] | Counter[Row]


def found(body: bytes, suffix: str) -> Found:
    if suffix in {".srx", ".srj", ".tsv"} or body.startswith(b"{"):
        return solutions(body, suffix or ".srj")
    return frozenset(quad.triple for quad in parse(body, RdfFormat.N_TRIPLES))


def expected(test: Case) -> Found:
    file = file_of(test.result)
    if file.suffix in RESULT_FORMATS:
        return solutions(file.read_bytes(), file.suffix)
    triples = [quad.triple for quad in parse(path=str(file), base_iri=test.result)]
    graph = Graph(triples)
    sets = [s for s in graph.subjects() if RS.ResultSet in graph.values(s, RDF.type)]
    return result_set(graph, sets[0]) if sets else frozenset(map(normal_triple, triples))


def solutions(body: bytes, suffix: str) -> Found:
    formats = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}
    results = parse_query_results(body, formats.get(suffix, QueryResultsFormat.JSON))
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return Counter(row(zip(names, solution, strict=True)) for solution in results)


def result_set(graph: Graph, subject: Resource) -> Found:
    """A result written as RDF (the vocabulary of the first test suite)."""
    if (boolean := graph.value(subject, RS.boolean)) is not None:
        return isinstance(boolean, Literal) and boolean.value == "true"
    rows: Counter[Row] = Counter()
    for solution in graph.values(subject, RS.solution):
        bindings = graph.values(solution, RS.binding)
        pairs = ((graph.value(each, RS.variable), graph.value(each, RS.value)) for each in bindings)
        rows[row((name.value, value) for name, value in pairs if isinstance(name, Literal))] += 1
    return rows


def row(pairs: Iterable[tuple[str, Term | None]]) -> Row:
    return frozenset((name, normal(term)) for name, term in pairs if term is not None)


def normal(term: Term) -> Term:
    """A term as Oxigraph keeps it: numbers by their value."""
    if isinstance(term, Literal):
        store = Store()
        store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), term))
        return next(iter(store)).object
    return Triple(*map(normal, term)) if isinstance(term, Triple) else term  # type: ignore[arg-type]  # kinds stay


def normal_triple(triple: Triple) -> Triple:
    return Triple(triple.subject, triple.predicate, normal(triple.object))


def rows_of_csv(body: bytes) -> list[list[tuple[str, str]]]:
    """The rows, each by its columns' names: their order is not told where a query says ``SELECT *``."""
    rows = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))
    return [sorted((name, "_:" if cell.startswith("_:") else cell) for name, cell in row.items()) for row in rows]


def assert_same(actual: Found, wanted: Found, is_lax: bool) -> None:
    """The same up to the names of blank nodes; REDUCED may give a row fewer times, but gives each."""
    if is_lax and isinstance(actual, Counter) and isinstance(wanted, Counter):
        assert set(actual) == set(wanted)
        assert actual <= wanted
    elif isinstance(actual, bool) or isinstance(wanted, bool):
        assert actual is wanted
    elif actual != wanted:
        assert canonical(actual) == canonical(wanted)


def canonical(result: frozenset[Triple] | Counter[Row]) -> set[Quad]:
    """A result as a graph, its blank nodes renamed by what is said of them."""
    graph = Dataset(quads(result))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(graph)


def quads(result: frozenset[Triple] | Counter[Row]) -> Iterator[Quad]:
    if not isinstance(result, Counter):
        yield from (Quad(*normal_triple(triple)) for triple in result)
        return
    for bindings, times in result.items():
        solution = BlankNode()
        yield Quad(solution, NamedNode("urn:times"), Literal(times))
        yield from (Quad(solution, NamedNode(f"urn:variable:{name}"), term) for name, term in bindings)
