"""What every page has: its templates, the name of the site, the links to its formats, and the queries that it came from."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pqlod import __version__
from pqlod.formatters.words import words
from pqlod.lda.metadata import SPARQL
from pqlod.lda.model import Api
from pqlod.rdf import API, RDF, Literal

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

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
    made.globals["version"] = __version__
    made.filters["words"] = words
    return made


def kinds_of_pages() -> frozenset[str]:
    """The names that ``pqlod:template`` may have: those of the templates for the pages and cards of a kind of item."""
    names = environment().list_templates(filter_func=lambda name: name.startswith(("kinds/", "cards/")))
    return frozenset(name.partition("/")[2].removesuffix(".html") for name in names)


def site_name(apis: Sequence[Api]) -> str:
    """What the pages of a service have above them: the label of its first API."""
    return next((api.label for api in apis if api.label), "Linked Data API")


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
