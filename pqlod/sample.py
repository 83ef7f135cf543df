"""The sample in a store of its own: loaded into the user's cache when it is first needed."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pqlod import __version__
from pqlod.assets import PACKAGE, asset

Load = Callable[[Sequence[Path], Path], object]


def sample_files() -> tuple[Path, ...]:
    """The files of the sample, in alphabetical order."""
    return tuple(sorted(file for file in asset("data/sample").iterdir() if file.is_file()))


def sample_store(load: Load, cache: Path | None = None) -> Path:
    """The folder of a store with the sample in it; ``load`` fills one with files.

    Its name follows from the files and from the program that reads them, so that a change of either makes another.
    """
    folder = (cache or cache_folder()) / f"sample-{_digest()}"
    if not folder.exists():
        _fill(folder, load)
    return folder


def cache_folder() -> Path:
    """Where this user's programs keep what they can make again (XDG base directories)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "pqlod"


def _fill(folder: Path, load: Load) -> None:
    """Loads beside, and takes the name when all is there; whoever comes second uses what the first one made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loading-", dir=folder.parent, ignore_cleanup_errors=True) as beside:
        made = Path(beside) / "store"
        load(sample_files(), made)
        try:
            made.rename(folder)
        except OSError:
            if not folder.exists():
                raise


def _digest() -> str:
    digest = hashlib.sha256(__version__.encode())
    for file in (*sample_files(), *_program()):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _program() -> Iterator[Path]:
    for folder in ("sources", "store"):
        yield from sorted((PACKAGE / folder).glob("*.py"))
    yield PACKAGE / "loading.py"
