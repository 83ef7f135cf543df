"""What an item and its values look like to people: days in words, markup made safe, links to what they mention."""

import re
from calendar import month_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from pqlod.formatters.filter_links import Fields, FilterLink, FilterLinks
from pqlod.formatters.html.frame import upwards
from pqlod.formatters.html.texts import MARKUP, TAGS, beginning, plain_text
from pqlod.formatters.items import LABEL_PROPERTIES, Field, Node, Value, best_label, last_segment
from pqlod.formatters.words import words
from pqlod.lda.model import Api
from pqlod.lda.routing import Router
from pqlod.rdf import FOAF, RDF, XSD, Literal, NamedNode, Resource, local_name

ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto"})
PLAIN = frozenset({XSD.string, RDF.langString, RDF.dirLangString})
# Said by the page as a whole, and not again of its item.
UNSHOWN = frozenset({FOAF.isPrimaryTopicOf})

_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


@dataclass(frozen=True)
class Shown:
    """A value as a page shows it: markup, links to lists, and the rows of a described resource or the members of a list."""

    text: Markup
    filters: tuple[FilterLink, ...] = ()
    rows: tuple["Row", ...] = ()
    members: tuple["Shown", ...] = ()


@dataclass(frozen=True)
class Row:
    """A property in words, its IRI and its values."""

    label: str
    iri: str
    values: tuple[Shown, ...]


class Links:
    """Where the resources of an API are shown, as addresses relative to one path, and what the values of a list lead to.

    ``up`` is the way to the root, if not that from the path; texts are cut at ``longest`` characters.
    """

    def __init__(
        self, api: Api, path: str, filters: FilterLinks | None = None, up: str | None = None, longest: int | None = None
    ) -> None:
        self.up = upwards(path) if up is None else up
        self.longest = longest
        self._filters = filters
        self._router = Router((api,))

    def address(self, iri: str) -> str:
        """The local page of a resource where there is one, else its IRI; empty if a browser should not follow that."""
        found = self._router.document(iri)
        return self.up + found.location.lstrip("/") if found else iri if _may_be_followed(iri) else ""

    @property
    def lead_to_lists(self) -> bool:
        """Do values lead to the lists of their likes?"""
        return self._filters is not None

    def filters(self, path: Fields | None, value: Literal) -> tuple[FilterLink, ...]:
        return self._filters.of(path, value) if self._filters and path else ()


def rows(node: Node, links: Links, above: Fields | None = (), *, has_label_above: bool = True) -> Iterator[Row]:
    """Its properties in order, but for the label where its heading or its link says it already."""
    label = _label(node) if has_label_above else None
    for each, values in sorted(node.fields, key=_place):
        if each is not label and each.property.iri not in UNSHOWN:
            path = None if above is None else (*above, each)
            shown = (_shown(value, links, path) for value in values)
            yield Row(words(each.name), each.property.iri.value, tuple(shown))


def _place(row: tuple[Field, tuple[Value, ...]]) -> tuple[int, str, int]:
    """The order of the Linked Data API's pages: by datatype, then texts and what has several values, then resources."""
    field, values = row
    if len(values) > 1 or field.property.is_multivalued or field.property.iri == RDF.type:
        return 1, "", field.rank
    if isinstance(values[0], Literal):
        datatype = field.property.printed_datatype or values[0].datatype
        return (1, "", field.rank) if datatype in PLAIN else (0, local_name(datatype.value), field.rank)
    return 2, "", field.rank


def _label(node: Node) -> Field | None:
    """The field of the best label that it has."""
    fields = {field.property.iri: field for field, values in node.fields if any(isinstance(value, Literal) for value in values)}
    return next((fields[iri] for iri in LABEL_PROPERTIES if iri in fields), None)


def _shown(value: Value, links: Links, path: Fields | None) -> Shown:
    match value:
        case Literal():
            return Shown(literal(value, links.longest), links.filters(path, value))
        case Node():
            return _described(value, links, path)
        case NamedNode():
            return Shown(_link(value, links, last_segment(value.value)))
        case _:
            return Shown(Markup(), members=tuple(_shown(member, links, None) for member in value))


def _described(node: Node, links: Links, path: Fields | None) -> Shown:
    """A link that says what the resource is called, with the rows of whatever else is known of it.

    Where values lead to lists, the label is a row with links of its own, as on the pages of the Linked Data API.
    """
    if links.lead_to_lists and node.fields:
        name = last_segment(node.id or "")
        return Shown(_link(node.resource, links, name), rows=tuple(rows(node, links, path, has_label_above=False)))
    link = _link(node.resource, links, best_label(node) or last_segment(node.id or ""))
    return Shown(link, rows=tuple(rows(node, links, path)))


def _link(resource: Resource, links: Links, text: str) -> Markup:
    if not isinstance(resource, NamedNode):
        return Markup()
    return anchor(links.address(resource.value), text or resource.value)


def _may_be_followed(address: str) -> bool:
    try:
        return urlsplit(address).scheme in {"", *SCHEMES}
    except ValueError:
        return False


def anchor(address: str, text: str) -> Markup:
    """A link, but for addresses that a browser should not follow (``javascript:``, ``urn:``), which are text."""
    if not address or not _may_be_followed(address):
        return Markup("{}").format(text)
    return Markup('<a href="{}">{}</a>').format(address, text)


def literal(term: Literal, longest: int | None = None) -> Markup:
    """A literal as markup: days in words, addresses as links, texts with their own markup made safe, or cut without it."""
    text = term.value
    if longest and len(text) > longest:
        return _plain(beginning(plain_text(text), longest))
    if term.datatype in {XSD.date, XSD.dateTime} and (day := in_words(text)):
        return Markup('<time datetime="{}">{}</time>').format(text, day)
    if _ADDRESS.fullmatch(text):
        return Markup('<a href="{0}" rel="nofollow">{0}</a>').format(text)
    shown = sanitised(text) if MARKUP.search(text) else _plain(text)
    return Markup('<span lang="{}">{}</span>').format(term.language, shown) if term.language else shown


def _plain(text: str) -> Markup:
    """A text, whose lines stay, and whose marks of direction end with it."""
    shown = Markup("<bdi>{}</bdi>" if _DIRECTION.search(text) else "{}").format(text)
    return Markup('<span class="lines">{}</span>').format(shown) if "\n" in text else shown


def sanitised(markup: str) -> Markup:
    """Markup of others with only harmless elements and links left in it; where it has a table, keys can scroll it."""
    clean = nh3.clean(markup, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="nofollow noopener")
    scrolled = ' tabindex="0" role="group" aria-label="Text with a table"' if "<table>" in clean else ""
    return Markup(f'<div class="markup" dir="auto"{scrolled}>{clean}</div>')


def in_words(text: str) -> str | None:
    """A day or an instant as people write it, ``3 March 2026, 14:05``; None if it is no such thing."""
    match = _DAY.fullmatch(text)
    if not match:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    zone = {"Z": "UTC", None: ""}.get(match[5], match[5])
    time = f", {match[4]} {zone}".rstrip() if match[4] else ""
    return f"{day.day} {month_name[day.month]} {day.year}{time}"


def day_of(text: str) -> str:
    """The day of a literal that begins with one, in words; empty if it does not."""
    return in_words(text[:10]) or ""
