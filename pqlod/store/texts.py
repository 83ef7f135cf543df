"""Which texts of which items are searched: read from a store, as plain words, oldest items first.

An item is an IRI with texts of its own or of its parts, as the table TEXT_FIELDS tells; in a store of other data it is
every IRI that has a text.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import NamedTuple

from pyoxigraph import Store

from pqlod.rdf import DCT, FOAF, PARL, RDF, RDFS, SCHEMA, SKOS, XSD, BlankNode, DefaultGraph, Literal, NamedNode, Quad, Term


@dataclass(frozen=True)
class TextField:
    """Texts of an item: those at the end of a path. Names are found by letters inside too, and weigh more than texts."""

    path: tuple[NamedNode, ...]
    kind: OneOf["text", "name"]


TEXT_FIELDS = (
    TextField((PARL.questionText,), "text"),
    TextField((PARL.answer, PARL.answerText), "text"),
    TextField((PARL.hansardHeading,), "name"),
    TextField((PARL.tablingMemberPrinted,), "name"),
    TextField((PARL.answer, PARL.answeringMemberPrinted), "name"),
    TextField((PARL.fullName,), "name"),
    TextField((PARL.displayName,), "name"),
    TextField((RDFS.label,), "name"),
    TextField((SKOS.prefLabel,), "name"),
    TextField((SKOS.altLabel,), "name"),
    TextField((FOAF.name,), "name"),
    TextField((SCHEMA.name,), "name"),
    TextField((DCT.title,), "name"),
)
NAME_PROPERTIES = frozenset(field.path[-1] for field in TEXT_FIELDS if field.kind == "name")
DATES = (DCT.date, PARL.dateTabled)  # what makes an item newer than another
STRINGS = frozenset((XSD.string, RDF.langString))


class Texts(NamedTuple):
    """The words of one item, a line for each value."""

    names: str
    texts: str


class StoreTexts:
    """The texts of a store. ``by_fields``: it holds texts that the table knows; otherwise every text is searched."""

    def __init__(self, store: Store) -> None:
        self._store = store
        known = {field.path[0] for field in TEXT_FIELDS if field.kind == "text"}
        self.by_fields = any(next(self._quads(None, first), None) is not None for first in known)

    def items(self) -> list[NamedNode]:
        """Every item, the oldest first."""
        return self._by_date(self._items_with_fields() if self.by_fields else self._items_with_texts())

    def touched(self, changed: Iterable[NamedNode]) -> list[NamedNode]:
        """The items to read again when these resources changed, the oldest first: for a part (an answer), what it is part of."""
        if not self.by_fields:
            return self._by_date(set(changed))
        firsts = {field.path[0] for field in TEXT_FIELDS if len(field.path) > 1}
        touched: set[NamedNode] = set()
        for resource in changed:
            owners = {quad.subject for first in firsts for quad in self._quads(None, first, resource)}
            touched |= {owner for owner in owners if isinstance(owner, NamedNode)} or {resource}
        return self._by_date(touched)

    def read(self, item: NamedNode) -> Texts:
        """The texts of an item; both empty if it has none (any more)."""
        if self.by_fields:
            found = [(field.kind == "name", value) for field in TEXT_FIELDS for value in self._values(item, field.path)]
        else:
            found = [(quad.predicate in NAME_PROPERTIES, quad.object) for quad in self._quads(item)]
        words = [(is_name, _plain(value.value)) for is_name, value in found if isinstance(value, Literal) and _is_text(value)]
        names = dict.fromkeys(text for is_name, text in words if is_name)
        texts = dict.fromkeys(text for is_name, text in words if not is_name)
        return Texts("\n".join(names), "\n".join(texts))

    def _items_with_fields(self) -> set[NamedNode]:
        items: set[NamedNode] = set()
        parts: set[Term] = set()
        for field in TEXT_FIELDS:
            for quad in self._quads(None, field.path[0]):
                if isinstance(quad.subject, NamedNode):
                    items.add(quad.subject)
                if len(field.path) > 1:
                    parts.add(quad.object)
        return {item for item in items if item not in parts}

    def _items_with_texts(self) -> set[NamedNode]:
        return {quad.subject for quad in self._quads() if isinstance(quad.subject, NamedNode) and _is_text(quad.object)}

    def _by_date(self, items: set[NamedNode]) -> list[NamedNode]:
        dates = {item: max(self._dates(item), default="") for item in items}
        return sorted(items, key=lambda item: (dates[item], item.value))

    def _dates(self, item: NamedNode) -> Iterator[str]:
        values = (quad.object for date in DATES for quad in self._quads(item, date))
        return (value.value for value in values if isinstance(value, Literal))

    def _values(self, subject: Term, path: tuple[NamedNode, ...]) -> Iterator[Term]:
        if not path:
            yield subject
        elif isinstance(subject, NamedNode | BlankNode):
            for quad in self._quads(subject, path[0]):
                yield from self._values(quad.object, path[1:])

    def _quads(
        self, subject: NamedNode | BlankNode | None = None, predicate: NamedNode | None = None, value: Term | None = None
    ) -> Iterator[Quad]:
        return self._store.quads_for_pattern(subject, predicate, value, DefaultGraph())


def _is_text(term: Term) -> bool:
    return isinstance(term, Literal) and term.datatype in STRINGS


_TAG = re.compile(r"<[/!a-zA-Z][^>]*>")


def _plain(text: str) -> str:
    """The words of a text that may be HTML (answers are)."""
    plain = html.unescape(_TAG.sub(" ", text)) if "<" in text or "&" in text else text
    return plain.replace("\N{SOFT HYPHEN}", "")
