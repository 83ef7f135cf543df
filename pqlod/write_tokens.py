"""Write tokens: secrets that allow to write, of which a file keeps the names and the hashes.

A line of the file is a name, a space, and ``sha256:`` with the hash in hexadecimal; empty lines and those that begin with
``#`` say nothing. A token has 256 random bits, so a fast hash is enough: there is nothing to guess.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from pqlod.errors import ConfigurationError, Mistake

BEGINNING = "pqlod_"  # by which tools that look for leaked secrets can know them
_LINE = re.compile(r"([A-Za-z0-9._-]{1,64}) sha256:([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class TokenFile:
    """The tokens in a file, which is read again when it has changed: a line that is removed allows nothing any more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: tuple[tuple[int, int], Mapping[str, str]] = (0, 0), {}

    def name_of(self, token: str) -> str | None:
        """The name of a token, or None if it is none. How long that takes does not tell how near it is to one."""
        given, found = _hash(token), None
        for name, known in self.names().items():
            if hmac.compare_digest(known, given):
                found = name
        return found

    def names(self) -> Mapping[str, str]:
        """Each name with its hash; ConfigurationError if the file cannot be read, or a line not understood."""
        try:
            status = self._path.stat()
            stamp = status.st_mtime_ns, status.st_size
            if self._known[0] != stamp:
                self._known = stamp, _read(self._path)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([_mistake(self._path, getattr(error, "strerror", None) or str(error))]) from error
        return self._known[1]

    def add(self, name: str) -> str:
        """A new token, whose hash is appended to the file; the token itself is kept nowhere."""
        if not _NAME.fullmatch(name):
            raise ConfigurationError([Mistake(name, "", "a name has letters, digits, '.', '_' and '-', 64 at most")])
        if self._path.exists() and name in self.names():
            raise ConfigurationError(
                [_mistake(self._path, f"there is a token {name!r} already; remove its line, or take another")]
            )
        token = BEGINNING + secrets.token_urlsafe(32)
        try:
            _append(self._path, f"{name} sha256:{_hash(token)}\n")
        except OSError as error:
            raise ConfigurationError([_mistake(self._path, error.strerror or str(error))]) from error
        return token


def _read(path: Path) -> Mapping[str, str]:
    known, mistakes = dict[str, str](), list[Mistake]()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip()
        if match := _LINE.fullmatch(text):
            known[match[1]] = match[2]
        elif text and not text.startswith("#"):
            mistakes.append(Mistake(str(path), f"line {number}", "is not a name and sha256:… with the hash of a token"))
    if mistakes:
        raise ConfigurationError(mistakes)
    return known


def _append(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with open(descriptor, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            line = line if file.read(1) == b"\n" else "\n" + line
        file.write(line.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mistake(path: Path, problem: str) -> Mistake:
    return Mistake(str(path), "", problem)
