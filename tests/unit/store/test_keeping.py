"""Going back to a generation, compacting, and what is told of generations."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from pqlod.errors import StoreError
from pqlod.rdf import RDFS, DefaultGraph, Literal, NamedNode
from pqlod.store.generations import GenerationGone, Generations
from pqlod.store.keeping import compact, kept_generations, roll_back, whole_files


def publish(generations: Generations, text: str) -> None:
    with generations.writing() as writing:
        writing.store.add(Quad(NamedNode(f"urn:{text}"), RDFS.label, Literal(text), DefaultGraph()))


def texts(generations: Generations, number: int | None = None) -> list[str]:
    return sorted(quad.object.value for quad in generations.dataset(number).store)


def damage(generations: Generations, number: int) -> None:
    for path in generations.path(number).glob("MANIFEST*"):
        path.unlink()
        path.write_bytes(b"x" * 50)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    made = Generations(tmp_path / "store")
    for text in ("one", "two", "three"):
        publish(made, text)
    return made


def test_an_earlier_generation_becomes_the_next_one(generations: Generations) -> None:
    assert roll_back(generations, 1) == 4

    assert texts(generations) == ["one"]
    assert texts(generations, 3) == ["one", "three", "two"]
    assert generations.about(4)[1] == "generation 1"
    assert whole_files(generations.path(4).parent) == whole_files(generations.path(1).parent)


def test_writes_go_on_from_where_one_went_back_to(generations: Generations) -> None:
    roll_back(generations, 1)

    publish(generations, "four")

    assert texts(generations) == ["four", "one"]
    assert texts(generations, 4) == ["one"]


def test_words_are_found_after_going_back(generations: Generations) -> None:
    roll_back(generations, 2)

    search = generations.dataset().search
    assert [[match.item.value for match in search(word)] for word in ("two", "three")] == [["urn:two"], []]


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [(3, StoreError, "Generation 3 is the current one"), (9, GenerationGone, r"Generation 9 is not kept\. Kept are: 1, 2, 3")],
    ids=["current", "unknown"],
)
def test_there_is_no_going_back_to(generations: Generations, number: int, error: type[StoreError], message: str) -> None:
    with pytest.raises(error, match=message):
        roll_back(generations, number)

    assert generations.numbers() == (1, 2, 3)


def test_a_damaged_generation_does_not_become_the_current_one(generations: Generations) -> None:
    damage(generations, 1)

    with pytest.raises(StoreError, match=f"The store {generations.folder} is damaged"):
        roll_back(generations, 1)

    assert texts(generations) == ["one", "three", "two"]
    assert not list(generations.folder.rglob("*.tmp"))


def test_from_a_damaged_current_generation_there_is_a_way_back(generations: Generations) -> None:
    damage(generations, 3)

    roll_back(Generations(generations.folder), 2)

    assert texts(Generations(generations.folder)) == ["one", "two"]


def test_compacting_keeps_all(generations: Generations) -> None:
    assert compact(generations) == 4

    assert texts(generations) == ["one", "three", "two"]
    assert generations.about(4)[1] == "generation 3, compacted"
    assert len(list(generations.path(4).glob("*.sst"))) <= len(list(generations.path(3).glob("*.sst")))


def test_generations_are_told_with_their_size_and_damage(generations: Generations) -> None:
    damage(generations, 1)
    roll_back(generations, 2)

    told = kept_generations(generations.folder)

    assert [(one.number, one.is_current, one.origin) for one in told] == [
        (1, False, ""), (2, False, ""), (3, False, ""), (4, True, "generation 2")
    ]  # fmt: skip
    assert "Corruption" in told[0].damage
    assert all(one.size >= one.own >= 0 and one.loaded and not one.damage for one in told[1:])
    assert told[3].own < 1000  # only the file that tells of it
