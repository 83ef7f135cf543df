"""The items of a list as cards: what people want to know of each at a glance, by the template that its class has."""

from functools import cache, cached_property
from typing import TYPE_CHECKING

from pqlod.formatters.filter_links import FilterLinks
from pqlod.formatters.html.facts import ItemFacts
from pqlod.formatters.html.frame import environment
from pqlod.formatters.html.lists import first_page
from pqlod.formatters.html.values import Links, Row, rows
from pqlod.formatters.items import Node, Shape, best_label
from pqlod.lda.companions import declaration_of
from pqlod.rdf import NamedNode

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

LONGEST_TEXT = 1000  # characters, in the rows of a card


class Card:
    """An item as a card. ``template`` shows it, or is empty: then its rows do. ``facts`` are for the template."""

    def __init__(self, node: Node, page: "Page", links: Links) -> None:
        self.node, self._links = node, links
        self.facts = ItemFacts(node.resource, page, links)
        self.title = self.facts.title
        self.iri = node.resource.value
        self.address = links.address(self.iri)
        self.template = _template(page, node)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All that the page tells of it but for its title, each value with its links."""
        return tuple(rows(self.node, self._links, has_label_above=self.title == best_label(self.node)))


def cards_of(page: "Page", up: str | None = None) -> list[Card]:
    """The cards of a list; ``up`` is the way to the root from the page that shows them, where that is another."""
    longest = LONGEST_TEXT if page.is_of_cards else None
    links = Links(page.api, page.request.url.path, FilterLinks(first_page(page), page.api.vocabulary), up, longest)
    return [Card(node, page, links) for node in page.deadline.watch(Shape(page).items())]


def _template(page: "Page", node: Node) -> str:
    """The template of its class, where the page is one of cards; a view that was asked for is shown by its rows."""
    declaration = declaration_of(page, node.resource) if page.is_of_cards and isinstance(node.resource, NamedNode) else None
    name = f"cards/{declaration.template}.html" if declaration else ""
    return name if name in _templates() else ""


@cache
def _templates() -> frozenset[str]:
    return frozenset(environment().list_templates())
