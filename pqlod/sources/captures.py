"""Payloads as a service sent them: gzip files whose header tells from where, when, and with what validators they came.

RFC 1952 lets a gzip file carry a comment, which every program that unpacks it steps over. Here it is a line of JSON, so that a
payload and what is known of it are one file, written whole or not at all.
"""

import json
import os
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

MAGIC = b"\x1f\x8b\x08"
EXTRA, NAME, COMMENT = 4, 8, 16  # flags of the header
UNIX = 3
HEADER = 64 * 1024  # bytes in which a header must end


@dataclass(frozen=True)
class Capture:
    """From which address a payload came, when, and the ``ETag`` and ``Last-Modified`` with which one may ask again."""

    url: str
    fetched: datetime
    etag: str = ""
    modified: str = ""


def write_payload(path: Path, payload: bytes, capture: Capture) -> None:
    """Writes a payload beside its place, and moves it there once it is on the disk."""
    told = {**vars(capture), "fetched": capture.fetched.isoformat(timespec="seconds")}
    comment = json.dumps({name: value for name, value in told.items() if value}).encode("ascii")
    seconds = int(capture.fetched.timestamp())
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(struct.pack("<3sBLBB", MAGIC, COMMENT, seconds, 0, UNIX) + comment + b"\0")
        file.write(packer.compress(payload) + packer.flush())
        file.write(struct.pack("<LL", zlib.crc32(payload), len(payload) & 0xFFFFFFFF))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def capture_of(path: Path) -> Capture | None:
    """What the header of a payload tells; None for any other file."""
    with path.open("rb") as file:
        start = file.read(HEADER)
    comment = _comment(start)
    if not comment.startswith(b"{"):
        return None
    try:
        told: dict[str, Any] = json.loads(comment)
        return Capture(**{**told, "fetched": datetime.fromisoformat(told["fetched"])})
    except (ValueError, KeyError, TypeError):
        return None  # a comment of somebody else's


def _comment(start: bytes) -> bytes:
    if start[:3] != MAGIC or len(start) < 10 or not start[3] & COMMENT:
        return b""
    rest = start[10:]
    if start[3] & EXTRA:
        rest = rest[2 + int.from_bytes(rest[:2], "little") :]
    if start[3] & NAME:
        rest = rest.partition(b"\0")[2]
    return rest.partition(b"\0")[0]
