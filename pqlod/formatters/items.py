"""The shape of a page: its graph as nested items, whose properties go by shortnames.

JSON, CSV, GeoJSON and HTML write this shape, each in its own way. Which resource is described where is decided here:

- a resource with properties is described wherever it is mentioned, one without is its IRI alone;
- one that is met inside its own description is from then on mentioned by its IRI only;
- an item of the page is described as an item, and elsewhere mentioned by its IRI;
- an RDF list is a sequence of its members.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pqlod.lda.naming import ShortnameMode
from pqlod.lda.pages import Page
from pqlod.lda.vocabulary import Property
from pqlod.rdf import API, DC, FOAF, RDF, RDFS, SKOS, XSD, BlankNode, Graph, Literal, NamedNode, Resource, Term, Triple

__all__ = [
    "Field",
    "Names",
    "Node",
    "Shape",
    "Value",
    "best_label",
    "in_order",
    "is_list",
    "last_segment",
    "list_cells",
    "text_of",
    "text_order",
]

# Whose values may stand for a resource, the best first.
LABEL_PROPERTIES = (
    SKOS.prefLabel,
    DC.title,
    FOAF.name,
    RDFS.label,
    SKOS.altLabel,
)
# A view whose resources share descriptions can be exponentially longer than its graph. Beyond so many descriptions
# a resource that was described before is only mentioned; and nothing is described deeper than so many levels.
MAX_DESCRIPTIONS = 100_000
MAX_DEPTH = 100

# What a page says of its bindings goes by the names that style sheets look for, though rdfs:label and rdf:value have
# them too.
CUSTOMARY_NAMES = {API.label: "label", API.value: "value"}

_FIRST, _REST, _NIL, _TYPE, _LIST = RDF.first, RDF.rest, RDF.nil, RDF.type, RDF.List
_STRINGS = frozenset({XSD.string, RDF.langString, RDF.dirLangString})


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A property as one page shows it; ``rank`` is its place among the page's properties, by name."""

    name: str
    rank: int
    property: Property


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A resource described: its fields in the order of their names, each with its values.

    ``id`` is its IRI; a blank node has one (``_:1``) if it is mentioned more than once, else None.
    """

    resource: Resource
    id: str | None
    fields: tuple[tuple[Field, tuple["Value", ...]], ...] = ()

    def values(self, iri: NamedNode) -> tuple["Value", ...]:
        """The values of one property, or none."""
        return next((values for field, values in self.fields if field.property.iri == iri), ())


# A literal; a resource that is mentioned only; one that is described; a list.
Value: TypeAlias = "Literal | NamedNode | Node | tuple[Value, ...]"


class Names:
    """What the terms of a graph are called on its page: ``fields`` by property, and datatypes by ``of``."""

    def __init__(
        self,
        page: Page,
        graph: Graph,
        mode: ShortnameMode | None = None,
        customary: Mapping[NamedNode, str] = CUSTOMARY_NAMES,
    ) -> None:
        vocabulary = page.api.vocabulary
        predicates, datatypes = _terms_to_name(graph)
        properties = {iri: vocabulary.property(iri) for iri in predicates}
        printed = {property.printed_datatype for property in properties.values() if property.printed_datatype}
        names = vocabulary.name_terms([*predicates, *datatypes, *printed], mode or page.formatter.shortname_mode)
        self._names = {**names, **_unambiguous(customary, names, graph)}
        ordered = sorted(predicates, key=lambda iri: text_order(self._names[iri]))
        self.fields: Mapping[NamedNode, Field] = {
            iri: Field(self._names[iri], rank, properties[iri]) for rank, iri in enumerate(ordered)
        }

    def of(self, term: NamedNode) -> str:
        """The name of a property or datatype of the graph."""
        return self._names[term]

    def datatype(self, literal: Literal, property: Property) -> str | None:
        """The name of the datatype that is printed with a literal; none is with plain and tagged strings."""
        datatype = literal.datatype
        if datatype in _STRINGS:
            return None
        return self._names[property.printed_datatype or datatype]


def _unambiguous(customary: Mapping[NamedNode, str], names: Mapping[NamedNode, str], graph: Graph) -> Mapping[NamedNode, str]:
    """The customary names, but for those that another property of the same resource has."""

    def is_rivalled(iri: NamedNode, name: str) -> bool:
        subjects = (graph.properties(subject) for subject in graph.subjects() if graph.values(subject, iri))
        return any(names[other] == name and other != iri for properties in subjects for other in properties)

    return {iri: name for iri, name in customary.items() if iri in names and not is_rivalled(iri, name)}


def _terms_to_name(
    graph: Graph,
) -> tuple[dict[NamedNode, None], dict[NamedNode, None]]:
    """The predicates and the datatypes of a graph, in the order in which they came."""
    predicates: dict[NamedNode, None] = {}
    datatypes: dict[NamedNode, None] = {}
    for subject in graph.subjects():
        for predicate, objects in graph.properties(subject).items():
            predicates[predicate] = None
            for term in objects:
                if isinstance(term, Literal):
                    datatypes[term.datatype] = None
    return predicates, datatypes


class Shape:
    """The shape of one page; hidden properties are left out unless ``shows_hidden``."""

    def __init__(self, page: Page, *, shows_hidden: bool = False) -> None:
        self._page, self._shows_hidden = page, shows_hidden
        self._graph = page.graph | page.metadata
        self.names = Names(page, self._graph)
        self._items = frozenset(page.items)
        self._shared = _shared_blank_nodes(self._graph)
        self._ids: dict[BlankNode, str] = {}
        self._open: set[Resource] = set()  # being described now
        self._cyclic: set[Resource] = set()  # met inside their own description
        self._known: set[Resource] = set()
        self._reusable: dict[Resource, tuple[Node, int]] = {}  # with the number of descriptions inside
        self._descriptions = self._cuts = self._depth = 0

    def root(self) -> Node:
        """The page itself described: its metadata, with the items or the item in it."""
        return self._describe(self._page.iri, 1)

    def items(self) -> tuple[Node, ...]:
        """The items alone, in the order of the page, which they mention by its IRI."""
        self._cyclic.add(self._page.iri)
        return tuple(self._describe(item, 2) for item in self._page.items)

    def _value(self, term: Term, level: int) -> Value:
        """``level`` is that of the description in which the term stands; the page's own is 1."""
        if isinstance(term, Literal):
            return term
        if isinstance(term, Triple):  # RDF 1.2 has them, JSON has no form for them
            return Literal(text_of(term))
        if is_list(self._graph, term):
            return self._list(term, level)
        if not self._graph.describes(term) or (term in self._items and level > 1):
            return self._mention(term)
        return self._resource(term, level + 1)

    def _resource(self, resource: Resource, level: int) -> Value:
        if resource in self._open:
            self._open.remove(resource)
            self._cyclic.add(resource)
        if resource in self._cyclic or self._is_too_much(resource):
            self._cuts += 1
            return self._mention(resource)
        if resource in self._reusable:
            node, descriptions = self._reusable[resource]
            self._descriptions += descriptions
            return node
        return self._describe(resource, level)

    def _describe(self, resource: Resource, level: int) -> Node:
        self._page.deadline.check()
        cuts, descriptions = self._cuts, self._descriptions
        self._open.add(resource)
        self._descriptions += 1
        self._depth += 1
        node = Node(resource, self._id(resource), tuple(self._fields(resource, level)))
        self._depth -= 1
        self._open.discard(resource)
        self._known.add(resource)
        if self._cuts == cuts:  # nothing of a cycle in it: it is the same wherever it is met again
            self._reusable[resource] = node, self._descriptions - descriptions
        return node

    def _fields(self, resource: Resource, level: int) -> Iterator[tuple[Field, tuple[Value, ...]]]:
        fields = self.names.fields
        properties = self._graph.properties(resource)
        for iri in sorted(properties, key=lambda iri: fields[iri].rank):
            field = fields[iri]
            if self._shows_hidden or not field.property.is_hidden:
                yield field, tuple(self._value(term, level) for term in in_order(properties[iri]))

    def _mention(self, resource: Resource) -> Value:
        return resource if isinstance(resource, NamedNode) else Node(resource, self._id(resource))

    def _id(self, resource: Resource) -> str | None:
        if isinstance(resource, NamedNode):
            return resource.value
        if resource in self._shared:
            return self._ids.setdefault(resource, f"_:{len(self._ids) + 1}")
        return None

    def _is_too_much(self, resource: Resource) -> bool:
        return self._depth >= MAX_DEPTH or (self._descriptions > MAX_DESCRIPTIONS and resource in self._known)

    def _list(self, head: Resource, level: int) -> tuple[Value, ...]:
        """The members of a list; a broken one ends where it breaks."""
        self._depth += 1
        cells = list_cells(self._graph, head) if self._depth <= MAX_DEPTH else ()
        members = [member for cell in cells for member in self._graph.values(cell, _FIRST)[:1]]
        values = tuple(self._value(member, level) for member in members)
        self._depth -= 1
        return values


def is_list(graph: Graph, term: Resource) -> bool:
    """Is this the head of an RDF list, if perhaps of a broken one?"""
    return term == _NIL or bool(graph.values(term, _FIRST)) or _LIST in graph.values(term, _TYPE)


def list_cells(graph: Graph, head: Resource) -> Iterator[Resource]:
    """The cells of a list, as far as they lead; the end of the list is none."""
    seen: set[Term] = set()
    cell: Term | None = head
    while isinstance(cell, NamedNode | BlankNode) and cell != _NIL and cell not in seen:
        seen.add(cell)
        yield cell
        cell = graph.value(cell, _REST)


def _shared_blank_nodes(graph: Graph) -> frozenset[BlankNode]:
    mentions = Counter(
        term
        for subject in graph.subjects()
        for objects in graph.properties(subject).values()
        for term in objects
        if isinstance(term, BlankNode)
    )
    return frozenset(node for node, count in mentions.items() if count > 1)


def in_order(terms: tuple[Term, ...]) -> tuple[Term, ...] | list[Term]:
    """Values in the order of their texts, whatever their types: 10 comes before 9. Blank nodes keep their order."""
    return terms if len(terms) < 2 else sorted(terms, key=lambda term: text_order(text_of(term)))


def text_of(term: Term) -> str:
    """The lexical form of a literal, the IRI, or a triple as SPARQL 1.2 has it; of any blank node ``_:``, since names change."""
    if isinstance(term, Triple):
        return f"<<( {term} )>>"
    return "_:" if isinstance(term, BlankNode) else term.value


def text_order(text: str) -> bytes:
    """Sorts texts by UTF-16 code units, as the Linked Data API does: capitals before small letters."""
    return text.encode("utf-16-be", "surrogatepass")


def best_label(node: Node) -> str | None:
    """The label of a resource, several of one property joined by " / ", or None."""
    labels = {field.property.iri: values for field, values in node.fields if field.property.iri in LABEL_PROPERTIES}
    texts = (
        dict.fromkeys(value.value for value in labels.get(iri, ()) if isinstance(value, Literal)) for iri in LABEL_PROPERTIES
    )
    found = next(filter(None, texts), None)
    return None if found is None else " / ".join(found)


def last_segment(iri: str) -> str:
    """What an IRI is called when nothing else is known: what follows its last ``#`` or ``/``."""
    path, hash_sign, fragment = iri.rpartition("#")
    return fragment if hash_sign and fragment else (path or iri).rstrip("/").rpartition("/")[2]
