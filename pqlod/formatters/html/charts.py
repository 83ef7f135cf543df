"""A facet as a chart: bars that lead to the items that they count, with the table that is behind them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from pqlod.formatters.words import uncapitalised
from pqlod.lda.companions import MOST_RANKED, Charted, Medians
from pqlod.lda.facets import Facet, FacetValue
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import PER, Api, FacetDeclaration, FacetKind, selector_of
from pqlod.rdf import XSD

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class ChartShape(Enum):
    """How bars stand: side by side in the order of time, or of numbers; or one under the other, the longest first."""

    TIME = "time"
    STEPS = "steps"
    RANKED = "ranked"


SHAPES = {FacetKind.MONTH: ChartShape.TIME, FacetKind.YEAR: ChartShape.TIME, FacetKind.STEP: ChartShape.STEPS}


@dataclass(frozen=True)
class Bar:
    """A bar: its label, how long it is, the address of the list of what it counts, and of a time the day on which it begins."""

    label: str
    count: int | Decimal
    address: str
    begins: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Chart:
    """What a page draws: bars of a shape, and what is to be said of them. ``unit`` is "month" or "year" of bars in time.

    ``label`` says what each bar is, ``counted`` what it has.
    """

    name: str
    title: str
    label: str
    shape: ChartShape
    bars: tuple[Bar, ...]
    unit: str = ""
    counted: str = "Number"
    notes: tuple[str, ...] = ()

    @property
    def most(self) -> int | Decimal:
        return max((bar.count for bar in self.bars), default=0)

    @property
    def size(self) -> str:
        """The height of its box in words: the bars that lie one under the other decide."""
        if self.shape is not ChartShape.RANKED:
            return "level"
        return "short" if len(self.bars) <= 5 else "middle" if len(self.bars) <= 10 else "tall"


@dataclass(frozen=True)
class ChartChoice:
    """A chart that a list has: its label, and the address of the list with it."""

    label: str
    address: str
    is_shown: bool


@dataclass(frozen=True)
class ListCharts:
    """The charts of a list: the one that is shown, if any, those that can be chosen, and the address of the list without."""

    chart: Chart | None
    choices: tuple[ChartChoice, ...]
    without: str


def chart_of(charted: Charted, url: RequestUrl) -> Chart | None:
    """The chart of a facet, or of medians, of the list at this address; None where there is nothing to draw."""
    return _of_medians(charted, url) if isinstance(charted, Medians) else _of_facet(charted, url)


def _of_medians(medians: Medians, url: RequestUrl) -> Chart | None:
    """The medians of each choice, the longest bar first, and before them that of the whole list."""
    of_all = [Bar("All", each.median, str(url.without("_chart"))) for each in medians.values if each.value is None]
    bars = [
        Bar(each.value.label, each.median, str(medians.by.chosen(url.without("_chart"), each.value)), "", each.value.is_chosen)
        for each in medians.values
        if each.value is not None
    ]
    if not bars:
        return None
    return Chart(
        name=medians.name,
        title=f"Median {uncapitalised(medians.of.label)} by {uncapitalised(medians.by.label)}",
        label=medians.by.label,
        shape=ChartShape.RANKED,
        bars=(*of_all, *sorted(bars, key=lambda bar: -bar.count)[: MOST_RANKED - len(of_all)]),
        counted="Median",
        notes=tuple(_notes(replace(medians.by, without=0), 0)),
    )


def _of_facet(facet: Facet, url: RequestUrl) -> Chart | None:
    shape = SHAPES.get(facet.kind, ChartShape.RANKED)
    shown = facet.values[:: -1 if shape is ChartShape.TIME else 1]  # a facet has the newest days first
    if shape is ChartShape.RANKED:
        shown = tuple(value for place, value in enumerate(shown) if place < MOST_RANKED or value.is_chosen)
    if not shown:
        return None
    return Chart(
        name=facet.name,
        title=facet.label,
        label=facet.label,
        shape=shape,
        bars=tuple(_bar(facet, value, url.without("_chart"), shape) for value in shown),
        unit=facet.kind.value.lower() if shape is ChartShape.TIME else "",
        notes=tuple(_notes(facet, len(facet.values) - len(shown))),
    )


def charts_of_list(page: "Page", url: RequestUrl) -> ListCharts:
    """What the page of a list offers as charts, and the one that is shown; ``url`` is that of its first page."""
    declared = selector_of(page.endpoint).facets
    telling = [each for each in declared if not _is_yes_or_no(page.api, each)]
    charted = page.companions.chart if page.companions else None
    names = {each.name: each.label for each in telling} | dict(_medians_offered(telling))
    return ListCharts(
        chart=chart_of(charted, url) if charted else None,
        choices=tuple(
            ChartChoice(label, str(url.with_parameters(_chart=name)), name == page.request.chart) for name, label in names.items()
        ),
        without=str(url.without("_chart")),
    )


def _medians_offered(declared: Sequence[FacetDeclaration]) -> Iterator[tuple[str, str]]:
    """Name and label of the medians of each facet in steps, by the first of values."""
    by = next((facet for facet in declared if facet.kind is FacetKind.VALUE), None)
    for of in declared:
        if by and of.kind is FacetKind.STEP:
            yield f"{of.name}{PER}{by.name}", f"{of.label}, median by {uncapitalised(by.label)}"


def _is_yes_or_no(api: Api, facet: FacetDeclaration) -> bool:
    """Has it no more than two bars?"""
    last = facet.path.last.property
    return facet.kind is FacetKind.EXISTENCE or bool(last and api.vocabulary.property(last).range == XSD.boolean)


def _bar(facet: Facet, value: FacetValue, url: RequestUrl, shape: ChartShape) -> Bar:
    days = (_DAY.search(text) for _, text in value.parameters) if shape is ChartShape.TIME else ()
    begins = next((day[0] for day in days if day), "")
    return Bar(value.label, value.count, str(facet.chosen(url, value)), begins, value.is_chosen)


def _notes(facet: Facet, unshown: int) -> Iterator[str]:
    if others := facet.others + unshown:
        yield f"{others:,} more {'is' if others == 1 else 'are'} not drawn."
    if facet.without:
        yield f"{facet.without:,} {'has' if facet.without == 1 else 'have'} none."
    if not facet.is_complete:
        yield "There was no time to count them all."
