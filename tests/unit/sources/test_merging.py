"""Which record of a resource holds."""

import itertools
from datetime import date
from typing import Any

import pytest

from pqlod.sources.merging import merge, supersedes, trust
from pqlod.sources.records import Answer, LoneAnswer, Member, Question

TABLED = date(2014, 6, 30)
FULL = Answer(text="All of it.", answered_on=date(2014, 7, 7))
CLIPPED = Answer(text="All of...", answered_on=date(2014, 7, 7), is_clipped=True)
HOLDING = Answer(text="I will write.", answered_on=date(2014, 7, 2), is_holding=True)


def question(source: str = "wq-api", **values: Any) -> Question:
    return Question(**{"source": source, "uin": "1", "house": "Commons", "tabled_on": TABLED, "text": "To ask."} | values)


WINS = [
    ("an answer over none", question(answer=CLIPPED, as_of=date(2015, 1, 1)), question("lda", as_of=date(2016, 1, 1))),
    (
        "a full answer over a clipped one",
        question("moj-csv", answer=FULL),
        question("lda", answer=CLIPPED, as_of=date(2016, 1, 1)),
    ),
    ("a later answer over a holding one", question(answer=CLIPPED, as_of=date(2015, 1, 1)), question(answer=HOLDING)),
    ("a full question over a clipped one", question(), question("lda", is_clipped=True, as_of=date(2016, 1, 1))),
    ("a later withdrawal over a full question", question(is_withdrawn=True, is_clipped=True, as_of=date(2016, 1, 1)), question()),
    ("a later state over a withdrawal", question(as_of=date(2016, 1, 2)), question(is_withdrawn=True, as_of=date(2016, 1, 1))),
    ("the later state", question("moj-csv", as_of=date(2016, 1, 2)), question("lda", as_of=date(2016, 1, 1))),
    ("a told state over an earlier untold one", question("moj-csv", as_of=date(2016, 1, 2)), question("lda", answer=None)),
    ("the Linked Data API over the questions API", question("lda"), question("wq-api")),
    ("the questions API over a table", question("wq-api"), question("moj-csv")),
    ("the one that tells more", question(heading="Prisons"), question()),
]


@pytest.mark.parametrize(("winner", "loser"), [row[1:] for row in WINS], ids=[row[0] for row in WINS])
def test_the_fuller_question_is_taken_whole(winner: Question, loser: Question) -> None:
    assert merge([winner, loser]) == winner
    assert merge([loser, winner]) == winner


def test_the_number_is_kept_whoever_tells_it() -> None:
    merged = merge([question("moj-csv", answer=FULL), question("lda", number=17), question("wq-api", number=16)])

    assert isinstance(merged, Question)
    assert (merged.number, merged.answer) == (17, FULL)


@pytest.mark.parametrize(
    ("told", "holds"), [(None, FULL), (CLIPPED, FULL), (FULL, FULL)], ids=["no answer", "a clipped answer", "a full answer"]
)
def test_an_answer_told_alone_stands_in_for_one_less_full(told: Answer | None, holds: Answer) -> None:
    merged = merge([LoneAnswer(source="lda", number=17, answer=FULL), question(number=17, answer=told)])

    assert isinstance(merged, Question)
    assert merged.answer == holds


def test_a_member_is_merged_fact_by_fact_in_the_order_of_trust() -> None:
    told = [
        Member(source="lda", id=172, full_name="Ms Diane Abbott", party="Labour", houses=("Commons",)),
        Member(source="members-api", id=172, party="Independent", full_title="Rt Hon Diane Abbott MP"),
        Member(source="members-table", id=172, gender="Female", full_name="Diane Abbott"),
        Member(source="lda-mention-lords", id=172, full_name="Lady Abbott", given_name="Di", houses=("Lords",)),
    ]
    expected = Member(
        source="lda", id=172, full_name="Ms Diane Abbott", party="Labour", full_title="Rt Hon Diane Abbott MP", gender="Female",
        given_name="Di", houses=("Commons", "Lords"),
    )  # fmt: skip

    assert {merge(order) for order in itertools.permutations(told)} == {expected}


def test_what_is_told_in_passing_is_trusted_least() -> None:
    assert trust("lda") > trust("wq-api") == trust("mnis") > trust("anything") > trust("lda-mention") > trust("wq-api-mention")
    assert trust("moj-csv-mention") > trust("lda-mention-printed") > trust("moj-csv-mention-printed") > trust("lda-mention-bare")


@pytest.mark.parametrize(
    ("new", "old", "in_one_load", "in_two_loads"),
    [
        (question(heading="New"), question(heading="Old, and more"), False, True),
        (question(as_of=date(2016, 1, 2)), question(as_of=date(2016, 1, 1)), True, True),
        (question(as_of=date(2016, 1, 1)), question(as_of=date(2016, 1, 2)), False, False),
        (question(answer=CLIPPED), question(answer=FULL), False, False),
    ],
    ids=["as full", "later", "earlier", "less full"],
)
def test_a_later_load_replaces_what_was_not_fuller(new: Question, old: Question, in_one_load: bool, in_two_loads: bool) -> None:
    assert supersedes(new, old, is_same_load=True) == in_one_load
    assert supersedes(new, old, is_same_load=False) == in_two_loads
