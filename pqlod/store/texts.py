"""Which texts of which items are searched, read from a store as plain words.

An item is an IRI with texts of its own or of its parts, as the table TEXT_FIELDS tells; in a store of other data it is
every IRI that has a text.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Store

from pqlod.rdf import DCT, FOAF, PARL, RDF, RDFS, SCHEMA, SKOS, XSD, DefaultGraph, Literal, NamedNode, Resource, Term


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


class StoreTexts:
    """The texts of a store. ``by_fields``: it holds texts that the table knows; otherwise every text is searched.

    What it gives is of all items, or of some; read by property, each text costs some 10 µs, and nothing is held.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        known = {field.path[0] for field in TEXT_FIELDS if field.kind == "text"}
        self.by_fields = any(next(self._owners(first), None) is not None for first in known)

    def texts(self, items: Iterable[NamedNode] | None = None) -> Iterator[tuple[str, bool, str]]:
        """Each text: the IRI that has it, whether it is a name, and its words."""
        chosen = _values(items)
        if not self.by_fields:
            for item, property, text in self._select(f"SELECT ?item ?property ?text {{ {chosen} ?item ?property ?text }}"):
                if _is_text(item, text):
                    yield item.value, property in NAME_PROPERTIES, _plain(text.value)
            return
        for field in TEXT_FIELDS:
            path = "/".join(map(str, field.path))
            for item, text in self._select(f"SELECT ?item ?text {{ {chosen} ?item {path} ?text }}"):
                if _is_text(item, text):
                    yield item.value, field.kind == "name", _plain(text.value)

    def dates(self, items: Iterable[NamedNode] | None = None) -> Iterator[tuple[str, str]]:
        """Each date that may make an item newer than another: the item's IRI, and the date."""
        for date in DATES:
            for item, value in self._select(f"SELECT ?item ?date {{ {_values(items)} ?item {date} ?date }}"):
                yield item.value, value.value

    def parts(self) -> Iterator[str]:
        """The IRIs (and labels of blank nodes) of what is part of an item, and so none itself."""
        for first in _PART_PROPERTIES if self.by_fields else ():
            for (part,) in self._select(f"SELECT ?part {{ ?item {first} ?part }}"):
                yield part.value

    def touched(self, changed: Iterable[Resource]) -> set[NamedNode]:
        """The items to read again when these resources changed: for a part (an answer), what it is part of."""
        touched: set[Resource] = set()
        for resource in changed:
            owners = {owner for first in _PART_PROPERTIES for owner in self._owners(first, resource)} if self.by_fields else ()
            touched |= {owner for owner in owners if isinstance(owner, NamedNode)} or {resource}
        return {resource for resource in touched if isinstance(resource, NamedNode)}

    def _owners(self, predicate: NamedNode, value: Resource | None = None) -> Iterator[Term]:
        return (quad.subject for quad in self._store.quads_for_pattern(None, predicate, value, DefaultGraph()))

    def _select(self, text: str) -> Iterator[Any]:  # of solutions, which can be taken apart as tuples of terms
        return iter(self._store.query(text))  # type: ignore[arg-type]  # it is a SELECT


_PART_PROPERTIES = frozenset(field.path[0] for field in TEXT_FIELDS if len(field.path) > 1)


def _values(items: Iterable[NamedNode] | None) -> str:
    return "" if items is None else f"VALUES ?item {{ {' '.join(map(str, items))} }}"


def _is_text(item: Term, term: Term) -> bool:
    return isinstance(item, NamedNode) and isinstance(term, Literal) and term.datatype in STRINGS


_TAG = re.compile(r"<[/!a-zA-Z][^>]*>")


def _plain(text: str) -> str:
    """The words of a text that may be HTML (answers are)."""
    plain = html.unescape(_TAG.sub(" ", text)) if "<" in text or "&" in text else text
    return plain.replace("\N{SOFT HYPHEN}", "")
