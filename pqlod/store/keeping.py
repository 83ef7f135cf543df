"""What people do with the generations of a store: look at them, go back to one, make the store small again."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyoxigraph import Store

from pqlod.errors import StoreError
from pqlod.store.disk import link, told
from pqlod.store.generations import GenerationGone, Generations


@dataclass(frozen=True)
class Generation:
    """A generation that is kept. ``size`` and ``own``, what nothing else uses, are in bytes; ``damage`` says what is wrong."""

    number: int
    is_current: bool
    size: int
    own: int
    loaded: datetime | None = None
    origin: str = ""
    damage: str = ""


def kept_generations(folder: Path) -> tuple[Generation, ...]:
    """The generations of the store in ``folder``, the oldest first; StoreError if there is no store or no data."""
    generations = Generations(folder)
    current = generations.current()
    return tuple(_described(generations, number, number == current) for number in generations.numbers())


def roll_back(generations: Generations, number: int) -> int:
    """Publishes what an earlier generation holds as the next one, so that numbers only grow; gives the new number.

    GenerationGone if it is not kept; StoreError if it is damaged, or the current one, or the store cannot be written.
    """
    if number == generations.current():
        raise StoreError(f"Generation {number} is the current one.")
    if number not in generations.numbers():
        raise GenerationGone(number, generations.numbers())
    with generations.adding(f"generation {number}") as folder, told(generations.folder):
        source = generations.path(number).parent
        for name in whole_files(source):
            (folder / name).parent.mkdir(exist_ok=True)
            link(source / name, folder / name)
        check_store(folder)
    return generations.current()


def compact(generations: Generations) -> int:
    """Makes RocksDB's files of the current data as few and small as can be, in a new generation; gives its number."""
    number = generations.current()
    with generations.writing() as writing:
        writing.changed(())
        writing.origin = f"generation {number}, compacted"
        writing.store.optimize()
    return generations.current()


def whole_files(generation: Path) -> tuple[str, ...]:
    """The names of a generation's files, in alphabetical order. Other folders in it are somebody's who is at work."""
    return tuple(sorted(str(path.relative_to(generation)) for path in _files(generation)))


def check_store(generation: Path) -> None:
    """Raises OSError or RuntimeError if the store of a generation is damaged in a way that keeps it from being opened."""
    Store.read_only(str(generation / "store"))


def _files(generation: Path) -> Iterator[Path]:
    for folder in (generation, generation / "store"):
        yield from (path for path in folder.iterdir() if path.is_file())


def _described(generations: Generations, number: int, is_current: bool) -> Generation:
    folder = generations.path(number).parent
    try:
        statuses = [os.stat(path) for path in _files(folder)]
        size, own = (sum(s.st_size for s in found) for found in (statuses, [s for s in statuses if s.st_nlink == 1]))
        loaded, origin = generations.about(number)
        check_store(folder)
    except (OSError, RuntimeError, StoreError) as error:
        return Generation(number, is_current, 0, 0, damage=str(error))
    return Generation(number, is_current, size, own, loaded, origin)
