"""Source files: opened whatever their compression, decoded whatever their encoding, with a limit to each line and document."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import orjson

from pqlod.errors import SourceError
from pqlod.packing import DAMAGE, unpacked
from pqlod.sources.captures import Capture, capture_of

HEAD = 128 * 1024  # bytes that are looked at to tell what a file is
MAX_LINE = 16 * 1024 * 1024  # bytes; the longest answer known is 55 KB
MAX_DOCUMENT = 256 * 1024 * 1024  # bytes of a JSON, XML or CSV file, decompressed; lines of records have no limit together

# What looks like a file and is something else.
FOREIGN = ((b"PK\x03\x04", "a zip archive"), (b"SQLite format 3", "an SQLite database"))
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True)
class SourceFile:
    """One file that is to be loaded. ``notes`` counts what readers put right (``days typed as instants``)."""

    path: Path
    notes: Counter[str] = field(default_factory=Counter, compare=False)

    @property
    def name(self) -> str:
        return str(self.path)

    @cached_property
    def capture(self) -> Capture | None:
        """When and from where a harvested payload came; None for a file of any other kind."""
        try:
            return capture_of(self.path)
        except OSError as error:
            raise SourceError(f"Cannot be opened: {error.strerror or error}.", source=self.name) from error

    def open(self) -> IO[bytes]:
        """The file's bytes, decompressed; SourceError if it cannot be opened."""
        try:
            with self.path.open("rb") as file:
                start = file.read(16)
            for magic, what in FOREIGN:
                if start.startswith(magic):
                    raise SourceError(f"This is {what}: unpack it first.", source=self.name)
            return unpacked(self.path)
        except OSError as error:
            raise SourceError(f"Cannot be opened: {error.strerror or error}.", source=self.name) from error

    @cached_property
    def head(self) -> str:
        """The beginning as text, without spaces around it; what does not decode is replaced."""
        start = self._read(HEAD)
        return start.decode(self._encoding, "replace").removeprefix("\ufeff").strip()

    def read(self) -> bytes:
        """The whole file, in UTF-8 without byte order mark; SourceError if it is too big, damaged or wrongly encoded."""
        whole = self._read(MAX_DOCUMENT + 1)
        if len(whole) > MAX_DOCUMENT:
            raise SourceError(f"Larger than {MAX_DOCUMENT >> 20} MB, the limit of a document.", source=self.name)
        try:
            return whole.decode(self._encoding).removeprefix("\ufeff").encode()
        except UnicodeDecodeError as error:
            line = whole.count(b"\n", 0, error.start) + 1
            raise SourceError(_wrong_bytes(whole, error), source=self.name, place=f"line {line}") from error

    @cached_property
    def document(self) -> Any:  # a JSON value
        """The file read as one JSON document; SourceError tells where it is broken."""
        whole = self.read()
        try:
            return orjson.loads(whole)
        except orjson.JSONDecodeError as error:
            raise SourceError(f"Broken JSON: {error.msg}", source=self.name, place=f"line {error.lineno}") from error

    def lines(self) -> Iterator[tuple[int, str | SourceError]]:
        """Each line that is not empty, with its number from 1; one that is too long or does not decode is a SourceError."""
        for number, line in enumerate(self._raw_lines(), 1):
            if isinstance(line, SourceError):
                yield number, line
                continue
            try:
                text = line.decode().strip().removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                yield number, SourceError(_wrong_bytes(line, error), source=self.name, place=f"line {number}")
                continue
            if text:
                yield number, text

    @cached_property
    def _encoding(self) -> str:
        start = self._read(4)
        for mark, encoding in BYTE_ORDER_MARKS:
            if start.startswith(mark):
                return encoding
        if start[1:2] == b"\x00":
            return "utf-16-le"
        return "utf-16-be" if start[:1] == b"\x00" and start[1:2] != b"\x00" else "utf-8"

    def _read(self, limit: int) -> bytes:
        with self.open() as file:
            try:
                return file.read(limit)
            except DAMAGE as error:
                raise SourceError(f"Damaged: {error}.", source=self.name) from error

    def _raw_lines(self) -> Iterator[bytes | SourceError]:
        if self._encoding != "utf-8":
            yield from self.read().splitlines()
            return
        with self.open() as file:
            try:
                yield from _bounded_lines(file)
            except DAMAGE as error:
                yield SourceError(f"Damaged from here on: {error}.", source=self.name)


def files_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files of paths: a folder gives those in it, of every depth, in the order of their names."""
    return tuple(file for path in paths for file in (_files_below(path) if path.is_dir() else (path,)))


def _files_below(folder: Path) -> list[Path]:
    inside = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in inside if not any(part.startswith(".") for part in path.relative_to(folder).parts))


def _bounded_lines(file: IO[bytes]) -> Iterator[bytes | SourceError]:
    while line := file.readline(MAX_LINE):
        if line.endswith(b"\n") or len(line) < MAX_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
        yield SourceError(f"Longer than {MAX_LINE >> 20} MB.")


def _wrong_bytes(text: bytes, error: UnicodeDecodeError) -> str:
    before = text[max(0, error.start - 20) : error.start]
    return f"Not {error.encoding.upper()}: the byte 0x{text[error.start]:02X} after {before!r}."
