"""The index of words of a large store, which is made beside that of values."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from pqlod.errors import StoreError
from pqlod.rdf import RDFS, DefaultGraph, Literal, NamedNode
from pqlod.store import generations
from pqlod.store.beside import is_large, words_made
from pqlod.store.generations import Generations

ITEM = NamedNode("urn:item")


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generations:
    """A store that counts as large, whatever is in it."""
    monkeypatch.setattr(generations, "is_large", lambda store: True)
    return Generations(tmp_path / "store")


def write(large: Generations, text: str) -> None:
    with large.writing() as writing:
        writing.store.add(Quad(ITEM, RDFS.label, Literal(text), DefaultGraph()))


def test_what_was_written_is_found(large: Generations) -> None:
    write(large, "housing")

    assert [match.item for match in large.dataset().search("housing")] == [ITEM]
    assert large.path(1).with_name("words.sqlite").exists()


def test_where_it_cannot_be_made_nothing_is_published(large: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    write(large, "housing")
    monkeypatch.setattr("pqlod.store.beside.__name__", "pqlod.store.no_such_module")

    with pytest.raises(StoreError, match=r"index of words could not be made: .*no_such_module"):
        write(large, "schools")

    assert large.numbers() == (1,)
    assert not list(large.dataset().search("schools"))


def test_it_ends_where_the_other_work_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), words_made(tmp_path):
        raise KeyError


def test_a_store_is_large_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    monkeypatch.setattr("pqlod.store.beside.LARGE", 5)

    assert is_large(tmp_path)
    monkeypatch.setattr("pqlod.store.beside.LARGE", 6)
    assert not is_large(tmp_path)
