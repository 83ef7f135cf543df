"""The indexes of one generation, of words and of values: made with it, or left to the first who asks.

A small write would spend most of its time on them, since SQLite's files cannot be linked and then changed. So a
generation has as its base the index of an earlier generation (a hard link), the names of what changed since, and an
overlay, which tells of that and hides what the base tells of it. After many changes, or such as are not named, all texts
are read again, and all values.
"""

import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Self

from pyoxigraph import Store

from pqlod.errors import StoreError
from pqlod.rdf import BlankNode, NamedNode, Resource
from pqlod.store.disk import link
from pqlod.store.gathering import IndexPlan
from pqlod.store.index import (
    WordIndex,
    build_index,
    build_words_overlay,
    can_be_overlaid,
    remove_with,
    temporary_folder,
)
from pqlod.store.value_files import ValueFile
from pqlod.store.values import ValueIndex, build_overlay, build_values

logger = logging.getLogger(__name__)

MOST_CHANGED = 5_000  # resources since the base of an index of values: its overlay is made again for each generation
MOST_TEXTS_CHANGED = 20_000  # the same of the index of words: the texts of an item are read in some 50 µs


class GenerationIndex:
    """An index of the generation in that folder: a base that generations share, and what changed since."""

    def __init__(self, folder: Path, names: tuple[str, str, str], most_changed: int) -> None:
        self._folder, self._most_changed = folder, most_changed
        self._base, self._overlay, self._changed = (folder / name for name in names)

    def follow(self, previous: Self, changed: Iterable[Resource] | None) -> None:
        """Takes over the base, given what changed since the previous generation (None: anything); not for too many changes."""
        if changed is None or not previous._base.exists():
            return
        changes = previous._changes() | set(changed)
        if len(changes) <= self._most_changed:
            link(previous._base, self._base)
            if changes:
                _write_resources(self._changed, changes)

    @property
    def is_followed(self) -> bool:
        """Has it a base, so that no other need be made?"""
        return self._base.exists()

    def _made(self, path: Path, make: Callable[[Path], None]) -> Path:
        """The file, made now: for all to use, or where that may not be written, for this process, in a folder of its own."""
        try:  # other processes may make the same at the same time
            with tempfile.TemporaryDirectory(dir=self._folder, prefix="made-") as folder:
                make(Path(folder, path.name))
                os.replace(Path(folder, path.name), path)
                return path
        except OSError:  # the folder may not be written, or was pruned just now
            own = temporary_folder() / path.name
            make(own)
            return own

    def _overlay_made(self, store: Store) -> Path:
        """The overlay for this store, the generation's, made now if it is not there."""
        return self._overlay if self._overlay.exists() else self._made(self._overlay, partial(self._build_overlay, store))

    def _build_overlay(self, store: Store, path: Path) -> None:
        raise NotImplementedError

    def _remove_with(self, owner: object, path: Path) -> None:
        """Removes a file that is for this process, when its owner is no more."""
        if path.parent != self._folder:
            remove_with(owner, path.parent)

    def _changes(self) -> set[Resource]:
        return _read_resources(self._changed) if self._changed.exists() else set()


class GenerationWords(GenerationIndex):
    """The index of words of the generation in that folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ("words.sqlite", "words-overlay.sqlite", "changed.json"), MOST_TEXTS_CHANGED)

    def complete(self, store: Store) -> None:
        """Makes the index of this store, the generation's."""
        if not self._has_base(store):
            self._base.unlink(missing_ok=True)  # other generations may have it too
            self._changed.unlink(missing_ok=True)
            build_index(store, self._base)
        elif self._changed.exists():
            self._build_overlay(store, self._overlay)

    def open(self, store: Store) -> WordIndex:
        """The index, with what of it is not there made now."""
        base, overlay = self._base, None
        if not self._has_base(store):
            base = self._made(self._base, partial(build_index, store))
            if base == self._base:
                self._changed.unlink(missing_ok=True)
        elif self._changed.exists():
            overlay = self._overlay_made(store)
        index = WordIndex(base, overlay)
        self._remove_with(index, overlay or base)  # one of them at most was made
        return index

    def _has_base(self, store: Store) -> bool:
        """Is there a base, and one that tells of this store what its overlay does not?"""
        return self._base.exists() and (not self._changed.exists() or can_be_overlaid(self._base, store))

    def _build_overlay(self, store: Store, path: Path) -> None:
        build_words_overlay(store, path, self._changes())


class GenerationValues(GenerationIndex):
    """The index of values of the generation in that folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ("values.sqlite", "overlay.sqlite", "changed-values.json"), MOST_CHANGED)

    def build(self, store: Store, plan: IndexPlan) -> None:
        """Makes a base of this store, the generation's."""
        build_values(store, plan, self._base)

    def complete(self, store: Store) -> None:
        """Makes the overlay, if anything changed since the base."""
        if self._changed.exists():
            self._build_overlay(store, self._overlay)

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
        overlay = self._overlay_made(store)
        file = ValueFile(overlay)
        self._remove_with(file, overlay)
        return file

    def _build_overlay(self, store: Store, path: Path) -> None:
        build_overlay(store, self._base, path, self._changes())


def _write_resources(path: Path, resources: Iterable[Resource]) -> None:
    path.write_text(json.dumps(sorted(map(_written, resources))), encoding="utf-8")


def _read_resources(path: Path) -> set[Resource]:
    return {_read(text) for text in json.loads(path.read_text("utf-8"))}


def _written(resource: Resource) -> str:
    return f"_:{resource.value}" if isinstance(resource, BlankNode) else resource.value


def _read(text: str) -> Resource:
    return BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)
