"""The query log: a line of JSON for each query of a client, with nothing in it that tells who asked."""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pqlod import errors

OFF, STDERR = "off", "stderr"
COMPLETE, CUT, LEFT = "complete", "cut", "left"

# The outcome of a query that ends in an error without a limit; the first row that fits decides.
OUTCOMES: tuple[tuple[type[BaseException], str], ...] = (
    (errors.ClientLeft, LEFT),
    (errors.QuerySyntaxError, "syntax"),
    (errors.QueryRefused, "refused"),
    (errors.DatasetUnavailable, "unavailable"),
    (errors.ServiceFailed, "service"),
)
FAILED = "failed"


def outcome_of(error: BaseException) -> str:
    """What became of a query that ended in this error: the name of the limit that it met, or a word for it."""
    limit = getattr(error, "limit", "")
    return limit or next((outcome for kind, outcome in OUTCOMES if isinstance(error, kind)), FAILED)


@dataclass(frozen=True)
class QueryRecord:
    """What became of a query: ``seconds`` until its last byte was sent, ``rows`` (or triples) if they are known."""

    begin: datetime
    seconds: float
    rows: int | None
    bytes: int
    outcome: str
    text: str

    def members(self) -> dict[str, Any]:
        """The members of its line, but for its text. The hash tells queries of the same text."""
        return {
            "time": self.begin.astimezone(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(self.seconds, 3),
            "rows": self.rows,
            "bytes": self.bytes,
            "outcome": self.outcome,
            "hash": hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        }


class QueryLog:
    """Writes records to a file, to standard error or nowhere; of queries that took long, with their text.

    A file is opened for each line, so that it may be moved away at any time, and a line is written at once, so that
    several processes may share it.
    """

    def __init__(self, target: str = OFF, slow_seconds: float = 1.0) -> None:
        self._target, self._slow = target, slow_seconds

    def write(self, record: QueryRecord) -> None:
        """Writes the line of a query. A file that cannot be written to is told on standard error, and stops no query."""
        if self._target == OFF:
            return
        line = self._line(record)
        if self._target == STDERR:
            _tell(line)
            return
        try:
            self._append(line)
        except OSError as error:
            _tell(_json({"query log": self._target, "error": error.strerror}))

    def _line(self, record: QueryRecord) -> bytes:
        is_slow = record.seconds >= self._slow
        return _json(record.members() | ({"query": record.text} if is_slow else {}))

    def _append(self, line: bytes) -> None:
        file = os.open(self._target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            while line:
                line = line[os.write(file, line) :]
        finally:
            os.close(file)


def _json(members: Mapping[str, Any]) -> bytes:
    return json.dumps(members).encode() + b"\n"


def _tell(line: bytes) -> None:
    print(line.decode(), end="", file=sys.stderr, flush=True)
