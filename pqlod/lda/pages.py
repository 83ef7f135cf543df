"""A page: the items that a request asks for, what is shown of them, and what the page says of itself."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from pqlod.errors import BadParameter, ItemNotFound, QuerySyntaxError
from pqlod.lda.bindings import Bindings, compute_variables, text_of
from pqlod.lda.facets import facets
from pqlod.lda.gone import why_gone
from pqlod.lda.kept import Kept
from pqlod.lda.metadata import FACETS, Facts, Links, page_metadata
from pqlod.lda.model import Api, Endpoint, FormatterDeclaration, FormatterKind, ItemEndpoint, ListEndpoint, ViewKind, selector_of
from pqlod.lda.parameters import RESERVED, PageRequest
from pqlod.lda.paths import PropertyPath
from pqlod.lda.patterns import ITEM, Chains, TermWriter, Variables, in_graph
from pqlod.lda.planning import Plan, find_matches, make_plan
from pqlod.lda.selection import count_query, selection_query
from pqlod.lda.templates import UriTemplate
from pqlod.lda.views import fetch_view, rewritten, rewritten_term
from pqlod.rdf import Graph, Literal, NamedNode, Resource
from pqlod.store.dataset import Dataset, Match
from pqlod.store.deadline import NEVER, Deadline
from pqlod.store.query import Query

if TYPE_CHECKING:
    from pqlod.lda.companions import Companions

MOST_TOTALS = 1024  # kept in memory, of as many lists
FORMATS_FOR_PEOPLE = frozenset({FormatterKind.HTML, FormatterKind.ATOM})


@dataclass(frozen=True)
class Page:
    """A list or an item, ready to be written.

    ``graph`` is the view of the items; ``metadata`` is about the page, whose IRI is ``iri``. ``total`` is the
    number of items on all pages, None where it is not counted. It must be written before its deadline. ``companions`` are
    what a page for people has beside it, None in other formats. ``gone`` says why its item is no more, if that is so.
    """

    api: Api
    endpoint: Endpoint
    request: PageRequest
    formatter: FormatterDeclaration
    iri: NamedNode
    items: tuple[NamedNode, ...]
    graph: Graph
    metadata: Graph
    total: int | None = None
    has_next: bool = False
    first: str | None = None
    next: str | None = None
    previous: str | None = None
    deadline: Deadline = NEVER
    companions: "Companions | None" = None
    gone: str = ""

    @property
    def is_list(self) -> bool:
        return isinstance(self.endpoint, ListEndpoint)

    @property
    def is_of_cards(self) -> bool:
        """Does it show what its list has for people, rather than a view?"""
        return self.is_list and self.request.viewer is selector_of(self.endpoint).card_viewer

    @property
    def item(self) -> NamedNode:
        """The one item of an item page."""
        return self.items[0]


@dataclass(frozen=True)
class Selected:
    """The items of a page, in order, and how they were found."""

    items: tuple[NamedNode, ...]
    has_next: bool = False
    total: int | None = None
    is_partial: bool = False
    query: Callable[[], str] = str
    plan: str = ""


def fetch_page(
    api: Api,
    endpoint: Endpoint,
    request: PageRequest,
    formatter: FormatterDeclaration,
    dataset: Dataset,
    view_datasets: Sequence[Dataset] = (),
) -> Page:
    """The page that a request asks for. ``view_datasets`` are asked too for what is shown of its items.

    Raises ItemNotFound where an item is asked for of which the dataset knows nothing, and what the dataset raises.
    """
    bindings = compute_variables(endpoint, request.bindings, dataset)
    request = _as_cards(replace(request, bindings=bindings or request.bindings), formatter)
    datasets = (dataset, *view_datasets)
    with _fragments_blamed(request):
        # A variable that a query could not compute selects nothing, rather than everything (D42).
        selected = _select(api, request, dataset) if bindings is not None else Selected(())
        view = fetch_view(api, request, selected.items, datasets)
        _check_existence(request, selected, view.graph, datasets)
        gone = why_gone(request, selected.items, dataset)
    licences, descriptions = _licences(api, request, selected.items, dataset)
    facts = Facts(
        api=api,
        request=request,
        formatter=formatter,
        items=tuple(_rewritten_iris(selected.items, api)),
        view=rewritten(view.graph, api.rewrites),
        total=selected.total,
        has_next=selected.has_next,
        is_partial=selected.is_partial,
        generation=dataset.generation,
        selection_query=selected.query,
        selection_plan=selected.plan,
        view_query=view.query,
        facets=facets(api, request, dataset) if FACETS in request.metadata else (),
        licences=licences,
        descriptions=descriptions,
    )
    return replace(_page(facts), gone=gone)


def _as_cards(request: PageRequest, formatter: FormatterDeclaration) -> PageRequest:
    """The request with the view that its list has for people, where people will read it and asked for no view."""
    viewer = selector_of(request.endpoint).card_viewer if isinstance(request.endpoint, ListEndpoint) else None
    if viewer is None or request.names_view or formatter.kind not in FORMATS_FOR_PEOPLE:
        return request
    return replace(request, viewer=viewer)


@contextmanager
def _fragments_blamed(request: PageRequest) -> Iterator[None]:
    """A composed query that does not parse is the fault of the SPARQL that the client put into it."""
    try:
        yield
    except QuerySyntaxError as error:
        given = request.url.values()
        names = [name for name, reserved in RESERVED.items() if reserved.is_fragment and name in given]
        if not names:
            raise
        problem = f"{' or '.join(names)} cannot stand in the query that it is for: it does not parse as SPARQL."
        raise BadParameter(problem, parameter=names[0], value=given[names[0]][0]) from error


def explain(api: Api, request: PageRequest, dataset: Dataset) -> str:
    """For people: how the items of a page are found, at what cost, and the SPARQL that means the same."""
    bindings = compute_variables(request.endpoint, request.bindings, dataset)
    selected = _select(api, replace(request, bindings=bindings or request.bindings), dataset)
    if not selected.plan:
        return f"named by the address: {' '.join(map(str, selected.items))}\n"
    total = "" if selected.total is None else f"{selected.total:,} items on all pages\n"
    return f"{selected.plan}\n{total}\n{selected.query()}\n"


def _page(facts: Facts) -> Page:
    links = Links(facts)
    return Page(
        api=facts.api,
        endpoint=facts.endpoint,
        request=facts.request,
        formatter=facts.formatter,
        iri=NamedNode(str(links.url)),
        items=facts.items,
        graph=facts.view,
        metadata=page_metadata(facts),
        total=facts.total,
        has_next=facts.has_next,
        first=_text(links.first),
        next=_text(links.next),
        previous=_text(links.previous),
    )


def _rewritten_iris(iris: Sequence[NamedNode], api: Api) -> Iterator[NamedNode]:
    return (term for iri in iris if isinstance(term := rewritten_term(iri, api.rewrites), NamedNode))


def _select(api: Api, request: PageRequest, dataset: Dataset) -> Selected:
    endpoint = request.endpoint
    if isinstance(endpoint, ItemEndpoint) and endpoint.item_template:
        return Selected((_item(api, endpoint.item_template, request.bindings),))
    if request.subject:
        return Selected((request.subject,), total=1 if request.is_counted else None)
    return select_items(api, request, dataset)


def select_items(api: Api, request: PageRequest, dataset: Dataset) -> Selected:
    """The items of a page that a selection has, found the cheapest way."""
    started = time.perf_counter()
    matches = find_matches(request, dataset)
    plan = make_plan(api, request, dataset, matches)
    query = partial(selection_query, api, request, matches, plan.among)
    items = _items(query(), dataset) if plan.items is None else plan.items
    total = _total(api, request, matches, plan, dataset) if request.is_counted else None
    cost = f"in {(time.perf_counter() - started) * 1000:.1f} ms"
    return Selected(
        items=items[: request.page_size],
        has_next=len(items) > request.page_size,
        total=total,
        is_partial=matches is not None and matches.is_partial,
        query=lambda: query().text,
        plan="\n".join((*plan.steps, cost)),
    )


def _items(query: Query, dataset: Dataset) -> tuple[NamedNode, ...]:
    found = [term for term in dataset.select(query).values(ITEM[1:]) if isinstance(term, NamedNode)]
    return tuple(dict.fromkeys(found))


def _item(api: Api, template: UriTemplate, bindings: Bindings) -> NamedNode:
    """The resource that an item template names, by its IRI or by a shortname."""
    text = template.expand({name: text_of(term) for name, term in bindings.items()})
    try:
        return NamedNode(text)
    except ValueError as error:
        found = api.vocabulary.resolve(text)
        if found:
            return found
        raise BadParameter(f"{text!r} names no resource.", value=text, expected="a shortname or an IRI") from error


def _check_existence(request: PageRequest, selected: Selected, view: Graph, datasets: Sequence[Dataset]) -> None:
    """An item exists if anything is said of it, whatever the view shows (D16). A template may show what is not there."""
    wish = text_of(request.bindings.get("_exceptionIfEmpty", Literal("")))
    if isinstance(request.endpoint, ListEndpoint):
        if wish == "yes" and not selected.items:
            raise ItemNotFound(str(request.url))
    elif not selected.items:
        raise ItemNotFound(str(request.url))
    elif wish in ("", "yes"):
        item = selected.items[0]
        is_seen = request.viewer.kind is not ViewKind.TEMPLATE and view.describes(item)
        if not is_seen and not any(dataset.ask(_existence_query(request, item)) for dataset in datasets):
            raise ItemNotFound(item.value)


def _existence_query(request: PageRequest, item: NamedNode) -> Query:
    return Query(f"ASK {{ {in_graph(f'{item} ?property ?value', request.graph)} }}", name="existence", is_bounded=True)


def _licences(api: Api, request: PageRequest, items: Sequence[NamedNode], dataset: Dataset) -> tuple[tuple[Resource, ...], Graph]:
    """The licences of an endpoint, and those that paths from its items lead to, with what the dataset tells of these."""
    paths = request.endpoint.licence_paths if items else ()
    found = tuple(dict.fromkeys(licence for path in paths for licence in _ends(path, items, request, dataset)))
    descriptions = dataset.describe(found, request.graph) if found else Graph()
    return (*request.endpoint.licences, *_rewritten_iris(found, api)), rewritten(descriptions, api.rewrites)


def _ends(path: PropertyPath, items: Sequence[NamedNode], request: PageRequest, dataset: Dataset) -> Iterator[NamedNode]:
    """The resources that a path leads to from any of the items."""
    chains = Chains(TermWriter({}), Variables())
    end = chains.require(path.steps)
    values = f"VALUES {ITEM} {{ {' '.join(map(str, items))} }}"
    pattern = in_graph(" . ".join(chains.triples()), request.graph)
    query = Query(f"SELECT DISTINCT {end} WHERE {{ {values} {pattern} }}", name="licences")
    return (term for term in dataset.select(query).values(end[1:]) if isinstance(term, NamedNode))


_totals = Kept[int](MOST_TOTALS)


def _total(api: Api, request: PageRequest, matches: Sequence[Match] | None, plan: Plan, dataset: Dataset) -> int:
    """The number of items of a list: the same list of the same data is not counted again."""
    if plan.total is not None:
        return plan.total
    query = count_query(api, request, matches, plan.among)
    if not dataset.version:
        return _count(query, dataset)
    # The text of a query that a search fed is long.
    key = (api.source.iri.value, dataset.version, sha256(query.text.encode()).hexdigest())
    total = _totals.get(key)
    if total is None:
        total = _count(query, dataset)
        _totals.keep(key, total)
    return total


def _count(query: Query, dataset: Dataset) -> int:
    counts = dataset.select(query).values("count")
    return int(counts[0].value) if counts and isinstance(counts[0], Literal) else 0


def _text(url: object) -> str | None:
    return None if url is None else str(url)
