"""Counts of values from slices are those of the values themselves, however many each item has."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pqlod.store.bitmaps import Slices, bitmap_of
from pqlod.store.counting import Tally

RANKS = st.integers(0, 40)  # 0 is no value
ITEMS = st.lists(st.tuples(st.lists(RANKS, min_size=1, max_size=3, unique=True), st.booleans()), max_size=60)


def tallied(items):
    """The tally of the chosen items, and the ranks of each of them."""
    width = max((len(ranks) for ranks, _ in items), default=0)
    layers = [Slices.of([ranks[place] if place < len(ranks) else 0 for ranks, _ in items]) for place in range(width)]
    among = bitmap_of((number for number, (_, is_chosen) in enumerate(items) if is_chosen), len(items))
    return Tally(layers, among), [set(ranks) - {0} for ranks, is_chosen in items if is_chosen]


@given(ITEMS, st.integers(0, 50))
def test_the_ranks_that_most_items_have(items, count):
    tally, chosen = tallied(items)
    expected = sorted(Counter(rank for ranks in chosen for rank in ranks).items(), key=lambda pair: (-pair[1], pair[0]))

    assert tally.most(count) == (expected[:count], len(expected[count:]))
    assert tally.items == sum(map(bool, chosen))


@given(ITEMS, st.lists(st.integers(0, 45), unique=True))
def test_the_items_in_spans_of_ranks(items, ends):
    tally, chosen = tallied(items)
    ends = sorted(ends)
    spans = list(zip(ends[::2], ends[1::2], strict=False))

    assert tally.within(spans) == [sum(any(low <= rank < high for rank in ranks) for ranks in chosen) for low, high in spans]


@given(ITEMS, st.lists(st.integers(1, 45)))
def test_the_items_of_single_ranks(items, ranks):
    tally, chosen = tallied(items)

    assert tally.of(ranks) == [sum(rank in own for own in chosen) for rank in ranks]
