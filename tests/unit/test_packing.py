"""Packed files: whatever packs them, and what is made to do harm."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from pqlod import packing
from pqlod.errors import SourceError
from pqlod.packing import DAMAGE, unpacked, written, zstd

PACK = [gzip.compress, bz2.compress, lzma.compress, zstd.compress]
NAMES = ["gzip", "bzip2", "xz", "Zstandard"]


@pytest.mark.parametrize("pack", [bytes, *PACK], ids=["plain", *NAMES])
def test_a_file_is_unpacked_whatever_its_name(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "file").write_bytes(pack(b"some text\n" * 1000))

    with unpacked(tmp_path / "file") as file:
        assert file.readline() == b"some text\n"
        assert len(file.read()) == 9990


@pytest.mark.parametrize("pack", PACK, ids=NAMES)
@pytest.mark.parametrize("harm", ["cut", "overwritten"])
def test_damage_is_told_by_an_exception_that_is_listed(tmp_path: Path, pack: Callable[[bytes], bytes], harm: str) -> None:
    whole = pack("".join(f"{n * n}" for n in range(20_000)).encode())
    half = len(whole) // 2
    (tmp_path / "file").write_bytes(whole[:half] if harm == "cut" else whole[:half] + b"\xff" * 64 + whole[half + 64 :])

    with unpacked(tmp_path / "file") as file, pytest.raises(DAMAGE):
        file.read()


@pytest.mark.parametrize("pack", PACK, ids=NAMES)
def test_a_bomb_is_not_unpacked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(packing, "HARMLESS", 1 << 20)
    (tmp_path / "bomb").write_bytes(pack(b"\n" * (64 << 20)))

    with unpacked(tmp_path / "bomb") as file:
        assert len(file.read(1 << 19)) == 1 << 19
        with pytest.raises(ValueError, match="more than 200 times its size"):
            file.read()


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_what_is_written_can_be_read_and_is_the_same_each_time(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        with written(tmp_path / (name + suffix)) as file:
            file.write(b"text" * 100)

    with unpacked(tmp_path / ("a" + suffix)) as file:
        assert file.read() == b"text" * 100
    assert (tmp_path / ("a" + suffix)).read_bytes() == (tmp_path / ("b" + suffix)).read_bytes()


def test_what_is_not_written_to_its_end_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")

    with pytest.raises(TypeError), written(tmp_path / "file") as file:
        file.writelines([b"new", "not bytes"])  # type: ignore[list-item]

    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError, match=r"none/file: Cannot be written: No such file or directory"),
        written(tmp_path / "none/file"),
    ):
        pass
