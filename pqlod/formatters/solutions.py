"""The formats of SPARQL results, and how people are shown them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pqlod.rdf import XSD, Graph, Literal, NamedNode, Term
from pqlod.store.dataset import Solutions
from pqlod.store.sandbox import Kind

HTML = "html"


@dataclass(frozen=True)
class ResultFormat:
    """A format by its name, with the media types that stand for it; the first one is its own."""

    name: str
    media_types: tuple[str, ...]


PAGE = ResultFormat(HTML, ("text/html", "application/xhtml+xml"))

# In order of preference, for clients that accept several alike.
SOLUTION_FORMATS = (
    ResultFormat("json", ("application/sparql-results+json", "application/json")),
    ResultFormat("xml", ("application/sparql-results+xml", "application/xml", "text/xml")),
    ResultFormat("csv", ("text/csv",)),
    ResultFormat("tsv", ("text/tab-separated-values",)),
    PAGE,
)
GRAPH_FORMATS = (
    ResultFormat("ttl", ("text/turtle", "application/x-turtle", "text/n3")),
    ResultFormat("nt", ("application/n-triples", "text/plain")),
    ResultFormat("rdf", ("application/rdf+xml", "application/xml", "text/xml")),
    ResultFormat("jsonld", ("application/ld+json", "application/json")),
    ResultFormat("nq", ("application/n-quads",)),
    ResultFormat("trig", ("application/trig",)),
    PAGE,
)
FORMATS: Mapping[Kind, tuple[ResultFormat, ...]] = MappingProxyType(
    {"solutions": SOLUTION_FORMATS, "boolean": SOLUTION_FORMATS, "graph": GRAPH_FORMATS}
)

# Other names for graph formats, as clients write them; SPARQLWrapper has most of these.
GRAPH_NAMES = MappingProxyType({
    "json": "jsonld", "json-ld": "jsonld", "xml": "rdf", "rdfxml": "rdf", "rdf+xml": "rdf", "rdf/xml": "rdf", "turtle": "ttl",
    "n3": "ttl", "ntriples": "nt", "n-triples": "nt", "nquads": "nq", "n-quads": "nq",
})  # fmt: skip


def format_named(kind: Kind, name: str) -> ResultFormat | None:
    """The format of a kind of result by a name, an alias or a media type; None if the kind has none such."""
    name = name.lower()
    if kind == "graph":
        name = GRAPH_NAMES.get(name, name)
    return next((each for each in FORMATS[kind] if name == each.name or name in each.media_types), None)


def format_names() -> tuple[str, ...]:
    """The name of every format, each once."""
    return tuple(dict.fromkeys(each.name for formats in FORMATS.values() for each in formats))


@dataclass(frozen=True)
class Cell:
    """A term as people see it: its text, its address if it is a web page, its language or datatype, if they say something."""

    text: str
    address: str = ""
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Table:
    """Solutions, a graph or a boolean as a table: the names of its columns and its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]


def table(result: Solutions | Graph | bool, address: Callable[[str], str] = str) -> Table:
    """A result as a table; a graph has one row for each triple. ``address`` tells where the resource of an IRI is shown."""
    if isinstance(result, bool):
        return Table(("answer",), ((Cell("true" if result else "false"),),))
    rows: Iterator[tuple[Cell | None, ...]]
    if isinstance(result, Graph):
        rows = (tuple(_cell(term, address) for term in triple) for triple in result)
        return Table(("subject", "predicate", "object"), tuple(rows))
    rows = (tuple(_cell(row[name], address) if name in row else None for name in result.variables) for row in result)
    return Table(result.variables, tuple(rows))


def _cell(term: Term, address: Callable[[str], str]) -> Cell:
    if isinstance(term, NamedNode):
        return Cell(term.value, address(term.value) if term.value.startswith(("http://", "https://")) else "")
    if not isinstance(term, Literal):
        return Cell(str(term))
    return Cell(term.value, "", term.language or "", "" if _is_plain(term) else term.datatype.value)


def _is_plain(term: Literal) -> bool:
    return term.language is not None or term.datatype == XSD.string
