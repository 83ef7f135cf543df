"""A vocabulary for people: its classes and properties, what they mean, how often they are used, and an item that does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from pqlod.formatters.html.values import anchor, literal
from pqlod.formatters.words import words
from pqlod.lda.model import Api
from pqlod.lda.paths import Steps
from pqlod.lda.reading import list_members
from pqlod.rdf import OWL, RDF, RDFS, XSD, BlankNode, Graph, Literal, NamedNode, Term, local_name
from pqlod.store.usage import Example, Usage

CLASSES = (OWL.Class, RDFS.Class)
PROPERTIES = (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty)
LONGEST_VALUE = 60  # characters of a value that is an example
# Ranges in words; others go by their local names.
KINDS: Mapping[NamedNode, str] = {
    XSD.string: "text",
    RDFS.Literal: "text",
    XSD.date: "a day",
    XSD.dateTime: "a day and a time",
    XSD.integer: "a whole number",
    XSD.decimal: "a number",
    XSD.double: "a number",
    XSD.boolean: "true or false",
    XSD.gYear: "a year",
    XSD.anyURI: "an address",
    RDFS.Class: "a class",
    RDFS.Resource: "anything",
}
# What else is told of a term.
RELATIONS: Mapping[NamedNode, str] = {
    RDFS.subClassOf: "A kind of",
    RDFS.subPropertyOf: "A kind of",
    OWL.equivalentClass: "The same as",
    OWL.equivalentProperty: "The same as",
    RDFS.seeAlso: "See also",
}


class Link(NamedTuple):
    """A text, and where it leads, if it does."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class ShownExample:
    """The item in which a term is used, as an example, and for a property its value."""

    item: Link
    value: Markup


@dataclass(frozen=True)
class Entry:
    """A class or property as it is shown.

    ``name`` is what stands in addresses and results, and its place on the page; ``between`` the paths to two days, of a
    property that is the distance of these.
    """

    iri: str
    name: str
    label: str
    meaning: str
    values: tuple[Link, ...] = ()
    owners: tuple[Link, ...] = ()
    relations: tuple[tuple[str, tuple[Link, ...]], ...] = ()
    between: tuple[str, ...] = ()
    uses: int | None = None
    example: ShownExample | None = None


@dataclass(frozen=True)
class Section:
    """A class with its kinds, the properties of which it is the only owner or the first, and those that it shares."""

    entry: Entry
    kinds: tuple[Link, ...] = ()
    properties: tuple[Entry, ...] = ()
    shared: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """The terms that some APIs declare; ``graph`` tells what they mean.

    ``address`` is that of the page of an item by its IRI, or "" if there is none.
    """

    apis: Sequence[Api]
    graph: Graph
    address: Callable[[str], str] = field(default=lambda iri: "")
    usage: Usage | None = None

    @cached_property
    def classes(self) -> tuple[NamedNode, ...]:
        """The classes, in the order in which they are declared."""
        return tuple(self._declared(CLASSES))

    @cached_property
    def properties(self) -> tuple[NamedNode, ...]:
        """The properties, likewise."""
        return tuple(each for each in self._declared(PROPERTIES) if each not in self.classes)

    def sections(self) -> list[Section]:
        """Every class with its properties."""
        return [self._section(each) for each in self.classes]

    def others(self) -> list[Entry]:
        """The properties that belong to none of the classes alone."""
        return [self.entry(each) for each in self.properties if not self._owners(each)]

    def entry(self, term: NamedNode) -> Entry:
        """A term as it is shown."""
        ranges = self.graph.values(term, RDFS.range)
        declared = next((api.vocabulary.properties[term] for api in self.apis if term in api.vocabulary.properties), None)
        return Entry(
            term.value,
            self.name(term),
            self._text(term, RDFS.label) or words(self.name(term)),
            self._text(term, RDFS.comment),
            values=tuple(self._link(each) for each in ranges[:1] if isinstance(each, NamedNode)),
            owners=tuple(self._link(each) for each in self._domains(term)),
            relations=tuple(self._relations(term)),
            between=tuple(map(self._path, declared.days_between)) if declared and declared.days_between else (),
            uses=None if self.usage is None else self.usage.counts.get(term, 0),
            example=next(self._examples(term), None),
        )

    def name(self, term: NamedNode) -> str:
        """The shortname of a term, or its local name."""
        names = (api.vocabulary.shortname(term) for api in self.apis)
        return next((name for name in names if name), local_name(term.value))

    def _declared(self, kinds: Iterable[NamedNode]) -> Iterator[NamedNode]:
        wanted = set(kinds)
        subjects = (each for each in self.graph.subjects() if isinstance(each, NamedNode))
        return (each for each in subjects if wanted.intersection(self.graph.values(each, RDF.type)))

    def _section(self, owner: NamedNode) -> Section:
        owned = [each for each in self.properties if owner in self._owners(each)]
        own = [each for each in owned if self._owners(each)[0] == owner]
        return Section(
            self.entry(owner),
            tuple(self._link(each) for each in self.classes if owner in self.graph.values(each, RDFS.subClassOf)),
            tuple(map(self.entry, own)),
            tuple(self._link(each) for each in owned if each not in own),
        )

    def _owners(self, term: NamedNode) -> list[NamedNode]:
        return [each for each in self._domains(term) if each in self.classes]

    def _domains(self, term: NamedNode) -> list[NamedNode]:
        """The classes whose items have a property, of a union each."""
        found = [
            each
            for domain in self.graph.values(term, RDFS.domain)
            for each in (self._union(domain) if isinstance(domain, BlankNode) else [domain])
        ]
        return [each for each in found if isinstance(each, NamedNode) and each != RDFS.Resource]

    def _union(self, domain: BlankNode) -> list[Term]:
        return [each for head in self.graph.values(domain, OWL.unionOf) for each in list_members(self.graph, head)]

    def _text(self, term: NamedNode, predicate: NamedNode) -> str:
        return next((each.value for each in self.graph.values(term, predicate) if isinstance(each, Literal)), "")

    def _relations(self, term: NamedNode) -> Iterator[tuple[str, tuple[Link, ...]]]:
        for predicate, label in RELATIONS.items():
            if found := tuple(self._link(each) for each in self.graph.values(term, predicate) if isinstance(each, NamedNode)):
                yield label, found

    def _link(self, term: NamedNode) -> Link:
        if term in self.classes or term in self.properties:
            return Link(self._text(term, RDFS.label) or self.name(term), f"#{self.name(term)}")
        return Link(KINDS.get(term) or self._prefixed(term), "" if term in XSD or term in KINDS else term.value)

    def _prefixed(self, term: NamedNode) -> str:
        prefixes = ((prefix, iri) for api in self.apis for prefix, iri in api.vocabulary.prefixes.items())
        found = (f"{prefix}:{term.value[len(iri) :]}" for prefix, iri in prefixes if prefix and term.value.startswith(iri))
        return local_name(term.value) if term in XSD else next(found, term.value)

    def _path(self, steps: Steps) -> str:
        return ".".join(self.name(step.property) for step in steps if step.property)

    def _examples(self, term: NamedNode) -> Iterator[ShownExample]:
        """The examples that have a page."""
        for example in self.usage.examples.get(term, ()) if self.usage else ():
            if found := self.address(example.item.value):
                yield ShownExample(Link(_brief(found), found), self._value(example))

    def _value(self, example: Example) -> Markup:
        match example.value:
            case Literal() as value:
                return literal(value, LONGEST_VALUE)
            case NamedNode() as value:
                found = self.address(value.value)
                return anchor(found, _brief(found) or value.value)
            case _:
                return Markup()


def _brief(address: str) -> str:
    """A relative address as it is from the root."""
    return address.replace("../", "")
