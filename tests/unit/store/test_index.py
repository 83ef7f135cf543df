"""The index of words: which items are found, in which order, and how it follows the store."""

import threading
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from pqlod.errors import BadParameter, QueryLimitExceeded, StoreError
from pqlod.rdf import NamedNode
from pqlod.store.index import WordIndex, build_index, build_words_overlay, can_be_overlaid

QUESTIONS = """
@prefix parl: <http://data.parliament.uk/schema/parl#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:q1> parl:questionText "How many free schools are there?" ; dct:date "2015-01-01"^^xsd:date ;
  parl:hansardHeading "Free Schools: Leeds" ; parl:tablingMemberPrinted "Abbott, Ms Diane" ;
  parl:answer <urn:q1/answer> ; parl:uin "99" .
<urn:q1/answer> parl:answerText "<p>The <b>Depart&shy;ment</b> counts 12 caf&eacute;s &amp; schools.</p>" ;
  rdfs:label "Answer to 99" .
<urn:q2> parl:questionText "What is spent on hospitals, schools and prisons?" ; dct:date "2016-01-01"^^xsd:date ;
  parl:hansardHeading "Hospitals" .
<urn:q3> parl:questionText "Whether Mr Cohabbotson visited schools." ; dct:date "2014-01-01"^^xsd:date .
<urn:m1> parl:fullName "Ms Diane Abbott" .
"""
OTHERS = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<urn:school> rdfs:label "Hilltop Primary" ; <urn:note> "near the canal", 12 .
[] rdfs:label "Hilltop nameless" .
"""


def store_of(turtle: str) -> Store:
    store = Store()
    store.load(turtle, RdfFormat.TURTLE)
    return store


def found(index: WordIndex, expression: str) -> list[str]:
    return [match.item.value for match in index.search(expression)]


@pytest.fixture(scope="module")
def index() -> WordIndex:
    return WordIndex.of_store(store_of(QUESTIONS))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("hospitals", ["urn:q2"], id="word"),
        pytest.param("SCHOOLS", ["urn:q1", "urn:q3", "urn:q2"], id="headings-then-short-texts"),
        pytest.param("free+AND+schools", ["urn:q1"], id="and"),
        pytest.param('"free schools"', ["urn:q1"], id="phrase"),
        pytest.param('"schools free"', [], id="phrase-in-another-order"),
        pytest.param("schools -hospitals -free", ["urn:q3"], id="not"),
        pytest.param("(prisons OR visited) schools", ["urn:q3", "urn:q2"], id="parentheses"),
        pytest.param("hosp*", ["urn:q2"], id="prefix"),
        pytest.param('"hospitals prisons"~2', ["urn:q2"], id="near"),
        pytest.param("cafes", ["urn:q1"], id="answer-without-accents-and-entities"),
        pytest.param("department", ["urn:q1"], id="soft-hyphen"),
        pytest.param("b OR p OR eacute", [], id="no-markup"),
        pytest.param("abbott", ["urn:m1", "urn:q1"], id="names"),
        pytest.param("*bbott*", ["urn:m1", "urn:q1"], id="letters-in-names-only"),
        pytest.param("*bbott* AND free", ["urn:q1"], id="letters-and-words"),
        pytest.param("*bbott* NOT free", ["urn:m1"], id="letters-without-words"),
        pytest.param("*bbott* OR hospitals", ["urn:q2", "urn:q1", "urn:m1"], id="letters-or-words-newest-first"),
        pytest.param("99", [], id="only-the-fields-of-the-table"),
        pytest.param("answer", [], id="parts-are-no-items"),
    ],
)
def test_search(index: WordIndex, expression: str, expected: list[str]) -> None:
    assert found(index, expression) == expected


def test_scores_fall(index: WordIndex) -> None:
    scores = [match.score for match in index.search("schools")]

    assert scores == sorted(scores, reverse=True)
    assert not index.search("schools").is_partial


def test_of_very_many_matches_the_newest_are_ranked(tmp_path: Path) -> None:
    build_index(store_of(QUESTIONS), tmp_path / "words.sqlite")
    index = WordIndex(tmp_path / "words.sqlite", most_ranked=2)

    assert found(index, "schools") == ["urn:q1", "urn:q2"]
    assert index.search("schools").is_partial
    assert found(index, "*chool* OR schools") == ["urn:q2", "urn:q1"]
    assert index.search("*chool* OR schools").is_partial
    assert not index.search("free OR prisons").is_partial


def test_a_wrong_expression_is_told(index: WordIndex) -> None:
    with pytest.raises(BadParameter, match="at character 1"):
        index.search("(schools")


def test_other_data_is_searched_by_every_text_of_its_iris() -> None:
    index = WordIndex.of_store(store_of(OTHERS))

    assert found(index, "canal hilltop") == ["urn:school"]
    assert found(index, "*illto*") == ["urn:school"]
    assert found(index, "nameless") == []


def test_letters_where_there_are_no_names_are_told() -> None:
    index = WordIndex.of_store(store_of('<urn:a> <urn:note> "near the canal" .'))

    with pytest.raises(BadParameter, match="in names and headings only, and there are none here"):
        index.search("*cana*")


def test_an_index_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "words.sqlite").write_bytes(b"no database, but long enough to be read as one" * 100)

    with pytest.raises(StoreError, match="cannot be read"):
        WordIndex(tmp_path / "words.sqlite").search("schools")


def test_a_search_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    build_index(store_of(QUESTIONS), tmp_path / "words.sqlite")

    with pytest.raises(QueryLimitExceeded, match=r"at its limit of 0 seconds. Ask for rarer"):
        WordIndex(tmp_path / "words.sqlite", most_seconds=0).search("schools")


def test_many_threads_search_at_once(index: WordIndex) -> None:
    results: list[list[str]] = []
    threads = [threading.Thread(target=lambda: results.extend(found(index, "schools") for _ in range(20))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [["urn:q1", "urn:q3", "urn:q2"]] * 80


def changed(tmp_path: Path, before: Store, after: Store, items: list[str], **limits: int) -> WordIndex:
    """An index of a store as it was, with an overlay of what changed."""
    build_index(before, tmp_path / "base")
    build_words_overlay(after, tmp_path / "overlay", map(NamedNode, items))
    return WordIndex(tmp_path / "base", tmp_path / "overlay", **limits)


def fillers(count: int, word: str = "filler") -> str:
    text = "<urn:f{0}> <http://data.parliament.uk/schema/parl#questionText> '{1} {0}' ."
    return "".join(text.format(number, word) for number in range(count))


AFTER = (QUESTIONS + fillers(20)).replace("counts 12 caf&eacute;s &amp; schools", "counts none").replace(
    "What is spent on hospitals, schools", "What is spent on free museums"
).replace('<urn:m1> parl:fullName "Ms Diane Abbott" .', "") + '<urn:new> parl:questionText "New free schools." .'  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "cafes", "none", "schools", "free", "free schools", "filler", "museums OR new", "hospital*", "schools NOT free",
        "*bbott*", "*bbott* OR hospitals", "*ospit* NOT free", '"free museums"', "abbott",
    ],
)  # fmt: skip
def test_a_base_and_its_overlay_find_what_a_new_index_finds(tmp_path: Path, expression: str) -> None:
    items = ["urn:q1/answer", "urn:q2", "urn:m1", "urn:new"]
    index = changed(tmp_path, store_of(QUESTIONS + fillers(20)), store_of(AFTER), items)
    anew = WordIndex.of_store(store_of(AFTER))

    assert sorted(found(index, expression)) == sorted(found(anew, expression))
    assert len(set(found(index, expression))) == len(found(index, expression))


def test_what_changed_is_ranked_among_the_rest(tmp_path: Path) -> None:
    before = store_of(QUESTIONS + fillers(40) + fillers(9, "canal boats on the canal").replace("urn:f", "urn:c"))
    after = store_of(
        QUESTIONS + fillers(40) + fillers(9, "canal boats on the canal").replace("urn:f", "urn:c")
        + "<urn:long> <http://data.parliament.uk/schema/parl#questionText> 'one canal among very many other words of all kinds' ."
    )  # fmt: skip
    index, anew = changed(tmp_path, before, after, ["urn:long", "urn:c3"]), WordIndex.of_store(after)

    assert found(index, "canal")[-1] == found(anew, "canal")[-1] == "urn:long"
    scores = {match.item.value: match.score for match in index.search("canal")}
    assert scores["urn:c3"] == pytest.approx(scores["urn:c4"], rel=0.1)


def test_of_very_many_matches_those_that_changed_are_ranked_too(tmp_path: Path) -> None:
    after = store_of(QUESTIONS.replace("Whether Mr Cohabbotson visited schools.", "Which schools?"))
    index = changed(tmp_path, store_of(QUESTIONS), after, ["urn:q3"], most_ranked=1)

    assert sorted(found(index, "schools")) == ["urn:q2", "urn:q3"]
    assert index.search("schools").is_partial
    assert not index.search("free").is_partial


@pytest.mark.parametrize(
    ("base", "can_be"),
    [
        pytest.param(QUESTIONS, True, id="of the same kind"),
        pytest.param(OTHERS, False, id="of every text"),
        pytest.param(None, False, id="missing"),
        pytest.param("", False, id="damaged"),
    ],
)
def test_a_base_is_sound_and_of_the_same_kind(tmp_path: Path, base: str | None, can_be: bool) -> None:
    if base:
        build_index(store_of(base), tmp_path / "base")
    elif base is not None:
        (tmp_path / "base").write_bytes(b"no database " * 100)

    assert can_be_overlaid(tmp_path / "base", store_of(QUESTIONS)) == can_be


def test_an_index_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: unable to open database file"):
        build_index(store_of(QUESTIONS), tmp_path / "none" / "words.sqlite")
