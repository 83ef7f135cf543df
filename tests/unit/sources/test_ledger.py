"""What sources told becomes quads, whatever the order in which they tell it."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest
from pyoxigraph import Store

from pqlod.rdf import PARL, RDFS, DefaultGraph, Literal, NamedNode, Quad
from pqlod.sources.changes import Writer
from pqlod.sources.ledger import ALIAS, RECORD, Ledger, Outcome, graph_of
from pqlod.sources.records import (
    Answer,
    DepartmentMention,
    House,
    LoneAnswer,
    Member,
    MemberMention,
    Question,
    Record,
    ThesaurusTerm,
)

DATA = "http://data.parliament.uk/"
TABLED = date(2014, 6, 30)
ASKER = MemberMention(id=3972, name="Jenny Chapman")
FULL, CLIPPED = Answer(text="All of it."), Answer(text="All...", is_clipped=True)
UNNUMBERED = f"{DATA}writtenparliamentaryquestion/commons/2014-15/1"


def question(source: str = "wq-api", **values: Any) -> Question:
    return Question(**{"source": source, "uin": "1", "house": "Commons", "tabled_on": TABLED, "text": "To ask."} | values)


def tell(store: Store, records: Iterable[Record]) -> Ledger:
    with Writer(store) as writer:
        ledger = Ledger(store, writer)
        for record in records:
            ledger.tell(record)
        ledger.flush()
    return ledger


def told(*loads: Sequence[Record]) -> set[Quad]:
    store = Store()
    for records in loads:
        tell(store, records)
    return set(store)


def values(store: Store, subject: str, predicate: NamedNode) -> list[str]:
    quads = store.quads_for_pattern(NamedNode(subject), predicate, None, DefaultGraph())
    return sorted(str(getattr(quad.object, "value", quad.object)) for quad in quads)


SETS: dict[str, list[Record]] = {
    "one question in three sources": [
        question("lda", number=17, answer=FULL, asker=ASKER, has_interest=False),
        question("wq-api", number=17, answer=CLIPPED, heading="Prisons", as_of=date(2024, 1, 1)),
        question("moj-csv", asker=MemberMention(id=3972, name="Ms Chapman"), heading="Gaols"),
    ],
    "two numbers for one key": [question("lda", number=17), question("wq-api", number=16), question("moj-csv")],
    "two keys for one number": [
        question("lda", number=17),
        question("wq-api", number=17, tabled_on=date(2014, 7, 1)),
        question("moj-csv", tabled_on=date(2014, 7, 1), heading="Gaols"),
    ],
    "no number, two days of one session": [
        question("moj-csv"),
        question("moj-archive", tabled_on=date(2014, 7, 1), heading="Gaols"),
        question("lda", number=17),
    ],
    "an answer alone": [
        LoneAnswer(source="lda", number=17, answer=FULL, house="Commons"),
        question("wq-api", number=17, answer=CLIPPED),
        question("moj-csv"),
    ],
    "a member": [
        Member(source="lda", id=3972, full_name="Jenny Chapman", party="Labour"),
        Member(source="members-api", id=3972, party="Independent", list_name="Chapman, Jenny"),
        question("moj-csv", asker=MemberMention(id=3972, name="J. Chapman")),
        question("moj-csv", uin="2", asker=MemberMention(id=3972, name="Jennifer Chapman"), tabled_on=date(2014, 7, 1)),
    ],
    "a House that is a term": [
        House(source="houses-table", id=1, short_name="Commons"),
        ThesaurusTerm(source="lda", address=f"{DATA}terms/25259", label="House of Commons", notations=("x",)),
        question(),
    ],
}  # fmt: skip


@pytest.mark.parametrize("records", SETS.values(), ids=SETS)
def test_the_order_has_no_say_within_a_load_nor_over_several(records: list[Record]) -> None:
    results = [told(order) for order in itertools.permutations(records)]
    results += [told(*([record] for record in order)) for order in itertools.permutations(records)]

    assert results[0]
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("records", SETS.values(), ids=SETS)
def test_telling_the_same_again_changes_nothing(records: list[Record]) -> None:
    store = Store()
    tell(store, records)
    before = set(store)

    ledger = tell(store, records)

    assert set(store) == before
    assert {outcome for _, outcome in ledger.outcomes.values()} == {Outcome.UNCHANGED}


def test_a_question_that_is_answered_later_is_changed_and_its_stale_triples_leave() -> None:
    store = Store()
    tell(store, [question(number=17, heading="Old", as_of=TABLED, due_on=date(2014, 7, 4))])

    ledger = tell(store, [question(number=17, heading="New", as_of=date(2014, 7, 8), answer=FULL)])

    assert values(store, f"{DATA}resources/17", PARL.hansardHeading) == ["New"]
    assert values(store, f"{DATA}resources/17", PARL.AnswerDate) == []
    assert values(store, f"{DATA}resources/17/answer", PARL.answerText) == ["All of it."]
    assert ledger.outcomes[f"{DATA}resources/17"] == ("written question", Outcome.CHANGED)


def test_a_changed_set_equals_a_fresh_load_of_it() -> None:
    first = [question(uin=str(n), number=n, answer=Answer(text=f"Answer {n}.")) for n in range(20)]
    second = [question(uin=str(n), number=n, answer=Answer(text=f"Answer {n * (n % 5 or 7)}!")) for n in range(20)]

    assert told(first, second) == told(second)


def test_a_question_whose_number_becomes_known_moves_to_it() -> None:
    store = Store()
    tell(store, [question("moj-csv")])
    assert values(store, UNNUMBERED, PARL.uin) == ["1"]

    tell(store, [question("lda", number=17)])

    assert values(store, UNNUMBERED, PARL.uin) == []
    assert values(store, f"{DATA}resources/17", PARL.uin) == ["1"]
    aliases = store.quads_for_pattern(NamedNode(f"{DATA}resources/17"), ALIAS, None, None)
    assert NamedNode(UNNUMBERED) in {quad.object for quad in aliases}


def test_two_numbers_for_one_question_are_a_conflict() -> None:
    ledger = tell(Store(), SETS["two numbers for one key"])

    assert len(ledger.conflicts) == 1
    assert f"{DATA}resources/17" in ledger.outcomes
    assert f"{DATA}resources/16" not in ledger.outcomes


def test_questions_of_one_uin_in_two_sessions_are_two() -> None:
    ledger = tell(Store(), [question(), question(tabled_on=date(2015, 6, 30))])

    assert [kind for kind, _ in ledger.outcomes.values()].count("written question") == 2


def test_every_flush_counts_for_the_same_outcomes() -> None:
    store = Store()
    records = (question(number=17), question("lda", number=17, heading="Prisons"), question("lda", number=17, heading="Prisons"))

    with Writer(store) as writer:
        ledger = Ledger(store, writer)
        for record in records:
            ledger.tell(record)
            ledger.flush()

    assert ledger.outcomes[f"{DATA}resources/17"] == ("written question", Outcome.NEW)


def test_what_each_source_told_is_kept_in_its_graph() -> None:
    store = Store()
    tell(store, [question("lda", number=17, asker=ASKER), question("moj-csv")])

    told_of = {(quad.subject, quad.graph_name) for quad in store.quads_for_pattern(None, RECORD, None, None)}

    assert {(NamedNode(f"{DATA}resources/17"), graph_of(source)) for source in ("lda", "moj-csv")} <= told_of
    assert (NamedNode(f"{DATA}members/3972"), graph_of("lda-mention-printed-commons")) in told_of


def test_a_name_told_in_passing_is_the_latest() -> None:
    store = Store()
    renamed = MemberMention(id=3972, name="Baroness Chapman")

    tell(store, [question(asker=renamed, tabled_on=date(2015, 6, 30)), question(asker=ASKER)])

    label = "Biography information for Baroness Chapman"
    assert values(store, f"{DATA}members/3972", RDFS.label) == [label]


def test_a_mention_without_name_hides_none() -> None:
    store = Store()

    tell(store, [question(asker=ASKER), question(asker=MemberMention(id=3972), tabled_on=date(2015, 6, 30))])

    assert values(store, f"{DATA}members/3972", RDFS.label) == ["Biography information for Jenny Chapman"]


def test_a_department_is_named_as_lately_and_a_question_as_then() -> None:
    store = Store()
    then, lately = (DepartmentMention(id=7, name=name) for name in ("Communities", "Housing"))

    tell(store, [question(department=then), question(department=lately, tabled_on=date(2018, 6, 30), number=18)])

    assert values(store, f"{DATA}departments/7", RDFS.label) == ["Housing"]
    assert Quad(NamedNode(UNNUMBERED), PARL.AnsweringBody, Literal("Communities"), DefaultGraph()) in store


def test_what_is_told_as_before_on_a_later_day_is_unchanged_and_of_that_day() -> None:
    store = Store()
    tell(store, [question("wq-api", number=17, as_of=date(2026, 11, 1)), Member(source="mnis", id=1, as_of=date(2026, 11, 1))])

    later = tell(store, [question("wq-api", number=17, as_of=date(2026, 11, 2), heading="Housing"),
                         Member(source="mnis", id=1, as_of=date(2026, 11, 2))])  # fmt: skip

    assert later.outcomes[f"{DATA}resources/17"] == ("written question", Outcome.CHANGED)
    assert later.outcomes[f"{DATA}members/1"] == ("member", Outcome.UNCHANGED)
    kept = store.quads_for_pattern(NamedNode(f"{DATA}members/1"), RECORD, None, graph_of("mnis"))
    assert ["2026-11-02" in quad.object.value for quad in kept] == [True]


def test_what_is_told_after_what_came_before_holds_also_within_a_load() -> None:
    store = Store()
    with Writer(store) as writer:
        ledger = Ledger(store, writer)
        for heading in ("Mice", "Zebras", "Aardvarks"):
            ledger.tell(question("wq-api", number=17, heading=heading), is_later=True)
        ledger.flush()

    assert values(store, f"{DATA}resources/17", PARL.hansardHeading) == ["Aardvarks"]
