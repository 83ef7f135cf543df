"""What the page of a list has around its items: its filters in words, its facets, its orders, its numbered pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pqlod.formatters.choices import YES_OR_NO, Choice
from pqlod.formatters.html.values import in_words
from pqlod.formatters.words import words
from pqlod.lda.facets import Facet
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import FacetKind, selector_of
from pqlod.lda.parameters import is_reserved
from pqlod.rdf import NamedNode, Term

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

OPEN_FACETS = 5  # and those of which something is chosen
MOST_LINKS = 8  # of a facet
NEIGHBOURS = 2  # numbered pages on each side of the one that is shown
# How the operator of a filter is read between its property and its value.
OPERATORS = {
    "": "",
    "min": "from",
    "max": "up to",
    "minEx": "after",
    "maxEx": "before",
    "name": "called",
    "lang": "in the language",
}


class FilterTag(NamedTuple):
    """A filter as people read it: its property, its value, and the address of the list without it."""

    property: str
    value: str
    without: str


@dataclass(frozen=True)
class FacetLink:
    """A choice of a facet: how many items it leaves, and the address of the list with it, or without it if it is made."""

    label: str
    count: int
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class FacetLinks:
    """A facet with its choices. ``every`` is the address of a page with all of them, where these are not all."""

    label: str
    links: tuple[FacetLink, ...]
    others: int
    every: str
    is_complete: bool
    is_open: bool


def first_page(page: "Page") -> RequestUrl:
    """The address of the list without the number of a page."""
    return page.request.url.with_suffix(page.formatter.name).without("_format", "_page", "_generation")


def unfiltered(page: "Page") -> RequestUrl:
    """The address of the list without any filter or search, with its view and order."""
    url = first_page(page)
    kept = tuple(pair for pair in url.parameters if is_reserved(pair[0]) and pair[0] not in ("_search", "_chart", "_facet"))
    return replace(url, parameters=kept)


def filters(page: "Page") -> list[FilterTag]:
    """The filters of a list, and what is sought in it."""
    titles = page.companions.titles if page.companions else {}
    url = first_page(page)
    return [
        FilterTag(*_in_words(page, name, value, titles), str(_without(url, name, value)))
        for name, value in url.parameters
        if value and (name == "_search" or not is_reserved(name))
    ]


def _without(url: RequestUrl, name: str, value: str) -> RequestUrl:
    return replace(url, parameters=tuple(pair for pair in url.parameters if pair != (name, value)))


def _in_words(page: "Page", name: str, value: str, titles: Mapping[Term, str]) -> tuple[str, str]:
    """``min-answer.dateOfAnswer`` and a day are "answer › date of answer from" and the day in words."""
    if name == "_search":
        return "with the words", value
    operator, _, path = name.rpartition("-")
    path = path.rstrip(".")
    if operator == "exists":
        label = _facet_label(page, path, FacetKind.EXISTENCE)
        return label or f"has {_path_in_words(path)}", YES_OR_NO.get(value, value)
    label = _facet_label(page, path, FacetKind.VALUE) or _path_in_words(path)
    return f"{label} {OPERATORS.get(operator, operator)}".strip(), _value_in_words(page, value, titles)


def _facet_label(page: "Page", path: str, kind: FacetKind) -> str:
    """What the configuration calls a property where it makes a facet of it."""
    declared = selector_of(page.endpoint).facets
    return next((facet.label for facet in declared if facet.path.text == path and facet.kind is kind), "")


def _path_in_words(path: str) -> str:
    return " › ".join(words(step.removeprefix("~")) for step in path.split(".") if step)


def _value_in_words(page: "Page", value: str, titles: Mapping[Term, str]) -> str:
    thing = page.api.vocabulary.resolve(value) or _iri(value)
    title = titles.get(thing) if thing else None
    return title or in_words(value) or YES_OR_NO.get(value, value)


def _iri(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def facets(page: "Page") -> list[FacetLinks]:
    """The facets of a list that have anything to choose from."""
    found = page.companions.facets if page.companions else ()
    offered = [facet for facet in found if len(facet.values) > 1 or _is_chosen(facet) or not facet.is_complete]
    return [
        _facet_links(page, facet, MOST_LINKS, is_open=place < OPEN_FACETS or _is_chosen(facet))
        for place, facet in enumerate(offered)
    ]


def every_choice(page: "Page") -> FacetLinks | None:
    """The facet of which all choices were asked for."""
    facet = page.companions.every if page.companions else None
    return _facet_links(page, facet, len(facet.values), is_open=True) if facet else None


def _is_chosen(facet: Facet) -> bool:
    return any(value.is_chosen for value in facet.values)


def _facet_links(page: "Page", facet: Facet, most: int, *, is_open: bool) -> FacetLinks:
    """Its first links and those that are chosen; days and numbers have no first ones, and all are there."""
    url = first_page(page).without("_chart", "_facet")
    links = tuple(
        FacetLink(value.label, value.count, str(facet.chosen(url, None if value.is_chosen else value)), value.is_chosen)
        for place, value in enumerate(facet.values)
        if place < most or value.is_chosen or facet.kind is not FacetKind.VALUE
    )
    others = facet.others + len(facet.values) - len(links)
    return FacetLinks(facet.label, links, others, str(url.with_parameters(_facet=facet.name)), facet.is_complete, is_open)


def orders(page: "Page") -> tuple[Choice, ...]:
    """The orders that the configuration offers, and of a search the best match first. That of the page leads nowhere."""
    selector = selector_of(page.endpoint)
    if not selector.orders:
        return ()
    url = first_page(page)
    own = "" if page.request.search else selector.sort
    given = next((value for name, value in url.parameters if name == "_sort" and value != own), "")
    offered = [("best match first", "")] if page.request.search else []
    offered += [(order.label, "" if order.sort == own else order.sort) for order in selector.orders]
    return tuple(Choice(label, "" if sort == given else _sorted(url, sort)) for label, sort in offered)


def _sorted(url: RequestUrl, sort: str) -> str:
    return str(url.with_parameters(_sort=sort) if sort else url.without("_sort"))


def numbered_pages(page: "Page") -> list[Choice | None]:
    """The first and last page and those around this one, where the total is known; None is a gap, and this page leads nowhere."""
    if page.total is None or not page.total > page.request.page_size:
        return []
    last = (page.total - 1) // page.request.page_size
    url = page.request.url.with_suffix(page.formatter.name).without("_format")
    return list(_with_gaps(url, page.request.page, last))


def _with_gaps(url: RequestUrl, current: int, last: int) -> Iterator[Choice | None]:
    around = range(max(current - NEIGHBOURS, 0), min(current + NEIGHBOURS, last) + 1)
    before = -1
    for number in sorted({0, *around, last}):
        if number > before + 1:
            yield None
        yield Choice(f"{number + 1:,}", "" if number == current else str(url.with_parameters(_page=number)))
        before = number
