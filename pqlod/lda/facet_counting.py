"""Counts the items of a list by what a property path leads to from them: by the index of values, or else by SPARQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from pqlod.errors import QueryLimitExceeded
from pqlod.lda.facet_choices import Choice
from pqlod.lda.filters import Existence, Filter
from pqlod.lda.model import Api, FacetKind
from pqlod.lda.parameters import PageRequest
from pqlod.lda.planning import Everything, all_items, steps_of
from pqlod.lda.selection import GROUP, count_query, group_query
from pqlod.rdf import Literal, NamedNode, Term
from pqlod.store.columns import Exists, NotIndexed, Steps
from pqlod.store.dataset import Dataset, Matches
from pqlod.store.ordering import DATE, NUMBER, full_key, term_of, written

MOST_GROUPS = 20_000  # that SPARQL tells of


class Counting(Protocol):
    """What is counted for one facet."""

    def values(self, most: int, wanted: Collection[Term]) -> tuple[Mapping[Term, int], int]:
        """How many items have each of the values that most have, and of those that are wanted; how many others there are."""
        ...

    def spans(self) -> Mapping[str, int]:
        """How many items have a value in each span, by its key."""
        ...

    def existing(self, is_wanted: bool = True) -> int:
        """How many items the path leads from to anything; or how many it does not."""
        ...

    def total(self) -> int:
        """How many items there are."""
        ...


@dataclass(frozen=True)
class Lists:
    """The items that are counted for the facets of a request. ``matches`` are what its search found."""

    api: Api
    request: PageRequest
    dataset: Dataset
    matches: Matches | None
    _known: dict[tuple[Filter, ...], Everything | None] = field(default_factory=dict)

    def by_index(self, choice: Choice) -> Counting:
        """Counts for a facet; NotIndexed where the index does not tell the items."""
        return IndexCounting(choice, self.everything(choice.request))

    def by_sparql(self, choice: Choice) -> Counting:
        """Counts for a facet, whatever it is about."""
        return SparqlCounting(choice, self.dataset, self.matches)

    def everything(self, request: PageRequest) -> Everything:
        """The items of a request; NotIndexed where the index does not tell them."""
        if request.filters not in self._known:
            self._known[request.filters] = None
            self._known[request.filters] = all_items(self.api, request, self.dataset, self.matches)
        if (known := self._known[request.filters]) is None:
            raise NotIndexed("all that is asked for")
        return known


@dataclass(frozen=True)
class IndexCounting:
    """Counts by the index of values. NotIndexed where that is not sure of the items, or of their values."""

    choice: Choice
    everything: Everything

    def __post_init__(self) -> None:
        path = self.choice.facet.path.steps
        if not self.everything.is_narrowed_soundly(path if self.choice.is_of_spans else path[:-1]):
            raise NotIndexed("a filter about one of several values")

    def values(self, most: int, wanted: Collection[Term]) -> tuple[Mapping[Term, int], int]:
        counts = self.everything.found.counts(self._path, most, {written(term) for term in wanted})
        terms = {term: counts.of[text] for text in counts.of if (term := term_of(text)) is not None}
        return terms, counts.others + len(counts.of) - len(terms)

    def spans(self) -> Mapping[str, int]:
        kind = NUMBER if self.choice.facet.kind is FacetKind.STEP else DATE
        return self.everything.found.grouped(self._path, kind, lambda text: self.choice.key_of(text[1:]))

    def existing(self, is_wanted: bool = True) -> int:
        found = self.everything.found
        if not is_wanted and not found.is_one_way(self._path):
            raise NotIndexed("a chain that ends early on one way, of several")
        return found.meeting(Exists(self._path, is_wanted)).total

    def total(self) -> int:
        return self.everything.found.total

    @property
    def _path(self) -> Steps:
        return steps_of(self.choice.facet.path.steps)


@dataclass(frozen=True)
class SparqlCounting:
    """Counts by SPARQL. QueryLimitExceeded where there are too many values to be told."""

    choice: Choice
    dataset: Dataset
    matches: Matches | None

    def values(self, most: int, wanted: Collection[Term]) -> tuple[Mapping[Term, int], int]:
        counts = self._grouped()
        in_order = sorted(counts, key=lambda term: (-counts[term], full_key(written(term))))
        shown = [term for place, term in enumerate(in_order) if place < most or term in wanted]
        return {term: counts[term] for term in shown}, len(counts) - len(shown)

    def spans(self) -> Mapping[str, int]:
        return {term.value: count for term, count in self._grouped().items() if isinstance(term, Literal) and term.value}

    def existing(self, is_wanted: bool = True) -> int:
        return self._count(Existence(self.choice.facet.path, is_wanted))

    def total(self) -> int:
        return self._count()

    def _count(self, *further: Filter) -> int:
        request = replace(self.choice.request, filters=(*self.choice.request.filters, *further))
        (count,) = self.dataset.select(count_query(self.choice.api, request, self.matches)).values("count")
        return _number(count)

    def _grouped(self) -> dict[Term, int]:
        query = group_query(self.choice.api, self.choice.request, self.choice.facet, self.matches, MOST_GROUPS + 1)
        rows = self.dataset.select(query)
        if len(rows) > MOST_GROUPS:
            raise QueryLimitExceeded(f"There are more than {MOST_GROUPS:,} values.", limit="values")
        groups = ((row.get(GROUP[1:]), _number(row["count"])) for row in rows)
        return {group: count for group, count in groups if isinstance(group, NamedNode | Literal)}


def _number(term: Term) -> int:
    return int(term.value) if isinstance(term, Literal) else 0
