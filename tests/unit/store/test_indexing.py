"""The indexes of a generation: what is left to the first who asks, and what generations share."""

from pathlib import Path

import pytest
from pyoxigraph import Quad

from pqlod.rdf import PARL, RDF, RDFS, BlankNode, DefaultGraph, Literal, NamedNode, Resource
from pqlod.store.columns import Has
from pqlod.store.gathering import IndexPlan
from pqlod.store.generations import Generations
from pqlod.store.index import WordIndex

ITEMS = [NamedNode(f"urn:{number}") for number in range(20)]


def label(item: Resource, text: str) -> Quad:
    return Quad(item, RDFS.label, Literal(text), DefaultGraph())


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    """A store whose first generation has twenty items, and its index."""
    generations = Generations(tmp_path / "store")
    with generations.writing() as writing:
        writing.store.extend([label(item, f"text of {item.value}") for item in ITEMS])
    return generations


def add(generations: Generations, item: NamedNode, text: str, *, is_told: bool = True) -> None:
    with generations.writing(indexes_later=True) as writing:
        writing.store.add(label(item, text))
        if is_told:
            writing.changed([item])


def found(generations: Generations, expression: str, number: int | None = None) -> set[str]:
    return {match.item.value for match in generations.dataset(number).search(expression)}


def names(generations: Generations, number: int) -> set[str]:
    return {path.name for path in generations.path(number).parent.iterdir()} - {"store", "generation.json"}


def test_a_write_leaves_the_index_to_the_first_search(generations: Generations) -> None:
    add(generations, ITEMS[3], "hospital")
    assert names(generations, 2) == {"words.sqlite", "changed.json"}

    assert found(generations, "hospital") == {"urn:3"}
    assert names(generations, 2) == {"words.sqlite", "changed.json", "words-overlay.sqlite"}
    assert generations.path(1).with_name("words.sqlite").samefile(generations.path(2).with_name("words.sqlite"))


def test_what_changed_in_several_writes_is_found(generations: Generations) -> None:
    for number, text in enumerate(("hospital", "housing", "harbour")):
        add(generations, ITEMS[number], text)

    assert [found(generations, text) for text in ("hospital", "housing", "harbour")] == [{"urn:0"}, {"urn:1"}, {"urn:2"}]
    assert found(generations, "harbour", 3) == set()
    assert len(found(generations, "text")) == 20


def test_what_was_changed_untold_is_found(generations: Generations) -> None:
    add(generations, ITEMS[0], "hospital", is_told=False)
    add(generations, ITEMS[1], "hospital")

    assert names(generations, 3) == set()
    assert found(generations, "hospital") == {"urn:0", "urn:1"}


def test_a_load_after_small_writes_takes_their_changes_in(generations: Generations) -> None:
    add(generations, ITEMS[0], "hospital")

    with generations.writing() as writing:
        writing.store.add(label(ITEMS[1], "hospital"))
        writing.changed([ITEMS[1]])

    assert names(generations, 3) == {"words.sqlite", "changed.json", "words-overlay.sqlite"}
    assert found(generations, "hospital") == {"urn:0", "urn:1"}


def test_a_write_that_changes_no_item_shares_the_index(generations: Generations) -> None:
    with generations.writing(indexes_later=True) as writing:
        writing.store.add(Quad(ITEMS[0], RDFS.label, Literal("elsewhere"), NamedNode("urn:graph")))
        writing.changed([])

    first, second = (generations.path(number).parent / "words.sqlite" for number in (1, 2))
    assert first.samefile(second)
    assert found(generations, "text of") == {item.value for item in ITEMS}


def test_a_changed_part_without_a_name_is_found_with_its_whole(tmp_path: Path) -> None:
    generations, answer = Generations(tmp_path / "store"), BlankNode("answer")
    with generations.writing() as writing:
        writing.store.extend([
            Quad(ITEMS[0], PARL.questionText, Literal("What is spent?"), DefaultGraph()),
            Quad(ITEMS[0], PARL.answer, answer, DefaultGraph()),
            *(Quad(item, PARL.questionText, Literal("Who?"), DefaultGraph()) for item in ITEMS[1:]),
        ])  # fmt: skip

    with generations.writing(indexes_later=True) as writing:
        writing.store.add(Quad(answer, PARL.answerText, Literal("a hundred pounds"), DefaultGraph()))
        writing.changed([answer])

    assert found(generations, "pounds") == {"urn:0"}


def test_an_index_that_cannot_be_kept_is_made_for_the_process(generations: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    add(generations, ITEMS[3], "hospital")
    monkeypatch.setattr("pqlod.store.indexing.os.replace", refuse)

    assert found(generations, "hospital") == {"urn:3"}
    assert names(generations, 2) == {"words.sqlite", "changed.json"}


def test_an_index_that_another_process_made_is_used(generations: Generations) -> None:
    add(generations, ITEMS[3], "hospital")
    assert found(Generations(generations.folder), "hospital") == {"urn:3"}
    made = generations.path(2).parent / "words-overlay.sqlite"
    before = made.stat().st_ino

    assert found(generations, "hospital") == {"urn:3"}
    assert made.stat().st_ino == before
    assert WordIndex(made).search("hospital")


def test_after_many_changes_the_index_is_made_anew(generations: Generations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pqlod.store.indexing.MOST_TEXTS_CHANGED", 1)
    add(generations, ITEMS[0], "hospital")
    add(generations, ITEMS[1], "hospital")

    assert names(generations, 3) == set()
    assert found(generations, "hospital") == {"urn:0", "urn:1"}
    assert names(generations, 3) == {"words.sqlite"}


@pytest.mark.parametrize("is_later", [True, False], ids=["at the first search", "at once"])
def test_a_base_of_other_texts_is_made_anew(generations: Generations, is_later: bool) -> None:
    """With the first question only the texts of questions are searched, and no more all."""
    with generations.writing(indexes_later=is_later) as writing:
        writing.store.add(Quad(ITEMS[3], PARL.questionText, Literal("hospital"), DefaultGraph()))
        writing.store.add(Quad(ITEMS[3], NamedNode("urn:note"), Literal("canal"), DefaultGraph()))
        writing.changed([ITEMS[3]])

    assert (found(generations, "hospital"), found(generations, "canal")) == ({"urn:3"}, set())
    assert names(generations, 2) == {"words.sqlite"}
    assert found(generations, "text", 1) == {item.value for item in ITEMS}


# The index of values

LABEL = ((RDFS.label, False),)


@pytest.fixture
def planned(tmp_path: Path) -> Generations:
    """A store whose first generation has an index of values."""
    generations = Generations(tmp_path / "planned", plan=lambda: IndexPlan((RDFS.Class,), (LABEL,)))
    with generations.writing() as writing:
        for item in ITEMS:
            writing.store.extend([label(item, "old"), Quad(item, RDF.type, RDFS.Class, DefaultGraph())])
    return generations


def labelled(generations: Generations, text: str) -> list[str]:
    values = generations.dataset().values
    assert values is not None
    return values.all_of(RDFS.Class).meeting(Has(LABEL, (Literal(text),))).page((), 0, 99)


def test_generations_share_the_index_of_values_and_tell_of_their_changes(planned: Generations) -> None:
    add(planned, ITEMS[3], "new")
    add(Generations(planned.folder), ITEMS[7], "new")  # whoever writes need not know the plan

    first, last = (planned.path(number).parent / "values.sqlite" for number in (1, 3))
    assert first.samefile(last)
    assert names(planned, 3) >= {"values.sqlite", "changed-values.json"}
    assert labelled(planned, "new") == ["urn:3", "urn:7"]
    assert "overlay.sqlite" in names(planned, 3)
    assert labelled(Generations(planned.folder), "new") == ["urn:3", "urn:7"]


def test_a_load_makes_the_overlay_itself(planned: Generations) -> None:
    with planned.writing() as writing:
        writing.store.add(label(ITEMS[1], "new"))
        writing.changed([ITEMS[1]])

    assert "overlay.sqlite" in names(planned, 2)
    assert labelled(planned, "new") == ["urn:1"]


@pytest.mark.parametrize("is_told", [True, False], ids=["too much", "untold"])
def test_after_many_changes_the_index_of_values_is_made_anew(
    planned: Generations, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pqlod.store.indexing.MOST_CHANGED", 1)
    add(planned, ITEMS[1], "new")
    add(planned, ITEMS[2], "new", is_told=is_told)

    assert names(planned, 2) >= {"changed-values.json"}
    assert not names(planned, 3) & {"changed-values.json", "overlay.sqlite"}
    assert labelled(planned, "new") == ["urn:1", "urn:2"]


def test_without_a_plan_there_is_no_index_of_values(generations: Generations) -> None:
    assert generations.dataset().values is None


def test_a_damaged_index_of_values_is_done_without(planned: Generations, caplog: pytest.LogCaptureFixture) -> None:
    (planned.path(1).parent / "values.sqlite").write_bytes(b"no database, but as long as one" * 100)

    assert planned.dataset().values is None
    assert "made again by: pqlod index" in caplog.text
