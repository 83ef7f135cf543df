"""The indexes of one generation, of words and of values: made with it, or left to the first who asks.

A small write would spend most of its time on them, since SQLite's files cannot be linked and then changed. So a
generation may hold only what its index is to be made from: the index of an earlier generation (a hard link) and the
names of what changed since. The index of words is then copied and refreshed; that of values stays as it is, and gets an
overlay. Without those all texts are read again, and all values.
"""

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Store

from pqlod.errors import StoreError
from pqlod.rdf import BlankNode, NamedNode, Resource
from pqlod.store.disk import link
from pqlod.store.gathering import IndexPlan
from pqlod.store.index import WordIndex, build_index, refresh_index
from pqlod.store.value_files import ValueFile
from pqlod.store.values import ValueIndex, build_overlay, build_values

logger = logging.getLogger(__name__)

MOST_CHANGED = 5_000  # resources since the base of an index of values: its overlay is made again for each generation


class GenerationWords:
    """The index of the generation in that folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index, self._base, self._changed = (folder / name for name in ("words.sqlite", "base.sqlite", "changed.json"))

    def follow(self, previous: "GenerationWords", changed: Iterable[Resource] | None) -> None:
        """Takes over what the index can be made from, given what changed since the previous generation (None: anything)."""
        known = previous._changes()
        if known is None or changed is None:
            return
        base = previous._index if previous._index.exists() else previous._base
        changes = known | set(changed)
        link(base, self._base if changes else self._index)
        if changes:
            _write_resources(self._changed, changes)

    def complete(self, store: Store) -> None:
        """Makes the index of this store, the generation's."""
        if not self._index.exists():
            self._make(store, self._index)
            for leftover in (self._changed, self._base):
                leftover.unlink(missing_ok=True)

    def open(self, store: Store) -> WordIndex:
        """The index, made now if it is not there: for all to use, or where that may not be written, for this process."""
        if not self._index.exists():
            try:
                self._publish(store)
            except OSError:  # the folder may not be written, or was pruned just now
                return WordIndex.of_store(store)
        return WordIndex(self._index)

    def _publish(self, store: Store) -> None:
        """Other processes may do the same at the same time: each has a file of its own until it is whole."""
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="words-") as folder:
            self._make(store, Path(folder, "words.sqlite"))
            os.replace(Path(folder, "words.sqlite"), self._index)

    def _make(self, store: Store, path: Path) -> None:
        changes = self._changes()
        if changes is None:
            build_index(store, path)
        else:
            refresh_index(store, self._base, path, changes)

    def _changes(self) -> set[Resource] | None:
        """What changed since the index that is there (nothing, if it is the generation's own); None if there is none."""
        if self._index.exists():
            return set()
        with suppress(FileNotFoundError):
            return _read_resources(self._changed)
        return None


class GenerationValues:
    """The index of values of the generation in that folder: a base that generations share, and what changed since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        names = ("values.sqlite", "overlay.sqlite", "changed-values.json")
        self._base, self._overlay, self._changed = (folder / name for name in names)

    def follow(self, previous: "GenerationValues", changed: Iterable[Resource] | None) -> None:
        """Takes over the base, given what changed since the previous generation (None: anything); not for too many changes."""
        if changed is None or not previous._base.exists():
            return
        changes = previous._changes() | set(changed)
        if len(changes) <= MOST_CHANGED:
            link(previous._base, self._base)
            if changes:
                _write_resources(self._changed, changes)

    def build(self, store: Store, plan: IndexPlan) -> None:
        """Makes a base of this store, the generation's."""
        build_values(store, plan, self._base)

    def complete(self, store: Store) -> None:
        """Makes the overlay, if anything changed since the base."""
        if self._changed.exists():
            build_overlay(store, self._base, self._overlay, self._changes())

    @property
    def is_followed(self) -> bool:
        """Has it a base, so that no other need be made?"""
        return self._base.exists()

    @property
    def plan(self) -> IndexPlan | None:
        """What the base is made of."""
        return ValueFile(self._base).plan if self._base.exists() else None

    def open(self, store: Store) -> ValueIndex | None:
        """The index, its overlay made now if it is not there: for all to use, or for this process. None without a sound base."""
        if not self._base.exists():
            return None
        try:
            base = ValueFile(self._base)
            return ValueIndex(base, self._open_overlay(store) if self._changed.exists() else None)
        except StoreError as error:  # what it would tell, the store tells too
            logger.warning("%s It is made again by: pqlod index", error)
            return None

    def _open_overlay(self, store: Store) -> ValueFile:
        if self._overlay.exists():
            return ValueFile(self._overlay)
        with tempfile.TemporaryDirectory(prefix="pqlod-") as own:
            made = Path(own, self._overlay.name)
            build_overlay(store, self._base, made, self._changes())
            with suppress(OSError):  # the folder may not be written, or was pruned just now
                _publish(made, self._overlay)
            return ValueFile(made)

    def _changes(self) -> set[Resource]:
        return _read_resources(self._changed) if self._changed.exists() else set()


def _publish(made: Path, place: Path) -> None:
    """Other processes may make the same at the same time: each has a file of its own until it is whole."""
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="made-") as folder:
        shutil.copyfile(made, Path(folder, place.name))
        os.replace(Path(folder, place.name), place)


def _write_resources(path: Path, resources: Iterable[Resource]) -> None:
    path.write_text(json.dumps(sorted(map(_written, resources))), encoding="utf-8")


def _read_resources(path: Path) -> set[Resource]:
    return {_read(text) for text in json.loads(path.read_text("utf-8"))}


def _written(resource: Resource) -> str:
    return f"_:{resource.value}" if isinstance(resource, BlankNode) else resource.value


def _read(text: str) -> Resource:
    return BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)
