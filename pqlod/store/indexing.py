"""The index of words of one generation: made with it, or left to its first search.

A small write would spend most of its time on the index: its file is copied, since SQLite's files cannot be linked and
then changed. So a generation may hold only what its index is to be made from: the index of an earlier generation (a
hard link, base.sqlite) and the names of what changed since (changed.json). Without those all texts are read again.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Store

from pqlod.rdf import BlankNode, NamedNode, Resource
from pqlod.store.index import WordIndex, build_index, refresh_index


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
        _link(base, self._base if changes else self._index)
        if changes:
            self._changed.write_text(json.dumps(sorted(map(_written, changes))), encoding="utf-8")

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
            return {_read(text) for text in json.loads(self._changed.read_text("utf-8"))}
        return None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


def _written(resource: Resource) -> str:
    return f"_:{resource.value}" if isinstance(resource, BlankNode) else resource.value


def _read(text: str) -> Resource:
    return BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)
