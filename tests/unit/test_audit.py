"""The audit log: lines of JSON, whole whoever else writes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pqlod.audit import AuditLog, Entry
from pqlod.errors import ConfigurationError

ENTRY = Entry("loader", "update", None, 41, 0.0421, "changed", 7)


def test_an_entry_is_a_line_with_the_time_and_what_is_known(tmp_path: Path) -> None:
    AuditLog(tmp_path / "log").write(ENTRY)

    (line,) = (tmp_path / "log").read_text().splitlines()
    told = json.loads(line)
    assert abs(datetime.fromisoformat(told.pop("time")) - datetime.now(UTC)) < timedelta(minutes=1)
    assert told == {
        "token": "loader", "operation": "update", "bytes": 41, "seconds": 0.0421, "outcome": "changed", "generation": 7,
    }  # fmt: skip


def test_lines_of_several_writers_stay_whole(tmp_path: Path) -> None:
    entry = Entry("loader", "put", "urn:graph", 1, 0.1, "SourceError", detail="wrong " * 500)
    with ThreadPoolExecutor(4) as pool:
        for log in (AuditLog(tmp_path / "log") for _ in range(4)):
            pool.submit(lambda log: [log.write(entry) for _ in range(25)], log)

    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 100
    assert {json.loads(line)["detail"] for line in lines} == {entry.detail}


def test_an_entry_that_cannot_be_written_is_in_the_servers_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = AuditLog(tmp_path / "none" / "log")

    log.write(ENTRY)

    assert "No such file" in caplog.text
    assert '"generation": 7' in caplog.text
    with pytest.raises(ConfigurationError, match="cannot be written"):
        log.check()


def test_a_log_that_was_moved_away_is_begun_again(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "log")
    log.write(ENTRY)
    (tmp_path / "log").rename(tmp_path / "log.1")

    log.write(ENTRY)

    assert len((tmp_path / "log").read_text().splitlines()) == 1
