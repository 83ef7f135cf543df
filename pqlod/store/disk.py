"""Brings files to the disk so that they stay there whole, and puts in words what the disk refuses."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pqlod.errors import StoreError

TEMPORARY = ".tmp"
DAMAGED = "is damaged"  # what a store is of which something is not as it was written


def write_whole(path: Path, text: str) -> None:
    """Replaces a file by one rename, once its contents are on the disk."""
    temporary = path.with_name(path.name + TEMPORARY)
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Brings a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Brings a folder to the disk. Files that have other names are links to what is there already."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if Path(parent, name).stat().st_nlink == 1:
                sync(Path(parent, name))
        sync(Path(parent))


def link(source: Path, target: Path) -> None:
    """Gives a file another name; copies it where that cannot be."""
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)


@contextmanager
def told(folder: Path, otherwise: str = DAMAGED) -> Iterator[None]:
    """Turns what the disk and RocksDB raise into errors that name the store, and say what it is if the cause is not known."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise store_error(folder, error, otherwise) from error


# What an error says, in its errno or in RocksDB's text, and what we say of it.
_CAUSES: tuple[tuple[int, str, str], ...] = (
    (errno.EACCES, "Permission denied", "may not be read or written by this user"),
    (errno.EPERM, "Operation not permitted", "may not be read or written by this user"),
    (errno.EROFS, "Read-only file system", "is on a disk that cannot be written"),
    (errno.ENOSPC, "No space left on device", "has no space left on its disk"),
    (errno.EDQUOT, "Disk quota exceeded", "has no space left on its disk"),
    (errno.EFBIG, "File too large", "needs a larger file than this disk takes, or this user may write"),
    (errno.ENOTDIR, "Not a directory", "is not a folder"),
    (errno.EEXIST, "File exists", "is not a folder"),
)


def store_error(folder: Path, error: Exception, otherwise: str = DAMAGED) -> StoreError:
    """What the disk or RocksDB raised, as an error that names the store."""
    cause = _cause(error)
    if cause:
        return StoreError(f"The store {folder} {cause}.")
    reason = " ".join((getattr(error, "strerror", None) or str(error)).split()).rstrip(".")
    return StoreError(f"The store {folder} {otherwise}: {reason}.")


def _cause(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return next((cause for code, text, cause in _CAUSES if number == code or text in str(error)), "")


def is_of_the_disk(error: Exception) -> bool:
    """Is it the disk that failed, and not whoever used it?"""
    return "has no space left" in _cause(error) or "IO error" in str(error) or str(error).startswith("Corruption")
