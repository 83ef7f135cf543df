"""A store on disk as readers and writers see it: immutable generations, of which one is current.

    FORMAT                     which layout this is
    LOCK                       held by the process that writes, and tells its number
    primary/7f3a…/             the writer's own RocksDB, under a name that is never used again
    PRIMARY                    the generation that it equals, and its name; not there while it is being changed
    generations/000042/store/  an immutable copy (RocksDB's files are hard links)
    generations/000042/words.sqlite, values.sqlite   the indexes of this generation, or of an earlier one
    generations/000042/words-overlay.sqlite, changed.json    what changed since that of words
    generations/000042/overlay.sqlite, changed-values.json    what changed since that of values
    generations/000042/generation.json
    CURRENT                    the number that readers serve

A write locks, changes primary/, copies it to the next generation, and switches CURRENT by one rename. A process that is
killed at any moment leaves readers on a complete generation, and the next writer begins again from that one.
"""

import fcntl
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import IO

from pyoxigraph import Store

from pqlod.errors import StoreError
from pqlod.rdf import Resource
from pqlod.store.beside import is_large, words_made
from pqlod.store.disk import TEMPORARY, is_of_the_disk, store_error, sync, sync_tree, told, write_whole
from pqlod.store.embedded import EmbeddedDataset, Evaluator
from pqlod.store.gathering import IndexPlan
from pqlod.store.indexing import GenerationValues, GenerationWords

FORMAT = 1
KEPT = 3  # generations, the current one included
GRACE = 30.0  # seconds for which any other is kept as well: a query may have waited, and then run, for some time
ABOUT = "generation.json"


class GenerationGone(StoreError):
    """A generation that is no longer kept; ``number`` is its number, ``kept`` are those that are there."""

    def __init__(self, number: int, kept: tuple[int, ...]) -> None:
        self.number, self.kept = number, kept
        super().__init__(f"Generation {number} is not kept. Kept are: {', '.join(map(str, kept)) or 'none'}.")


class Writing:
    """What a writer has in hand until its generation is published: the primary store, to be changed at will."""

    def __init__(self, store: Store, place: Path, number: int, indexes_later: bool = False) -> None:
        self.store, self.place, self.number, self.indexes_later = store, place, number, indexes_later
        self.origin = ""  # where the generation is from, if not from what it holds
        self.changed_items: set[Resource] | None = None  # None: not told, anything may have changed
        self.plan: IndexPlan | None = None  # what the index of values is to be made of from now on, if that changes
        self.is_unchanged = self.is_discarded = False

    @property
    def is_empty(self) -> bool:
        """Is there nothing in the store yet?"""
        return not self.store

    def changed(self, items: Iterable[Resource]) -> None:
        """Tells which items changed, so that only they are indexed again. Whoever tells must tell all."""
        self.changed_items = (self.changed_items or set()) | set(items)

    def unchanged(self) -> None:
        """Tells that nothing was written: no generation is made, and primary stays as it is."""
        self.is_unchanged = True

    def discard(self) -> None:
        """Throws away what was written, as an exception would."""
        self.is_discarded = True


class Generations:
    """The generations of one store folder, for readers and for the writer.

    Nothing is opened before it is asked for, so that a server may fork first. ``plan`` gives what an
    index of values is made of in a store that has none yet. ``checkpoint`` is called with the name of each step of a
    write when it is done.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sandbox: Evaluator | None = None,
        plan: Callable[[], IndexPlan] | None = None,
        kept: int = KEPT,
        grace: float = GRACE,
        checkpoint: Callable[[str], None] = lambda step: None,
    ) -> None:
        self.folder, self._plan = folder, plan
        self._sandbox, self._kept, self._grace, self._checkpoint = sandbox, kept, grace, checkpoint
        self._lock = threading.Lock()
        self._datasets: dict[int, EmbeddedDataset] = {}
        self._loaded: dict[int, datetime] = {}
        self._current: tuple[tuple[int, int], int] | None = None  # what CURRENT is, by its stat, and the number in it

    # --- reading ---

    @property
    def exists(self) -> bool:
        """Is there a store in the folder, be it of this version or not, with or without data?"""
        return os.path.isfile(self.folder / "FORMAT")  # unlike Path.is_file, False also where nothing may be read

    def current(self) -> int:
        """The number that readers serve; StoreError if there is no store, no data in it, or it cannot be read."""
        try:
            status = (self.folder / "CURRENT").stat()
            mark = (status.st_ino, status.st_mtime_ns)
            known = self._current
            if known is not None and known[0] == mark:
                return known[1]
            self._check_format()
            number = self._read_current()
            if known is not None and number <= known[1]:
                self._forget()  # another store stands in the folder
            self._current = mark, number
            return number
        except FileNotFoundError:
            self._check_format()
            raise StoreError(f"The store {self.folder} holds no data yet; load some with: pqlod load FILE… --store DIR") from None
        except (OSError, ValueError) as error:
            raise store_error(self.folder, error) from error

    def _read_current(self) -> int:
        text = (self.folder / "CURRENT").read_text("ascii").strip()
        if not text.isdecimal():
            raise StoreError(f"The store {self.folder} is damaged: its file CURRENT says {text!r}.")
        return int(text)

    def numbers(self) -> tuple[int, ...]:
        """The generations that are kept, the oldest first; the last one is the current one."""
        current = self.current()
        return tuple(number for number in self._on_disk() if number <= current)

    def path(self, number: int) -> Path:
        """The folder of a generation's RocksDB, for whoever opens it read-only."""
        return self._generation(number) / "store"

    @property
    def last_loaded(self) -> datetime:
        """When the current generation was made."""
        return self.loaded(self.current())

    def loaded(self, number: int) -> datetime:
        """When a generation was made."""
        if number not in self._loaded:
            self._loaded[number] = self.about(number)[0]
        return self._loaded[number]

    def about(self, number: int) -> tuple[datetime, str]:
        """When a generation was made, and where it is from: "" for one that a load or a client has written."""
        try:
            about = json.loads((self._generation(number) / ABOUT).read_text("utf-8"))
            return datetime.fromisoformat(about["loaded"]), about.get("origin", "")
        except (OSError, ValueError, KeyError) as error:
            raise store_error(self.folder, error) from error

    def dataset(self, number: int | None = None) -> EmbeddedDataset:
        """The dataset of a generation, without a number the current one; GenerationGone if it is not kept.

        Datasets are kept open as long as their generations are there, and as long as anybody uses them.
        """
        current = self.current()
        wanted = current if number is None else number
        with self._lock:
            if current not in self._datasets:
                kept = self.numbers()[-self._kept :]
                self._datasets = {known: dataset for known, dataset in self._datasets.items() if known in kept}
                self._loaded = {known: loaded for known, loaded in self._loaded.items() if known in kept}
            if wanted not in self._datasets:
                if wanted not in self.numbers():
                    raise GenerationGone(wanted, self.numbers())
                self._datasets[wanted] = self._open(wanted)
            return self._datasets[wanted]

    def open_version(self, number: int | None = None) -> str:
        """The version of a generation's dataset, without a number the current one's, if that is open; else ""."""
        current, datasets = self.current(), self._datasets
        dataset = datasets.get(current if number is None else number) if current in datasets else None
        return dataset.version if dataset else ""

    def _forget(self) -> None:
        self._datasets, self._loaded = {}, {}

    def _open(self, number: int) -> EmbeddedDataset:
        with told(self.folder):
            store = Store.read_only(str(self.path(number)))
        folder = self._generation(number)
        words, values = GenerationWords(folder), GenerationValues(folder)
        # The time is that of making: numbers begin again where a store was removed and loaded anew.
        version = f"{number}-{self.loaded(number).timestamp():.6f}"
        return EmbeddedDataset(store, version, self._sandbox, words.open, self.path(number), values.open, number)

    # --- writing ---

    def create(self) -> None:
        """Makes the folder a store without data, if it is not one yet; StoreError if it holds something else."""
        if self.exists:
            self._check_format()
            return
        with told(self.folder, "cannot be made"):
            self.folder.mkdir(parents=True, exist_ok=True)
            if others := sorted(path.name for path in self.folder.iterdir() if path.name not in ("LOCK", "FORMAT.tmp")):
                raise StoreError(f"{self.folder} is not a store of pqlod, and is not empty: it holds {', '.join(others[:3])}.")
            write_whole(self.folder / "FORMAT", f"pqlod store {FORMAT}\n")

    @contextmanager
    def writing(self, *, patience: float = 0.0, indexes_later: bool = False) -> Iterator[Writing]:
        """A write, alone on this store: on leaving, the next generation is published.

        On an exception everything is thrown away. StoreError if another process writes, for longer than the patience in
        seconds, or the disk refuses. ``indexes_later`` leaves the index of words to the first search of the generation,
        which makes a small write quick.
        """
        self.create()
        with self._locked(patience):
            with told(self.folder):
                self._sweep()
            number = self._number_or_zero()
            writing = Writing(*self._open_primary(number), number + 1, indexes_later)
            try:
                self._checkpoint("opened")
                yield writing
                self._checkpoint("changed")
                self._finish(writing, number)
            except BaseException as error:
                self._throw_away(writing)
                if isinstance(error, OSError | RuntimeError) and is_of_the_disk(error):
                    raise store_error(self.folder, error) from error
                raise

    @contextmanager
    def adding(self, origin: str) -> Iterator[Path]:
        """A folder to be filled with a generation that was made before: on leaving, it is published as the next one.

        ``origin`` tells where it is from. On an exception nothing of it stays. Raises StoreError as ``writing`` does.
        """
        self.create()
        with self._locked(0.0):
            with told(self.folder):
                self._sweep()
                temporary = self._generation(self._number_or_zero() + 1).with_suffix(TEMPORARY)
                temporary.mkdir()
            try:
                yield temporary
                with told(self.folder):
                    self._switch(temporary, origin)  # primary is no longer like it: the next writer makes it again
                    self._prune()
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def _finish(self, writing: Writing, number: int) -> None:
        if writing.is_discarded:
            self._throw_away(writing)
        elif writing.is_unchanged:
            del writing.store
            self._mark(writing.place, number)
        else:
            with told(self.folder):
                self._publish(writing, number)

    def _publish(self, writing: Writing, number: int) -> None:
        temporary = self._generation(writing.number).with_suffix(TEMPORARY)
        temporary.mkdir()
        writing.store.flush()
        writing.store.backup(str(temporary / "store"))
        self._checkpoint("copied")
        self._index(writing, self._generation(number), temporary)
        self._switch(temporary, writing.origin)
        del writing.store
        self._mark(writing.place, writing.number)
        self._checkpoint("marked")
        self._prune()

    def _switch(self, temporary: Path, origin: str) -> None:
        """Makes a folder that holds the next generation that, and the current one."""
        _write_about(temporary, origin)
        sync_tree(temporary)
        self._checkpoint("indexed")
        temporary.rename(temporary.with_suffix(""))
        sync(temporary.parent)
        self._checkpoint("renamed")
        write_whole(self.folder / "CURRENT", f"{int(temporary.stem)}\n")
        self._checkpoint("switched")

    def _index(self, writing: Writing, previous: Path, folder: Path) -> None:
        words, values, former = GenerationWords(folder), GenerationValues(folder), GenerationValues(previous)
        words.follow(GenerationWords(previous), writing.changed_items)
        with ExitStack() as beside:
            if not writing.indexes_later and not words.is_followed and is_large(folder / "store"):
                beside.enter_context(words_made(folder))
            elif not writing.indexes_later:
                words.complete(writing.store)
            self._index_values(writing, values, former)

    def _index_values(self, writing: Writing, values: GenerationValues, former: GenerationValues) -> None:
        if writing.plan is None:
            values.follow(former, writing.changed_items)
        if values.is_followed:
            if not writing.indexes_later:
                values.complete(writing.store)
        elif plan := writing.plan or former.plan or (self._plan() if self._plan else None):
            values.build(writing.store, plan)

    def _open_primary(self, number: int) -> tuple[Store, Path]:
        """The writer's store, equal to the current generation, and its folder; made from it again if it was left otherwise."""
        with told(self.folder):
            opened = self._kept_primary(number) or self._new_primary(number)
            (self.folder / "PRIMARY").unlink(missing_ok=True)
            sync(self.folder)
            return opened

    def _kept_primary(self, number: int) -> tuple[Store, Path] | None:
        """The one that the last writer left, if it can be opened: it may be damaged, or somebody may hold it still."""
        try:
            left, name = (self.folder / "PRIMARY").read_text("ascii").split()
            place = self.folder / "primary" / name
            return (_open_for_writing(place), place) if left == str(number) and place.is_dir() else None
        except (OSError, RuntimeError, ValueError):
            return None  # nothing is lost: the generation holds all that was in it

    def _new_primary(self, number: int) -> tuple[Store, Path]:
        """Made from the generation, under a name that no other had.

        RocksDB, when it closes, deletes all files in its folder that it does not know. A store lives on in the frames of
        the exception that ended its write, when another process may have the lock already.
        """
        folder = self.folder / "primary"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        place = folder / secrets.token_hex(8)
        if number:
            Store.read_only(str(self.path(number))).backup(str(place))
        return Store(str(place)), place

    def _mark(self, place: Path, number: int) -> None:
        write_whole(self.folder / "PRIMARY", f"{number} {place.name}\n")

    def _throw_away(self, writing: Writing) -> None:
        """Frees the store and removes it; without PRIMARY, the next writer makes it again whatever is left of it."""
        if hasattr(writing, "store"):
            del writing.store
        if not (self.folder / "PRIMARY").exists():
            shutil.rmtree(self.folder / "primary", ignore_errors=True)

    def _sweep(self) -> None:
        """Removes what a writer that was killed has left: half a generation, or one that never became current."""
        current = self._number_or_zero()
        (self.folder / "generations").mkdir(exist_ok=True)
        for path in (self.folder / "generations").iterdir():
            if path.suffix == TEMPORARY or (path.name.isdigit() and int(path.name) > current):
                shutil.rmtree(path, ignore_errors=True)

    def _prune(self) -> None:
        numbers = self._on_disk()
        for number, following in islice(pairwise(numbers), max(len(numbers) - self._kept, 0)):
            if time.time() - self._published(following) < self._grace:
                break
            going = self._generation(number).with_suffix(TEMPORARY)
            self._generation(number).rename(going)  # so that half a generation is never seen as a whole one
            shutil.rmtree(going, ignore_errors=True)
        self._checkpoint("pruned")

    def _published(self, number: int) -> float:
        return (self._generation(number) / ABOUT).stat().st_mtime

    @contextmanager
    def _locked(self, patience: float) -> Iterator[None]:
        with told(self.folder):
            lock = (self.folder / "LOCK").open("a+", encoding="ascii")
        with lock:
            if not _take(lock, patience):
                lock.seek(0)
                holder = lock.read().strip()
                by = f" by process {holder}" if holder else ""
                raise StoreError(f"The store {self.folder} is being written{by}; try again when that has finished.")
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield
            lock.truncate(0)

    def _check_format(self) -> None:
        try:
            text = (self.folder / "FORMAT").read_text("ascii")
        except FileNotFoundError:
            what = "is not a store of pqlod" if self.folder.is_dir() else "does not exist"
            raise StoreError(f"{self.folder} {what}; one is made by: pqlod load FILE… --store DIR") from None
        except (OSError, ValueError) as error:
            raise store_error(self.folder, error) from error
        version = text.removeprefix("pqlod store ").strip()
        if not version.isdigit():
            raise StoreError(f"The store {self.folder} is damaged: its file FORMAT says {text.strip()!r}.")
        if int(version) != FORMAT:
            raise StoreError(f"The store {self.folder} is of version {version}; this pqlod reads version {FORMAT}.")

    def _number_or_zero(self) -> int:
        return self.current() if (self.folder / "CURRENT").exists() else 0

    def _on_disk(self) -> list[int]:
        with told(self.folder):
            return sorted(int(path.name) for path in (self.folder / "generations").iterdir() if path.name.isdigit())

    def _generation(self, number: int) -> Path:
        return self.folder / "generations" / f"{number:06}"


def _take(lock: IO[str], patience: float) -> bool:
    """Locks the file, if within the seconds of the patience nobody else holds it."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.005)


def _open_for_writing(place: Path) -> Store:
    """Opens it, less the logs that RocksDB put aside each time that it was opened."""
    for log in place.glob("LOG.old.*"):
        log.unlink(missing_ok=True)
    return Store(str(place))


def _write_about(folder: Path, origin: str) -> None:
    about = {"loaded": datetime.now(UTC).isoformat(), **({"origin": origin} if origin else {})}
    write_whole(folder / ABOUT, json.dumps(about))
