"""Payloads that know where they came from."""

import gzip
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pqlod.errors import SourceError
from pqlod.sources import SourceFile
from pqlod.sources.captures import Capture, capture_of, write_payload

CAPTURE = Capture("https://example.org/?q=caf%C3%A9", datetime(2026, 11, 24, 8, 17, tzinfo=UTC), '"a-tag"', "Tue, 24 Nov 2026")


@pytest.mark.parametrize("payload", [b"", b'{"a": 1}', b"x" * 100_000], ids=["empty", "short", "long"])
def test_a_payload_is_read_as_it_came(tmp_path: Path, payload: bytes) -> None:
    path = tmp_path / "payload.json.gz"

    write_payload(path, payload, CAPTURE)

    assert gzip.decompress(path.read_bytes()) == payload
    assert capture_of(path) == CAPTURE
    assert SourceFile(path).read() == payload
    assert SourceFile(path).capture == CAPTURE
    assert [file.name for file in tmp_path.iterdir()] == ["payload.json.gz"]


def test_gzip_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    write_payload(tmp_path / "payload.gz", b"text\n", CAPTURE)

    subprocess.run(["gzip", "--test", tmp_path / "payload.gz"], check=True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        gzip.compress(b"{}"),
        b"\x1f\x8b\x08\x10" + bytes(6) + b"made by hand\0",
        b"\x1f\x8b\x08\x10" + bytes(6) + b'{"made": "by hand"}\0',
        b"\x1f\x8b\x08\x10" + bytes(6) + b'{"url": "u", "fetched": "yesterday"}\0',
    ],
    ids=["empty", "JSON", "gzip", "a comment", "a comment in JSON", "a wrong time"],
)
def test_any_other_file_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    assert capture_of(tmp_path / "file") is None


def test_the_comment_is_found_behind_other_fields_of_the_header(tmp_path: Path) -> None:
    header = b"\x1f\x8b\x08\x1c" + bytes(6) + b"\x02\x00ab" + b"name\0" + b'{"url": "u", "fetched": "2026-11-24T00:00:00Z"}\0'
    (tmp_path / "file").write_bytes(header)

    assert capture_of(tmp_path / "file") == Capture("u", datetime(2026, 11, 24, tzinfo=UTC))


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone: Cannot be opened: No such file"):
        _ = SourceFile(tmp_path / "gone").capture
