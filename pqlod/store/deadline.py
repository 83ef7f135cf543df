"""Until when a request may be worked at: a limit in seconds that all of its queries share."""

import math
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pqlod.errors import QueryLimitExceeded

RETRY_AFTER = 5  # seconds
ADVICE = "Ask for less: name what you look for, or for a smaller part of it."
STEPS = 10_000  # of SQLite's machine between two looks at the clock: a fraction of a millisecond

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Deadline:
    """An instant of this process's monotonic clock, and the limit that it comes from, in seconds."""

    at: float
    limit: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds, seconds)

    def within(self, seconds: float) -> "Deadline":
        """This one, or that of so many seconds from now, if it comes sooner."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.at)

    @property
    def left(self) -> float:
        """The seconds that are left, 0 at least."""
        return max(self.at - time.monotonic(), 0.0)

    def check(self, advice: str = ADVICE) -> None:
        """QueryLimitExceeded if there is no time left."""
        if not self.left:
            raise exceeded(self.limit, advice)

    def watch(self, things: Iterable[Thing]) -> Iterator[Thing]:
        """The things one by one, as long as there is time."""
        for thing in things:
            self.check()
            yield thing

    @contextmanager
    def interrupting(self, connection: sqlite3.Connection, advice: str) -> Iterator[None]:
        """Ends what SQLite does on the connection, at the deadline: QueryLimitExceeded."""
        self.check(advice)
        connection.set_progress_handler(lambda: not self.left, STEPS)
        try:
            yield
        except sqlite3.OperationalError:
            self.check(advice)
            raise
        finally:
            connection.set_progress_handler(None, 0)


NEVER = Deadline(math.inf, math.inf)


def exceeded(seconds: float, advice: str = ADVICE) -> QueryLimitExceeded:
    """What is raised when time is up."""
    problem = f"The query was ended at its limit of {seconds:g} seconds. {advice}"
    return QueryLimitExceeded(problem, limit="time", retry_after=RETRY_AFTER)
