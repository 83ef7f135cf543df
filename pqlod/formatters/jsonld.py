"""Pages as JSON-LD 1.1: every triple of the page once, under shortnames that ``@context`` explains.

The page comes first in ``@graph``. A resource is described where it is first mentioned, and after the page if that
does not lead to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from pqlod.formatters.items import Names, in_order, list_cells
from pqlod.formatters.scalars import INTEGERS
from pqlod.lda.pages import Page
from pqlod.rdf import RDF, XSD, BlankNode, Graph, Literal, NamedNode, Resource, Term, Triple

__all__ = ["write_jsonld"]

JsonLd: TypeAlias = "str | bool | int | list[JsonLd] | Mapping[str, JsonLd]"

# A greater integer is not the same number in every reader of JSON.
MAX_SAFE_INTEGER = 2**53
# Deeper descriptions stand after the page.
MAX_DEPTH = 50

_FIRST, _REST, _NIL, _TYPE = RDF.first, RDF.rest, RDF.nil, RDF.type
_STRING, _LANGUAGE_STRING, _INTEGER = XSD.string, RDF.langString, XSD.integer
_INTEGERS = frozenset(XSD[name] for name in INTEGERS)


def write_jsonld(page: Page) -> bytes:
    """A page as a JSON-LD document, whose expansion is the page's graph and nothing else."""
    graph = page.graph | page.metadata
    document = _Document(graph, Names(page, graph, customary={}))
    nodes = list(document.nodes(page.iri))
    return orjson.dumps({"@context": {"@version": 1.1, **document.context()}, "@graph": nodes})


@dataclass(frozen=True, slots=True)
class _Term:
    """A property in the context: ``coercion`` is what all its values are, ``@id`` or an IRI of a datatype."""

    iri: NamedNode
    name: str
    coercion: str | None

    @property
    def definition(self) -> JsonLd:
        if self.coercion == "@type":
            return "@type"
        return {"@id": self.iri.value, **({"@type": self.coercion} if self.coercion else {})}


class _Document:
    """The nodes of a graph, each of which is described once."""

    def __init__(self, graph: Graph, names: Names) -> None:
        self._graph, self._names = graph, names
        objects = _objects_by_property(graph)
        self._terms = {iri: _Term(iri, field.name, _coercion(iri, objects[iri])) for iri, field in names.fields.items()}
        self._mentions = Counter(term for terms in objects.values() for term in terms if isinstance(term, BlankNode))
        self._blank_nodes: dict[BlankNode, str] = {}
        self._described: set[Term] = set()
        self._used: set[NamedNode] = set()

    def context(self) -> dict[str, JsonLd]:
        """The terms that the nodes have used, in the order of their names."""
        return {field.name: self._terms[iri].definition for iri, field in self._names.fields.items() if iri in self._used}

    def nodes(self, first: Resource) -> Iterator[JsonLd]:
        """All resources, ``first`` before others; the cells of lists come last, since few are not in a list by then."""
        subjects = self._graph.subjects()
        cells = [subject for subject in subjects if self._graph.values(subject, _FIRST)]
        for resource in dict.fromkeys([first, *(s for s in subjects if s not in set(cells)), *cells]):
            if resource not in self._described and self._graph.describes(resource):
                yield self._describe(resource, 1)

    def _describe(self, resource: Resource, depth: int) -> JsonLd:
        self._described.add(resource)
        node: dict[str, JsonLd] = {"@id": self._id(resource)}
        properties = self._graph.properties(resource)
        for iri in sorted(properties, key=lambda iri: self._names.fields[iri].rank):
            values = [self._value(self._terms[iri], value, depth) for value in _said(in_order(properties[iri]))]
            if values:
                self._used.add(iri)
                node[self._terms[iri].name] = values[0] if len(values) == 1 else values
        return node

    def _value(self, term: _Term, value: Resource | Literal, depth: int) -> JsonLd:
        if isinstance(value, Literal):
            return _literal(value, term.coercion)
        if term.coercion == "@type":
            return self._id(value)
        if value not in self._described and (cells := self._well_formed_list(value)) is not None and depth < MAX_DEPTH:
            self._described.update(cells)
            members = (member for cell in cells for member in _said(self._graph.values(cell, _FIRST)))
            return {"@list": [self._value(term, member, depth + 1) for member in members]}
        if self._graph.describes(value) and value not in self._described and depth < MAX_DEPTH:
            return self._describe(value, depth + 1)
        return self._id(value) if term.coercion == "@id" else {"@id": self._id(value)}

    def _id(self, resource: Resource) -> str:
        if isinstance(resource, NamedNode):
            return resource.value
        return self._blank_nodes.setdefault(resource, f"_:b{len(self._blank_nodes)}")

    def _well_formed_list(self, head: Resource) -> list[Resource] | None:
        """The cells of a list of which nothing would be lost, or None."""
        cells = list(list_cells(self._graph, head))
        is_closed = self._graph.value(cells[-1], _REST) == _NIL if cells else head == _NIL
        return cells if is_closed and all(map(self._is_plain_cell, cells)) else None

    def _is_plain_cell(self, cell: Resource) -> bool:
        properties = self._graph.properties(cell)
        return (
            isinstance(cell, BlankNode)
            and self._mentions[cell] == 1
            and properties.keys() == {_FIRST, _REST}
            and all(len(values) == 1 for values in properties.values())
            and not isinstance(properties[_FIRST][0], Triple)
        )


def _said(values: Iterable[Term]) -> Iterator[Resource | Literal]:
    """The values less the triples of RDF 1.2, for which JSON-LD 1.1 has no form."""
    return (value for value in values if not isinstance(value, Triple))


def _objects_by_property(graph: Graph) -> dict[NamedNode, list[Term]]:
    objects: dict[NamedNode, list[Term]] = {}
    for subject in graph.subjects():
        for iri, values in graph.properties(subject).items():
            objects.setdefault(iri, []).extend(values)
    return objects


def _coercion(iri: NamedNode, values: list[Term]) -> str | None:
    """What all values of a property are: ``@type``, ``@id``, an IRI of a datatype, or None."""
    if iri == _TYPE and all(isinstance(value, NamedNode) for value in values):
        return "@type"
    kinds = {value.datatype.value if isinstance(value, Literal) else "@id" for value in values}
    only = kinds.pop() if len(kinds) == 1 else None
    return None if only in (_STRING.value, _LANGUAGE_STRING.value) else only


def _literal(literal: Literal, coercion: str | None) -> JsonLd:
    datatype = literal.datatype
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    if datatype == XSD.boolean and literal.value in ("true", "false"):
        return literal.value == "true"
    if datatype == _INTEGER or (datatype in _INTEGERS and datatype.value == coercion):
        number = _safe_integer(literal.value)
        if number is not None:
            return number
    if datatype.value == coercion or (datatype == _STRING and coercion is None):
        return literal.value
    return {"@value": literal.value} if datatype == _STRING else {"@value": literal.value, "@type": datatype.value}


def _safe_integer(text: str) -> int | None:
    """The number, if a reader gets the same text back from it."""
    is_short = len(text) <= 17 and text.removeprefix("-").isdecimal() and text.isascii()
    number = int(text) if is_short else MAX_SAFE_INTEGER
    return number if abs(number) < MAX_SAFE_INTEGER and str(number) == text else None
