"""What the template of a list is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pqlod.formatters.choices import Choice, Choices, Options, choices_of
from pqlod.formatters.html.cards import cards_of
from pqlod.formatters.html.charts import ListCharts, charts_of_list
from pqlod.formatters.html.lists import (
    FacetLinks,
    FilterTag,
    every_choice,
    facets,
    filters,
    first_page,
    numbered_pages,
    orders,
    unfiltered,
)
from pqlod.lda.model import FacetKind, selector_of
from pqlod.lda.parameters import VIEW_PARAMETERS

if TYPE_CHECKING:
    from pqlod.lda.pages import Page


VIEWS = {"all": "table of all properties"}


@dataclass(frozen=True)
class ListParts:
    """What is around the items of a list, or with ``every`` in their place.

    ``kept`` are the parameters that a search keeps, ``missing`` had no time, ``whole`` is the address with the items.
    """

    title: str
    is_searched: bool
    words: str
    kept: tuple[tuple[str, str], ...]
    filters: list[FilterTag]
    unfiltered: str
    facets: list[FacetLinks]
    every: FacetLinks | None
    whole: str
    orders: tuple[Choice, ...]
    views: tuple[Choice, ...]
    pages: list[Choice | None]
    charts: ListCharts
    missing: tuple[str, ...]


def list_context(page: "Page") -> Mapping[str, object]:
    """The variables of the template: the list's cards, its parts, and its choices."""
    cards, url = cards_of(page), first_page(page)
    choices = choices_of(page, [card.node for card in cards], url, _options(page))
    parts = ListParts(
        title=page.endpoint.label or page.request.url.path,
        is_searched=page.endpoint.text_search is None,
        words=" ".join(page.request.search),
        kept=tuple(pair for pair in url.without("_search").parameters if pair[1]),
        filters=filters(page),
        unfiltered=str(unfiltered(page)),
        facets=facets(page),
        every=every_choice(page),
        whole=str(url.without("_facet")),
        orders=orders(page),
        views=_views(page, choices),
        pages=numbered_pages(page),
        charts=charts_of_list(page, url),
        missing=page.companions.missing if page.companions else (),
    )
    return {"cards": cards, "list": parts, "choices": choices}


def _views(page: "Page", choices: Choices) -> tuple[Choice, ...]:
    """The views by name, and before them the cards, where the list has some."""
    views = tuple(Choice(VIEWS.get(words, words), address) for words, address in choices.views)
    if selector_of(page.endpoint).card_viewer is None:
        return views
    cards = "" if page.is_of_cards else str(first_page(page).without(*VIEW_PARAMETERS))
    return (Choice("cards", cards), *views)


def _options(page: "Page") -> Options:
    """The values of those properties of which the facets tell all."""
    found = page.companions.facets if page.companions else ()
    return {
        facet.name: tuple(sorted(((value.parameters[0][1], value.label) for value in facet.values), key=lambda pair: pair[1]))
        for facet in found
        if facet.kind is FacetKind.VALUE and not facet.others and facet.is_complete
    }
