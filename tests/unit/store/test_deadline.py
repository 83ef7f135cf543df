"""Until when a request may be worked at."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from pqlod.errors import QueryLimitExceeded
from pqlod.store.deadline import NEVER, Deadline

COUNT_FOR_EVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
PAST = Deadline.after(0)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        yield connection


def test_time_that_is_up_is_an_error_which_names_the_limit() -> None:
    with pytest.raises(QueryLimitExceeded, match="its limit of 0 seconds") as caught:
        PAST.check()

    assert (caught.value.limit, caught.value.retry_after) == ("time", 5)


def test_there_is_no_less_than_no_time_left_and_always_some_before_no_deadline() -> None:
    assert PAST.left == 0
    assert NEVER.left > 1e9
    NEVER.check()


@pytest.mark.parametrize(("one", "seconds", "limit"), [(NEVER, 5, 5), (Deadline.after(86_400), 5, 5), (PAST, 5, 0)])
def test_of_two_deadlines_the_sooner_counts(one: Deadline, seconds: float, limit: float) -> None:
    assert one.within(seconds).limit == limit


def test_things_are_given_until_the_time_is_up() -> None:
    given: list[int] = []

    with pytest.raises(QueryLimitExceeded):
        given.extend(Deadline.after(0.05).watch(count()))

    assert given


def test_what_sqlite_does_ends_at_the_deadline(connection: sqlite3.Connection) -> None:
    begin = time.monotonic()

    with (
        pytest.raises(QueryLimitExceeded, match=r"0\.2 seconds. Be brief"),
        Deadline.after(0.2).interrupting(connection, "Be brief."),
    ):
        connection.execute(COUNT_FOR_EVER)

    assert 0.2 <= time.monotonic() - begin < 2
    assert connection.execute("SELECT 1").fetchone() == (1,)


def test_other_errors_of_sqlite_are_left_as_they_are(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), NEVER.interrupting(connection, ""):
        connection.execute("SELECT * FROM things")
