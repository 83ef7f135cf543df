"""How far a harvest has come, in an SQLite file beside what it keeps: a step is written when it is done, whole or not at all."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import TracebackType

from pqlod.errors import HarvestError
from pqlod.harvest.requests import Request

NAME = ".journal.sqlite"  # hidden, so that the folder can be loaded as it is
TABLES = """
    CREATE TABLE IF NOT EXISTS runs (
        id INTEGER PRIMARY KEY, begun TEXT NOT NULL, ask TEXT NOT NULL,
        kept INTEGER NOT NULL DEFAULT 0, loaded INTEGER NOT NULL DEFAULT 0, is_over INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS pending (id INTEGER PRIMARY KEY, request TEXT NOT NULL, is_aside INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS payloads (
        url TEXT PRIMARY KEY, run INTEGER NOT NULL, number INTEGER NOT NULL,
        digest TEXT NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL, basis TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS marks (api TEXT PRIMARY KEY, day TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Run:
    """One harvest: when it began, what was asked, how many payloads of it are kept and how many of these are loaded."""

    id: int
    begun: date
    ask: str
    kept: int
    loaded: int


@dataclass(frozen=True)
class Payload:
    """The last payload that came of an address: where it is kept, and how it is known again."""

    url: str
    run: int
    number: int
    digest: str
    etag: str = ""
    modified: str = ""
    basis: str = ""


class Journal:
    """The journal of the harvests in a folder, which one process at a time may write; HarvestError if another one does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._told():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(folder / NAME, timeout=0.5)
            try:
                self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
                with self._file:
                    self._file.executescript(f"BEGIN EXCLUSIVE; {TABLES} COMMIT;")
            except BaseException:
                self._file.close()
                raise

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    # --- runs ---

    def run(self) -> Run | None:
        """The harvest that is not over yet, if there is one."""
        row = self._file.execute("SELECT id, begun, ask, kept, loaded FROM runs WHERE NOT is_over").fetchone()
        return None if row is None else Run(row[0], date.fromisoformat(row[1]), *row[2:])

    def begin(self, begun: date, ask: str, requests: Iterable[Request], at_least: int = 1) -> Run:
        """Begins a harvest: of this, and then of what earlier ones had to put aside. ``at_least`` is the lowest number for it."""
        with self._step():
            self._file.execute("UPDATE pending SET is_aside = 0")
            self._push(requests)
            self._file.execute(
                "INSERT INTO runs (id, begun, ask) SELECT max(?, coalesce(max(id), 0) + 1), ?, ? FROM runs",
                (at_least, begun.isoformat(), ask),
            )
        run = self.run()
        assert run is not None  # it is the one that was just written
        return run

    def loaded(self, number: int) -> None:
        """Notes that the payloads up to this number are in the store."""
        with self._step():
            self._file.execute("UPDATE runs SET loaded = ? WHERE NOT is_over", (number,))

    def finish(self, marks: dict[str, date]) -> None:
        """Ends the harvest, and notes for each service until when it is known what has changed."""
        with self._step():
            self._file.execute("UPDATE runs SET is_over = 1")
            rows = [(api, day.isoformat()) for api, day in marks.items()]
            self._file.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", rows)

    def abandon(self) -> None:
        """Ends the harvest with what it has left to do undone."""
        with self._step():
            self._file.execute("DELETE FROM pending WHERE NOT is_aside")
            self._file.execute("UPDATE runs SET is_over = 1")

    def mark(self, api: str) -> date | None:
        """The day until which it is known what changed at a service."""
        row = self._file.execute("SELECT day FROM marks WHERE api = ?", (api,)).fetchone()
        return None if row is None else date.fromisoformat(row[0])

    # --- requests ---

    def next(self) -> Request | None:
        """What is to be asked next."""
        row = self._file.execute("SELECT request FROM pending WHERE NOT is_aside ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else Request(**json.loads(row[0]))

    def done(self, following: Iterable[Request] = (), payload: Payload | None = None, *, is_new: bool = False) -> None:
        """Replaces the next request by those that follow it, and notes the payload that came of it, if it is a new one."""
        with self._step():
            self._pop()
            self._push(following)
            if payload is not None:
                row = tuple(asdict(payload).values())
                self._file.execute("INSERT OR REPLACE INTO payloads VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if payload is not None and is_new:
                self._file.execute("UPDATE runs SET kept = ? WHERE NOT is_over", (payload.number,))

    def put_aside(self) -> None:
        """Leaves the next request to a later harvest."""
        with self._step():
            self._file.execute("UPDATE pending SET is_aside = 1 WHERE id = (SELECT max(id) FROM pending WHERE NOT is_aside)")

    def count_aside(self) -> int:
        return int(self._file.execute("SELECT count(*) FROM pending WHERE is_aside").fetchone()[0])

    def payload(self, url: str) -> Payload | None:
        """The last payload of an address."""
        row = self._file.execute("SELECT * FROM payloads WHERE url = ?", (url,)).fetchone()
        return None if row is None else Payload(*row)

    def _pop(self) -> None:
        self._file.execute("DELETE FROM pending WHERE id = (SELECT max(id) FROM pending WHERE NOT is_aside)")

    def _push(self, requests: Iterable[Request]) -> None:
        rows = [(json.dumps(asdict(request)),) for request in reversed(tuple(requests))]
        self._file.executemany("INSERT INTO pending (request) VALUES (?)", rows)

    @contextmanager
    def _step(self) -> Iterator[None]:
        with self._told(), self._file:
            yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if "locked" in str(error):
                raise HarvestError(f"Another harvest is at work in {self.folder}.") from error
            raise HarvestError(f"The journal {self.folder / NAME} cannot be written: {error}.") from error
        except OSError as error:
            raise HarvestError(f"The folder {self.folder} cannot be written: {error.strerror or error}.") from error
