"""What a list can be narrowed by, and how many of its items each choice leaves: the facets that its selector declares.

Counts are of the items that the list has. Of a facet by which the request has chosen already they are those that the list
would have without that choice, so that another can be made. The index of values counts; what it does not tell, SPARQL
does, as long as there is time.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

from pqlod.errors import DatasetError
from pqlod.lda.bindings import compute_variables
from pqlod.lda.facet_choices import Choice, Pair
from pqlod.lda.facet_counting import Counting, Lists
from pqlod.lda.filters import Equality
from pqlod.lda.kept import Kept
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import Api, FacetDeclaration, FacetKind, ListEndpoint, selector_of
from pqlod.lda.parameters import RESERVED, PageRequest, read_filter
from pqlod.lda.planning import condition_of, find_matches, steps_of
from pqlod.lda.titles import titles_of
from pqlod.rdf import XSD, Literal, NamedNode, Term, local_name
from pqlod.store.columns import NotIndexed
from pqlod.store.dataset import Dataset
from pqlod.store.deadline import Deadline

BUDGET = 1.0  # seconds
MOST_KEPT = 256  # lists whose facets are kept in memory
YES, NO = "yes", "no"
OF_PAGES = frozenset(name for name, reserved in RESERVED.items() if reserved.is_of_pages)


@dataclass(frozen=True)
class FacetValue:
    """A choice: how many items it leaves, and the parameters that make it, which take the place of ``Facet.replaces``."""

    label: str
    count: int
    parameters: tuple[Pair, ...]
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """What a list can be narrowed by.

    ``values`` are those that most items have, most first, or of days and numbers all in their order, the newest days and
    the lowest numbers first. ``others`` is how many further values there are, ``without`` how many items have none.
    ``replaces`` are the parameters of the request that choose now. One that is not complete was not counted in time.
    """

    name: str
    label: str
    kind: FacetKind
    values: tuple[FacetValue, ...] = ()
    others: int = 0
    without: int = 0
    is_complete: bool = True
    replaces: tuple[Pair, ...] = ()

    def chosen(self, url: RequestUrl, value: FacetValue | None) -> RequestUrl:
        """The address of the list with another choice, from its first page on; None: without a choice."""
        kept = [pair for pair in url.parameters if pair not in self.replaces and pair[0] not in ("_page", "_generation")]
        return replace(url, parameters=(*kept, *(value.parameters if value else ())))


@dataclass(frozen=True)
class Median:
    """The median of so many numbers; ``value`` is the choice of which they are, None for the whole list."""

    value: FacetValue | None
    count: int
    median: Decimal


def facets(
    api: Api,
    request: PageRequest,
    dataset: Dataset,
    *,
    names: Collection[str] | None = None,
    most: int = 10,
    budget: float = BUDGET,
) -> tuple[Facet, ...]:
    """The facets of a list, those of these names or all, each with ``most`` values and those that are chosen.

    ``budget`` is in seconds: what it does not suffice for is left out, and said to be incomplete. An item has no facets.
    """
    declared = _declared(request, names)
    if not declared:
        return ()
    key = (*_key(api, request, dataset), declared, most)
    found = _kept.get(key, api)
    if found is None:
        deadline = Deadline.after(budget)
        found = _counted(api, request, dataset.until(deadline), declared, most, deadline)
        if dataset.version and all(facet.is_complete for facet in found):
            _kept.keep(key, found, api)
    return found


def medians(
    api: Api, request: PageRequest, dataset: Dataset, *, of: str, by: str, most: int = 10, budget: float = BUDGET
) -> tuple[Median, ...]:
    """The median of the numbers of one facet, of a list and of each choice of another facet by values, by their names.

    The index of values alone tells them: where it does not, there are none. ``budget`` is in seconds.
    """
    declared = {facet.name: facet for facet in _declared(request, {of, by})}
    counted = facets(api, request, dataset, names={by}, most=most, budget=budget) if dataset.values is not None else ()
    if not counted or set(declared) != {of, by}:
        return ()
    key = (*_key(api, request, dataset), declared[of], declared[by], most)
    kept = _kept_medians.get(key, api)
    if kept is None:
        with suppress(NotIndexed, DatasetError):
            lists = _lists(api, request, dataset.until(Deadline.after(budget)))
            kept = tuple(_medians(lists, declared[of], declared[by], counted[0])) if lists else ()
            if dataset.version:
                _kept_medians.keep(key, kept, api)
    return kept or ()


def _medians(lists: Lists, of: FacetDeclaration, by: FacetDeclaration, facet: Facet) -> Iterator[Median]:
    path, others = steps_of(of.path.steps), Choice(lists.api, lists.request, by).request
    for value in (None, *facet.values):
        found = lists.everything(others if value else lists.request).found
        for name, text in value.parameters if value else ():
            for one in read_filter(lists.api, lists.request, name, (text,)):
                if isinstance(one, Equality):
                    found = found.meeting(condition_of(one))
        if (median := found.median(path)) is not None:
            yield Median(value, found.having(path), Decimal(median[1:]))


def _declared(request: PageRequest, names: Collection[str] | None) -> tuple[FacetDeclaration, ...]:
    if not isinstance(request.endpoint, ListEndpoint) or request.subject:
        return ()
    return tuple(facet for facet in selector_of(request.endpoint).facets if names is None or facet.name in names)


def _key(api: Api, request: PageRequest, dataset: Dataset) -> tuple[object, ...]:
    """Which items of which data a list has."""
    parameters = (pair for pair in request.url.parameters if pair[0] not in OF_PAGES)
    return api.source.iri.value, dataset.version, request.url.path, *sorted(parameters)


_kept, _kept_medians = Kept[tuple[Facet, ...]](MOST_KEPT), Kept[tuple[Median, ...]](MOST_KEPT)


def _counted(
    api: Api, request: PageRequest, dataset: Dataset, declared: Iterable[FacetDeclaration], most: int, deadline: Deadline
) -> tuple[Facet, ...]:
    try:
        lists = _lists(api, request, dataset)
    except DatasetError:
        return tuple(_incomplete(Choice(api, request, facet)) for facet in declared)
    if lists is None:
        return ()
    choices = [Choice(api, lists.request, facet) for facet in declared]
    found: dict[str, Facet] = {}
    for way in (lists.by_index, lists.by_sparql):  # what is slow comes last
        for choice in choices:
            if choice.facet.name not in found and deadline.left:
                with suppress(NotIndexed, DatasetError):
                    found[choice.facet.name] = _facet(choice, way(choice), lists, most)
    return tuple(found.get(choice.facet.name) or _incomplete(choice) for choice in choices)


def _lists(api: Api, request: PageRequest, dataset: Dataset) -> Lists | None:
    """The items of the request; None where a variable cannot be computed, so that there are none."""
    bindings = compute_variables(request.endpoint, request.bindings, dataset)
    if bindings is None:
        return None
    request = replace(request, bindings=bindings)
    return Lists(api, request, dataset, find_matches(request, dataset))


def _facet(choice: Choice, counting: Counting, lists: Lists, most: int) -> Facet:
    values, others = _values_of(choice, counting, lists, most)
    without = 0 if choice.facet.kind is FacetKind.EXISTENCE else counting.total() - counting.existing()
    return replace(_incomplete(choice), values=values, others=others, without=without, is_complete=True)


def _incomplete(choice: Choice) -> Facet:
    facet = choice.facet
    return Facet(facet.name, facet.label, facet.kind, is_complete=False, replaces=choice.pairs)


def _values_of(choice: Choice, counting: Counting, lists: Lists, most: int) -> tuple[tuple[FacetValue, ...], int]:
    """The values that are shown, and how many others there are."""
    if choice.facet.kind is FacetKind.EXISTENCE:
        return tuple(_existence(choice, counting)), 0
    if choice.is_of_spans:
        values = [value for value in _spans(choice, counting) if value.count or value.is_chosen]
        if choice.facet.kind is FacetKind.STEP:
            return tuple(values), 0
        shown = tuple(value for place, value in enumerate(reversed(values)) if place < most or value.is_chosen)
        return shown, len(values) - len(shown)
    return _terms(choice, counting, lists, most)


def _existence(choice: Choice, counting: Counting) -> Iterable[FacetValue]:
    name = f"exists-{choice.facet.path.text}"
    for label, text, is_wanted in ((YES, "true", True), (NO, "false", False)):
        count, is_chosen = counting.existing(is_wanted), text in [value for _, value in choice.pairs]
        if count or is_chosen:
            yield FacetValue(label, count, ((name, text),), is_chosen)


def _spans(choice: Choice, counting: Counting) -> Iterable[FacetValue]:
    counts = counting.spans()
    keys = {choice.chosen_span.key: 0} if choice.chosen_span else {}
    for span in sorted(map(choice.span, counts.keys() | keys.keys()), key=choice.order):
        yield FacetValue(span.label, counts.get(span.key, 0), choice.pairs_of(span), span == choice.chosen_span)


def _terms(choice: Choice, counting: Counting, lists: Lists, most: int) -> tuple[tuple[FacetValue, ...], int]:
    """The terms that a parameter can name; any more are among the others."""
    chosen = choice.terms
    counts, others = counting.values(most, chosen)
    named = {term: text for term in dict.fromkeys((*counts, *chosen)) if (text := choice.name_of(term))}
    labels = titles_of(lists.api, [term for term in named if isinstance(term, NamedNode)], lists.dataset)
    values = (
        FacetValue(labels.get(term) or _label(term), counts.get(term, 0), ((choice.facet.path.text, text),), term in chosen)
        for term, text in named.items()
    )
    return tuple(values), others + len(counts.keys() - named.keys())


def _label(term: Term) -> str:
    if not isinstance(term, Literal):
        return local_name(term.value) if isinstance(term, NamedNode) else str(term)
    return {"true": YES, "false": NO}.get(term.value, term.value) if term.datatype == XSD.boolean else term.value
