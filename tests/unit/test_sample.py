from collections.abc import Sequence
from pathlib import Path

import pytest

from pqlod.sample import cache_folder, sample_store


class Load:
    """Makes a file in the folder, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, files: Sequence[Path], folder: Path) -> None:
        self.calls += 1
        folder.mkdir()
        (folder / "loaded").write_text(" ".join(file.name for file in files))


def test_the_sample_is_loaded_once(tmp_path: Path) -> None:
    load = Load()

    first, second = (sample_store(load, tmp_path / "cache") for _ in range(2))

    assert first == second
    assert load.calls == 1
    assert "questions.jsonl" in (first / "loaded").read_text()


def test_a_load_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(files: Sequence[Path], folder: Path) -> None:
        folder.mkdir()
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        sample_store(fail, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_whoever_comes_second_uses_what_the_first_one_made(tmp_path: Path) -> None:
    def slow(files: Sequence[Path], folder: Path) -> None:
        first = sample_store(Load(), tmp_path)  # somebody else is done meanwhile
        folder.mkdir()
        (folder / "loaded").write_text("late")
        assert (first / "loaded").exists()

    assert (sample_store(slow, tmp_path) / "loaded").read_text() != "late"


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("/somewhere", Path("/somewhere/pqlod")), ("relative", None), ("", None)],
    ids=["set", "relative", "empty"],
)
def test_the_cache_is_where_the_user_has_it(monkeypatch: pytest.MonkeyPatch, variable: str, expected: Path | None) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", variable)
    monkeypatch.setenv("HOME", "/home/somebody")

    assert cache_folder() == (expected or Path("/home/somebody/.cache/pqlod"))
