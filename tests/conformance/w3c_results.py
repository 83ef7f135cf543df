"""Results and graphs, read and compared as the suites want it: the same up to the names of blank nodes."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from pqlod.rdf import RDF, BlankNode, Graph, Literal, NamedNode, Namespace, Quad, Resource, Term, Triple

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")

FORMATS = {
    ".srx": QueryResultsFormat.XML,
    ".srj": QueryResultsFormat.JSON,
    ".csv": QueryResultsFormat.CSV,
    ".tsv": QueryResultsFormat.TSV,
}

# A result, as it is compared: a boolean, a graph, the rows of solutions, each with the number of times it stands there,
# or the same as CSV has them.
Row = frozenset[tuple[str, Term]]
Cells = tuple[tuple[str, str], ...]
Result = bool | frozenset[Triple] | Counter[Row] | Counter[Cells]


def format_for(file: Path) -> QueryResultsFormat:
    """In which format a result is asked for, to be compared with the one in the file."""
    return FORMATS.get(file.suffix, QueryResultsFormat.JSON)


def read_file(file: Path, iri: str) -> Result:
    """The result that a suite has in a file."""
    if file.suffix in FORMATS:
        return read_result(file.read_bytes(), FORMATS[file.suffix])
    graph = Graph(quad.triple for quad in parse(path=str(file), base_iri=iri))
    sets = [each for each in graph.subjects() if RS.ResultSet in graph.values(each, RDF.type)]
    return _result_set(graph, sets[0]) if sets else frozenset(graph)


def read_result(body: bytes, form: QueryResultsFormat) -> Result:
    """Solutions or a boolean in a format."""
    if form == QueryResultsFormat.CSV:
        return _cells(body)
    results = parse_query_results(body, form)
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return Counter(_row(zip(names, solution, strict=True)) for solution in results)


def read_graph(body: bytes, form: RdfFormat = RdfFormat.N_TRIPLES) -> frozenset[Triple]:
    """A graph in a format."""
    return frozenset(quad.triple for quad in parse(body, form))


def same(actual: Result, wanted: Result) -> bool:
    """Are they the same up to the names of blank nodes?"""
    if actual == wanted:
        return True
    if isinstance(actual, bool) or isinstance(wanted, bool):
        return False
    return _canonical(actual) == _canonical(wanted)


def reduces(actual: Result, wanted: Result) -> bool:
    """Is each row there, but perhaps fewer times (REDUCED)?"""
    assert isinstance(actual, Counter)
    assert isinstance(wanted, Counter)
    return set(actual) == set(wanted) and actual <= wanted


def _result_set(graph: Graph, subject: Resource) -> Result:
    """A result written as RDF (the vocabulary of the first test suite)."""
    if (boolean := graph.value(subject, RS.boolean)) is not None:
        return isinstance(boolean, Literal) and boolean.value == "true"
    rows: Counter[Row] = Counter()
    for solution in graph.values(subject, RS.solution):
        bindings = graph.values(solution, RS.binding)
        pairs = ((graph.value(each, RS.variable), graph.value(each, RS.value)) for each in bindings)
        rows[_row((name.value, value) for name, value in pairs if isinstance(name, Literal))] += 1
    return rows


def _row(pairs: Iterable[tuple[str, Term | None]]) -> Row:
    return frozenset((name, _normal(term)) for name, term in pairs if term is not None)


def _normal(term: Term) -> Term:
    """A term as Oxigraph keeps it: numbers by their value."""
    if isinstance(term, Literal):
        store = Store()
        store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), term))
        kept: Term = next(iter(store)).object
        return kept
    return Triple(*map(_normal, term)) if isinstance(term, Triple) else term  # type: ignore[arg-type]  # kinds stay


def _cells(body: bytes) -> Counter[Cells]:
    """The rows of CSV, each by its columns' names: their order is not told where a query says ``SELECT *``."""
    rows = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""))
    return Counter(tuple(sorted((name, "_:" if cell.startswith("_:") else cell) for name, cell in row.items())) for row in rows)


def _canonical(result: frozenset[Triple] | Counter[Row] | Counter[Cells]) -> set[Quad]:
    """A result as a graph, its blank nodes renamed by what is said of them."""
    graph = Dataset(_quads(result))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(graph)


def _quads(result: frozenset[Triple] | Counter[Row] | Counter[Cells]) -> Iterator[Quad]:
    if not isinstance(result, Counter):
        yield from (Quad(triple.subject, triple.predicate, _normal(triple.object)) for triple in result)
        return
    for bindings, times in result.items():
        solution = BlankNode()
        yield Quad(solution, NamedNode("urn:times"), Literal(times))
        for name, term in bindings:
            yield Quad(solution, NamedNode(f"urn:variable:{name}"), Literal(term) if isinstance(term, str) else term)
