"""A client of stub services that loses no time in waiting."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from stub_services import Stub, serving

from pqlod.harvest.client import Client, Clock, Manners

NOW = datetime(2026, 11, 24, 8, 17, tzinfo=UTC)


@dataclass
class Time:
    """Time that passes only where somebody sleeps, which takes none; ``slept`` are all the pauses."""

    now: datetime = NOW
    slept: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, seconds=lambda: self.now.timestamp(), sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


Serve = Callable[[Stub], Stub]
MakeClient = Callable[..., Client]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a stub until the test ends."""
    with ExitStack() as stack:
        yield lambda stub: stack.enter_context(serving(stub))


@pytest.fixture
def client(time: Time) -> Iterator[MakeClient]:
    """Makes clients that wait in no real time, other than for bodies; manners may be given."""
    with ExitStack() as stack:

        def make(**manners: float | str) -> Client:
            usual = replace(Manners(rate=1000.0, silence=0.3), **manners)  # type: ignore[arg-type]  # as they are declared
            return stack.enter_context(Client(usual, time.clock))

        yield make
