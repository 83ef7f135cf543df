"""Source files: compression, encodings, and damage."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from pqlod.errors import SourceError
from pqlod.sources import SourceFile, files
from pqlod.sources.files import files_in

Make = Callable[..., SourceFile]


@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, bz2.compress, lzma.compress],
    ids=["plain", "gzip", "bzip2", "xz"],
)
def test_a_file_is_unpacked_whatever_its_name(make_file: Make, pack: Callable[[bytes], bytes]) -> None:
    assert make_file(pack(b'{"a": 1}')).document == {"a": 1}


@pytest.mark.parametrize(
    "content",
    [b'\xef\xbb\xbf{"a": "\xc2\xa3"}', '{"a": "£"}'.encode("utf-16"), '{"a": "£"}'.encode("utf-16-le"),
    '{"a": "£"}'.encode("utf-16-be")],
    ids=["UTF-8 with mark", "UTF-16 with mark", "UTF-16-LE", "UTF-16-BE"],
)  # fmt: skip
def test_an_encoding_is_recognised(make_file: Make, content: bytes) -> None:
    file = make_file(content)

    assert file.document == {"a": "£"}
    assert [line for _, line in file.lines()] == ['{"a": "£"}']
    assert file.head.startswith("{")


def test_bytes_that_are_not_utf8_are_refused_with_their_line(make_file: Make) -> None:
    with pytest.raises(SourceError, match=r"line 2: Not UTF-8: the byte 0xA3 after b'.*price '"):
        make_file(b'{"a":\n "price \xa35"}').read()


def test_a_line_that_is_not_utf8_does_not_hide_the_others(make_file: Make) -> None:
    lines = list(make_file(b"one\n\xff\n\nthree").lines())

    assert [(number, type(line)) for number, line in lines] == [(1, str), (2, SourceError), (4, str)]


def test_a_line_above_the_limit_does_not_hide_the_others(make_file: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE", 1000)

    lines = list(make_file(b"one\n" + b"x" * 5000 + b"\nthree\n").lines())

    assert [(number, type(line)) for number, line in lines] == [(1, str), (2, SourceError), (3, str)]


def test_a_document_above_the_limit_is_refused(make_file: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_DOCUMENT", 1 << 20)

    with pytest.raises(SourceError, match="Larger than 1 MB"):
        make_file(gzip.compress(b"[" + b" " * (2 << 20))).read()


def test_a_cut_archive_gives_the_lines_before_the_cut(make_file: Make) -> None:
    whole = gzip.compress("\n".join(f"line {n} {n * n}" for n in range(20_000)).encode())

    lines = list(make_file(whole[: len(whole) // 2]).lines())

    assert lines[0] == (1, "line 0 0")
    assert isinstance(lines[-1][1], SourceError)
    assert "Damaged from here on" in str(lines[-1][1])


@pytest.mark.parametrize(
    ("start", "what"),
    [(b"PK\x03\x04", "a zip archive"), (b"SQLite format 3\x00", "an SQLite database")],
)
def test_what_cannot_be_unpacked_is_named(make_file: Make, start: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=f"This is {what}: unpack it first"):
        make_file(start + b"rest").read()


def test_broken_json_is_refused_with_its_line(make_file: Make) -> None:
    with pytest.raises(SourceError, match="line 3: Broken JSON"):
        _ = make_file('{"a": 1,\n"b": 2,\n"c" 3}').document


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone: Cannot be opened: No such file"):
        SourceFile(tmp_path / "gone").read()


def test_a_folder_gives_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.json", "b/a.json", ".hidden"):
        (tmp_path / name).touch()

    assert files_in([tmp_path]) == (tmp_path / "b" / "a.json", tmp_path / "c.json")
