"""Backups: what comes back, and what is refused."""

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Quad

from pqlod.errors import SourceError, StoreError
from pqlod.packing import unpacked, zstd
from pqlod.rdf import RDFS, DefaultGraph, Literal, NamedNode
from pqlod.store import backups
from pqlod.store.backups import FIRST, back_up, restore
from pqlod.store.generations import Generations


def publish(generations: Generations, text: str) -> None:
    with generations.writing() as writing:
        writing.store.add(Quad(NamedNode(f"urn:{text}"), RDFS.label, Literal(text), DefaultGraph()))


def texts(generations: Generations) -> list[str]:
    return sorted(quad.object.value for quad in generations.dataset().store)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    made = Generations(tmp_path / "store")
    for text in ("one", "two"):
        publish(made, text)
    return made


@pytest.fixture
def backup(tmp_path: Path, generations: Generations) -> Path:
    back_up(generations.folder, tmp_path / "b.tar")
    return tmp_path / "b.tar"


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.zst"])
def test_a_backup_makes_the_store_again_elsewhere(tmp_path: Path, generations: Generations, suffix: str) -> None:
    made = back_up(generations.folder, tmp_path / f"b{suffix}")

    restored, number = restore(tmp_path / f"b{suffix}", Generations(tmp_path / "new"))

    new = Generations(tmp_path / "new")
    assert (restored, made.generation, number) == (made, 2, 1)
    assert texts(new) == ["one", "two"]
    assert new.about(1)[1] == f"b{suffix} of generation 2"
    publish(new, "three")
    assert texts(new) == ["one", "three", "two"]


def test_restored_into_its_store_it_is_the_next_generation(generations: Generations, backup: Path) -> None:
    publish(generations, "three")

    restore(backup, generations)

    assert generations.numbers() == (1, 2, 3, 4)
    assert texts(generations) == ["one", "two"]


def test_the_index_of_words_comes_back_too(tmp_path: Path, backup: Path) -> None:
    restore(backup, Generations(tmp_path / "new"))

    assert (tmp_path / "new/generations/000001/words.sqlite").is_file()


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with its members changed; without those for which there is None."""
    output = file.with_name("changed.tar")
    with tarfile.open(file) as old, tarfile.open(output, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            assert content is not None
            if (changed := change(member.name, content.read())) is not None:
                member.size = len(changed)
                new.addfile(member, io.BytesIO(changed))
    return output


def listing(**changes: object) -> Callable[[str, bytes], bytes]:
    return lambda name, content: json.dumps(json.loads(content) | changes).encode() if name == FIRST else content


def flipped(name: str, content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:] if name.endswith(".sst") else content


def outside(name: str, content: bytes) -> bytes:
    return content.replace(b"generation.json", b"../generation.json") if name == FIRST else content


DAMAGED = {
    "a bit of a file": (flipped, "Damaged: store/.*sst is not what it was"),
    "a file missing": (lambda name, content: None if name == "generation.json" else content, "generation.json is missing"),
    "no list": (lambda name, content: None if name == FIRST else content, "Not a backup of pqlod"),
    "a newer version": (listing(version=2), "of a store of version 2; this pqlod reads version 1"),
    "a list of another shape": (listing(files=[]), "its list of files cannot be read"),
    "a path out of the store": (outside, r"it lists a file '\.\./generation\.json'"),
}


@pytest.mark.parametrize(("change", "message"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_backup_changes_nothing(
    generations: Generations, backup: Path, change: Callable[[str, bytes], bytes | None], message: str
) -> None:
    publish(generations, "three")

    with pytest.raises(SourceError, match=rf"changed\.tar: .*{message}"):
        restore(rewritten(backup, change), generations)

    assert texts(generations) == ["one", "three", "two"]
    assert generations.numbers() == (1, 2, 3)
    assert not list(generations.folder.rglob("*.tmp"))


@pytest.mark.parametrize(
    "content",
    [b"", b"some prose", zstd.compress(b"some prose"), "half", "packed half"],
    ids=["empty", "prose", "packed prose", "cut", "cut when packed"],
)
def test_what_is_no_whole_backup_is_refused(tmp_path: Path, generations: Generations, backup: Path, content: bytes | str) -> None:
    whole = backup.read_bytes()
    half = zstd.compress(whole)[: len(zstd.compress(whole)) // 2] if content == "packed half" else whole[: len(whole) // 2]
    (tmp_path / "bad").write_bytes(half if isinstance(content, str) else content)

    with pytest.raises(SourceError, match=r"bad: (Not a backup of pqlod|Cannot be read: Compressed file ended)"):
        restore(tmp_path / "bad", generations)

    assert generations.numbers() == (1, 2)


def test_a_disk_without_room_is_told_before_it_is_filled(
    generations: Generations, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda folder: os.terminal_size((0, 0)) and type("Usage", (), {"free": 5}))

    with pytest.raises(StoreError, match=r"The backup needs .* MB, and the disk of .* has 0 MB left"):
        restore(backup, generations)


def test_a_backup_of_a_generation_that_is_pruned_meanwhile_is_whole(
    tmp_path: Path, generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = Generations(generations.folder, kept=1, grace=0)
    digested = backups._digested

    def write_between(file: io.BufferedReader) -> tuple[str, int]:
        if impatient.current() == 2:
            publish(impatient, "three")
        return digested(file)

    monkeypatch.setattr(backups, "_digested", write_between)

    back_up(generations.folder, tmp_path / "b.tar")

    assert not generations.path(2).exists()
    restore(tmp_path / "b.tar", Generations(tmp_path / "new"))
    assert texts(Generations(tmp_path / "new")) == ["one", "two"]


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path, generations: Generations) -> None:
    (tmp_path / "b.tar").mkdir()

    with pytest.raises(SourceError, match=r"b\.tar: Cannot be written"):
        back_up(generations.folder, tmp_path / "b.tar")

    assert not list(tmp_path.glob(".*"))


def test_the_same_generation_gives_the_same_file(tmp_path: Path, generations: Generations, backup: Path) -> None:
    back_up(generations.folder, tmp_path / "c.tar.zst")

    with unpacked(tmp_path / "c.tar.zst") as file:
        assert file.read() == backup.read_bytes()
