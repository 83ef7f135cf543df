"""Bitmaps and slices: compared with what lists and sorting say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.store import bitmaps
from pqlod.store.bitmaps import Order, Slices, bitmap_of, in_order, numbers_of

RANKS = st.lists(st.integers(0, 12) | st.integers(0, 2**20), min_size=1, max_size=60)


@given(st.sets(st.integers(0, 20_000)), st.integers(0, 50), st.integers(0, 50) | st.none())
def test_numbers_come_out_of_a_bitmap_in_order(numbers, start, count):
    stop = None if count is None else start + count

    assert numbers_of(bitmap_of(numbers, 20_001), start, count) == sorted(numbers)[start:stop]


def test_a_place_far_into_a_bitmap_is_found():
    assert numbers_of(bitmap_of(range(0, 100_000, 3), 100_000), 30_000, 2) == [90_000, 90_003]


@given(RANKS, st.integers(0, 2**21))
def test_slices_compare_as_ranks_do(ranks, rank):
    slices, everything = Slices.of(ranks), (1 << len(ranks)) - 1

    assert [slices.rank(number) for number in range(len(ranks))] == ranks
    assert numbers_of(slices.less(rank, everything)) == [number for number, one in enumerate(ranks) if one < rank]
    assert numbers_of(slices.equal(rank, everything)) == [number for number, one in enumerate(ranks) if one == rank]
    assert numbers_of(slices.present) == [number for number, one in enumerate(ranks) if one]


@pytest.mark.parametrize("few", [1, 200], ids=["slice by slice", "one by one"])
def test_items_are_ordered_as_sorting_does(few, monkeypatch):
    monkeypatch.setattr(bitmaps, "FEW", few)

    @given(st.data(), RANKS, st.integers(0, 70), st.integers(1, 10), st.booleans(), st.booleans())
    def compare(data, first, start, count, is_first_descending, is_second_descending):
        second = data.draw(st.lists(st.integers(0, 3), min_size=len(first), max_size=len(first)))
        among = data.draw(st.sets(st.sampled_from(range(len(first)))))
        orders = [Order(Slices.of(first), is_first_descending), Order(Slices.of(second), is_second_descending)]
        signs = [-1 if is_descending else 1 for is_descending in (is_first_descending, is_second_descending)]

        expected = sorted(among, key=lambda number: (signs[0] * first[number], signs[1] * second[number], number))
        assert in_order(bitmap_of(among, len(first)), orders, start, count) == expected[start : start + count]

    compare()


def test_without_a_column_the_order_is_that_of_the_numbers():
    assert in_order((1 << 5000) - 1, [], 4990, 3) == [4990, 4991, 4992]
