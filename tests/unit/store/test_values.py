"""The index of values: what it finds, in which order, and how it follows the store."""

from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, Store

from pqlod.errors import StoreError
from pqlod.rdf import XSD, DefaultGraph, Literal, NamedNode, Namespace
from pqlod.store.columns import Bound, Exists, Has, NotIndexed, Within
from pqlod.store.gathering import DaysBetween, IndexPlan
from pqlod.store.value_files import ValueFile
from pqlod.store.values import MOST_SHARED, ValueIndex, build_overlay, build_values

X = Namespace("urn:x:")
NUMBER, DAY, TAG, PART, SIZE, NOTE = (((X[name], False),) for name in ("number", "day", "tag", "part", "size", "note"))
SIZE_OF_PART = (*PART, *SIZE)
OF = ((X.part, True),)
DAY_OF_PART, AGE = (*PART, *DAY), ((X.age, False),)
PLAN = IndexPlan(
    (X.Thing, X.Part), (NUMBER, DAY, TAG, PART, SIZE, NOTE, SIZE_OF_PART, DAY_OF_PART, OF), (DaysBetween(AGE, DAY, DAY_OF_PART),)
)
THINGS = """
@prefix : <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :Thing ; :number 3 ; :day "2018-11-01"^^xsd:date ; :tag "red" , "blue" ; :part :p .
:b a :Thing ; :number 1 ; :day "2018-11-02"^^xsd:date ; :tag "red" ; :part [ :size 9 ] .
:c a :Thing ; :number 2 ; :day "2018-11-01"^^xsd:date .
:d a :Thing ; :tag "green" .
:p a :Part ; :size 7 .
[] a :Thing ; :number 9 .
"""


def store_of(turtle: str) -> Store:
    store = Store()
    store.load(turtle, RdfFormat.TURTLE)
    return store


def index_of(store: Store, folder: Path) -> ValueIndex:
    build_values(store, PLAN, folder / "values.sqlite")
    return ValueIndex(ValueFile(folder / "values.sqlite"))


@pytest.fixture
def index(tmp_path: Path) -> ValueIndex:
    return index_of(store_of(THINGS), tmp_path)


def names(index: ValueIndex, *conditions, sorts=(), start=0, count=99, of=X.Thing) -> str:
    found = index.all_of(of)
    for condition in conditions:
        found = found.meeting(condition)
    return " ".join(iri.removeprefix("urn:x:") for iri in found.page(sorts, start, count))


def day(comparison: str, text: str) -> Bound:
    return Bound(comparison, (Literal(text, datatype=XSD.date),))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        pytest.param([], "a b c d", id="all that have an IRI, by that"),
        pytest.param([Has(TAG, (Literal("red"),))], "a b", id="one of several values"),
        pytest.param([Has(TAG, (Literal("green"), Literal("blue")))], "a d", id="one of several terms"),
        pytest.param([Has(NUMBER, (Literal("03", datatype=XSD.integer),))], "a", id="a number by its value"),
        pytest.param([Has(NUMBER, (Literal("3"),))], "", id="a text is no number"),
        pytest.param([Exists(NUMBER)], "a b c", id="there"),
        pytest.param([Exists(NUMBER, False)], "d", id="not there"),
        pytest.param([Within(DAY, ((day(">=", "2018-11-02"),),))], "b", id="not less"),
        pytest.param([Within(DAY, ((day("<", "2018-11-02"),),))], "a c", id="less"),
        pytest.param([Within(DAY, ((day(">", "2018-10-01"), day("<=", "2018-11-01")),))], "a c", id="both bounds"),
        pytest.param([Within(DAY, ((day("<", "2018-01-01"),), (day(">", "2018-11-01"),)))], "b", id="one of two ranges"),
        pytest.param([Within(NUMBER, ((day(">", "2018-10-01"),),))], "", id="numbers are no days"),
        pytest.param([Has(SIZE_OF_PART, (Literal("7", datatype=XSD.integer),))], "a", id="a chain"),
        pytest.param([Exists(SIZE_OF_PART)], "a b", id="a chain over a blank node"),
        pytest.param([Exists(TAG), Has(NUMBER, (Literal("1", datatype=XSD.integer),))], "b", id="two conditions"),
    ],
)
def test_conditions(index: ValueIndex, conditions, expected):
    assert names(index, *conditions) == expected


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        pytest.param([(NUMBER, False)], "d b c a", id="ascending, without a value first"),
        pytest.param([(NUMBER, True)], "a c b d", id="descending"),
        pytest.param([(DAY, True), (NUMBER, False)], "b c a d", id="two keys"),
        pytest.param([(DAY, False)], "d a c b", id="equal ones by their IRIs"),
    ],
)
def test_orders(index: ValueIndex, sorts, expected):
    assert names(index, sorts=sorts) == expected
    assert names(index, sorts=sorts, start=1, count=2) == " ".join(expected.split()[1:3])


def test_scores_come_before_the_order(index: ValueIndex):
    scores = {"urn:x:a": 1, "urn:x:c": 2, "urn:x:b": 1, "urn:x:p": 5}

    assert index.all_of(X.Thing).ranked(scores, [(NUMBER, False)], 0, 9) == ["urn:x:c", "urn:x:b", "urn:x:a"]
    assert index.all_of(X.Thing).ranked(scores, [(NUMBER, False)], 1, 1) == ["urn:x:b"]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        pytest.param(Has(((X.other, False),), (Literal("a"),)), "a property path that is not in the index", id="no path"),
        pytest.param(Has(NUMBER, (Literal("1.5", datatype=XSD.double),)), "what it equals", id="a double"),
        pytest.param(Within(DAY, ((Bound(">", (Literal("2018", datatype=XSD.gYear),)),),)), "how they compare", id="a year"),
        pytest.param(Within(DAY, ((Bound(">", (Literal("2018"),), is_of_texts=True),),)), "how they compare", id="texts of days"),
    ],
)
def test_what_is_not_known_for_certain_is_not_told(index: ValueIndex, condition, reason):
    with pytest.raises(NotIndexed, match=reason):
        index.all_of(X.Thing).meeting(condition)


@pytest.mark.parametrize(
    ("values", "is_sortable"),
    [
        pytest.param('"a" , "b"', False, id="two values"),
        pytest.param('"a"@en', False, id="a language"),
        pytest.param("7.0", True, id="a number like others"),
        pytest.param("3.0", False, id="a number that equals another"),
        pytest.param("1e0", False, id="a double"),
        pytest.param('"x"', False, id="a text among numbers"),
    ],
)
def test_an_order_is_told_only_if_it_is_known(tmp_path: Path, values: str, is_sortable: bool):
    index = index_of(store_of(THINGS + f":d :number {values} ."), tmp_path)

    assert index.all_of(X.Thing).is_sortable(NUMBER) == is_sortable


def test_long_texts_make_no_column(tmp_path: Path):
    index = index_of(store_of(THINGS + f':d :note "{"word " * 100}" . :p :note "short" .'), tmp_path)

    assert not index.all_of(X.Thing).has(NOTE)
    assert index.all_of(X.Part).has(NOTE)


def changed_index(store: Store, folder: Path, before: Store, changed: list[str]) -> ValueIndex:
    build_values(before, PLAN, folder / "base")
    build_overlay(store, folder / "base", folder / "overlay", [X[name] for name in changed])
    return ValueIndex(ValueFile(folder / "base"), ValueFile(folder / "overlay"))


def test_changes_are_merged_into_their_places(tmp_path: Path):
    after = THINGS.replace(":number 3", ":number 0").replace(":d a :Thing", ":d a :Other") + ":bb a :Thing ; :number 2 ."
    index = changed_index(store_of(after), tmp_path, store_of(THINGS), ["a", "d", "bb"])

    assert names(index, sorts=[(NUMBER, False)]) == "a b bb c"
    assert [names(index, sorts=[(NUMBER, True)], start=start, count=1) for start in range(5)] == ["bb", "c", "b", "a", ""]
    assert index.all_of(X.Thing).total == 4
    assert names(index, Has(TAG, (Literal("green"),))) == ""


def test_a_changed_part_changes_its_whole(tmp_path: Path):
    after = THINGS.replace(":size 7", ":size 8")
    index = changed_index(store_of(after), tmp_path, store_of(THINGS), ["p"])

    assert names(index, Has(SIZE_OF_PART, (Literal("8", datatype=XSD.integer),))) == "a"
    assert names(index, Exists(OF), of=X.Part) == "p"


def test_a_part_that_was_let_go_is_told_of(tmp_path: Path):
    after = THINGS.replace(" ; :part :p", "")
    index = changed_index(store_of(after), tmp_path, store_of(THINGS), ["a"])

    assert names(index, Exists(OF), of=X.Part) == ""


def test_what_many_share_makes_stale_what_is_told_of_it(tmp_path: Path):
    many = THINGS + "".join(f":m{number} a :Thing ; :part :p ." for number in range(MOST_SHARED))
    index = changed_index(store_of(many.replace(":size 7", ":size 8")), tmp_path, store_of(many), ["p"])

    assert not index.all_of(X.Thing).has(SIZE_OF_PART)
    assert names(index, Has(PART, (X.p,)), count=1) == "a"
    assert names(index, Exists(SIZE), of=X.Part) == "p"


def test_a_removed_statement_is_not_told_any_more(tmp_path: Path):
    store = store_of(THINGS)
    store.remove(Quad(X.b, X.tag, Literal("red"), DefaultGraph()))
    index = changed_index(store, tmp_path, store_of(THINGS), ["b"])

    assert names(index, Has(TAG, (Literal("red"),))) == "a"


def test_a_file_that_is_no_index_is_told(tmp_path: Path):
    (tmp_path / "values.sqlite").write_bytes(b"no database, but long enough to be read as one" * 100)

    with pytest.raises(StoreError, match="cannot be read"):
        ValueFile(tmp_path / "values.sqlite")


def test_a_class_without_a_table_is_not_told_of(index: ValueIndex):
    with pytest.raises(NotIndexed):
        index.all_of(NamedNode("urn:x:Other"))


def counts(index: ValueIndex, path, most: int = 9, wanted=()) -> tuple[dict[str, int], int]:
    found = index.all_of(X.Thing).counts(path, most, wanted)
    return dict(found.of), found.others


def test_counts_of_values(index: ValueIndex):
    found = index.all_of(X.Thing)

    assert counts(index, TAG) == ({"sred": 2, "sblue": 1, "sgreen": 1}, 0)
    assert counts(index, TAG, 1) == ({"sred": 2}, 2)
    assert counts(index, TAG, 1, {"sgreen", "sgone"}) == ({"sred": 2, "sgreen": 1}, 1)
    assert (found.having(TAG), found.having(NUMBER)) == (3, 3)
    assert found.grouped(DAY, "d", lambda text: text[1:8]) == {"2018-11": 3}
    assert found.median(NUMBER) == "n2"
    assert found.meeting(Exists(NUMBER, False)).median(NUMBER) is None
    with pytest.raises(NotIndexed, match="several kinds"):
        found.grouped(DAY, "n", str)
    with pytest.raises(NotIndexed, match="several of an item"):
        found.median(TAG)


def test_counts_are_of_the_base_and_the_overlay(tmp_path: Path):
    after = THINGS.replace('"red" , "blue"', '"blue"').replace(':tag "red" ; :part', ':tag "red" , "green" ; :part')
    after += ':e a :Thing ; :number 9 ; :tag "green" , "new" ; :day "2019-01-01"^^xsd:date .'
    changed = changed_index(store_of(after), tmp_path, store_of(THINGS), ["a", "b", "e"])

    assert counts(changed, TAG) == ({"sgreen": 3, "sblue": 1, "snew": 1, "sred": 1}, 0)
    assert counts(changed, TAG, 2) == ({"sgreen": 3, "sblue": 1}, 2)
    assert changed.all_of(X.Thing).grouped(DAY, "d", lambda text: text[1:5]) == {"2018": 3, "2019": 1}
    assert changed.all_of(X.Thing).median(NUMBER) == "n2"


DAYS = """
@prefix : <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:a a :Thing ; :day "2018-11-01"^^xsd:date ; :part :p .
:b a :Thing ; :day "2018-11-30"^^xsd:date ; :part :p .
:c a :Thing ; :part :p .
:d a :Thing ; :day "2018-11-21"^^xsd:date ; :part :q .
:p a :Part ; :day "2018-11-21"^^xsd:date .
"""


def test_days_between_two_days(tmp_path: Path):
    index = index_of(store_of(DAYS), tmp_path)

    assert counts(index, AGE) == ({"n-9": 1, "n20": 1}, 0)
    assert names(index, Has(AGE, (Literal("-9", datatype=XSD.integer),))) == "b"
    assert names(index, sorts=[(AGE, True)]) == "a b c d"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(':a :day "2018-11-02"^^xsd:date .', id="two days"),
        pytest.param(':d :day "2018-11-21Z"^^xsd:date .', id="a day of a zone"),
        pytest.param(':q :day "soon" .', id="a text"),
    ],
)
def test_days_are_counted_only_where_both_ends_are_one_day(tmp_path: Path, more: str):
    index = index_of(store_of(DAYS + more), tmp_path)

    assert not index.all_of(X.Thing).has(AGE)


def test_days_follow_what_changed(tmp_path: Path):
    after = DAYS + ':q a :Part ; :day "2018-11-24"^^xsd:date .'
    changed = changed_index(store_of(after), tmp_path, store_of(DAYS), ["q"])

    assert counts(changed, AGE) == ({"n-9": 1, "n20": 1, "n3": 1}, 0)
