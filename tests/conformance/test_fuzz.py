"""Requests of the fuzzer, sent to a running server: none makes it fail, or keeps it longer than its limit."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from fuzz import faults, fuzzer, report, send_all

from pqlod.loading import load

Serve = Callable[..., AbstractContextManager[Any]]


def assert_withstands(serve: Serve, store: Path, *, requests: int, seed: int, limit: float) -> None:
    with serve("--store", str(store), query_seconds=str(limit), query_log="off") as served:
        outcomes = send_all(served.root, fuzzer(seed).requests(requests), limit=limit)
    print(report(outcomes))

    assert list(map(str, faults(outcomes, limit))) == []


def test_a_thousand_requests_bring_no_failure_and_no_late_answer(serve: Serve, sample: Path) -> None:
    assert_withstands(serve, sample, requests=1000, seed=1, limit=1)


@pytest.mark.full
def test_twenty_thousand_requests_over_the_real_data_neither(serve: Serve, shared: Path, tmp_path: Path) -> None:
    load(sorted((shared / "data/real").glob("*.*s*")), tmp_path / "store")

    assert_withstands(serve, tmp_path / "store", requests=20_000, seed=2, limit=2)
