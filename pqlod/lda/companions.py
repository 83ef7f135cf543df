"""What a page for people has beside the page itself, such as other lists on the page of an item.

It is fetched after the page and before it is written, in a time of its own: what takes longer, or fails, is left out, and the
page says so.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from pqlod.errors import ClientLeft, PqlodError
from pqlod.lda.addresses import filled, whole_address
from pqlod.lda.facets import Facet, Median, facets, medians
from pqlod.lda.filters import Equality
from pqlod.lda.incoming import Incoming, fetch_incoming
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import (
    PER,
    Api,
    FacetDeclaration,
    FacetKind,
    FormatterDeclaration,
    FormatterKind,
    ListEndpoint,
    PageDeclaration,
    Panel,
    Viewer,
    ViewKind,
    selector_of,
)
from pqlod.lda.pages import Page, fetch_page, select_items
from pqlod.lda.parameters import PageRequest, parse_parameters
from pqlod.lda.paths import PropertyPath, Step
from pqlod.lda.routing import Router
from pqlod.lda.titles import LABELS, titles_of
from pqlod.lda.views import fetch_view
from pqlod.rdf import RDF, Graph, Literal, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.deadline import NEVER, Deadline

SECONDS = 2.0  # for all that a page has beside it
HTML = FormatterDeclaration("html", FormatterKind.HTML, ("text/html",))
FIRST_CHOICES, MOST_CHOICES = 10, 50  # of a facet: the most frequent, and as many others as may all be shown
MOST_IN_TIME = 600  # bars of a chart: the months of fifty years
MOST_RANKED = 16  # bars of a chart that lie one under the other
MOST_PASSED = 20  # pages of a list, on the way to an item in it

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Medians:
    """The medians of the numbers of a facet, of a list and of each choice of another facet."""

    of: FacetDeclaration
    by: Facet
    values: tuple[Median, ...]

    @property
    def name(self) -> str:
        return f"{self.of.name}{PER}{self.by.name}"


Charted: TypeAlias = Facet | Medians


@dataclass(frozen=True)
class FilledPanel:
    """A panel with the page of its list, whose items are the panel's, and what it shows as charts."""

    panel: Panel
    page: Page
    charts: tuple[Charted, ...] = ()


@dataclass(frozen=True)
class Neighbours:
    """The items before and after an item in a list, and the list's address."""

    previous: NamedNode | None
    next: NamedNode | None
    list: RequestUrl


@dataclass(frozen=True)
class Companions:
    """What a page has beside it; ``missing`` names what was left out for want of time, or because it failed.

    ``mentioned`` has the titles and labels of the neighbours, and of what links to the item. ``chart`` is what of a list
    was asked for as a chart, ``every`` that of which all choices were, ``facets`` are what it can be narrowed by, and
    ``titles`` what the resources that it is filtered by are called.
    """

    panels: tuple[FilledPanel, ...] = ()
    chart: Charted | None = None
    every: Facet | None = None
    facets: tuple[Facet, ...] = ()
    titles: Mapping[Term, str] = field(default_factory=lambda: MappingProxyType({}))
    neighbours: Neighbours | None = None
    incoming: tuple[Incoming, ...] = ()
    mentioned: Graph = field(default_factory=Graph)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Where companions come from: the lists of the API, its dataset and those for views, and until when they may be asked."""

    api: Api
    dataset: Dataset
    view_datasets: tuple[Dataset, ...] = ()
    deadline: Deadline = NEVER
    missing: list[str] = field(default_factory=list)

    @cached_property
    def _router(self) -> Router:
        return Router((self.api,))

    def request(self, url: RequestUrl) -> PageRequest:
        """What an address of the API asks for."""
        match = self._router.match(url.path, url.values())
        return parse_parameters(self.api, match.endpoint, match.variables, url, match.consumed)

    def attempt(self, what: str, fetch: Callable[[], Thing]) -> Thing | None:
        """What is fetched; None if it fails or time is up, and then ``missing`` has what it would have been."""
        try:
            self.deadline.check()
            return fetch()
        except ClientLeft:
            raise
        except PqlodError:
            self.missing.append(what)
            return None


def fetch_companions(
    page: Page, dataset: Dataset, view_datasets: Sequence[Dataset] = (), deadline: Deadline = NEVER, seconds: float = SECONDS
) -> Companions:
    """What belongs beside a page, fetched within so many seconds, or until the deadline if that is sooner.

    All choices of a facet are what such a page is for: they may take half of the time that is left.
    """
    every = _every_choice(page, dataset, deadline.within(deadline.left / 2)) if page.request.facet else None
    until = deadline.within(seconds)
    sources = Sources(page.api, dataset.until(until), tuple(each.until(until) for each in view_datasets), until)
    companions = _beside_list(page, sources) if page.is_list else _beside_item(page, sources)
    return replace(companions, every=every, missing=tuple(sources.missing))


def fetch_home(api: Api, root: str, dataset: Dataset, deadline: Deadline = NEVER, seconds: float = SECONDS) -> Companions:
    """What the first page of an API shows of its lists (``pqlod:home``), in the same time; ``root`` starts their addresses."""
    until = deadline.within(seconds)
    sources = Sources(api, dataset.until(until), deadline=until)
    panels = [_filled_panel(panel, whole_address(root, panel.address), sources) for panel in api.home]
    return Companions(tuple(panel for panel in panels if panel), missing=tuple(sources.missing))


def declaration_of(page: Page, item: NamedNode) -> PageDeclaration | None:
    """How the configuration wants an item of a page to be shown, by the classes that the page tells of it."""
    return page.api.page_of(page.graph.values(item, RDF.type))


def _beside_list(page: Page, sources: Sources) -> Companions:
    equalities = (each for each in page.request.filters if isinstance(each, Equality))
    things = [value for each in equalities for value in each.values if isinstance(value, NamedNode)]
    named = partial(titles_of, page.api, things, sources.dataset)
    titles = sources.attempt("the names of filters", named) if things else None
    charts = _charts_of(page, (page.request.chart,), sources) if page.request.chart else ()
    facets = sources.attempt("what the list can be narrowed by", partial(_facets_to_choose, page, sources))
    if any(not facet.is_complete for facet in facets or ()):
        sources.missing.append("some of the numbers")
    return Companions(chart=next(iter(charts), None), titles=titles or {}, facets=facets or ())


def _every_choice(page: Page, dataset: Dataset, until: Deadline) -> Facet | None:
    sources = Sources(page.api, dataset.until(until), deadline=until)
    return next(iter(_facets(page, (page.request.facet,), MOST_IN_TIME, sources)), None)


def _facets_to_choose(page: Page, sources: Sources) -> tuple[Facet, ...]:
    """All facets of a list but those by month, of which there are too many to choose from; charts have them.

    Each with its first values, and with all of them if they are not many: more of many take long to find.
    """
    names = [facet.name for facet in selector_of(page.endpoint).facets if facet.kind is not FacetKind.MONTH]
    first = _facets(page, names, FIRST_CHOICES, sources)
    few = [facet.name for facet in first if 0 < facet.others <= MOST_CHOICES]
    whole = {facet.name: facet for facet in _facets(page, few, FIRST_CHOICES + MOST_CHOICES, sources)} if few else {}
    return tuple(whole[facet.name] if facet.name in whole and whole[facet.name].is_complete else facet for facet in first)


def _facets(page: Page, names: Collection[str], most: int, sources: Sources) -> tuple[Facet, ...]:
    budget = sources.deadline.left / 2  # so that what is slow to count does not take everything
    return facets(page.api, page.request, sources.dataset, names=names, most=most, budget=budget)


def _beside_item(page: Page, sources: Sources) -> Companions:
    declaration = None if page.request.names_view else declaration_of(page, page.item)
    panels = tuple(_panels(page, declaration.panels, sources)) if declaration else ()
    address = filled(declaration.neighbours, page) if declaration and declaration.neighbours else None
    neighbours = sources.attempt("what is before and after", lambda: _neighbours(page, address, sources)) if address else None
    incoming = sources.attempt("what links here", lambda: fetch_incoming(page.item, page.api.vocabulary, sources.dataset)) or ()
    near = (neighbours.previous, neighbours.next) if neighbours else ()
    named = dict.fromkeys(iri for iri in (*near, *(iri for each in incoming for iri in each.subjects)) if iri)
    mentioned = sources.attempt("names", lambda: _titles(page, tuple(named), sources)) if named else None
    return Companions(panels, neighbours=neighbours, incoming=incoming, mentioned=mentioned or Graph())


def _panels(page: Page, panels: Iterable[Panel], sources: Sources) -> Iterator[FilledPanel]:
    """The panels that have something; what one of them shows, those after it do not show again."""
    shown = {page.item}
    for panel in panels:
        url = filled(panel.address, page)
        found = _filled_panel(panel, url, sources, spare=len(shown)) if url else None
        if found:
            items = tuple(item for item in found.page.items if item not in shown)[: panel.size]
            shown.update(items)
            if items or found.charts:
                yield replace(found, page=replace(found.page, items=items))


def _filled_panel(panel: Panel, url: RequestUrl, sources: Sources, spare: int = 0) -> FilledPanel | None:
    """A panel with what its list has, and so many items more; None where that fails."""
    fetched = sources.attempt(panel.label, partial(_list_page, url, panel.size + spare, sources))
    if fetched is None:
        return None
    is_more = fetched.has_next or len(fetched.items) > panel.size  # than the panel shows already
    charts = panel.charts if is_more else ()
    return FilledPanel(
        panel, fetched, sources.attempt(f"charts of {panel.label}", partial(_charts_of, fetched, charts, sources)) or ()
    )


def _charts_of(page: Page, names: Sequence[str], sources: Sources) -> tuple[Charted, ...]:
    """What of a list is shown as charts, in the order of their names."""
    facets = _facets_of(page, [name for name in names if PER not in name], sources)
    medians = (_medians_of(page, name, sources) for name in names if PER in name)
    return tuple(sorted((*facets, *filter(None, medians)), key=lambda charted: names.index(charted.name)))


def _medians_of(page: Page, name: str, sources: Sources) -> Medians | None:
    of, _, by = name.partition(PER)
    budget = sources.deadline.left / 2
    values = medians(page.api, page.request, sources.dataset, of=of, by=by, most=MOST_RANKED, budget=budget)
    declared = {facet.name: facet for facet in selector_of(page.endpoint).facets}
    facet = next(iter(_facets(page, {by}, MOST_RANKED, sources)), None) if values else None
    return Medians(declared[of], facet, values) if facet else None


def _facets_of(page: Page, names: Sequence[str], sources: Sources) -> tuple[Facet, ...]:
    """Facets of a list with as many values as a chart has bars; one that was not counted in time is missing."""
    ranked = {each.name for each in selector_of(page.endpoint).facets if each.kind is FacetKind.VALUE}
    found = [
        facet
        for chosen, most in ((ranked.intersection(names), MOST_RANKED), (set(names) - ranked, MOST_IN_TIME))
        for facet in _facets(page, chosen, most, sources)
    ]
    sources.missing.extend(facet.label for facet in found if not facet.is_complete)
    return tuple(facet for facet in found if facet.is_complete)


def _list_page(url: RequestUrl, size: int, sources: Sources) -> Page:
    """The first items of a list, one at least, as a page for people; raises what the engine and the dataset raise."""
    request = replace(sources.request(url), page_size=max(size, 1))
    formatter = request.endpoint.formatters.get(HTML.name, HTML)
    silent = replace(formatter, options=MappingProxyType({**formatter.options, "metadataOptions": Literal("")}))
    return fetch_page(sources.api, request.endpoint, request, silent, sources.dataset, sources.view_datasets)


def _neighbours(page: Page, url: RequestUrl, sources: Sources) -> Neighbours:
    """The items beside the item in a list; none where the list does not have it among the items that are looked at."""
    request = sources.request(url)
    size = request.endpoint.max_page_size if isinstance(request.endpoint, ListEndpoint) else 1
    request = replace(request, page_size=size, is_counted=False)
    before: NamedNode | None = None
    for number in range(MOST_PASSED):
        selected = select_items(page.api, replace(request, page=number), sources.dataset)
        items = selected.items
        if page.item in items:
            place = items.index(page.item)
            after = items[place + 1] if place + 1 < len(items) else _first_of(page, replace(request, page=number + 1), sources)
            return Neighbours(items[place - 1] if place else before, after, url)
        if not selected.has_next:
            break
        before = items[-1]
    return Neighbours(None, None, url)


def _first_of(page: Page, request: PageRequest, sources: Sources) -> NamedNode | None:
    return next(iter(select_items(page.api, request, sources.dataset).items), None)


def _titles(page: Page, items: Sequence[NamedNode], sources: Sources) -> Graph:
    """What the configuration calls titles, and the labels, of some resources."""
    labels = (PropertyPath((Step(label),), "label") for label in LABELS)
    viewer = Viewer("titles", ViewKind.CHAINS, tuple(dict.fromkeys([*page.api.titles, *labels])))
    return fetch_view(page.api, replace(page.request, viewer=viewer), items, (sources.dataset, *sources.view_datasets)).graph
