"""A graph of any kind as the items of a page, such as a vocabulary, where no view says what to show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pqlod.formatters.html.values import Row, Shown, anchor, literal
from pqlod.formatters.items import last_segment
from pqlod.formatters.words import words
from pqlod.lda.reading import list_members
from pqlod.rdf import DCT, RDF, RDFS, BlankNode, Graph, Literal, NamedNode, Resource, Term

TITLES = (RDFS.label, DCT.title)


@dataclass(frozen=True)
class Item:
    """A resource of a graph: what it is called, its IRI, and its rows."""

    title: str
    iri: str
    rows: tuple[Row, ...]


def graph_items(graph: Graph, prefixes: Mapping[str, str] | None = None) -> list[Item]:
    """Every resource of a graph that has an IRI as an item, by IRI; blank nodes are shown where they are mentioned.

    IRIs are shortened by the prefixes, and lead to their items on the page where these are of the same document.
    """
    return list(_Items(graph, prefixes or {}).all())


def place_of(iri: str) -> str:
    """The place of an item on the page: the fragment of its IRI."""
    return iri.rpartition("#")[2]


@dataclass(frozen=True)
class _Items:
    graph: Graph
    prefixes: Mapping[str, str]

    def all(self) -> Iterator[Item]:
        iris = (subject for subject in self.graph.subjects() if isinstance(subject, NamedNode))
        return (self._item(iri) for iri in sorted(iris, key=lambda iri: iri.value))

    def _item(self, iri: NamedNode) -> Item:
        titles = [self.graph.value(iri, each) for each in TITLES]
        title = next((each for each in titles if isinstance(each, Literal)), None)
        name = title.value if title else last_segment(iri.value)
        return Item(name, iri.value, tuple(self._rows(iri, title)))

    def _rows(self, subject: Resource, title: Term | None = None) -> Iterator[Row]:
        """What is told of a resource, but for its title."""
        for each, terms in self.graph.properties(subject).items():
            told = [term for term in self._members(terms) if not (each in TITLES and term == title)]
            if told:
                yield Row(words(last_segment(each.value)), each.value, tuple(map(self._value, told)))

    def _members(self, terms: Iterable[Term]) -> Iterator[Term]:
        """The terms, and in place of each that is an RDF list its members, in their order."""
        for term in terms:
            is_list = isinstance(term, BlankNode) and self.graph.values(term, RDF.first)
            yield from list_members(self.graph, term) if is_list else (term,)

    def _value(self, term: Term) -> Shown:
        match term:
            case Literal():
                return Shown(literal(term))
            case NamedNode():
                return Shown(anchor(self._address(term), self._short(term.value)))
            case BlankNode():
                return Shown(Markup(), rows=tuple(self._rows(term)))
            case _:
                return Shown(Markup("{}").format(str(term)))

    def _address(self, iri: NamedNode) -> str:
        return f"#{place_of(iri.value)}" if self.graph.describes(iri) and "#" in iri.value else iri.value

    def _short(self, iri: str) -> str:
        stems = ((prefix, stem) for prefix, stem in self.prefixes.items() if prefix and iri.startswith(stem) and iri != stem)
        return next((f"{prefix}:{iri[len(stem) :]}" for prefix, stem in stems), iri)
