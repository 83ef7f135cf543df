import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from pqlod.errors import ClientLeft, DatasetUnavailable, QueryLimitExceeded, TooManyQueries
from pqlod.store.pool import Clients, Pool
from pqlod.store.screening import Limits

# What runs in a worker here: one waits to be ended, one ends by itself.
SLEEPER = ("-c", "import time; time.sleep(60)")
MORTAL = ("-c", "import time; time.sleep(0.3)")
LIMITS = Limits(waiting=1, waiting_seconds=2)


@contextmanager
def pool(size: int = 1, program: Sequence[str] = SLEEPER, limits: Limits = LIMITS) -> Iterator[Pool]:
    """One that is closed at the end, with the workers that are in it."""
    made = Pool(limits, size, program)
    try:
        yield made
    finally:
        made.close()


def test_a_worker_is_lent_again_when_it_has_come_back() -> None:
    with pool() as workers:
        first = workers.take()
        workers.give_back(first, is_sound=True)
        second = workers.take()
        workers.give_back(second, is_sound=True)

    assert first is second


def test_a_worker_that_is_not_sound_is_ended_and_replaced() -> None:
    with pool() as workers:
        first = workers.take()
        workers.give_back(first, is_sound=False)
        second = workers.take()
        workers.give_back(second, is_sound=True)

        assert (first.is_alive, second.is_alive) == (False, True)


def test_a_worker_that_died_while_idle_is_replaced() -> None:
    with pool() as workers:
        first = workers.take()
        workers.give_back(first, is_sound=True)
        first.end()
        second = workers.take()
        workers.give_back(second, is_sound=True)

        assert second is not first
        assert second.is_alive


def test_a_worker_that_died_while_lent_takes_no_place() -> None:
    with pool(program=MORTAL) as workers:
        lent = [workers.take()]
        begin = time.monotonic()
        lent.append(workers.take())  # waits until the first one has died
        for worker in lent:
            workers.give_back(worker, is_sound=False)

        assert 0.1 < time.monotonic() - begin < 2


def test_a_worker_that_died_while_lent_frees_one_place_only() -> None:
    with pool(size=2, limits=Limits(waiting=0)) as workers:
        dead, alive = workers.take(), workers.take()
        dead.end()
        third = workers.take()
        workers.give_back(dead, is_sound=False)

        with pytest.raises(QueryLimitExceeded):
            workers.take()
        for worker in (alive, third):
            workers.give_back(worker, is_sound=True)


def test_who_waits_too_long_is_told_to_come_back() -> None:
    with pool(limits=Limits(waiting=1, waiting_seconds=0.1)) as workers:
        worker = workers.take()
        with pytest.raises(QueryLimitExceeded) as caught:
            workers.take()
        workers.give_back(worker, is_sound=False)

    assert caught.value.retry_after


def test_who_waits_gets_the_worker_that_comes_back() -> None:
    with pool() as workers:
        worker = workers.take()
        threading.Timer(0.3, workers.give_back, [worker], {"is_sound": True}).start()

        assert workers.take() is worker
        workers.give_back(worker, is_sound=True)


def test_a_client_that_leaves_while_it_waits_waits_no_more() -> None:
    with pool() as workers:
        worker = workers.take()
        with pytest.raises(ClientLeft):
            workers.take(has_left=lambda: True)
        workers.give_back(worker, is_sound=True)


def test_a_client_that_leaves_while_its_query_runs_hears_no_more() -> None:
    with pool() as workers:
        worker = workers.take(has_left=lambda: True)
        worker.allow(60)
        with pytest.raises(ClientLeft):
            worker.hear()
        workers.give_back(worker, is_sound=False)


def test_a_process_that_cannot_be_started_costs_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with pool() as workers:
        with monkeypatch.context() as broken:
            broken.setattr("sys.executable", "/nowhere/python")
            for _ in range(3):
                with pytest.raises(DatasetUnavailable, match="No process"):
                    workers.take()

        workers.give_back(workers.take(), is_sound=True)


def test_who_has_less_patience_than_the_pool_waits_no_longer() -> None:
    with pool() as workers:
        worker = workers.take()
        begin = time.monotonic()
        with pytest.raises(QueryLimitExceeded):
            workers.take(patience=0.1)
        workers.give_back(worker, is_sound=True)

    assert time.monotonic() - begin < LIMITS.waiting_seconds


def test_a_pool_that_is_closed_lends_none_and_ends_what_comes_back() -> None:
    with pool() as workers:
        worker = workers.take()
        workers.close()
        with pytest.raises(DatasetUnavailable):
            workers.take()
        workers.give_back(worker, is_sound=True)

    assert not worker.is_alive


def test_a_client_may_run_only_so_many_queries_at_once() -> None:
    clients = Clients(2)
    leave = clients.enter("a")
    clients.enter("a")
    clients.enter("b")

    with pytest.raises(TooManyQueries):
        clients.enter("a")
    leave()

    clients.enter("a")


def test_queries_of_nobody_are_not_counted() -> None:
    clients = Clients(0)

    clients.enter("")()
