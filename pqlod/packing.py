"""Packed files: read whatever packs them, which their first bytes tell; written whole, and packed as their suffix says."""

import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from pqlod.errors import SourceError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# What any of the formats raises for bytes that are not as they should be.
DAMAGE = (EOFError, OSError, lzma.LZMAError, zlib.error, zstd.ZstdError, ValueError)
# An archive that unpacks to more bytes than this, and to more than so many times its size, is a bomb. Questions pack to a tenth.
HARMLESS = 256 * 1024 * 1024
MOST_TIMES = 200


class Packing(NamedTuple):
    """A format in which files are packed: its name, the suffix of its files, their first bytes, and how they are opened."""

    name: str
    suffix: str
    magic: bytes
    open: Callable[[Path], Any]  # the readers of the standard library have no type in common


PACKINGS = (
    Packing("gzip", ".gz", b"\x1f\x8b", gzip.GzipFile),
    Packing("bzip2", ".bz2", b"BZh", bz2.BZ2File),
    Packing("xz", ".xz", b"\xfd7zXZ\x00", lzma.LZMAFile),
    Packing("Zstandard", ".zst", b"\x28\xb5\x2f\xfd", zstd.ZstdFile),
)


def unpacked(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked if it is packed. OSError if it cannot be opened; reading may raise what DAMAGE lists."""
    with path.open("rb") as file:
        start = file.read(8)
    for packing in PACKINGS:
        if start.startswith(packing.magic):
            return io.BufferedReader(_Bounded(packing.open(path), path.stat().st_size), 128 * 1024)
    return path.open("rb")


def is_packing(suffix: str) -> bool:
    """Does ``written`` pack a file of this suffix?"""
    return suffix.lower() in WRITERS


@contextmanager
def written(output: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``output`` when all is written to it; SourceError if it cannot be.

    It is packed if the suffix is ``.gz`` or ``.zst``: the same bytes give the same file.
    """
    beside = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file, _packed(file, output.suffix.lower()) as packed:
            yield packed
        beside.replace(output)
    except OSError as error:
        raise SourceError(f"Cannot be written: {error.strerror or error}.", source=str(output)) from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _packed(file: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    if suffix not in WRITERS:
        yield file
        return
    with WRITERS[suffix](file) as packed:
        yield cast(IO[bytes], packed)


WRITERS: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda file: gzip.GzipFile("", "wb", 6, file, mtime=0),  # without name and time in it
    ".zst": lambda file: zstd.ZstdFile(file, "wb"),
}


class _Bounded(io.RawIOBase):
    """What is unpacked, up to where it can only be a bomb."""

    def __init__(self, file: Any, size: int) -> None:
        self._file, self._read = file, 0
        self._most = max(HARMLESS, MOST_TIMES * size)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        count = int(self._file.readinto(buffer))
        self._read += count
        if self._read > self._most:
            raise ValueError(f"it unpacks to more than {MOST_TIMES} times its size, as an archive does that was made to do harm")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
