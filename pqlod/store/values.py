"""The index of values beside a store: which items of a class meet conditions, how many, and any page of them in order.

It is derived from a store and can always be made again from it. It is a base, of all items, and where the store has
changed since a small overlay: the items that changed, as they are now, which hide what the base tells of them.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, total_ordering
from itertools import groupby
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from pqlod.rdf import NamedNode, Resource
from pqlod.store.bitmaps import Order, bitmap_of, in_order, numbers_of
from pqlod.store.columns import Condition, Exists, Has, NotIndexed, Steps, Table, Within, sortable
from pqlod.store.counting import Span, Tally
from pqlod.store.gathering import IndexPlan, all_tables, prefixes, starts, tables_of
from pqlod.store.ordering import full_key, key_of
from pqlod.store.value_files import ValueFile, write_tables

MOST_SHARED = 100  # items that one thing on their paths is a part of

Sort = tuple[Steps, bool]  # what items are ordered by, and whether from the highest


def build_values(store: Store, plan: IndexPlan, path: Path) -> None:
    """Makes the base of a store, in a file that does not exist yet."""
    write_tables(path, all_tables(store, plan), plan)


def build_overlay(store: Store, base: Path, path: Path, changed: Iterable[Resource]) -> None:
    """Makes what a store tells otherwise than its previous state, of which there is a base, given which resources changed."""
    file = ValueFile(base)
    touched, stale = _touched(store, file, changed)
    counted = {one.path for one in file.plan.days}
    paths = {type: [path for path in table.paths - counted if not _begins(path, stale)] for type, table in file.tables.items()}
    write_tables(path, tables_of(store, paths, file.plan.days, touched), file.plan, (item.value for item in touched))


def _touched(store: Store, base: ValueFile, changed: Iterable[Resource]) -> tuple[set[NamedNode], set[Steps]]:
    """The items of which a table may tell otherwise now: what changed, and whatever that is or was a part of.

    What very many items share, as a member is of all his questions, touches none of them; but what is told of it beyond
    the path that leads to it is stale.
    """
    ways = {path for table in base.tables.values() for path in table.paths if _ends_inversely(path)}
    ways |= {path for table in base.tables.values() for path in prefixes(table.paths)}
    touched: set[Resource] = set()
    stale: set[Steps] = set()
    for resource in changed:
        touched.add(resource)
        for path in ways - stale:
            found = starts(store, path, resource, MOST_SHARED) | _former_starts(base, path, resource)
            if len(found) > MOST_SHARED:
                stale.add(path)
            else:
                touched |= found
    return {item for item in touched if isinstance(item, NamedNode)}, stale


def _ends_inversely(path: Steps) -> bool:
    """Is the last statement of the path one of what it leads to?"""
    return path[-1][1]


def _begins(path: Steps, beginnings: Collection[Steps]) -> bool:
    return any(path[:end] in beginnings for end in range(1, len(path) + _ends_inversely(path)))


def _former_starts(base: ValueFile, path: Steps, end: Resource) -> set[Resource]:
    found: set[Resource] = set()
    for table in base.tables.values():
        with suppress(NotIndexed):
            if former := table.column(path).having([end]):
                found.update(NamedNode(table.iris[number]) for number in numbers_of(former, 0, MOST_SHARED + 1))
    return found


class ValueIndex:
    """An index that is asked, by any number of threads."""

    def __init__(self, base: ValueFile, overlay: ValueFile | None = None) -> None:
        self._overlay = overlay.tables if overlay else {}
        self._tables = {type: self._not_stale(table) for type, table in base.tables.items()}
        self._touched = overlay.touched or () if overlay else ()
        self._hidden: dict[NamedNode, int] = {}

    def _not_stale(self, table: Table) -> Table:
        overlay = self._overlay.get(table.type)
        return replace(table, paths=table.paths & overlay.paths) if overlay else table

    @property
    def types(self) -> frozenset[NamedNode]:
        """The classes of its items."""
        return frozenset(self._tables)

    def all_of(self, type: NamedNode) -> "Found":
        """All items of a class; NotIndexed if they are in no table."""
        base, overlay = self._tables.get(type), self._overlay.get(type)
        if base is None:
            raise NotIndexed("a class that is not in the index")
        if type not in self._hidden:
            self._hidden[type] = bitmap_of(base.iris.places(self._touched), len(base.iris))
        among = base.everything & ~self._hidden[type]
        return Found(Part(base, among), Part(overlay, overlay.everything) if overlay and overlay.everything else None)


@dataclass(frozen=True)
class Part:
    """Some items of a table, as a bitmap."""

    table: Table
    among: int

    def meeting(self, condition: Condition) -> "Part":
        return replace(self, among=self.among & self._bitmap(condition))

    def _bitmap(self, condition: Condition) -> int:
        column = self.table.column(condition.path)
        match condition:
            case Has(_, terms):
                return column.having(terms)
            case Within(_, ranges):
                return column.within(ranges)
            case Exists(_, True):
                return column.present
            case Exists():
                return ~column.present

    def tally(self, path: Steps) -> Tally:
        return Tally(self.table.column(path).layers, self.among)

    def counts(self, path: Steps, most: int) -> tuple[dict[str, int], int]:
        """The values that most items have, written, and how many others there are."""
        found, others = self.tally(path).most(most)
        terms = self.table.column(path).terms
        return {terms[rank - 1]: count for rank, count in found}, others

    def counts_of(self, path: Steps, values: Iterable[str]) -> dict[str, int]:
        """How many items have each of these values, of those that are in the column at all."""
        terms = self.table.column(path).terms
        ranks = {value: place + 1 for value in values if (place := terms.find(value, full_key)) is not None}
        return dict(zip(ranks, self.tally(path).of(ranks.values()), strict=True))

    def grouped(self, path: Steps, group: Callable[[str], str]) -> dict[str, int]:
        """How many items have a value of each group; the values of a group come one after the other."""
        spans: dict[str, Span] = {}
        for rank, term in enumerate((term for block in self.table.column(path).terms.blocks() for term in block), 1):
            name = group(term)
            spans[name] = spans.get(name, (rank, rank))[0], rank + 1
        return dict(zip(spans, self.tally(path).within(list(spans.values())), strict=True))

    def up_to(self, path: Steps, value: str) -> int:
        """How many items have a value that is not more than a written one."""
        column = self.table.column(path)
        first = column.first
        return first.less(column.place(value)[1], self.among & first.present).bit_count()

    def orders(self, sorts: Sequence[Sort]) -> list[Order]:
        return [Order(self.table.column(path).first, is_descending) for path, is_descending in sorts]

    def among_iris(self, iris: Iterable[str]) -> "Part":
        wanted = bitmap_of(self.table.iris.places(iris), len(self.table.iris))
        return replace(self, among=self.among & wanted)

    def page(self, sorts: Sequence[Sort], start: int, count: int) -> list[int]:
        return in_order(self.among, self.orders(sorts), start, count)

    def entry(self, number: int, sorts: Sequence[Sort]) -> "Entry":
        values = [self.table.column(path).value(number) for path, _ in sorts]
        return Entry(self.table.iris[number], tuple(values), tuple(descending for _, descending in sorts))

    def before(self, entry: "Entry", sorts: Sequence[Sort]) -> int:
        """How many come before an item that is not among them."""
        among, before = self.among, 0
        for (path, is_descending), value in zip(sorts, entry.values, strict=True):
            column = self.table.column(path)
            low, high = column.place(value)
            less, less_or_equal = column.first.less(low, among), column.first.less(high, among)
            before += (among ^ less_or_equal if is_descending else less).bit_count()
            among = less_or_equal ^ less
        return before + (among & ((1 << self.table.iris.left(entry.iri)) - 1)).bit_count()


@total_ordering
@dataclass(frozen=True)
class Entry:
    """An item with what it is ordered by: its values, written, in the order of their importance, and its IRI."""

    iri: str
    values: tuple[str | None, ...]
    is_descending: tuple[bool, ...]

    def __lt__(self, other: "Entry") -> bool:
        for one, two, is_descending in zip(self._keys, other._keys, self.is_descending, strict=True):
            if one != two:
                return (two < one) if is_descending else (one < two)
        return self.iri < other.iri

    @cached_property
    def _keys(self) -> tuple[tuple[Any, ...], ...]:
        """What has no value comes first (SPARQL 1.1, 15.1)."""
        return tuple(() if value is None else key_of(value) for value in self.values)


@dataclass(frozen=True)
class Counts:
    """How many items have each value, written, most first; ``others`` is how many other values there are."""

    of: Mapping[str, int]
    others: int


@dataclass(frozen=True)
class Found:
    """The items that were found: those of the base, and those of the overlay."""

    base: Part
    overlay: Part | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.base, self.overlay) if self.overlay else (self.base,)

    @property
    def type(self) -> NamedNode:
        """The class of the items."""
        return self.base.table.type

    @property
    def total(self) -> int:
        return sum(part.among.bit_count() for part in self.parts)

    def meeting(self, condition: Condition) -> "Found":
        """Those that meet a condition too; NotIndexed if that is not to be told."""
        return Found(self.base.meeting(condition), self.overlay and self.overlay.meeting(condition))

    def has(self, path: Steps) -> bool:
        """Is the path in the index?"""
        return all(path in part.table.paths for part in self.parts)

    def is_single(self, path: Steps) -> bool:
        """Does the path lead to one value at most from any item of the class? NotIndexed if that is not known."""
        return all(part.table.column(path).is_single for part in self.parts)

    def is_one_way(self, path: Steps) -> bool:
        """Does each step of the path but the last lead to one thing at most? NotIndexed if that is not known."""
        return all(self.is_single(path[:end]) for end in range(1, len(path)))

    def is_sortable(self, path: Steps) -> bool:
        """Is the order of what the path leads to known to be that of SPARQL? NotIndexed if the path is not there."""
        return sortable([part.table.column(path) for part in self.parts])

    def counts(self, path: Steps, most: int, wanted: Collection[str] = ()) -> Counts:
        """The values that most items have, and those that are wanted, written; NotIndexed if the path is not there."""
        counts, others = self.base.counts(path, most)
        later: dict[str, int] = {}
        if self.overlay:
            later, _ = self.overlay.counts(path, len(self.overlay.table.column(path).terms))
        # A value of which the overlay tells nothing, and that is not among the most of the base, is not among the most.
        asked = self.base.counts_of(path, [value for value in (*later, *wanted) if value not in counts])
        others += len(later.keys() - counts.keys() - {value for value, count in asked.items() if count})
        together = Counter({**counts, **asked}) + Counter(later)
        in_order = sorted(together, key=lambda value: (-together[value], full_key(value)))
        shown = [value for place, value in enumerate(in_order) if place < most or value in wanted]
        return Counts({value: together[value] for value in shown}, len(counts) + others - len(shown))

    def grouped(self, path: Steps, kind: str, group: Callable[[str], str]) -> dict[str, int]:
        """How many items have a value of each group, which is some of the values that come one after the other.

        NotIndexed if the path is not there, or leads to values of other kinds too.
        """
        if any(part.table.column(path).kinds - {kind} for part in self.parts):
            raise NotIndexed("values of several kinds")
        return dict(sum((Counter(part.grouped(path, group)) for part in self.parts), Counter[str]()))

    def having(self, path: Steps) -> int:
        """How many have a value; NotIndexed if the path is not there."""
        return sum(part.tally(path).items for part in self.parts)

    def median(self, path: Steps) -> str | None:
        """The value, written, that as many are below as above, or the lower of the two; None if there are no values.

        NotIndexed if the path is not there, or its values cannot be put in an order.
        """
        if not self.is_sortable(path):
            raise NotIndexed("values that are not of one kind, or several of an item")
        terms = sorted({term for part in self.parts for term in part.table.column(path).terms}, key=full_key)
        half = (self.having(path) + 1) // 2
        place = bisect_left(terms, half, key=lambda term: sum(part.up_to(path, term) for part in self.parts))
        return terms[place] if half else None

    def page(self, sorts: Sequence[Sort], start: int, count: int) -> list[str]:
        """The IRIs of the items in order, from the one at place ``start`` on, at most ``count``; the paths must be sortable."""
        if self.overlay is None:
            return [self.base.table.iris[number] for number in self.base.page(sorts, start, count)]
        return [entry.iri for entry in self._merged(self.base, self.overlay, sorts, start, count)]

    def _merged(self, base: Part, overlay: Part, sorts: Sequence[Sort], start: int, count: int) -> list[Entry]:
        later = sorted(overlay.entry(number, sorts) for number in numbers_of(overlay.among))
        # The place of a later one among all: those of its own before it, and those of the base.
        skipped = bisect_left(range(len(later)), start, key=lambda place: place + base.before(later[place], sorts))
        ours = [base.entry(number, sorts) for number in base.page(sorts, start - skipped, count)]
        return sorted([*ours, *later[skipped : skipped + count]])[:count]

    def ranked(self, scores: Mapping[str, float], sorts: Sequence[Sort], start: int, count: int) -> list[str]:
        """A page of those that have a score, the highest first; equal ones are sorted as told."""
        kept = sorted((iri for iri in self.iris() if iri in scores), key=lambda iri: -scores[iri])
        found: list[str] = []
        for _, group in groupby(kept, key=scores.__getitem__):
            iris = list(group)
            if start < len(iris) and len(found) < count:
                found += self.among(iris).page(sorts, start, count - len(found)) if len(iris) > 1 else iris
            start = max(start - len(iris), 0)
        return found

    def among(self, iris: Iterable[str]) -> "Found":
        """Those that are among some."""
        wanted = list(iris)
        return Found(self.base.among_iris(wanted), self.overlay and self.overlay.among_iris(wanted))

    def apart_from(self, iris: Iterable[str]) -> "Found":
        """Those that are not among some."""
        some = self.among(iris)
        return Found(*(replace(part, among=part.among & ~left.among) for part, left in zip(self.parts, some.parts, strict=True)))

    def iris(self) -> Iterator[str]:
        """Their IRIs, in no order."""
        for part in self.parts:
            yield from (part.table.iris[number] for number in numbers_of(part.among))
