"""The first page of a service: what it is, what its lists hold, and the ways in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pqlod.formatters.html.cards import Card, cards_of
from pqlod.formatters.html.charts import Chart, ChartShape, chart_of
from pqlod.formatters.html.frame import data_block, environment, local_address, site_of
from pqlod.formatters.html.lists import first_page
from pqlod.formatters.html.values import in_words
from pqlod.formatters.words import uncapitalised
from pqlod.lda.companions import Companions, FilledPanel
from pqlod.lda.model import Api, Endpoint, FormatterKind, ListEndpoint

UP = "./"


@dataclass(frozen=True)
class Stock:
    """When data was loaded, and as what generation of the store; None where nobody knows."""

    loaded: datetime | None = None
    generation: int | None = None

    @property
    def time(self) -> str:
        """When it was loaded, in words."""
        return (self.loaded and in_words(f"{self.loaded:%Y-%m-%dT%H:%M:%SZ}")) or ""


@dataclass(frozen=True)
class Preview:
    """The first items of a list."""

    label: str
    address: str
    cards: list[Card]


@dataclass(frozen=True)
class Way:
    """An endpoint with an address to try, and others whose paths begin as its own does."""

    label: str
    address: str
    path: str
    comment: str
    is_list: bool
    others: tuple["Way", ...] = ()


def write_home(apis: Sequence[Api], companions: Companions, stock: Stock, root: str) -> bytes:
    """The page as an HTML document in UTF-8; ``root`` is the address of the service, without a slash at its end."""
    site = site_of(apis)
    charts, example = tuple(_charts(companions.panels)), _example(apis)
    page = (
        environment()
        .get_template("home.html")
        .render(
            apis=[(api, tuple(ways(api))) for api in apis],
            site=site,
            up=UP,
            here="/",
            counts=[panel for panel in companions.panels if not panel.panel.size and not panel.panel.charts and panel.page.items],
            previews=[_preview(panel) for panel in companions.panels if panel.panel.size and panel.page.items],
            charts=charts,
            period=_period(charts),
            missing=companions.missing,
            stock=stock,
            root=root,
            example=example.template.text if example else "",
            searched=uncapitalised(example.label) if example else "",
            formats=_formats(example) if example else (),
            dataset=data_block(_dataset(apis[0], stock, root, charts)),
        )
    )
    return page.encode()


def ways(api: Api) -> Iterator[Way]:
    """The lists and items of an API, those together whose paths have the same beginning, the shortest before the others."""
    groups: dict[str, list[Endpoint]] = {}
    for endpoint in api.endpoints:
        groups.setdefault(endpoint.template.text.removeprefix(api.prefix).split("/")[1].partition("?")[0], []).append(endpoint)
    for group in groups.values():
        first, *others = sorted(
            group, key=lambda endpoint: not isinstance(endpoint, ListEndpoint) or bool(endpoint.template.variables)
        )
        yield _way(first, tuple(map(_way, others)))


def example_of(endpoint: Endpoint) -> str:
    """An address of an endpoint, relative to the root: its own if that has no variables, or its first example, or none."""
    addresses = (endpoint.template.text,) if not endpoint.template.variables else endpoint.examples
    return next((local_address(address, UP) for address in addresses), "")


def _way(endpoint: Endpoint, others: tuple[Way, ...] = ()) -> Way:
    path = endpoint.template.text
    return Way(endpoint.label or path, example_of(endpoint), path, endpoint.comment, isinstance(endpoint, ListEndpoint), others)


def _preview(panel: FilledPanel) -> Preview:
    return Preview(panel.panel.label, local_address(panel.panel.address.text, UP), cards_of(panel.page, UP))


def _charts(panels: Sequence[FilledPanel]) -> Iterator[Chart]:
    for panel in panels:
        for charted in panel.charts:
            chart = chart_of(charted, first_page(panel.page))
            if chart:
                yield replace(chart, title=_title(panel.panel.label, chart))


def _title(panel: str, chart: Chart) -> str:
    """ "Questions by party", "Questions: asked by", or "Questions: median days to the answer by department"."""
    joint = ": " if chart.title.endswith(" by") or chart.title != chart.label else " by "
    return f"{panel}{joint}{uncapitalised(chart.title)}" if panel else chart.title


def _period(charts: Sequence[Chart]) -> tuple[str, str] | None:
    """The first and the last bar of the first chart in time."""
    return next(((chart.bars[0].label, chart.bars[-1].label) for chart in charts if chart.shape is ChartShape.TIME), None)


def _example(apis: Sequence[Api]) -> ListEndpoint | None:
    """A list to try the formats with: that which the search asks, or the first."""
    lists = [each for api in apis for each in api.endpoints if isinstance(each, ListEndpoint) and not each.template.variables]
    return next((each for each in lists if each.template.text == site_of(apis).search), next(iter(lists), None))


def _formats(endpoint: Endpoint) -> tuple[str, ...]:
    """The names of the formats of an endpoint for programs."""
    formats = endpoint.formatters.values()
    return tuple(each.name for each in formats if each.is_advertised and each.kind is not FormatterKind.HTML)


def _dataset(api: Api, stock: Stock, root: str, charts: Sequence[Chart]) -> dict[str, Any]:
    """The data as a schema.org Dataset."""
    days = [bar.begins for chart in charts if chart.shape is ChartShape.TIME for bar in chart.bars]
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": api.label,
        "description": api.comment,
        "url": f"{root}/",
        "dateModified": stock.loaded and stock.loaded.isoformat(timespec="seconds"),
        "temporalCoverage": f"{days[0][:7]}/{days[-1][:7]}" if days else None,
        "license": next((licence.value for endpoint in api.endpoints for licence in endpoint.licences), None),
        "isAccessibleForFree": True,
    }
    return {name: value for name, value in described.items() if value}
