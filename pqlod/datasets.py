"""Opens the dataset that a configuration names: the embedded store, files in memory, or an endpoint elsewhere."""

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pqlod.errors import StoreError
from pqlod.lda.model import Source
from pqlod.store.dataset import Dataset
from pqlod.store.embedded import Evaluator, dataset_from_files
from pqlod.store.generations import Generations
from pqlod.store.remote import RemoteDataset

logger = logging.getLogger(__name__)

EMBEDDED = "urn:pqlod:vocab:store"


@dataclass(frozen=True)
class Opened:
    """A dataset, and when its data was loaded (None where nobody knows)."""

    dataset: Dataset
    loaded: datetime | None = None

    @property
    def generation(self) -> int | None:
        """The generation of the store that it is, where it has such."""
        return self.dataset.generation


class Datasets:
    """The datasets of one process, each opened once and again when its data has changed; shared by threads."""

    def __init__(self, generations: Generations | None, sandbox: Evaluator | None) -> None:
        self._generations, self._sandbox = generations, sandbox
        self._files: dict[tuple[str, ...], tuple[tuple[tuple[int, int], ...], Opened]] = {}
        self._remote: dict[str, Opened] = {}
        self._last: Opened | None = None
        self._problem = ""
        self._lock = threading.Lock()

    def open(self, source: Source, generation: int | None = None) -> Opened:
        """The dataset of a source, of the generation asked for or, where that is gone, the current one.

        Raises StoreError if it is not there, or its files cannot be read.
        """
        if source.files:
            return self._from_files(source.files)
        if source.iri.value == EMBEDDED:
            return self.embedded(generation)
        with self._lock:
            return self._remote.setdefault(source.iri.value, Opened(RemoteDataset(source.iri.value, source.auth_key)))

    def version(self, source: Source, generation: int | None = None) -> str:
        """The version of what ``open`` gives, if that is open already; else "". Nothing is read, and no exception raised."""
        if source.files:
            stamp, opened = self._files.get(source.files, (None, None))
            return opened.dataset.version if opened and stamp == _stamp_or_none(source.files) else ""
        if source.iri.value != EMBEDDED or self._generations is None:
            return ""
        try:
            return self._generations.open_version(generation)
        except StoreError:
            return ""

    def embedded(self, generation: int | None = None) -> Opened:
        """The dataset of the embedded store, likewise. A current generation that cannot be read leaves the last one served."""
        if self._generations is None:
            raise StoreError("There is no embedded store: give --store, or set PQLOD_STORE.")
        if generation is not None:
            with suppress(StoreError):
                return self._opened(self._generations, generation)
        try:
            self._last = self._opened(self._generations, self._generations.current())
        except StoreError as error:
            if self._last is None:
                raise
            self._complain(str(error), self._last)
        return self._last

    def _opened(self, generations: Generations, number: int) -> Opened:
        return Opened(generations.dataset(number), generations.loaded(number))

    def _complain(self, problem: str, served: Opened) -> None:
        if problem != self._problem:  # once, and not for every request
            logger.error("%s Generation %s is served on.", problem, served.generation)
            self._problem = problem

    def _from_files(self, files: tuple[str, ...]) -> Opened:
        with self._lock:  # held while the files are read, so that no two threads read them
            stamp = _stamp(files)
            if files not in self._files or self._files[files][0] != stamp:
                newest = datetime.fromtimestamp(max(time for time, _ in stamp) / 1e9, UTC)
                dataset = dataset_from_files(map(Path, files), self._sandbox)
                self._files[files] = stamp, Opened(dataset, newest)
            return self._files[files][1]


def _stamp_or_none(files: tuple[str, ...]) -> tuple[tuple[int, int], ...] | None:
    try:
        return _stamp(files)
    except StoreError:
        return None


def _stamp(files: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    try:
        statuses = [Path(file).stat() for file in files]
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be read: {error.strerror}.") from error
    return tuple((status.st_mtime_ns, status.st_size) for status in statuses)
