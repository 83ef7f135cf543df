"""Tables of items and their values as columns: which items have, or lie between, which values, and in what order they come.

A table holds the items of one class, numbered by their IRIs. A column holds what one property path leads to from each
of them: the different values in order, and for each item the rank of its value among them (a second value of an item
is in a second layer).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from typing import Any, overload

from pqlod.errors import PqlodError
from pqlod.rdf import NamedNode, Term
from pqlod.store.bitmaps import Slices
from pqlod.store.ordering import IRI, NUMBER, ODD, ORDERED, STRING, TAGGED, UNSURE, Key, full_key, key_of, written

BLOCK = 128  # texts that are kept together
BLOCKS_AT_HAND = 1_000  # of each list of texts, some 15 MB
LONGEST = 250  # characters of a value; what has longer ones is a text, to be searched and not to be compared
MOST_LAYERS = 8  # values of one item
NO_OTHER_TEXTS = frozenset({IRI, STRING, NUMBER, TAGGED})  # kinds of values, the texts of none but strings being compared

Step = tuple[NamedNode, bool]  # a property, and whether it is followed to its subjects
Steps = tuple[Step, ...]
Span = tuple[int, int]  # ranks, from the first to before the last


class NotIndexed(PqlodError):
    """An index that is sound does not tell this; whoever asked must ask SPARQL."""


class SortedTexts(Sequence[str]):
    """Texts in order, read in blocks when they are wanted."""

    def __init__(self, size: int, firsts: Sequence[str], load: Callable[[int], Sequence[str]]) -> None:
        self._size, self._firsts, self._block = size, firsts, lru_cache(BLOCKS_AT_HAND)(load)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "SortedTexts":
        """Texts that are at hand."""
        return cls(len(texts), texts[::BLOCK], lambda number: texts[number * BLOCK : (number + 1) * BLOCK])

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[index] for index in range(*place.indices(self._size))]
        return self._block(place // BLOCK)[place % BLOCK]

    def blocks(self) -> Iterable[Sequence[str]]:
        return (self._block(number) for number in range(len(self._firsts)))

    def left(self, key: Any, by: Callable[[str], Any] = str) -> int:
        """The place of the first text whose key is not less."""
        return self._place(bisect_left, key, by)

    def right(self, key: Any, by: Callable[[str], Any] = str) -> int:
        """The place of the first text whose key is more."""
        return self._place(bisect_right, key, by)

    def find(self, text: str, by: Callable[[str], Any] = str) -> int | None:
        """The place of a text, or None if it is not there."""
        place = self.left(by(text), by)
        return place if place < self._size and self[place] == text else None

    def places(self, texts: Iterable[str]) -> Iterator[int]:
        """The places of those texts that are there, if all are ordered as texts are; each block is read once."""
        for block, group in groupby(sorted(texts), key=lambda text: bisect_right(self._firsts, text) - 1):
            if block >= 0:
                known = {text: place for place, text in enumerate(self._block(block))}
                yield from (block * BLOCK + known[text] for text in group if text in known)

    def _place(self, bisect: Callable[..., int], key: Any, by: Callable[[str], Any]) -> int:
        block = max(bisect(self._firsts, key, key=by) - 1, 0)
        return block * BLOCK + bisect(self._block(block), key, key=by) if self._firsts else 0


@dataclass(frozen=True)
class Bound:
    """One end of a range: a value is within it that compares so with any of the terms.

    ``is_of_texts``: literals of other kinds than the terms' are compared too, by their texts.
    """

    comparison: str
    terms: tuple[Term, ...]
    is_of_texts: bool = False


@dataclass(frozen=True)
class Has:
    """The path leads to one of the terms."""

    path: Steps
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Within:
    """The path leads to a value that is within all the bounds of one of the ranges."""

    path: Steps
    ranges: tuple[tuple[Bound, ...], ...]


@dataclass(frozen=True)
class Exists:
    """The path leads somewhere, or does not."""

    path: Steps
    is_wanted: bool = True


Condition = Has | Within | Exists


@dataclass(frozen=True)
class Column:
    """The values of one path. The rank of a value is one more than its place among the terms, which are written."""

    terms: SortedTexts
    layers: tuple[Slices, ...]
    kinds: frozenset[str]
    has_ties: bool = False  # different terms that are equal, as 7 and 7.0 are

    @property
    def is_single(self) -> bool:
        """Has every item one value at most?"""
        return len(self.layers) <= 1

    @cached_property
    def present(self) -> int:
        present = 0
        for layer in self.layers:
            present |= layer.present
        return present

    @property
    def first(self) -> Slices:
        """The ranks of the items, of a column in which they have one value at most."""
        return self.layers[0] if self.layers else Slices()

    def value(self, number: int) -> str | None:
        """The value of an item, written."""
        rank = self.first.rank(number)
        return self.terms[rank - 1] if rank else None

    def having(self, terms: Iterable[Term]) -> int:
        """The items that have one of the terms. NotIndexed if one of the terms is odd, and there are values at all."""
        if not self.layers:
            return 0
        texts = {written(term) for term in terms}
        if any(text[0] == ODD for text in texts):
            raise NotIndexed("a value of which it is not known what it equals")
        places = (self.terms.find(text, full_key) for text in texts)
        return self._in_spans([(place + 1, place + 2) for place in places if place is not None])

    def within(self, ranges: Iterable[Iterable[Bound]]) -> int:
        """The items that have a value within one of the ranges. NotIndexed if there are values that may compare or not."""
        spans: list[Span] = []
        for bounds in ranges:
            common = [(1, len(self.terms) + 1)]
            for bound in bounds:
                common = _intersection(common, self._spans(bound))
            spans += common
        return self._in_spans(_union(spans))

    def place(self, text: str | None) -> Span:
        """The ranks of the values that are equal to a written one (or None, no value), or where they would be."""
        if text is None:
            return 0, 1
        return self.terms.left(key_of(text), key_of) + 1, self.terms.right(key_of(text), key_of) + 1

    def _in_spans(self, spans: Iterable[Span]) -> int:
        found = 0
        for low, high in spans:
            for layer in self.layers:
                if high - low == 1:
                    found |= layer.equal(low, layer.present)
                else:
                    found |= layer.less(high, layer.present) ^ layer.less(low, layer.present)
        return found

    def _spans(self, bound: Bound) -> list[Span]:
        keys = [key_of(written(term)) for term in bound.terms]
        kinds = {kind for kind, _ in keys}
        is_unsure = (kinds & UNSURE and not self.kinds & UNSURE <= kinds) or (
            bound.is_of_texts and not self.kinds <= NO_OTHER_TEXTS
        )
        if is_unsure or not kinds <= ORDERED - {IRI} or ODD in self.kinds:
            raise NotIndexed("values of which it is not known how they compare")
        return _union(self._span(bound.comparison, key) for key in keys)

    def _span(self, comparison: str, key: Key) -> Span:
        kind = key[0]
        if comparison.startswith(">"):
            start = self.terms.left(key, key_of) if comparison == ">=" else self.terms.right(key, key_of)
            return start + 1, self.terms.left((chr(ord(kind) + 1),), key_of) + 1
        end = self.terms.right(key, key_of) if comparison == "<=" else self.terms.left(key, key_of)
        return self.terms.left((kind,), key_of) + 1, end + 1


NO_TEXTS = SortedTexts.of(())
NO_VALUES = Column(NO_TEXTS, (), frozenset())


def _union(spans: Iterable[Span]) -> list[Span]:
    """The same ranks in spans that do not meet."""
    union: list[Span] = []
    for low, high in sorted(spans):
        if union and low <= union[-1][1]:
            union[-1] = union[-1][0], max(union[-1][1], high)
        elif low < high:
            union.append((low, high))
    return union


def _intersection(some: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    both = ((max(low, other[0]), min(high, other[1])) for low, high in some for other in others)
    return [(low, high) for low, high in both if low < high]


def sortable(columns: Sequence[Column]) -> bool:
    """Is the order of items by these columns, taken as one, that of SPARQL: of one kind, one value each, no two alike?"""
    kinds = frozenset(kind for column in columns for kind in column.kinds)
    return len(kinds) <= 1 and kinds <= ORDERED and all(column.is_single and not column.has_ties for column in columns)


class ColumnMaker:
    """Makes a column of the values that it is told."""

    def __init__(self, size: int) -> None:
        self._codes: dict[Term, int] = {}
        self._first = array("I", bytes(4 * size))
        self._further: dict[int, list[int]] = {}
        self.is_refused = False  # it holds what a column cannot hold

    def add(self, number: int, term: Term) -> None:
        """Tells that the item of this number has this value."""
        code = self._codes.get(term)
        if code is None:
            if len(getattr(term, "value", "")) > LONGEST:
                self.is_refused = True
                return
            code = self._codes[term] = len(self._codes) + 1
        if not self._first[number]:
            self._first[number] = code
        elif self._first[number] != code:
            codes = self._further.setdefault(number, [])
            if code not in codes:
                codes.append(code)
                self.is_refused |= len(codes) >= MOST_LAYERS

    def singles(self, number: Callable[[Term], int | None]) -> Sequence[int] | None:
        """The number of each item's value, 0 where it has none; None if a value has none, or an item several values."""
        numbers = [0, *(known for term in self._codes if (known := number(term)) is not None)]
        if self.is_refused or self._further or len(numbers) <= len(self._codes):
            return None
        return array("I", map(numbers.__getitem__, self._first))

    def column(self) -> Column | None:
        """The column, or None if there can be none."""
        if self.is_refused:
            return None
        if not self._codes:
            return NO_VALUES
        texts = {code: written(term) for term, code in self._codes.items()}
        terms = sorted(set(texts.values()), key=full_key)
        ranks = {text: rank for rank, text in enumerate(terms, 1)}
        rank_of = array("I", [0, *(ranks[texts[code]] for code in range(1, len(texts) + 1))])
        keys = [key_of(text) for text in terms]
        return Column(
            terms=SortedTexts.of(terms),
            layers=tuple(self._layers(rank_of)),
            kinds=frozenset(kind for kind, _ in keys),
            has_ties=any(one == other for one, other in pairwise(keys)),
        )

    def _layers(self, rank_of: Sequence[int]) -> Iterable[Slices]:
        yield Slices.of(array("I", map(rank_of.__getitem__, self._first)))
        for place in range(max(map(len, self._further.values()), default=0)):
            layer = array("I", bytes(4 * len(self._first)))
            for number, codes in self._further.items():
                if place < len(codes):
                    layer[number] = rank_of[codes[place]]
            yield Slices.of(layer)


@dataclass
class Table:
    """The items of one class, and their columns, each loaded when it is first asked for."""

    type: NamedNode
    iris: SortedTexts
    paths: frozenset[Steps]
    load: Callable[[Steps], Column]
    _columns: dict[Steps, Column] = field(default_factory=dict)

    @classmethod
    def of(cls, type: NamedNode, iris: Sequence[str], columns: Mapping[Steps, Column]) -> "Table":
        """A table in memory."""
        return cls(type, SortedTexts.of(iris), frozenset(columns), columns.__getitem__)

    @property
    def everything(self) -> int:
        """The bitmap of all items."""
        return (1 << len(self.iris)) - 1

    def column(self, path: Steps) -> Column:
        """The column of a path; NotIndexed if there is none."""
        if path not in self.paths:
            raise NotIndexed("a property path that is not in the index")
        if path not in self._columns:
            self._columns[path] = self.load(path)
        return self._columns[path]
