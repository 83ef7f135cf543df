"""The tables of an index of values in an SQLite file: written once, and read column by column."""

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pqlod.errors import StoreError
from pqlod.rdf import NamedNode
from pqlod.store.bitmaps import Slices
from pqlod.store.columns import NO_TEXTS, NO_VALUES, Column, SortedTexts, Step, Steps, Table
from pqlod.store.gathering import DaysBetween, IndexPlan

EMPTY = 0  # in place of a list
LAYOUT = 1  # of the tables below, kept in the file (PRAGMA user_version)
SCHEMA_TEXT = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE lists (id INTEGER PRIMARY KEY, size INTEGER NOT NULL);
CREATE TABLE blocks (list INTEGER, number INTEGER, first TEXT NOT NULL, texts BLOB NOT NULL, PRIMARY KEY (list, number));
CREATE TABLE tables (type TEXT PRIMARY KEY, iris INTEGER NOT NULL, without_values TEXT NOT NULL);
CREATE TABLE columns (type TEXT, path TEXT, terms INTEGER, layers INTEGER, kinds TEXT, ties INTEGER, PRIMARY KEY (type, path));
CREATE TABLE slices (column INTEGER, layer INTEGER, place INTEGER, bits BLOB NOT NULL, PRIMARY KEY (column, layer, place));
"""


class ValueFile:
    """A file that is read, by any number of threads. ``touched`` are the items of which it tells, None for all of a store."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        try:
            self._connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        ((layout,),) = self._rows("PRAGMA user_version")
        if layout != LAYOUT:
            raise StoreError(f"The index of values {path} is of layout {layout}, not {LAYOUT}.")
        about = dict(self._rows("SELECT key, value FROM about"))
        self.plan = _read_plan(json.loads(about["plan"]))
        self.touched = None if about["touched"] == "null" else frozenset[str](json.loads(about["touched"]))
        self.tables = {table.type: table for table in self._tables()}

    def close(self) -> None:
        self._connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):
            self.close()

    def _tables(self) -> Iterator[Table]:
        for type, iris, without_values in self._rows("SELECT type, iris, without_values FROM tables"):
            rows = self._rows("SELECT path, rowid FROM columns WHERE type = ?", type)
            columns: dict[Steps, int | None] = {_read_path(path): column for path, column in rows}
            columns |= dict.fromkeys(map(_read_path, json.loads(without_values)))
            yield Table(NamedNode(type), self._list(iris), frozenset(columns), _Loader(self, columns))

    def column(self, number: int) -> Column:
        ((terms, layers, kinds, has_ties),) = self._rows("SELECT terms, layers, kinds, ties FROM columns WHERE rowid = ?", number)
        slices: list[list[bytes]] = [[] for _ in range(layers)]
        for layer, bits in self._rows("SELECT layer, bits FROM slices WHERE column = ? ORDER BY layer, place", number):
            slices[layer].append(zlib.decompress(bits))
        return Column(self._list(terms), tuple(Slices(tuple(one)) for one in slices), frozenset(kinds), bool(has_ties))

    def _list(self, number: int) -> SortedTexts:
        if number == EMPTY:
            return NO_TEXTS
        ((size,),) = self._rows("SELECT size FROM lists WHERE id = ?", number)
        firsts = [first for (first,) in self._rows("SELECT first FROM blocks WHERE list = ? ORDER BY number", number)]

        def load(block: int) -> Sequence[str]:
            ((texts,),) = self._rows("SELECT texts FROM blocks WHERE list = ? AND number = ?", number, block)
            return _unpacked(texts)

        return SortedTexts(size, firsts, load)

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> StoreError:
        return StoreError(f"The index of values {self._path} cannot be read: {error}.")


class _Loader:
    """Loads the columns of one table."""

    def __init__(self, file: ValueFile, columns: Mapping[Steps, int | None]) -> None:
        self._file, self._columns = file, columns

    def __call__(self, path: Steps) -> Column:
        number = self._columns[path]
        return NO_VALUES if number is None else self._file.column(number)


def write_tables(path: Path, tables: Iterable[Table], plan: IndexPlan, touched: Iterable[str] | None = None) -> None:
    """Writes tables to a file that does not exist yet; ``touched`` are the items that they tell of, None for all."""
    about = {"plan": _written_plan(plan), "touched": None if touched is None else sorted(touched)}
    with _writing(path) as connection:
        connection.executescript(SCHEMA_TEXT)
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
        connection.executemany("INSERT INTO about VALUES (?, ?)", ((key, json.dumps(value)) for key, value in about.items()))
        for table in tables:
            paths = {_written_path(path): path for path in table.paths}
            with_values = sorted(text for text, path in paths.items() if table.column(path) is not NO_VALUES)
            row = (table.type.value, _write_list(connection, table.iris), json.dumps(sorted(paths.keys() - set(with_values))))
            connection.execute("INSERT INTO tables VALUES (?, ?, ?)", row)
            for text in with_values:
                _write_column(connection, table, paths[text])


def _write_column(connection: sqlite3.Connection, table: Table, path: Steps) -> None:
    column = table.column(path)
    row = (table.type.value, _written_path(path), _write_list(connection, column.terms), len(column.layers))
    number = connection.execute(
        "INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?)", (*row, "".join(sorted(column.kinds)), column.has_ties)
    ).lastrowid
    connection.executemany(
        "INSERT INTO slices VALUES (?, ?, ?, ?)",
        (
            (number, layer, place, zlib.compress(bits, 1))
            for layer, slices in enumerate(column.layers)
            for place, bits in enumerate(slices.data)
        ),
    )


def _write_list(connection: sqlite3.Connection, texts: SortedTexts) -> int:
    if not len(texts):
        return EMPTY
    number = connection.execute("INSERT INTO lists (size) VALUES (?)", (len(texts),)).lastrowid
    connection.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?, ?)",
        ((number, place, block[0], _packed(block)) for place, block in enumerate(texts.blocks())),
    )
    return number or 0


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A new file that nobody reads yet, or that is thrown away: it needs no journal."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            yield connection
            connection.commit()
    except sqlite3.Error as error:
        raise StoreError(f"The index of values {path} cannot be written: {error}.") from error


def _packed(texts: Sequence[str]) -> bytes:
    return zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 1)


def _unpacked(data: bytes) -> Sequence[str]:
    return json.loads(zlib.decompress(data))  # type: ignore[no-any-return]


def _written_plan(plan: IndexPlan) -> dict[str, list[str]]:
    days = [" | ".join(map(_written_path, (one.path, one.start, one.end))) for one in plan.days]
    return {"types": [type.value for type in plan.types], "paths": [_written_path(path) for path in plan.paths], "days": days}


def _read_plan(plan: dict[str, list[str]]) -> IndexPlan:
    days = (DaysBetween(*map(_read_path, text.split(" | "))) for text in plan.get("days", ()))
    return IndexPlan(tuple(map(NamedNode, plan["types"])), tuple(map(_read_path, plan["paths"])), tuple(days))


def _written_path(path: Steps) -> str:
    return " ".join(f"{'^' if is_inverse else ''}{property.value}" for property, is_inverse in path)


def _read_path(text: str) -> Steps:
    return tuple(map(_read_step, text.split(" ")))


def _read_step(text: str) -> Step:
    return NamedNode(text.removeprefix("^")), text.startswith("^")
