import json
import multiprocessing
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pqlod.errors import (
    ClientLeft,
    DatasetError,
    DatasetUnavailable,
    QueryLimitExceeded,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
    TooManyQueries,
)
from pqlod.store.query_log import OFF, STDERR, QueryLog, QueryRecord, outcome_of

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def record(seconds: float = 0.1, text: str = "ASK {}") -> QueryRecord:
    return QueryRecord(BEGIN, seconds, 3, 120, "complete", text)


def test_a_query_is_a_line_of_json(tmp_path: Path) -> None:
    file = tmp_path / "log"
    QueryLog(str(file)).write(record())

    assert json.loads(file.read_text()) == {
        "time": "2026-03-01T12:00:00.000+00:00",
        "seconds": 0.1,
        "rows": 3,
        "bytes": 120,
        "outcome": "complete",
        "hash": "819ea91ed5f12b38",
    }


def test_only_a_slow_query_is_logged_with_its_text(tmp_path: Path) -> None:
    file = tmp_path / "log"
    log = QueryLog(str(file), slow_seconds=1)
    log.write(record(0.9))
    log.write(record(1, 'ASK {\n"é" ?p ?o }'))

    quick, slow = map(json.loads, file.read_text().splitlines())
    assert ("query" in quick, slow["query"]) == (False, 'ASK {\n"é" ?p ?o }')


def test_the_same_text_has_the_same_hash_and_another_has_another() -> None:
    hashes = [record(text=text).members()["hash"] for text in ("ASK {}", "ASK {}", "ASK { }")]

    assert hashes[0] == hashes[1] != hashes[2]


def test_a_file_that_was_moved_away_is_begun_again(tmp_path: Path) -> None:
    file = tmp_path / "log"
    log = QueryLog(str(file))
    log.write(record())
    file.rename(tmp_path / "old")
    log.write(record())

    assert len(file.read_text().splitlines()) == 1
    assert not stat.S_IMODE(file.stat().st_mode) & 0o007


def test_lines_of_several_processes_stay_whole(tmp_path: Path) -> None:
    file = tmp_path / "log"
    processes = [multiprocessing.get_context("spawn").Process(target=write_many, args=(str(file),)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert {json.loads(line)["query"] for line in file.read_text().splitlines()} == {"x" * 50_000}


def write_many(file: str) -> None:
    log = QueryLog(file)
    for _ in range(50):
        log.write(record(2, "x" * 50_000))


def test_the_log_goes_to_standard_error_or_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    QueryLog(STDERR).write(record())
    QueryLog(OFF).write(record())

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_file_that_cannot_be_written_stops_no_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    QueryLog(str(tmp_path / "nowhere" / "log")).write(record())

    assert json.loads(capsys.readouterr().err)["error"] == "No such file or directory"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(QueryLimitExceeded("", limit="time"), "time", id="limit"),
        pytest.param(TooManyQueries("", limit="concurrent queries of a client"), "concurrent queries of a client", id="client"),
        pytest.param(QueryTooLarge("", limit="nesting"), "nesting", id="too large"),
        pytest.param(QuerySyntaxError(""), "syntax", id="syntax"),
        pytest.param(QueryRefused(""), "refused", id="refused"),
        pytest.param(ClientLeft(), "left", id="left"),
        pytest.param(DatasetUnavailable(""), "unavailable", id="unavailable"),
        pytest.param(DatasetError(""), "failed", id="failed"),
        pytest.param(KeyError(""), "failed", id="unforeseen"),
    ],
)
def test_an_error_is_told_by_the_limit_that_was_met_or_a_word(error: Exception, outcome: str) -> None:
    assert outcome_of(error) == outcome
