"""The W3C's suites for SPARQL 1.0, 1.1 and 1.2 as cases, read from their manifests."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from pqlod.rdf import RDF, RDFS, DefaultGraph, Graph, Literal, NamedNode, Namespace, Resource, Term, Triple
from pqlod.store.tokens import Kind, tokenize

SUITES = Path(__file__).parents[3] / "shared" / "w3c"
BASES = {
    "sparql10": "http://www.w3.org/2001/sw/DataAccess/tests/data-r2/",
    "sparql11": "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/",
    "sparql12": "https://w3c.github.io/rdf-tests/sparql/sparql12/",
}
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

QUERY_EVALUATION = {MF.QueryEvaluationTest, MF.CSVResultFormatTest}
QUERY_POSITIVE = {MF.PositiveSyntaxTest, MF.PositiveSyntaxTest11}
QUERY_NEGATIVE = {MF.NegativeSyntaxTest, MF.NegativeSyntaxTest11}
UPDATE_EVALUATION = {MF.UpdateEvaluationTest}
UPDATE_POSITIVE = {MF.PositiveUpdateSyntaxTest, MF.PositiveUpdateSyntaxTest11}
UPDATE_NEGATIVE = {MF.NegativeUpdateSyntaxTest, MF.NegativeUpdateSyntaxTest11}

# By table and IRI, each with its reason.
EXCEPTIONS = tomllib.loads(Path(__file__).with_name("w3c_exceptions.toml").read_text(encoding="utf-8"))

needs_suites = pytest.mark.skipif(
    not SUITES.is_dir(), reason="needs the shared reference material beside the checkout (../shared)"
)

Files = tuple[tuple[str, str], ...]
"""The names of graphs, "" for the default graph, or of endpoints, each with the IRI of a file that is loaded in it."""

Contents = dict[str, frozenset[Triple]]
"""What a store holds: the triples of each graph by its name, "" for the default graph."""


@dataclass(frozen=True)
class Case:
    """A test: the file of its query or update, what the store holds before, and the result, or what it holds after; also
    what the endpoints hold that it calls.
    """

    iri: str
    type: NamedNode
    file: str
    before: Files = ()
    result: str = ""
    after: Files = ()
    endpoints: Files = ()
    is_lax: bool = False

    @property
    def name(self) -> str:
        """The IRI, short: ``sparql11/bind/bind01``."""
        suite, rest = split(self.iri)
        return f"{suite}/{rest.replace('manifest#', '').replace('#', '/')}"

    def text(self) -> str:
        """The query or the update."""
        return path_of(self.file).read_text(encoding="utf-8")


def query_and_update_cases() -> Iterator[Case]:
    """Every query and update test of the three suites."""
    kinds = QUERY_EVALUATION | QUERY_POSITIVE | QUERY_NEGATIVE | UPDATE_EVALUATION | UPDATE_POSITIVE | UPDATE_NEGATIVE
    for file in sorted(SUITES.glob("sparql1?/*/*manifest.ttl")):
        graph = read_manifest(file)
        for test in entries(graph):
            for type_ in kinds.intersection(graph.values(test, RDF.type)):
                yield _case(graph, test, type_)


def read_manifest(file: Path) -> Graph:
    base = f"{BASES[file.parts[-3]]}{file.parts[-2]}/{file.name}"
    return Graph(quad.triple for quad in parse(path=str(file), format=RdfFormat.TURTLE, base_iri=base))


def entries(graph: Graph) -> Iterator[Resource]:
    """The tests that a manifest lists, in its order."""
    for manifest in graph.subjects():
        yield from members(graph, graph.value(manifest, MF.entries))  # type: ignore[misc]  # tests are no literals


def members(graph: Graph, node: Term | None) -> Iterator[Term]:
    """The members of a list."""
    while node is not None and node != RDF.nil:
        first = graph.value(node, RDF.first)
        assert first
        yield first
        node = graph.value(node, RDF.rest)


def text_of(graph: Graph, subject: Term | None, property_: NamedNode) -> str:
    """The text of a property, or "" where there is none."""
    term = graph.value(subject, property_) if subject is not None else None
    return term.value if isinstance(term, Literal) else ""


def split(iri: str) -> tuple[str, str]:
    """The suite of an IRI, and what of the IRI is its own."""
    suite = next(suite for suite, base in BASES.items() if iri.startswith(base))
    return suite, iri.removeprefix(BASES[suite])


def path_of(iri: str) -> Path:
    """The file that stands for an IRI of a suite."""
    return SUITES.joinpath(*split(iri))


@cache
def contents(files: Files) -> Contents:
    """What a store holds that was loaded from these files."""
    store = Store()
    for name, iri in files:
        if name:
            store.add_graph(NamedNode(name))
        store.load(path=str(path_of(iri)), base_iri=iri, to_graph=NamedNode(name) if name else None)
    names = {name.value: name for name in store.named_graphs()}
    return {
        name: frozenset(quad.triple for quad in store.quads_for_pattern(None, None, None, graph))
        for name, graph in {"": DefaultGraph(), **names}.items()
    }


def graph_store_files(graph: Graph, node: Term) -> Files:
    """The files that make up a store, in the terms of the update tests."""
    named = graph.values(node, UT.graphData)
    return (
        *(("", _iri(file)) for file in graph.values(node, UT.data)),
        *((text_of(graph, each, RDFS.label), _iri(graph.value(each, UT.graph))) for each in named),
    )


def _case(graph: Graph, test: Resource, type_: NamedNode) -> Case:
    iri, action, result = _iri(test), graph.value(test, MF.action), graph.value(test, MF.result)
    assert action
    if type_ in UPDATE_EVALUATION:
        assert result
        return Case(
            iri,
            type_,
            _iri(graph.value(action, UT.request)),
            graph_store_files(graph, action),
            after=graph_store_files(graph, result),
        )
    if type_ not in QUERY_EVALUATION:
        return Case(iri, type_, _iri(graph.value(action, QT.query) or action))
    query = _iri(graph.value(action, QT.query))
    return Case(
        iri,
        type_,
        query,
        _query_files(graph, action, query),
        _iri(result),
        endpoints=tuple(
            (_iri(graph.value(each, QT.endpoint)), _iri(file))
            for each in graph.values(action, QT.serviceData)
            for file in graph.values(each, QT.data)
        ),
        is_lax=MF.LaxCardinality in graph.values(test, MF.resultCardinality),
    )


def _query_files(graph: Graph, action: Term, query: str) -> Files:
    data = (("", _iri(file)) for file in graph.values(action, QT.data))
    named = [_iri(file) for file in graph.values(action, QT.graphData)]
    return (*data, *((name, name) for name in dict.fromkeys([*named, *_graphs_named_in(query)])))


def _graphs_named_in(query: str) -> Iterator[str]:
    """The graphs that a query names as its dataset: files of the suite."""
    tokens = [
        token for token in tokenize(path_of(query).read_text(encoding="utf-8")) if token.kind not in {Kind.SPACE, Kind.COMMENT}
    ]
    for before, token in pairwise(tokens):
        if before.text.upper() in {"FROM", "NAMED"} and token.kind is Kind.IRI:
            iri = token.text[1:-1]
            yield iri if "://" in iri else f"{query.rpartition('/')[0]}/{iri}"


def _iri(term: Term | None) -> str:
    assert isinstance(term, NamedNode)
    return term.value
