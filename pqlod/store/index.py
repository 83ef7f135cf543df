"""The index of words beside a store: from a search expression to items, ranked (SQLite's FTS5).

It is derived from a store and can always be made again from it. It is a base, of all items, and where the store has
changed since a small overlay: the items that changed, as they are now, which hide what the base tells of them. Items are
numbered by date, so that the highest numbers are the newest. FTS5 keeps the words without the texts (contentless).
"""

import math
import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import Store

from pqlod.errors import BadParameter, StoreError
from pqlod.rdf import NamedNode, Resource
from pqlod.store.dataset import Match, Matches
from pqlod.store.deadline import NEVER, Deadline
from pqlod.store.expressions import All, Any, Expression, Letters, fts5_text, has_letters, parse_expression
from pqlod.store.texts import StoreTexts

NAMES_WEIGHT, TEXTS_WEIGHT = 3.0, 1.0
MOST_RANKED = 10_000  # words cost what they match: some 5 ms for a thousand items, until these are a page
MOST_SECONDS = 5.0  # for one search
LEAST_WEIGHT = 1e-6  # of a word that most items have, as FTS5 has it

# Kept in the file (PRAGMA user_version): what was indexed, and by which layout of the tables.
BY_FIELDS, BY_ALL_TEXTS = 1, 2
SCHEMA_TEXT = """
CREATE TABLE items (id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE words USING fts5 (names, texts, content = '', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE letters USING fts5 (names, content = '', tokenize = 'trigram');
"""
OVERLAY_TEXT = "CREATE TABLE touched (iri TEXT PRIMARY KEY) WITHOUT ROWID;"
# What is told of the items of the base that the overlay tells of too.
HIDING_TEXT = """
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE hidden (id INTEGER PRIMARY KEY);
"""
# Texts come in the order of the store; FTS5 wants the words of an item together, and items by number.
SCRATCH_TEXT = """
CREATE TEMP TABLE found (iri TEXT, is_name INTEGER, text TEXT);
CREATE TEMP TABLE dated (iri TEXT PRIMARY KEY, date TEXT) WITHOUT ROWID;
CREATE TEMP TABLE parts (iri TEXT PRIMARY KEY) WITHOUT ROWID;
"""
INSERTIONS = (
    """
    INSERT INTO items SELECT row_number() OVER (ORDER BY coalesce(date, ''), iri), iri
    FROM (SELECT DISTINCT iri FROM found WHERE iri NOT IN parts) LEFT JOIN dated USING (iri)
    """,
    """
    INSERT INTO words (rowid, names, texts) SELECT id,
        group_concat(CASE WHEN is_name THEN text END, char(10)), group_concat(CASE WHEN NOT is_name THEN text END, char(10))
    FROM found JOIN items USING (iri) GROUP BY id ORDER BY id
    """,
    """
    INSERT INTO letters (rowid, names) SELECT id, group_concat(text, char(10))
    FROM found JOIN items USING (iri) WHERE is_name GROUP BY id ORDER BY id
    """,
)


class WordIndex:
    """An index that is searched, by any number of threads."""

    def __init__(
        self, path: Path, overlay: Path | None = None, most_ranked: int = MOST_RANKED, most_seconds: float = MOST_SECONDS
    ) -> None:
        self._path, self._overlay, self._most_ranked, self._most_seconds = path, overlay, most_ranked, most_seconds
        self._idle: list[sqlite3.Connection] = []

    @classmethod
    def of_store(cls, store: Store) -> "WordIndex":
        """An index of a store that has none beside it; its file is removed with it."""
        folder = temporary_folder()
        build_index(store, folder / "words.sqlite")
        index = cls(folder / "words.sqlite")
        remove_with(index, folder)
        return index

    def search(self, expression: str, deadline: Deadline = NEVER) -> Matches:
        """The items that match, best first; of more than ``most_ranked`` only the newest, and what changed since the base.

        Raises BadParameter for an expression that is not understood, QueryLimitExceeded for one that takes too long,
        and StoreError if the index cannot be read.
        """
        parsed = parse_expression(expression)
        if parsed is None:
            return Matches()
        advice = "Ask for rarer or fewer words."
        with self._connection() as connection, deadline.within(self._most_seconds).interrupting(connection, advice):
            schemas = ("later", "main") if self._overlay else ("main",)
            _check_letters(connection, schemas, parsed, expression)
            is_ranked = isinstance(parsed, Letters) or not has_letters(parsed)
            find = _ranked if is_ranked else _newest
            found = [find(connection, schema, parsed, self._most_ranked) for schema in schemas]
            if not self._overlay:
                return found[0]
            later, base = found
            later = _weighed_anew(connection, later, base) if is_ranked else later
            in_order = sorted((*later, *base), key=lambda match: -match.score)
            return Matches(in_order, later.is_partial or base.is_partial)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        self.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop() if self._idle else _open(self._path, self._overlay)
            try:
                yield connection
            finally:
                self._idle.append(connection)
        except sqlite3.Error as error:
            raise StoreError(f"The index of words {self._path} cannot be read: {error}.") from error


def temporary_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="pqlod-"))


def remove_with(owner: object, folder: Path) -> None:
    """Removes a folder when its owner is no more, at the latest when this process ends."""
    weakref.finalize(owner, _remove, folder, os.getpid())


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:  # a process that was forked leaves it
        shutil.rmtree(folder, ignore_errors=True)


def build_index(store: Store, path: Path) -> None:
    """Makes the index of a store, in a file that does not exist yet. What must be sorted goes to temporary files of SQLite's."""
    texts = StoreTexts(store)
    with _writing(path) as connection:
        connection.executescript(SCHEMA_TEXT)
        connection.execute(f"PRAGMA user_version = {_kind(texts)}")
        _insert(connection, texts.texts(), texts.dates(), texts.parts())
        connection.execute("INSERT INTO words (words) VALUES ('optimize')")


def build_words_overlay(store: Store, path: Path, changed: Iterable[Resource]) -> None:
    """Makes what a store tells otherwise than its previous state, given which items (or parts of items) changed."""
    texts = StoreTexts(store)
    items = texts.touched(changed)
    with _writing(path) as connection:
        connection.executescript(SCHEMA_TEXT + OVERLAY_TEXT)
        connection.executemany("INSERT INTO touched VALUES (?)", ((item.value,) for item in items))
        _insert(connection, texts.texts(items), texts.dates(items), ())


def can_be_overlaid(base: Path, store: Store) -> bool:
    """Is there a sound base, of texts of the kind that the store has?"""
    try:
        with closing(_open(base)) as connection:
            (kind,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error:  # missing or damaged
        return False
    return bool(kind == _kind(StoreTexts(store)))


def _open(path: Path, overlay: Path | None = None) -> sqlite3.Connection:
    connection = sqlite3.connect(_read_only(path), uri=True, check_same_thread=False)
    connection.executescript(HIDING_TEXT)
    if overlay:
        connection.execute("ATTACH ? AS later", (_read_only(overlay),))
        connection.execute("INSERT INTO hidden SELECT id FROM later.touched CROSS JOIN main.items USING (iri)")
        connection.commit()
    return connection


def _read_only(path: Path) -> str:
    return f"file:{quote(str(path))}?mode=ro&immutable=1"


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A new file that nobody reads yet, or that is thrown away: it needs no journal."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;")
            yield connection
            connection.commit()
    except sqlite3.Error as error:
        raise StoreError(f"The index of words {path} cannot be written: {error}.") from error


def _kind(texts: StoreTexts) -> int:
    return BY_FIELDS if texts.by_fields else BY_ALL_TEXTS


def _check_letters(connection: sqlite3.Connection, schemas: Iterable[str], parsed: Expression, expression: str) -> None:
    names = (connection.execute(f"SELECT 1 FROM {schema}.letters_docsize LIMIT 1").fetchone() for schema in schemas)
    if has_letters(parsed) and not any(names):
        problem = "A word that begins with * is looked for in names and headings only, and there are none here."
        raise BadParameter(problem, parameter="_search", value=expression)


def _ranked(connection: sqlite3.Connection, schema: str, parsed: Expression, most: int) -> Matches:
    table = "letters" if isinstance(parsed, Letters) else "words"
    matching = f"FROM {schema}.{table} WHERE {table} MATCH ? {_SEEN[schema]}"
    text = fts5_text(parsed)
    beyond = connection.execute(f"SELECT rowid {matching} ORDER BY rowid DESC LIMIT 1 OFFSET ?", (text, most)).fetchone()
    rows = connection.execute(
        f"SELECT iri, score FROM (SELECT rowid AS id, -bm25({table}, {NAMES_WEIGHT}, {TEXTS_WEIGHT}) AS score"
        f" {matching} AND rowid > ?) JOIN {schema}.items USING (id) ORDER BY score DESC, id DESC",
        (text, beyond[0] if beyond else 0),
    )
    return Matches((Match(NamedNode(iri), score) for iri, score in rows), is_partial=beyond is not None)


def _newest(connection: sqlite3.Connection, schema: str, parsed: Expression, most: int) -> Matches:
    """Words and letters are in two tables, which FTS5 cannot rank together: the newest come first."""
    selection, texts = _rows(schema, parsed)
    rows = connection.execute(
        f"SELECT iri FROM {schema}.items WHERE id IN (SELECT rowid FROM ({selection})) {_SEEN[schema]} ORDER BY id DESC LIMIT ?",
        (*texts, most + 1),
    ).fetchall()
    return Matches((Match(NamedNode(iri), 1.0) for (iri,) in rows[:most]), is_partial=len(rows) > most)


_SEEN = {"main": "AND rowid NOT IN hidden", "later": ""}


def _rows(schema: str, expression: Expression) -> tuple[str, list[str]]:
    """A SELECT of the rowids that match, with the texts for its place-holders."""
    if not has_letters(expression) or isinstance(expression, Letters):
        table = "letters" if isinstance(expression, Letters) else "words"
        return f"SELECT rowid FROM {schema}.{table} WHERE {table} MATCH ?", [fts5_text(expression)]
    parts: list[tuple[str, Expression]] = []
    if isinstance(expression, Any):
        parts = [("UNION", option) for option in expression.options]
    elif isinstance(expression, All):
        parts = [*(("INTERSECT", part) for part in expression.wanted), *(("EXCEPT", part) for part in expression.unwanted)]
    selections = [(operator, *_rows(schema, part)) for operator, part in parts]
    text = " ".join(f"{operator} SELECT rowid FROM ({selection})" for operator, selection, _ in selections)
    return text.partition(" ")[2], [text for _, _, texts in selections for text in texts]


def _weighed_anew(connection: sqlite3.Connection, later: Matches, base: Matches) -> Matches:
    """What the overlay has, with the scores that it would have in the base, but for expressions of several words nearly.

    A word weighs the more the fewer items have it, and these are others in the overlay.
    """
    if not later or not base:
        return later
    factor = _weight(connection, "main", len(base)) / _weight(connection, "later", len(later))
    best = base[0].score
    return Matches((Match(match.item, min(match.score * factor, best)) for match in later), later.is_partial)


def _weight(connection: sqlite3.Connection, schema: str, matching: int) -> float:
    """That of a word that so many items have (https://sqlite.org/fts5.html, section 5.1.1)."""
    (items,) = connection.execute(f"SELECT count(*) FROM {schema}.words_docsize").fetchone()
    return max(math.log((items - matching + 0.5) / (matching + 0.5)), LEAST_WEIGHT)


def _insert(
    connection: sqlite3.Connection,
    texts: Iterable[tuple[str, bool, str]],
    dates: Iterable[tuple[str, str]],
    parts: Iterable[str],
) -> None:
    """Numbers the items that have texts, and takes their words in."""
    connection.executescript(SCRATCH_TEXT)
    connection.executemany("INSERT INTO found VALUES (?, ?, ?)", texts)
    connection.executemany("INSERT INTO dated VALUES (?, ?) ON CONFLICT DO UPDATE SET date = max(date, excluded.date)", dates)
    connection.executemany("INSERT OR IGNORE INTO parts VALUES (?)", ((part,) for part in parts))
    for statement in INSERTIONS:
        connection.execute(statement)
