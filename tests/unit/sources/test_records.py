"""Records: their IRIs, what they tell in passing, and their way into the store and back."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.sources.json_records import from_json, to_json
from pqlod.sources.records import (
    SESSIONS,
    Answer,
    AnswerBody,
    AnswerVersion,
    Attachment,
    Constituency,
    Department,
    DepartmentMention,
    House,
    LoneAnswer,
    Member,
    MemberMention,
    Question,
    QuestionTime,
    Record,
    Seat,
    session_of,
)

DATA = "http://data.parliament.uk/"
TABLED = date(2014, 6, 30)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"number": 64819}, "resources/64819"),
        ({}, "writtenparliamentaryquestion/commons/2014-15/203136"),
        ({"house": "Lords", "uin": "HL1"}, "writtenparliamentaryquestion/lords/2014-15/HL1"),
        ({"tabled_on": date(2014, 5, 20)}, "writtenparliamentaryquestion/commons/2014-05-20/203136"),
        ({"uin": "1/2 3"}, "writtenparliamentaryquestion/commons/2014-15/1%2F2%203"),
    ],
    ids=["number", "no number", "Lords", "between sessions", "odd UIN"],
)
def test_the_iri_of_a_question(changes: dict[str, object], path: str) -> None:
    known: dict[str, object] = {"uin": "203136", "house": "Commons", "tabled_on": TABLED}

    question = Question(source="x", **known | changes)  # type: ignore[arg-type]  # parametrized

    assert question.iri == DATA + path


def test_sessions_do_not_overlap() -> None:
    for (_, _, last), (_, first, _) in itertools.pairwise(SESSIONS):
        assert last < first


@pytest.mark.parametrize(
    ("day", "session"),
    [(date(2013, 5, 8), "2013/14"), (date(2014, 5, 14), "2013/14"), (date(2014, 5, 15), ""), (date(2000, 1, 1), ""), (None, "")],
)
def test_the_session_of_a_day(day: date | None, session: str) -> None:
    assert session_of(day) == session


def test_a_question_tells_in_passing_of_members_department_and_house() -> None:
    answer = Answer(member=MemberMention(id=76, name="Damian Green"), answered_on=TABLED, correcting_member=77)
    question = Question(
        source="lda", uin="1", house="Commons", tabled_on=TABLED, answer=answer, asker=MemberMention(id=3972,
        name="Jenny Chapman"),
        department=DepartmentMention(id=54, name="Ministry of Justice"),
    )  # fmt: skip

    assert list(question.mentions()) == [
        House(source="lda-mention", id=1),
        Member(source="lda-mention-printed-commons", as_of=TABLED, id=3972, full_name="Jenny Chapman", houses=("Commons",)),
        Department(source="lda-mention-printed", as_of=TABLED, id=54, name="Ministry of Justice"),
        Member(source="lda-mention-printed-commons", as_of=TABLED, id=76, full_name="Damian Green", houses=("Commons",)),
        Member(source="lda-mention-bare-commons", as_of=TABLED, id=77, houses=("Commons",)),
    ]


def test_member_0_is_nobody() -> None:
    answer = Answer(member=MemberMention(id=0))
    question = Question(source="lda", uin="1", house="Commons", tabled_on=TABLED, answer=answer)

    assert [mention.kind for mention in question.mentions()] == ["house"]


def test_a_seat_tells_of_the_member_as_of_the_election() -> None:
    seat = Seat(source="t", member=1, elected_on=TABLED, party="Labour", constituency=f"{DATA}constituencies/mnis/5")

    member = next(seat.mentions())

    assert member == Member(
        source="t-mention-commons", as_of=TABLED, id=1, houses=("Commons",), party="Labour",
        constituency=f"{DATA}constituencies/mnis/5",
    )  # fmt: skip


FULL_ANSWER = Answer(
    text="<p>£1</p>", is_clipped=True, answered_on=TABLED, first_answered=("2014-07-07T15:20:18.13Z",), is_holding=False,
    grouped_uins=("1", "2"), attachments=(Attachment(number=1, title="Table"),), member=MemberMention(id=0),
    previous_versions=(AnswerVersion(number=9, member=MemberMention(id=76), attachments=(Attachment(number=1),)),),
)  # fmt: skip
EXAMPLES: list[Record] = [
    Question(
        source="lda", as_of=TABLED, uin="1", house="Commons", tabled_on=TABLED, number=1, has_interest=False, answer=FULL_ANSWER,
        others=(("version", ("2",)), ("ddpModified", ("2014-07-07T15:21:00Z", "2014-07-08T15:21:00Z"))),
    ),
    Question(source="x", uin="1", house="Commons", tabled_on=TABLED),
    LoneAnswer(source="lda", number=17, answer=Answer()),
    QuestionTime(source="lda", number=5, bodies=(AnswerBody(number=1, name="Justice"),)),
    Member(source="t", id=172, houses=("Commons", "Lords"), born_on=TABLED, is_current=False),
    Constituency(source="t", address=f"{DATA}x", gss_code=""),
]  # fmt: skip


@pytest.mark.parametrize("record", EXAMPLES, ids=lambda record: record.kind)
def test_a_record_comes_back_from_its_json(record: Record) -> None:
    assert from_json(to_json(record)) == record


@given(st.text(), st.dates())
def test_any_text_and_day_come_back(text: str, day: date) -> None:
    record = Question(source="x", uin=text, house="Commons", tabled_on=day, text=text)

    assert from_json(to_json(record)) == record


def test_equal_records_have_equal_json() -> None:
    one, two = (Constituency(source="t", address=f"{DATA}x", gss_code=code) for code in ("", None))

    assert to_json(one) == to_json(Constituency(address=f"{DATA}x", gss_code="", source="t"))
    assert to_json(one) != to_json(two)
