"""The commands that keep a store, as they are typed."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pqlod.cli import cli
from pqlod.errors import PqlodError
from pqlod.store.generations import Generations


def run(*arguments: object, **environment: str) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], env=environment)
    if isinstance(result.exception, PqlodError):
        raise result.exception
    return result


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of two generations."""
    for number in (1, 2):
        (tmp_path / f"{number}.ttl").write_text(f"<urn:{number}> <urn:p> {number} .")
        run("load", tmp_path / f"{number}.ttl", "--store", tmp_path / "store", "--quiet")
    return tmp_path / "store"


def test_the_generations_are_listed_with_where_they_are_from(store: Path) -> None:
    assert run("rollback", 1, "--store", store).output == "generation 3, which is as generation 1 was\n"

    lines = run("generations", "--store", store).output.splitlines()

    assert lines[0].split() == ["generation", "made", "MB", "own", "MB"]
    assert [line[:14].split() for line in lines[1:]] == [["1"], ["2"], ["*", "3"]]
    assert lines[3].endswith("from generation 1")


def test_a_backup_is_restored(store: Path, tmp_path: Path) -> None:
    written = run("backup", tmp_path / "b.tar.zst", "--store", store)
    restored = run("restore", tmp_path / "b.tar.zst", "--store", tmp_path / "new")

    assert re.fullmatch(r"generation 2, [\d.]+ MB, in .*b\.tar\.zst, [\d.]+ MB\n", written.output)
    assert restored.output.startswith("generation 1, which is generation 2 of 20")
    assert len(Generations(tmp_path / "new").dataset().store) == 2


def test_a_store_is_compacted(store: Path) -> None:
    assert run("compact", "--store", store).output == "generation 3\n"


def test_as_many_generations_are_kept_as_is_set(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Generations.__init__, "__kwdefaults__", {**Generations.__init__.__kwdefaults__, "grace": 0})
    (tmp_path / "3.ttl").write_text("<urn:3> <urn:p> 3 .")

    run("load", tmp_path / "3.ttl", "--store", store, "--quiet", PQLOD_GENERATIONS_KEPT="2")

    assert Generations(store).numbers() == (2, 3)


def test_questions_are_generated_to_a_file_or_a_store(tmp_path: Path) -> None:
    written = run("generate", "--questions", 50, "--seed", 3, "--output", tmp_path / "q.jsonl")
    loaded = run("generate", "--questions", 50, "--seed", 3, "--store", tmp_path / "store")

    assert (written.exit_code, loaded.exit_code) == (0, 0)
    assert len((tmp_path / "q.jsonl").read_text().splitlines()) == 50
    assert re.search(r"^written question +50 +50 +0", loaded.output, re.MULTILINE)
    again = run("load", tmp_path / "q.jsonl", "--store", tmp_path / "store")
    assert re.search(r"^written question +50 +0 +0 +50", again.output, re.MULTILINE)


@pytest.mark.parametrize("places", [[], ["--output", "x", "--store", "y"]], ids=["neither", "both"])
def test_questions_are_generated_to_one_place(places: list[str]) -> None:
    result = run("generate", "--questions", 1, *places)

    assert result.exit_code == 2
    assert "Give either --output or --store." in result.output
