"""How many of some items have which values, from the slices of a column.

The items are parted by one bit of their ranks after the other; what no item has, and what is too little to be shown, is
not counted. Each part is a bitmap for every layer of the column, for an item with several values may be in several.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pqlod.store.bitmaps import Slices

Span = tuple[int, int]  # ranks, from the first to before the last


@dataclass(frozen=True, order=True)
class _Part:
    """The items whose ranks lie from ``rank`` on, as many as so many bits tell apart. The largest part is the least."""

    less: int  # how many items it has at most, negative; of a single rank, how many it has
    bits: int
    rank: int
    layers: tuple[int, ...] = field(compare=False)

    @classmethod
    def of(cls, layers: tuple[int, ...], rank: int, bits: int) -> "_Part":
        size = sum(layer.bit_count() for layer in layers) if bits or len(layers) == 1 else _union(layers).bit_count()
        return cls(-size, -bits, rank, layers)


class Tally:
    """Counts the ranks that some items have in a column."""

    def __init__(self, layers: Sequence[Slices], among: int) -> None:
        self._bits = max((len(layer.maps) for layer in layers), default=0)
        self._planes = [(0,) * (self._bits - len(layer.maps)) + layer.maps for layer in layers]
        self._all = tuple(among & layer.present for layer in layers)

    @property
    def items(self) -> int:
        """How many items have a rank at all."""
        return _union(self._all).bit_count()

    def most(self, count: int) -> tuple[list[tuple[int, int]], int]:
        """The ranks that most items have, each with their number, most first; and how many other ranks are there."""
        found: list[tuple[int, int]] = []
        parts = [_Part.of(self._all, 0, self._bits)]
        while parts and len(found) < count:
            part = heapq.heappop(parts)  # no item of the others is in a larger one
            if part.bits:
                for half in self._halves(part.layers, part.rank, -part.bits):
                    heapq.heappush(parts, _Part.of(*half))
            elif part.less:
                found.append((part.rank, -part.less))
        return found, sum(self._different(part.layers, part.rank, -part.bits) for part in parts if part.less)

    def of(self, ranks: Iterable[int]) -> list[int]:
        """How many items have each of these ranks."""
        wanted = list(ranks)
        order = sorted(set(wanted))
        counts = dict(zip(order, self.within([(rank, rank + 1) for rank in order]), strict=True))
        return [counts[rank] for rank in wanted]

    def within(self, spans: Sequence[Span]) -> list[int]:
        """How many items have a rank in each of some spans, which come in order and do not meet."""
        found = [0] * len(spans)
        ends = [end for _, end in spans]
        parts = [(self._all, 0, self._bits)]
        while parts:
            layers, rank, bits = parts.pop()
            place, end = bisect_right(ends, rank), rank + (1 << bits)
            if place == len(spans) or spans[place][0] >= end:
                continue
            if spans[place][0] <= rank and end <= spans[place][1]:
                found[place] |= _union(layers)
            else:
                parts += self._halves(layers, rank, bits)
        return [items.bit_count() for items in found]

    def _different(self, layers: tuple[int, ...], rank: int, bits: int) -> int:
        """How many ranks there are."""
        return sum(self._different(*half) for half in self._halves(layers, rank, bits)) if bits else 1

    def _halves(self, layers: tuple[int, ...], rank: int, bits: int) -> Iterator[tuple[tuple[int, ...], int, int]]:
        """The two parts of a part, without one that has no items."""
        ones = tuple(layer & planes[-bits] for layer, planes in zip(layers, self._planes, strict=True))
        zeros = tuple(layer ^ one for layer, one in zip(layers, ones, strict=True))
        for half, start in ((zeros, rank), (ones, rank + (1 << bits - 1))):
            if any(half):
                yield half, start, bits - 1


def _union(layers: Iterable[int]) -> int:
    united = 0
    for layer in layers:
        united |= layer
    return united
