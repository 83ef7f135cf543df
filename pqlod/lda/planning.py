"""Decides how the items of a page are found: by the index of values, by it and SPARQL together, or by SPARQL alone.

Each way gives the same items in the same order as the SPARQL of ``selection.py``, which is always there to say what is
meant. What the index does not know for certain to be as SPARQL has it, it does not decide.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from pqlod.errors import BadParameter
from pqlod.lda.bindings import text_of
from pqlod.lda.filters import Bound, Equality, Existence, Filter, Interval, Labelled, Range, SortKey
from pqlod.lda.fragments import split_select
from pqlod.lda.model import Api, Endpoint, selector_of
from pqlod.lda.parameters import PageRequest, is_reserved, read_filter
from pqlod.lda.paths import PropertyPath, Step, parse_path
from pqlod.lda.patterns import ITEM
from pqlod.lda.selection import (
    DECIMALS,
    default_sort,
    filters_of,
    having_query,
    lacking_query,
    page_length,
    selection_query,
    starts_query,
    sub_select_query,
)
from pqlod.lda.templates import VARIABLE
from pqlod.rdf import RDF, RDFS, Literal, NamedNode, Term, local_name
from pqlod.store import columns
from pqlod.store.columns import Condition, Exists, Has, NotIndexed, Steps, Within
from pqlod.store.dataset import Dataset, Matches
from pqlod.store.gathering import DaysBetween, IndexPlan, prefixes
from pqlod.store.query import Query
from pqlod.store.values import Found, Sort, ValueIndex

MOST_TESTED = 1_000  # candidates that SPARQL is given by name
TYPE = (RDF.type, False)
MOST_TOLD = 20_000  # items that SPARQL tells of for the index to sort
MOST_MATCHES = 10_000  # of a search, best first: as many items as a query can name and still be read quickly


@dataclass(frozen=True)
class Plan:
    """How the items of a page are found. ``steps`` says it to people.

    ``items`` are those of the page and one more, None where SPARQL must be asked for them, ``among`` no others than those
    that are given; ``total`` is how many there are on all pages, None where that must be counted.
    """

    steps: tuple[str, ...]
    items: tuple[NamedNode, ...] | None = None
    total: int | None = None
    among: tuple[NamedNode, ...] | None = None


@dataclass(frozen=True)
class Everything:
    """All items of a list, and the paths of the filters by which they were found."""

    found: Found
    paths: tuple[tuple[Step, ...], ...]

    def is_narrowed_soundly(self, path: tuple[Step, ...]) -> bool:
        """May a filter about what this path leads to be met for itself?"""
        return _is_sound(self.found, (*self.paths, path))


def index_plan(apis: Iterable[Api]) -> IndexPlan:
    """What an index must know for the lists of these APIs: of the classes that selectors name, each property that is
    declared, and what views show of their items' parts."""
    endpoints = [(api, endpoint) for api in apis for endpoint in api.endpoints]
    types = {type: None for api, endpoint in endpoints for type in _types(api, endpoint)}
    declared = [property for api, _ in endpoints for property in api.vocabulary.properties.values()]
    single: set[Steps] = {((property.iri, False),) for property in declared if not property.days_between}
    days = {
        DaysBetween(((property.iri, False),), *map(steps_of, property.days_between))
        for property in declared
        if property.days_between
    }
    viewers = [viewer for _, endpoint in endpoints for viewer in (endpoint.default_viewer, *endpoint.viewers.values())]
    shown = {steps_of(path.steps) for viewer in viewers for path in viewer.paths if _is_said(path.steps)}
    facets = [facet for _, endpoint in endpoints for facet in selector_of(endpoint).facets]
    counted = {steps_of(facet.path.steps) for facet in facets if _is_said(facet.path.steps)}
    selecting = {steps for api, endpoint in endpoints for steps in _selector_paths(api, endpoint)}
    paths = {(TYPE,), *single, *shown, *selecting, *counted, *(path for one in days for path in (one.start, one.end))}
    return IndexPlan(tuple(types), tuple(sorted(paths.union(prefixes(paths)), key=str)), tuple(sorted(days, key=str)))


def make_plan(api: Api, request: PageRequest, dataset: Dataset, matches: Matches | None) -> Plan:
    """The cheapest way to find the items of a page, gone as far as the index goes; ``matches`` are what a search found."""
    try:
        return _Planner(api, request, dataset, _values(request, dataset), matches).plan()
    except NotIndexed as error:
        return Plan((f"SPARQL: {error}",))


def all_items(api: Api, request: PageRequest, dataset: Dataset, matches: Matches | None) -> Everything:
    """All items of a list, whatever page of it is asked for; NotIndexed where the index does not lead to them."""
    unordered = replace(request, sort=(), order_by="")
    return _Planner(api, unordered, dataset, _values(request, dataset), matches).everything()


def find_matches(request: PageRequest, dataset: Dataset) -> Matches | None:
    """What a text search finds, best first: of several searches, an item's best score counts."""
    if not request.search or request.endpoint.text_search:
        return None
    found = [dataset.search(expression) for expression in request.search]
    if len(found) == 1:
        (matches,) = found
        return Matches(matches[:MOST_MATCHES], matches.is_partial or len(matches) > MOST_MATCHES)
    ranked = sorted((match for matches in found for match in matches), key=lambda match: -match.score)
    best = {match.item: match for match in reversed(ranked)}
    in_order = sorted(best.values(), key=lambda match: -match.score)
    is_partial = len(in_order) > MOST_MATCHES or any(matches.is_partial for matches in found)
    return Matches(in_order[:MOST_MATCHES], is_partial)


def _values(request: PageRequest, dataset: Dataset) -> ValueIndex:
    if dataset.values is None:
        raise NotIndexed("there is no index of values")
    if request.graph or request.select or request.box or request.endpoint.text_search or not request.page_size:
        raise NotIndexed("the index does not tell of named graphs, of places, and of queries in requests")
    return dataset.values


class _Planner:
    """The planning of one page."""

    def __init__(self, api: Api, request: PageRequest, dataset: Dataset, values: ValueIndex, matches: Matches | None) -> None:
        self._api, self._request, self._dataset, self._values, self._matches = api, request, dataset, values, matches
        self._selector = selector_of(request.endpoint)
        self._query = self._selector.query  # what it says has to be asked for, unless it says it in filters too
        self._filters = list(filters_of(api, request))
        self._steps: list[str] = []
        self._is_exact = not request.where and not self._selector.where and not self._selector.select

    def plan(self) -> Plan:
        try:
            found = self._listed()
        except NotIndexed as error:
            return Plan((f"SPARQL: there is no index of {error}",))
        total = found.total if self._is_exact else None
        try:
            if self._is_exact:
                items = self._page(found)
                return Plan(tuple(self._steps), tuple(map(NamedNode, items)), total)
        except NotIndexed as error:
            self._steps.append(f"not by the index: the order, for {error}")
        if found.total > MOST_TESTED:
            return Plan((*self._steps, "SPARQL: all of it"), total=total)
        among = tuple(map(NamedNode, found.page((), 0, MOST_TESTED)))
        return Plan((*self._steps, f"SPARQL: the rest, of {len(among):,} items that it is given"), total=total, among=among)

    def everything(self) -> Everything:
        found = self._listed()
        paths = tuple(self._paths())
        if self._is_exact:
            return Everything(found, paths)
        if found.total > MOST_TESTED:
            raise NotIndexed("all that is asked for")
        among = tuple(map(NamedNode, found.page((), 0, MOST_TESTED)))
        whole = replace(self._request, page=0, page_size=MOST_TESTED)
        told = self._dataset.select(selection_query(self._api, whole, self._matches, among)).values(ITEM[1:])
        return Everything(found.among(term.value for term in told if isinstance(term, NamedNode)), paths)

    # Which items

    def _listed(self) -> Found:
        if self._query and (filters := self._text_of_filters(self._query)):
            with suppress(BadParameter):  # it is the query that tells what is wrong
                self._filters += self._read_filters(filters)
                self._query = None
        return self._with_texts(self._found())

    def _text_of_filters(self, query: Query) -> str:
        """The filters that say the same as the query, if there are any."""
        given = {name for name, term in self._request.query_terms.items() if text_of(term)}
        return next((text for name, text in query.filters_without.items() if name not in given), query.filters)

    def _read_filters(self, text: str) -> list[Filter]:
        """The filters of a query, but for those of parameters that are not given."""
        pieces = (piece.partition("=") for piece in text.split("&"))
        given = [(name, value) for name, _, value in pieces if _variables(value) <= self._request.bindings.keys()]
        return [one for name, value in given for one in read_filter(self._api, self._request, name, (value,))]

    def _found(self) -> Found:
        """What the index tells: the items, or if it is not exact these and others."""
        of_class = next((type for type in self._classes if type in self._values.types), None)
        if of_class is None:
            raise NotIndexed("the items of this class" if self._classes else "items of any class")
        found = self._values.all_of(of_class)
        self._say(f"items of {of_class}", found)
        if self._matches is not None:
            found = found.among(match.item.value for match in self._matches)
            self._say("what the search found", found)
        if self._is_exact and not _is_sound(found, [*self._paths(), *(key.path.steps[:-1] for key in self._sort_keys())]):
            self._steps.append("not by the index: several filters about one of several values")
            self._is_exact = False
        for make in self._conditions(of_class):
            try:
                condition = make()
                found = self._meeting(found, condition)
                self._say(_words(condition), found)
            except NotIndexed as error:
                self._is_exact = False
                self._steps.append(f"not by the index: {error}")
        return found

    @property
    def _classes(self) -> tuple[NamedNode, ...]:
        """The classes that every item has."""
        given = (one.values for one in self._filters if _is_class(one) and isinstance(one, Equality))
        return (*self._selector.types, *(values[0] for values in given if isinstance(values[0], NamedNode)))

    def _conditions(self, of_class: NamedNode) -> Iterator[Callable[[], Condition]]:
        """What makes each condition, or raises NotIndexed. Bounds of one path are for one value, and so come together."""
        for type in set(self._classes) - {of_class}:
            yield partial(Has, (TYPE,), (type,))
        bounds: dict[PropertyPath, list[Bound]] = {}
        for one in self._filters:
            if _is_class(one):
                continue
            if isinstance(one, Range):
                bounds.setdefault(one.path, []).append(one.bound)
            else:
                yield partial(condition_of, one)
        yield from (partial(_range, path, ends) for path, ends in bounds.items())

    def _meeting(self, found: Found, condition: Condition) -> Found:
        if not isinstance(condition, Exists):
            return found.meeting(self._indexed(found, condition))
        if not condition.is_wanted and not found.is_one_way(condition.path):
            raise NotIndexed("what lacks a chain has one way along it that ends early, of perhaps several")
        return found.meeting(condition) if found.has(condition.path) else self._existing(found, condition)

    def _existing(self, found: Found, condition: Exists) -> Found:
        """Those from which a path that is not in the index leads somewhere, or does not, if SPARQL tells them cheaply."""
        if found.total <= MOST_TESTED:
            raise NotIndexed("a property path that is not in the index")
        path = self._path(condition.path)
        try:
            having = self._told(having_query(self._api, self._request, path, MOST_TOLD + 1))
            return found.among(having) if condition.is_wanted else found.apart_from(having)
        except NotIndexed:
            if not found.is_one_way(condition.path):
                raise
        lacking = self._told(lacking_query(self._api, self._request, path, found.type, MOST_TOLD + 1))
        return found.apart_from(lacking) if condition.is_wanted else found.among(lacking)

    def _told(self, query: Query) -> list[str]:
        """The items that a query tells; NotIndexed if they are more than MOST_TOLD."""
        told = self._dataset.select(query).values(ITEM[1:])
        if len(told) > MOST_TOLD:
            raise NotIndexed(f"more than {MOST_TOLD:,} items that a query tells")
        return [term.value for term in told if isinstance(term, NamedNode)]

    def _path(self, path: Steps) -> PropertyPath:
        steps = (self._api.vocabulary.step(property, is_inverse) for property, is_inverse in path)
        return PropertyPath(tuple(steps), "start")

    def _indexed(self, found: Found, condition: Condition) -> Condition:
        """The condition, or one that means the same, on a path that is in the index."""
        if not isinstance(condition, Has) or found.has(condition.path):
            return condition
        for end in reversed(range(1, len(condition.path))):
            if found.has(condition.path[:end]):
                return Has(condition.path[:end], self._starts(condition.path[end:], condition.terms))
        return condition

    def _starts(self, path: Steps, terms: Sequence[Term]) -> tuple[Term, ...]:
        """What leads by a path to one of the terms."""
        query = starts_query(self._api, self._request, self._path(path), terms, MOST_TESTED + 1)
        starts = self._dataset.select(query).values(ITEM[1:])
        if len(starts) > MOST_TESTED:
            raise NotIndexed("too many things that have it")
        return starts

    def _paths(self) -> Iterator[tuple[Step, ...]]:
        """The paths whose ends are shared by the filters that go along them."""
        return (shared_path(one) for one in self._filters)

    def _with_texts(self, found: Found) -> Found:
        """Those that the query of the selector selects too, if SPARQL tells them cheaply."""
        if self._query is None:
            return found
        if not self._is_exact or found.total <= MOST_TESTED:
            self._is_exact = False
            return found
        try:
            found = found.among(self._told(sub_select_query(self._api, self._request, MOST_TOLD + 1)))
        except NotIndexed as error:
            self._steps.append(f"not by the index: {error}")
            self._is_exact = False
            return found
        self._say(f"what the query {self._query.name} tells by SPARQL", found)
        return found

    # In what order

    def _page(self, found: Found) -> list[str]:
        start, count = self._request.page * self._request.page_size, page_length(self._request)
        sorts = [self._sort(found, key) for key in self._sort_keys()]
        if tie_break := self._request.endpoint.behaviour.tie_break:
            sorts.append(self._sort(found, SortKey(PropertyPath((Step(tie_break),), tie_break.value))))
        if self._matches is None or self._request.sort:
            self._steps.append(f"index: order by {', '.join(_words_of_path(path) for path, _ in sorts) or 'IRI'}")
            return found.page(sorts, start, count)
        self._steps.append("index of words: the best first")
        scores = {match.item.value: round(match.score, DECIMALS) for match in self._matches}
        return found.ranked(scores, sorts, start, count)

    def _sort(self, found: Found, key: SortKey) -> Sort:
        path = steps_of(key.path.steps)
        # Of several ways some may end early, and then there is no value, which comes first.
        if not found.is_one_way(path) or not found.is_sortable(path):
            raise NotIndexed(f"{_words_of_path(path)} has values of several kinds, or several values")
        return path, key.is_descending

    def _sort_keys(self) -> tuple[SortKey, ...]:
        """What the items are sorted by, but for what breaks ties. NotIndexed if that is said in SPARQL."""
        if self._request.order_by:
            raise NotIndexed("an order in SPARQL")
        if self._request.sort or self._matches is not None:
            return self._request.sort
        query = self._selector.query
        if not self._selector.sort and (self._selector.order_by or (query and split_select(query.text).order_by)):
            raise NotIndexed("an order in SPARQL")
        return default_sort(self._api, self._request)

    def _say(self, words: str, found: Found) -> None:
        self._steps.append(f"index: {words}: {found.total:,} left")


def shared_path(one: Filter) -> tuple[Step, ...]:
    """The path whose end a filter shares with others: the values of equality and existence are no others' (selection.py)."""
    return one.path.steps if isinstance(one, Range) else one.path.steps[:-1]


def _is_sound(found: Found, paths: Iterable[tuple[Step, ...]]) -> bool:
    """May each filter be met for itself? Not if two begin with the same steps, and these lead to several things."""
    uses = Counter(steps[:end] for steps in paths for end in range(1, len(steps) + 1))
    shared = [steps_of(steps) for steps in uses if uses[steps] > 1]
    return all(found.has(steps) and found.is_single(steps) for steps in shared)


def _variables(text: str) -> set[str]:
    return {match[2] for match in VARIABLE.finditer(text)}


def _is_class(one: object) -> bool:
    return isinstance(one, Equality) and one.path.steps == (Step(RDF.type),) and len(one.values) == 1


def _types(api: Api, endpoint: Endpoint) -> Iterator[NamedNode]:
    """The classes that a selector names."""
    selector = selector_of(endpoint)
    yield from selector.types
    for name, value in selector.filters:
        with suppress(BadParameter):
            if "{" not in value and parse_path(name, api.vocabulary).steps == (Step(RDF.type),):
                yield api.vocabulary.resource(value)


def _selector_paths(api: Api, endpoint: Endpoint) -> Iterator[Steps]:
    """The paths that a selector filters and sorts by, with those of variables left out."""
    selector = selector_of(endpoint)
    names = [name.partition("-")[2] or name for name, _ in selector.filters if not is_reserved(name)]
    for text in [*names, *(key.strip().removeprefix("-") for key in selector.sort.split(",") if key.strip())]:
        with suppress(BadParameter):
            path = parse_path(text, api.vocabulary)
            if _is_said(path.steps):
                yield steps_of(path.steps)


def _is_said(steps: tuple[Step, ...]) -> bool:
    """Do triples say where the path leads to, by properties that are named?"""
    return all(step.property and not step.days for step in steps)


def _is_plain(steps: tuple[Step, ...]) -> bool:
    return all(step.property for step in steps)


def steps_of(steps: tuple[Step, ...]) -> Steps:
    """The steps of a path for the index; NotIndexed if one of them is any property."""
    if not _is_plain(steps):
        raise NotIndexed("any property")
    return tuple((step.property, step.is_inverse) for step in steps if step.property)


def condition_of(one: Equality | Existence | Labelled) -> Condition:
    match one:
        case Existence(path, is_wanted):
            return Exists(steps_of(path.steps), is_wanted)
        case Labelled(path, labels):
            return Has((*steps_of(path.steps), (RDFS.label, False)), labels)
        case Equality(path, values):
            return _equality(steps_of(path.steps), values)


def _equality(path: Steps, values: tuple[Term | Interval, ...]) -> Condition:
    terms = tuple(value for value in values if not isinstance(value, Interval))
    if len(terms) == len(values):
        return Has(path, terms)
    if terms:
        raise NotIndexed("days and instants together")
    return Within(path, tuple(tuple(map(_bound, value.bounds)) for value in values if isinstance(value, Interval)))


def _range(path: PropertyPath, bounds: Iterable[Bound]) -> Condition:
    return Within(steps_of(path.steps), (tuple(map(_bound, bounds)),))


def _bound(bound: Bound) -> columns.Bound:
    if bound.text is None:
        return columns.Bound(bound.comparison, bound.terms)
    if bound.languages != ("",):
        raise NotIndexed("texts of a language")
    return columns.Bound(bound.comparison, (*bound.terms, Literal(bound.text)), is_of_texts=True)


def _words(condition: Condition) -> str:
    path = _words_of_path(condition.path)
    match condition:
        case Has(_, terms):
            return f"{path} = {' or '.join(map(str, terms[:3]))}{' …' if len(terms) > 3 else ''}"
        case Exists(_, is_wanted):
            return f"{path} is {'' if is_wanted else 'not '}there"
        case Within(_, ranges):
            ends = (" and ".join(f"{bound.comparison} {bound.terms[0]}" for bound in bounds if bound.terms) for bounds in ranges)
            return f"{path} {' or '.join(ends)}"


def _words_of_path(path: Steps) -> str:
    return ".".join(("~" if is_inverse else "") + local_name(property.value) for property, is_inverse in path)
