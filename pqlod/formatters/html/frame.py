"""What every page has: its templates, the name of the site, the links to its formats, and the queries that it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pqlod import __version__
from pqlod.formatters.html.static_files import static_address
from pqlod.formatters.words import words
from pqlod.lda.metadata import SPARQL
from pqlod.lda.model import Api, MenuEntry
from pqlod.rdf import API, DCT, RDF, Literal, NamedNode

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

# Where a configuration declares none.
MENU = (MenuEntry("Queries", "/queries"), MenuEntry("SPARQL", "/sparql"), MenuEntry("Configuration", "/api-config"))
QUERIES = {API.selectionResult: "What is on the page", API.viewingResult: "What is told of it"}


class FormatLink(NamedTuple):
    """A format of a document: its name, the document's address in it, and its media type."""

    name: str
    address: str
    media_type: str


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
    equip(made)
    return made


def equip(templates: Environment) -> None:
    """Gives templates, these or Flask's, what they all use."""
    templates.globals.update(version=__version__, today=today, static=static_address)
    templates.filters.update(words=words, local_address=local_address)


def today() -> date:
    """The day in UTC, which decides what is overdue on a page."""
    return datetime.now(UTC).date()


def kinds_of_pages() -> frozenset[str]:
    """The names that ``pqlod:template`` may have: those of the templates for the pages and cards of a kind of item."""
    names = environment().list_templates(filter_func=lambda name: name.startswith(("kinds/", "cards/")))
    return frozenset(name.partition("/")[2].removesuffix(".html") for name in names)


@dataclass(frozen=True)
class Site:
    """What the pages of a service have above them: its name, its menu, and the path of the list that its search asks, or "".

    Below them they say under which rights the data is, and link to the licence.
    """

    name: str
    menu: tuple[MenuEntry, ...]
    search: str
    rights: str = ""
    licence: str = ""


def site_of(apis: Sequence[Api]) -> Site:
    """The site of a service: of its APIs, the first that has a label, a menu or a search gives it."""
    return Site(
        name=next((api.label for api in apis if api.label), "Linked Data API"),
        menu=next((api.menu for api in apis if api.menu), MENU),
        search=next((api.search for api in apis if api.search), ""),
        rights=_said(apis, DCT.rights),
        licence=_said(apis, DCT.license),
    )


def _said(apis: Sequence[Api], property: NamedNode) -> str:
    values = (api.graph.value(api.iri, property) for api in apis)
    return next((value.value for value in values if isinstance(value, Literal | NamedNode)), "")


def local_address(address: str, up: str) -> str:
    """A path from the root of the service, relative to a page; a whole address stays."""
    return up + address.lstrip("/") if address.startswith("/") else address


def data_block(data: object) -> Markup:
    """JSON as the content of a script element that holds data: no text in it can end the element."""
    return Markup(orjson.dumps(data).decode().replace("<", "\\u003c"))


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
