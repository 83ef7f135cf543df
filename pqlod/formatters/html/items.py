"""The page of an item: as its kind is shown, or all its properties; what is beside it; and what can be done with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from pqlod.formatters.html.cards import Card, cards_of
from pqlod.formatters.html.charts import Chart, chart_of
from pqlod.formatters.html.copying import copies
from pqlod.formatters.html.facts import ItemFacts
from pqlod.formatters.html.texts import beginning, plain_text
from pqlod.formatters.html.titles import title_in, title_of
from pqlod.formatters.html.values import UNSHOWN, Links, anchor, day_of, literal, rows
from pqlod.formatters.items import Node, Shape, Value, last_segment
from pqlod.formatters.words import words
from pqlod.lda.companions import Companions, FilledPanel, declaration_of
from pqlod.lda.incoming import Incoming
from pqlod.lda.model import Panel
from pqlod.rdf import RDF, Literal, NamedNode

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

LONGEST_CELL = 500  # characters of a text in the table of all properties
MOST_PROPERTIES = 500  # rows of the table of all properties
_BIBTEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {c: "\\" + c for c in "{}$&#_%"}


class PropertyRow(NamedTuple):
    """A value of an item, or of something that it leads to: the path to it as filters have it, its property, and how it looks."""

    path: str
    label: str
    iri: str
    value: Markup


class LinkingHere(NamedTuple):
    """The links of one property to an item: how many, and the first things that they come from, as links."""

    property: str
    iri: str
    number: str
    examples: list[Markup]
    is_more: bool
    query: str


@dataclass(frozen=True)
class ShownPanel:
    """A panel as its template has it: its items, and the address of the list that they are from."""

    panel: Panel
    page: "Page"
    cards: tuple[Card, ...]
    facts: tuple[ItemFacts, ...]
    charts: tuple[Chart, ...]
    address: str


@dataclass(frozen=True)
class ItemPage:
    """What the templates of an item's page are given, besides what every page has."""

    title: str
    classes: tuple[str, ...]
    panels: tuple[ShownPanel, ...]
    previous: Markup | None
    next: Markup | None
    incoming: tuple[LinkingHere, ...]
    missing: tuple[str, ...]

    def panel(self, name: str) -> ShownPanel | None:
        """The panel of a name, if the item has it."""
        return next((each for each in self.panels if each.panel.name == name), None)

    @property
    def has_charts(self) -> bool:
        return any(each.charts for each in self.panels)

    @property
    def other_panels(self) -> list[ShownPanel]:
        """Those without a name, in their order."""
        return [each for each in self.panels if not each.panel.name]


def template_of(page: "Page") -> list[str]:
    """The names of the templates that may show an item, the first that there is counts."""
    declaration = None if page.request.names_view else declaration_of(page, page.item)
    return [*([f"kinds/{declaration.template}.html"] if declaration and declaration.template else []), "item.html"]


def item_context(page: "Page") -> Mapping[str, Any]:
    """What the template of an item's page works with. Its rows are made when a template asks for them, which few do."""
    node, links = Shape(page).items()[0], Links(page.api, page.request.url.path)
    companions = page.companions or Companions()
    neighbours = companions.neighbours
    shown = ItemPage(
        title=title_of(page, page.item),
        classes=tuple(_classes(page)),
        panels=tuple(_panel(each, links) for each in companions.panels),
        previous=_near(neighbours.previous, page, companions, links) if neighbours else None,
        next=_near(neighbours.next, page, companions, links) if neighbours else None,
        incoming=tuple(_linking_here(page, companions, links)),
        missing=companions.missing,
    )
    return {
        "it": ItemFacts(page.item, page, links),
        "shown": shown,
        "rows": rows(node, links),
        "properties": list(islice(_properties(node, links), MOST_PROPERTIES)),
        "copies": copies(page),
        "plain": plain_text,
        "beginning": beginning,
        "bibtex": bibtex,
        "days": days_between,
        "day_of": day_of,
        "link": anchor,
    }


def bibtex(text: str) -> str:
    """A text as the value of a BibTeX field between braces."""
    return "".join(_BIBTEX.get(character, character) for character in text)


def days_between(first: str, last: str) -> int | None:
    """How many days lie between the days of two literals, None where one of them is no day."""
    try:
        return (date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days
    except ValueError:
        return None


def _classes(page: "Page") -> Iterator[str]:
    """The classes of an item in words."""
    for term in page.graph.values(page.item, RDF.type):
        if isinstance(term, NamedNode):
            yield words(page.api.vocabulary.shortname(term) or last_segment(term.value))


def _panel(filled: FilledPanel, links: Links) -> ShownPanel:
    url = filled.page.request.url.with_suffix("html")
    return ShownPanel(
        panel=filled.panel,
        page=filled.page,
        cards=tuple(cards_of(filled.page, links.up)) if filled.panel.size else (),
        facts=tuple(ItemFacts(item, filled.page, links) for item in filled.page.items),
        charts=tuple(chart for each in filled.charts if (chart := chart_of(each, url))),
        address=str(url),
    )


def _near(iri: NamedNode | None, page: "Page", companions: Companions, links: Links) -> Markup | None:
    return anchor(links.address(iri.value), _title(iri, page, companions)) if iri else None


def _title(iri: NamedNode, page: "Page", companions: Companions) -> str:
    return title_in(companions.mentioned, page.api, iri)


def _linking_here(page: "Page", companions: Companions, links: Links) -> Iterator[LinkingHere]:
    for each in companions.incoming:
        name = page.api.vocabulary.shortname(each.property) or last_segment(each.property.value)
        yield LinkingHere(
            property=words(name),
            iri=each.property.value,
            number=f"{'more than ' if each.is_more else ''}{each.count:,}",
            examples=[anchor(links.address(iri.value), _title(iri, page, companions)) for iri in each.subjects],
            is_more=each.count > len(each.subjects),
            query=_query(each, page.item),
        )


def _query(incoming: Incoming, item: NamedNode) -> str:
    return f"SELECT ?thing WHERE {{ ?thing {incoming.property} {item} }} LIMIT 1000"


def _properties(node: Node, links: Links, above: str = "") -> Iterator[PropertyRow]:
    """Every value of an item and of what is described in it, each with the path to it."""
    for field, values in node.fields:
        path = f"{above}.{field.name}" if above else field.name
        for value in values if field.property.iri not in UNSHOWN else ():
            yield PropertyRow(path, words(field.name), field.property.iri.value, _cell(value, links))
            if isinstance(value, Node):
                yield from _properties(value, links, path)


def _text(value: Literal) -> Markup:
    """A literal; of a very long one the beginning, since the page has all of it elsewhere or in its other formats."""
    is_long = len(value.value) > LONGEST_CELL
    return Markup("{}").format(beginning(plain_text(value.value), LONGEST_CELL)) if is_long else literal(value)


def _cell(value: Value, links: Links) -> Markup:
    match value:
        case Literal():
            return _text(value)
        case NamedNode():
            return anchor(links.address(value.value), value.value)
        case Node(id=iri):
            return anchor(links.address(iri), iri) if iri and ":" in iri and not iri.startswith("_:") else Markup("…")
        case _:
            return Markup(", ").join(_cell(member, links) for member in value)
