"""The audit log: a line of JSON for every write, of those that failed too."""

import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pqlod.errors import ConfigurationError, Mistake

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One write: whose token it was, what it was, on which graph, how many bytes came, what became of it.

    ``outcome`` is that of the write, or else the kind of its failure, with ``detail``; ``generation`` is the one that
    has it, and None where nothing was changed.
    """

    token: str
    operation: str
    graph: str | None
    bytes: int
    seconds: float
    outcome: str
    generation: int | None = None
    detail: str | None = None


class AuditLog:
    """A file to whose end any number of processes write; it may be moved away at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, entry: Entry) -> None:
        """Appends the entry, with the time. Where that fails, the server's log gets it: what was written is written."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        told = {name: value for name, value in asdict(entry).items() if value is not None}
        line = json.dumps({"time": now, **told}, ensure_ascii=False)
        try:
            self._append(f"{line}\n".encode())
        except OSError as error:
            logger.error("%s cannot be written (%s), which should have got: %s", self._path, error.strerror, line)

    def check(self) -> None:
        """ConfigurationError if the file cannot be written."""
        try:
            self._append(b"")
        except OSError as error:
            raise ConfigurationError([Mistake(str(self._path), "", f"cannot be written: {error.strerror}")]) from error

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)
