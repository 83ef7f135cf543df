"""HTML pages of lists and items, for people: plain, without scripts, every value linked to where it leads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pqlod import __version__
from pqlod.formatters.choices import choices_of
from pqlod.formatters.filter_links import Fields, FilterLink, FilterLinks
from pqlod.formatters.items import LABEL_PROPERTIES, Field, Node, Shape, Value, best_label, last_segment
from pqlod.formatters.words import words
from pqlod.lda.links import RequestUrl
from pqlod.lda.metadata import SPARQL
from pqlod.lda.model import Api
from pqlod.lda.parameters import is_reserved
from pqlod.lda.routing import Router
from pqlod.rdf import API, DCT, FOAF, PQLOD, RDF, RDFS, XSD, BlankNode, Graph, Literal, NamedNode, Resource, Term

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

# What may stay of the markup in a text, such as a minister's answer. No images, styles or scripts.
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q",
    "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto"})
# Said by the page as a whole, and not again of its item.
UNSHOWN = frozenset({FOAF.isPrimaryTopicOf})
QUERIES = {API.selectionResult: "What is on the page", API.viewingResult: "What is told of it"}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_MARKUP = re.compile(rf"</?({'|'.join(sorted(TAGS))})(\s[^<>]*)?/?>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


class FormatLink(NamedTuple):
    """A format of a document: its name, the document's address in it, and its media type."""

    name: str
    address: str
    media_type: str


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


@dataclass(frozen=True)
class Item:
    """An item: what it is called, its IRI, the local address of its page, and its rows."""

    title: str
    iri: str
    address: str
    rows: tuple[Row, ...] = field(default=())


def write_html(page: "Page") -> bytes:
    """The page as an HTML document in UTF-8."""
    links = Links(page.api, page.request.url.path, FilterLinks(_first_page(page), page.api.vocabulary) if page.is_list else None)
    nodes = Shape(page).items()
    template = environment().get_template("list.html" if page.is_list else "item.html")
    pieces = template.generate(
        page=page,
        items=[_item(node, links) for node in page.deadline.watch(nodes)],
        filters=filters(page),
        choices=choices_of(page, nodes, _first_page(page)) if page.is_list else None,
        queries=queries_of(page),
        is_asked_here=page.api.source.iri == PQLOD.store,
        formats=format_links(page),
        site=site_name([page.api]),
        up=links.up,
    )
    return "".join(page.deadline.watch(pieces)).encode()


def queries_of(page: "Page") -> list[tuple[str, str]]:
    """The queries that a page came from, where it tells them, each with what it was for."""
    graph = page.metadata
    return [
        (QUERIES[predicate], text.value)
        for _, predicate, result in graph
        if predicate in QUERIES
        for query in graph.values(result, SPARQL.query)
        for text in graph.values(query, RDF.value)
        if isinstance(text, Literal)
    ]


def site_name(apis: Sequence[Api]) -> str:
    """What the pages of a service have above them: the label of its first API."""
    return next((api.label for api in apis if api.label), "Linked Data API")


@cache
def environment() -> Environment:
    """The templates, with what they all need."""
    made = Environment(
        loader=PackageLoader("pqlod", "web/templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["version"] = __version__
    made.filters["words"] = words
    return made


def graph_items(graph: Graph) -> list[Item]:
    """Every resource of a graph that has an IRI as an item, by IRI; blank nodes are shown where they are mentioned."""
    iris = sorted((subject for subject in graph.subjects() if isinstance(subject, NamedNode)), key=lambda iri: iri.value)
    return [_graph_item(graph, iri) for iri in iris]


def upwards(path: str) -> str:
    """The relative address of the root as seen from a path, so that no page needs to know where it is mounted."""
    return "../" * (path.count("/") - 1) or "./"


def format_links(page: "Page") -> list[FormatLink]:
    """Every format of the page, but for those whose names begin with ``_``, which are not advertised."""
    url, by_suffix = page.request.url.with_suffix(page.formatter.name), page.api.negotiates_by_suffix
    return [
        FormatLink(name, str(url.in_format(name, by_suffix=by_suffix)), formatter.media_types[0])
        for name, formatter in page.endpoint.formatters.items()
        if formatter.is_advertised and not name.startswith("_")
    ]


def filters(page: "Page") -> list[tuple[str, str, str]]:
    """The filters of a list as people read them, each with its value and the address of the list without it."""
    url = _first_page(page)
    return [
        (
            _filter_in_words(name),
            value,
            str(replace(url, parameters=tuple(pair for pair in url.parameters if pair != (name, value)))),
        )
        for name, value in url.parameters
        if value and not is_reserved(name)
    ]


def _first_page(page: "Page") -> RequestUrl:
    return page.request.url.with_suffix(page.formatter.name).without("_format", "_page", "_generation")


def _filter_in_words(name: str) -> str:
    """``min-answer.dateOfAnswer`` is "answer › date of answer min"."""
    operator, hyphen, path = name.rpartition("-")
    steps = " › ".join(words(step) for step in path.split(".") if step)
    return f"{steps} {operator}" if hyphen else steps


class Links:
    """Where the resources of an API are shown, as addresses relative to one path, and what the values of a list lead to."""

    def __init__(self, api: Api, path: str, filters: FilterLinks | None = None) -> None:
        self.up = upwards(path)
        self._filters = filters
        self._router = Router((api,))

    def address(self, iri: str) -> str:
        """The local page of a resource where there is one, else its IRI."""
        found = self._router.document(iri)
        return self.up + found.location.lstrip("/") if found else iri

    def filters(self, path: Fields | None, value: Literal) -> tuple[FilterLink, ...]:
        return self._filters.of(path, value) if self._filters and path else ()


def _item(node: Node, links: Links) -> Item:
    iri = node.resource.value
    return Item(best_label(node) or last_segment(iri), iri, links.address(iri), tuple(_rows(node, links)))


def _rows(node: Node, links: Links, above: Fields | None = ()) -> Iterator[Row]:
    """Its properties, but for the label that its heading or its link says."""
    label = _label(node)
    for each, values in node.fields:
        if each is not label and each.property.iri not in UNSHOWN:
            path = None if above is None else (*above, each)
            shown = (_shown(value, links, path) for value in values)
            yield Row(words(each.name), each.property.iri.value, tuple(shown))


def _label(node: Node) -> Field | None:
    """The field of the best label that it has."""
    fields = {field.property.iri: field for field, values in node.fields if any(isinstance(value, Literal) for value in values)}
    return next((fields[iri] for iri in LABEL_PROPERTIES if iri in fields), None)


def _shown(value: Value, links: Links, path: Fields | None) -> Shown:
    match value:
        case Literal():
            return Shown(literal(value), links.filters(path, value))
        case Node():
            return _described(value, links, path)
        case NamedNode():
            return Shown(_link(value, links, last_segment(value.value)))
        case _:
            return Shown(Markup(), members=tuple(_shown(member, links, None) for member in value))


def _described(node: Node, links: Links, path: Fields | None) -> Shown:
    """A link that says the resource's label, with the rows of whatever else is known of it."""
    link = _link(node.resource, links, best_label(node) or last_segment(node.id or ""))
    return Shown(link, _label_filters(node, links, path), rows=tuple(_rows(node, links, path)))


def _label_filters(node: Node, links: Links, path: Fields | None) -> tuple[FilterLink, ...]:
    """To what has a value of the same label, by the first of several."""
    label = _label(node)
    texts = [value for value in node.values(label.property.iri) if isinstance(value, Literal)] if label else []
    return links.filters((*path, label), texts[0]) if label and path and texts else ()


def _link(resource: Resource, links: Links, text: str) -> Markup:
    if not isinstance(resource, NamedNode):
        return Markup()
    return _anchor(links.address(resource.value), text or resource.value)


def _anchor(address: str, text: str) -> Markup:
    """A link, but for addresses that a browser should not follow (``javascript:``, ``urn:``), which are text."""
    if urlsplit(address).scheme not in {"", *SCHEMES}:
        return Markup("{}").format(text)
    return Markup('<a href="{}">{}</a>').format(address, text)


def literal(term: Literal) -> Markup:
    """A literal as markup: days in words, addresses as links, texts with their own markup made safe."""
    text = term.value
    if term.datatype in {XSD.date, XSD.dateTime} and (day := in_words(text)):
        return Markup('<time datetime="{}">{}</time>').format(text, day)
    if _ADDRESS.fullmatch(text):
        return Markup('<a href="{0}" rel="nofollow">{0}</a>').format(text)
    shown = sanitised(text) if _MARKUP.search(text) else _plain(text)
    return Markup('<span lang="{}">{}</span>').format(term.language, shown) if term.language else shown


def _plain(text: str) -> Markup:
    return Markup('<span class="lines">{}</span>' if "\n" in text else "{}").format(text)


def sanitised(markup: str) -> Markup:
    """Markup of others with only harmless elements and links left in it."""
    return Markup(
        '<div class="markup">'
        + nh3.clean(markup, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="nofollow noopener")
        + "</div>"
    )


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
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}{time}"


def _graph_item(graph: Graph, iri: NamedNode) -> Item:
    labels = (graph.value(iri, each) for each in (RDFS.label, DCT.title))
    title = next((label.value for label in labels if isinstance(label, Literal)), last_segment(iri.value))
    return Item(title, iri.value, iri.value, _graph_rows(graph, iri))


def _graph_rows(graph: Graph, subject: Resource) -> tuple[Row, ...]:
    return tuple(
        Row(words(last_segment(each.value)), each.value, tuple(_graph_value(graph, term) for term in terms))
        for each, terms in graph.properties(subject).items()
    )


def _graph_value(graph: Graph, term: Term) -> Shown:
    match term:
        case Literal():
            return Shown(literal(term))
        case NamedNode():
            return Shown(_anchor(term.value, term.value))
        case BlankNode():
            return Shown(Markup(), rows=_graph_rows(graph, term))
        case _:
            return Shown(Markup("{}").format(str(term)))
