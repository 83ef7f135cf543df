"""Pages of the Linked Data API become records."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pqlod.sources import SourceFile, lda_json
from pqlod.sources.fields import DAYS_AS_INSTANTS
from pqlod.sources.records import (
    AnswerBody,
    AnswerVersion,
    Attachment,
    Constituency,
    DepartmentMention,
    LoneAnswer,
    Member,
    MemberMention,
    OralQuestion,
    Question,
    QuestionTime,
    Record,
    Session,
    ThesaurusTerm,
)
from pqlod.sources.refusals import Refusal

Make = Callable[..., SourceFile]
DATA = "http://data.parliament.uk/"


def value(text: str, datatype: str = "") -> dict[str, str]:
    return {"_value": text, "_datatype": datatype} if datatype else {"_value": text}


def day(text: str) -> dict[str, str]:
    return value(text, "dateTime")


def member(number: int, name: str) -> dict[str, Any]:
    return {"_about": f"{DATA}members/{number}", "label": value(f"Biography information for {name}")}


QUESTION: dict[str, Any] = {
    "_about": f"{DATA}resources/64819",
    "AnsweringBody": [value("Ministry of Justice")],
    "answer": {
        "_about": f"{DATA}resources/64819/answer",
        "answerText": value("<p>Some.</p>"),
        "answeringMember": member(76, "Damian Green"),
        "answeringMemberConstituency": value("Ashford"),
        "answeringMemberPrinted": value("Damian Green"),
        "attachment": {"_about": f"{DATA}resources/64819/answer/attachment/1", "fileName": value("a.xls"), "title": "Table"},
        "dateOfAnswer": day("2014-07-07"),
        "groupedQuestionUIN": [value("203137"), value("203138")],
        "isMinisterialCorrection": value("true", "boolean"),
        "previousAnswerVersion": {
            "_about": f"{DATA}resources/64819/answer/previousversion/9230",
            "answeringMember": member(76, "Damian Green"),
            "answeringMemberPrinted": value("Damian Green"),
        },
        "questionFirstAnswered": [day("2014-07-07T15:20:18.13Z")],
        "questionFirstMinisteriallyCorrected": [day("2014-08-28T11:45:56.4853257Z")],
    },
    "answeringDeptId": value("54"),
    "answeringDeptShortName": value("Justice"),
    "answeringDeptSortName": value("Justice"),
    "date": day("2014-06-30"),
    "hansardHeading": value("Police Cautions"),
    "houseId": value("1"),
    "legislature": [{"_about": f"{DATA}terms/25259", "prefLabel": value("House of Commons")}],
    "questionText": "To ask something.",
    "registeredInterest": value("false", "boolean"),
    "tablingMember": member(3972, "Jenny Chapman"),
    "tablingMemberConstituency": value("Darlington"),
    "tablingMemberPrinted": [value("Jenny Chapman")],
    "uin": "203136",
}
DAMIAN_GREEN = MemberMention(id=76, name="Damian Green", full_name="Damian Green", constituency="Ashford")


def read(make_file: Make, *items: dict[str, Any], page: str = "answeredquestions") -> list[Record | Refusal]:
    document = {"result": {"_about": f"http://lda.data.parliament.uk/{page}.json", "items": list(items)}}
    return list(lda_json.read(make_file(json.dumps(document))))


def test_a_question_is_read_with_its_answer(make_file: Make) -> None:
    (question,) = read(make_file, QUESTION)

    assert isinstance(question, Question)
    assert (question.number, question.uin, question.house, question.tabled_on) == (64819, "203136", "Commons", date(2014, 6, 30))
    assert question.asker == MemberMention(id=3972, name="Jenny Chapman", full_name="Jenny Chapman", constituency="Darlington")
    assert question.department == DepartmentMention(id=54, name="Ministry of Justice", short_name="Justice", sort_name="Justice")
    assert question.has_interest is False
    assert question.answer is not None
    assert question.answer.member == DAMIAN_GREEN
    assert question.answer.attachments == (Attachment(number=1, title="Table", file_name="a.xls"),)
    assert question.answer.grouped_uins == ("203137", "203138")
    assert question.answer.first_corrected == ("2014-08-28T11:45:56.4853257Z",)
    assert question.answer.previous_versions == (
        AnswerVersion(number=9230, member=MemberMention(id=76, name="Damian Green", full_name="Damian Green")),
    )


def test_days_typed_as_instants_are_noted(make_file: Make) -> None:
    file = make_file(json.dumps([QUESTION]))

    list(lda_json.read(file))

    assert file.notes == {DAYS_AS_INSTANTS: 2}


def test_what_only_a_full_description_has_is_kept(make_file: Make) -> None:
    full = QUESTION | {
        "AnswerDate": day("2014-07-04"),
        "session": ["2014/15", f"{DATA}resources/377308"],
        "ddpModified": [day("2014-07-07T15:21:00Z")],
        "creator": member(3972, "Jenny Chapman"),
        "version": "2",
    }

    (question,) = read(make_file, full)

    assert isinstance(question, Question)
    assert (question.due_on, question.session) == (date(2014, 7, 4), "2014/15")
    assert dict(question.others) == {
        "ddpModified": ("2014-07-07T15:21:00Z",), "creator": (f"{DATA}members/3972",), "version": ("2",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "page", "house"),
    [
        ({"houseId": value("2")}, "answeredquestions", "Lords"),
        ({"houseId": None, "legislature": [f"{DATA}terms/25277"]}, "answeredquestions", "Lords"),
        ({"houseId": None, "legislature": None}, "lordswrittenquestions", "Lords"),
        ({"houseId": None, "legislature": None, "uin": "HL77"}, "x", "Lords"),
        ({"houseId": None, "legislature": None}, "x", "Commons"),
    ],
    ids=["houseId", "legislature", "page", "UIN", "digits"],
)
def test_the_house_is_found(make_file: Make, changes: dict[str, Any], page: str, house: str) -> None:
    (question,) = read(make_file, QUESTION | changes, page=page)

    assert isinstance(question, Question)
    assert question.house == house


def test_a_question_that_goes_by_its_uin_is_read(make_file: Make) -> None:
    """Parliament's later data, and pqlod, have such questions."""
    iri = f"{DATA}writtenparliamentaryquestion/commons/2014-15/203136"

    (question,) = read(make_file, QUESTION | {"_about": iri})

    assert isinstance(question, Question)
    assert (question.number, question.iri) == (None, iri)


def test_an_answer_of_which_only_the_address_is_shown_is_not_told(make_file: Make) -> None:
    (question,) = read(make_file, QUESTION | {"answer": f"{DATA}resources/64819/answer"})

    assert isinstance(question, Question)
    assert question.answer is None


def test_an_answer_without_its_question_is_read(make_file: Make) -> None:
    item = QUESTION["answer"] | {"AnsweringBody": [value("Ministry of Justice")]}

    (answer,) = read(make_file, item, page="commonsansweredquestions")

    assert isinstance(answer, LoneAnswer)
    assert (answer.number, answer.house, answer.answer.member) == (64819, "Commons", DAMIAN_GREEN)


OTHERS: list[tuple[dict[str, Any], Record]] = [
    (
        {
            "_about": f"{DATA}members/172", "fullName": value("Ms Diane Abbott"), "gender": value("Female"),
            "homePage": "http://a.uk",
            "label": value("Biography information for Ms Diane Abbott"), "party": value("Labour"),
            "constituency": {"_about": f"{DATA}resources/146966", "label": value("Hackney North")},
        },
        Member(
            source="lda", as_of=lda_json.AS_OF, id=172, full_name="Ms Diane Abbott", gender="Female", home_page="http://a.uk",
            party="Labour", constituency=f"{DATA}resources/146966", constituency_name="Hackney North", houses=("Commons",),
        ),
    ),
    (
        {"_about": f"{DATA}resources/143423", "constituencyType": "", "gssCode": "W07000049", "label": value("Aberavon"),
         "osName": "", "startedDate": day("1918-11-25"), "endedDate": day("1950-02-23")},
        Constituency(
            source="lda", as_of=lda_json.AS_OF, address=f"{DATA}resources/143423", name="Aberavon", area_type="", os_name="",
            gss_code="W07000049", started_on=date(1918, 11, 25), ended_on=date(1950, 2, 23),
        ),
    ),
    (
        {"_about": f"{DATA}resources/377318", "displayName": "2015-2016", "parliament": f"{DATA}resources/377308",
         "sessionNumber": value("1"), "startDate": day("2015-05-18")},
        Session(
            source="lda", as_of=lda_json.AS_OF, address=f"{DATA}resources/377318", display_name="2015-2016", number="1",
            parliament=f"{DATA}resources/377308", started_on=date(2015, 5, 18),
        ),
    ),
    (
        {"_about": f"{DATA}terms/95551", "prefLabel": value("Housing"), "broader": [{"_about": f"{DATA}terms/1"}],
         "class": "TPG"},
        ThesaurusTerm(
            source="lda", as_of=lda_json.AS_OF, address=f"{DATA}terms/95551", label="Housing", broader=(f"{DATA}terms/1",),
            term_class="TPG",
        ),
    ),
    (
        {"_about": f"{DATA}resources/5", "AnswerDateTime": day("2018-05-01T11:30:00Z"), "QuestionType": value("Topical"),
         "Location": {"_about": f"{DATA}terms/7", "prefLabel": value("Chamber")}, "title": "Justice", "date": day("2018-05-01"),
         "AnswerBody": [{"_about": f"{DATA}resources/5/QuestionTimeAnswerBody/1", "AnswerBodyName": "Justice"}]},
        QuestionTime(
            source="lda", as_of=lda_json.AS_OF, number=5, title="Justice", held_on=date(2018, 5, 1), question_type="Topical",
            answer_at="2018-05-01T11:30:00Z", location=f"{DATA}terms/7", location_name="Chamber",
            bodies=(AnswerBody(number=1, name="Justice"),),
        ),
    ),
    (
        {"_about": f"{DATA}resources/6", "uin": "905011", "questionText": "What?", "ballotNumber": value("3"),
         "CommonsQuestionTime": {"_about": f"{DATA}resources/5", "QuestionType": value("Topical")},
         "AnswerDate": day("2018-05-01"),
         "dateTabled": day("2018-04-25"), "tablingMemberPrinted": [value("Abbott, Ms Diane")],
         "tablingMember": member(172, "Ms Diane Abbott")
         | {"constituency": {"_about": f"{DATA}resources/146966", "prefLabel": value("Hackney North")}}},
        OralQuestion(
            source="lda", as_of=lda_json.AS_OF, number=6, uin="905011", text="What?", ballot_number="3", question_time=5,
            question_type="Topical", answer_on=date(2018, 5, 1), tabled_on=date(2018, 4, 25),
            asker=MemberMention(id=172, name="Abbott, Ms Diane", full_name="Ms Diane Abbott", constituency="Hackney North"),
            asker_constituency=f"{DATA}resources/146966",
        ),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("item", "record"), OTHERS, ids=[record.kind for _, record in OTHERS])
def test_items_of_other_kinds_are_read(make_file: Make, item: dict[str, Any], record: Record) -> None:
    assert read(make_file, item, page="x") == [record]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": day("2014-02-30")}, "date is '2014-02-30', which is no day of the calendar."),
        ({"date": None}, "dateTabled is missing."),
        ({"uin": None}, "uin is missing."),
        ({"_about": f"{DATA}things/1"}, "_about is 'http://data.parliament.uk/things/1', expected an IRI that ends in"),
        ({"_about": "no IRI"}, "_about is 'no IRI', expected an IRI."),
        ({"houseId": value("3")}, "houseId is {'_value': '3'}, expected 1 or 2."),
        ({"registeredInterest": value("maybe", "boolean")}, "registeredInterest is 'maybe', expected true or false."),
    ],
)
def test_a_wrong_item_is_refused_and_the_others_are_read(make_file: Make, changes: dict[str, Any], reason: str) -> None:
    refusal, question = read(make_file, QUESTION | changes, QUESTION)

    assert isinstance(refusal, Refusal)
    assert refusal.place == "item 1"
    assert reason in refusal.reason
    assert isinstance(question, Question)


def test_an_item_of_no_known_kind_is_refused(make_file: Make) -> None:
    (refusal,) = read(make_file, {"_about": f"{DATA}resources/1", "colour": "red"})

    assert isinstance(refusal, Refusal)
    assert "with _about, colour is not of a known kind" in refusal.reason
