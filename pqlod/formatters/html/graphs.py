"""A graph of any kind as the items of a page, such as a vocabulary, where no view says what to show."""

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from pqlod.formatters.html.values import Item, Row, Shown, anchor, literal
from pqlod.formatters.items import last_segment
from pqlod.formatters.words import words
from pqlod.rdf import DCT, RDF, RDFS, BlankNode, Graph, Literal, NamedNode, Resource, Term


def graph_items(graph: Graph) -> list[Item]:
    """Every resource of a graph that has an IRI as an item, by IRI; blank nodes are shown where they are mentioned."""
    iris = sorted((subject for subject in graph.subjects() if isinstance(subject, NamedNode)), key=lambda iri: iri.value)
    return [_graph_item(graph, iri) for iri in iris]


def _graph_item(graph: Graph, iri: NamedNode) -> Item:
    labels = (graph.value(iri, each) for each in (RDFS.label, DCT.title))
    title = next((label.value for label in labels if isinstance(label, Literal)), last_segment(iri.value))
    return Item(title, iri.value, iri.value, _graph_rows(graph, iri))


def _graph_rows(graph: Graph, subject: Resource) -> tuple[Row, ...]:
    return tuple(
        Row(words(last_segment(each.value)), each.value, tuple(_graph_value(graph, one) for one in _members(graph, terms)))
        for each, terms in graph.properties(subject).items()
    )


def _members(graph: Graph, terms: Iterable[Term]) -> Iterator[Term]:
    """The terms, and in place of each that is an RDF list its members, in their order."""
    for term in terms:
        cells = _cells(graph, term)
        yield from (member for cell in cells for member in graph.values(cell, RDF.first))
        if not cells:
            yield term


def _cells(graph: Graph, cell: Term | None) -> dict[Term, None]:
    cells: dict[Term, None] = {}
    while isinstance(cell, BlankNode) and graph.values(cell, RDF.first) and cell not in cells:
        cells[cell] = None
        cell = graph.value(cell, RDF.rest)
    return cells


def _graph_value(graph: Graph, term: Term) -> Shown:
    match term:
        case Literal():
            return Shown(literal(term))
        case NamedNode():
            return Shown(anchor(term.value, term.value))
        case BlankNode():
            return Shown(Markup(), rows=_graph_rows(graph, term))
        case _:
            return Shown(Markup("{}").format(str(term)))
