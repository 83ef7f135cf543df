"""The exchange format: one question a line."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pqlod.sources import SourceFile, exchange
from pqlod.sources.records import Answer, AnswerVersion, Attachment, DepartmentMention, MemberMention, Question, Record
from pqlod.sources.refusals import Refusal

Make = Callable[..., SourceFile]
DOCUMENT = Path(__file__).parents[3] / "docs" / "exchange-format.md"

FULL: dict[str, Any] = {
    "uin": "1", "house": "Commons", "type": "written", "date_tabled": "2024-01-05", "date_for_answer": "2024-01-09",
    "heading": "Incinerators", "question_text": "To ask.", "question_truncated": True, "named_day": True, "withdrawn": False,
    "interest_declared": False, "asking_member_id": 4410, "asking_member_name": "Ruth Jones", "asking_member_party": "Labour",
    "asking_member_constituency": "Newport West", "answering_body_id": 13, "answering_body_name": "Environment",
    "answering_body_short_name": "Env", "answering_body_sort_name": "Env", "answered": True, "date_answered": "2024-03-12",
    "answering_member_id": 4861, "answering_member_name": "Robbie Moore", "answering_member_constituency": "Keighley",
    "answer_text": "<p>Yes.</p>", "answer_format": "html", "answer_truncated": False, "answer_is_holding": False,
    "answer_is_correction": True, "date_holding_answer": "2024-01-10", "date_answer_corrected": "2024-04-01",
    "correcting_member_id": 4862, "attachment_count": 1, "grouped_questions": ["2", "3"], "source_id": 1679703,
    "source": "wq-api",
    "as_of": "2024-10-30", "first_answered": ["2024-03-12T10:00:00Z"], "first_corrected": ["2024-04-01T10:00:00Z"],
    "attachments": [{"title": "Table", "file_name": "a.xls"}],
    "previous_versions": [{"number": 7, "answering_member_id": 4861, "answering_member_name": "Robbie Moore"}],
}  # fmt: skip
LEAST: dict[str, Any] = {"uin": "HL1", "house": "Lords", "date_tabled": "2024-01-05"}


def read(make_file: Make, *records: dict[str, Any]) -> list[Record | Refusal]:
    return list(exchange.read_lines(make_file("\n".join(map(json.dumps, records)))))


def test_every_field_is_read(make_file: Make) -> None:
    mover = MemberMention(id=4861, name="Robbie Moore")

    assert read(make_file, FULL) == [
        Question(
            source="wq-api", as_of=date(2024, 10, 30), uin="1", house="Commons", tabled_on=date(2024, 1, 5), number=1679703,
            text="To ask.", is_clipped=True, heading="Incinerators", due_on=date(2024, 1, 9), is_named_day=True,
            is_withdrawn=False, has_interest=False,
            asker=MemberMention(id=4410, name="Ruth Jones", party="Labour", constituency="Newport West"),
            department=DepartmentMention(id=13, name="Environment", short_name="Env", sort_name="Env"),
            answer=Answer(
                text="<p>Yes.</p>", text_format="html", answered_on=date(2024, 3, 12), is_holding=False, is_correction=True,
                member=MemberMention(id=4861, name="Robbie Moore", constituency="Keighley"), held_on=date(2024, 1, 10),
                corrected_on=date(2024, 4, 1), correcting_member=4862, grouped_uins=("2", "3"), attachment_count=1,
                first_answered=("2024-03-12T10:00:00Z",), first_corrected=("2024-04-01T10:00:00Z",),
                attachments=(Attachment(number=1, title="Table", file_name="a.xls"),),
                previous_versions=(AnswerVersion(number=7, member=mover),),
            ),
        )
    ]  # fmt: skip


def test_the_key_is_enough(make_file: Make) -> None:
    (question,) = read(make_file, LEAST)

    assert question == Question(source="exchange", uin="HL1", house="Lords", tabled_on=date(2024, 1, 5))


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"source_id": 17}, 17),
        ({"source_id": "17"}, 17),
        ({"source_id": "http://data.parliament.uk/resources/17"}, 17),
        ({"source_id": "https://data.parliament.uk/resources/17"}, 17),
        ({"source_id": "uk.org.publicwhip/wrans/2005-06-29.7913.q0"}, None),
        ({"source_id": "x", "number": 18}, 18),
        ({}, None),
    ],
    ids=["number", "text", "URI", "https URI", "foreign", "field of its own", "none"],
)
def test_parliaments_number_is_found(make_file: Make, fields: dict[str, Any], number: int | None) -> None:
    (question,) = read(make_file, LEAST | fields)

    assert isinstance(question, Question)
    assert question.number == number


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"house": "Senate"}, "house is 'Senate', expected Commons or Lords."),
        ({"house": None}, "house is missing."),
        ({"date_tabled": "2024-02-30"}, "date_tabled is '2024-02-30', which is no day of the calendar."),
        ({"type": "oral"}, "type is 'oral', expected 'written'."),
        ({"answered": "soon"}, "answered is 'soon', expected true or false."),
        ({"asking_member_id": "Ruth"}, "asking_member_id is 'Ruth', expected a whole number."),
        ({"source": "a/b"}, "source is 'a/b', expected a short name of letters, digits and hyphens."),
        ({"source": "lda-mention"}, "source is 'lda-mention', expected a short name of letters, digits and hyphens."),
        ({"question_text": "a\x00"}, "question_text holds a NUL character."),
    ],
)
def test_a_wrong_record_is_refused_by_line_and_the_others_are_read(make_file: Make, changes: dict[str, Any], reason: str) -> None:
    first, refusal, last = read(make_file, LEAST, LEAST | changes, LEAST)

    assert isinstance(first, Question)
    assert refusal == Refusal(reason, "line 2", "written question")
    assert isinstance(last, Question)


def test_a_broken_line_is_refused(make_file: Make) -> None:
    lines = [json.dumps(LEAST), '{"uin": "2", ', '"\ud800"'.encode("utf-8", "surrogatepass").decode("latin-1"), json.dumps(LEAST)]

    results = list(exchange.read_lines(make_file("\n".join(lines))))

    assert [type(result) for result in results] == [Question, Refusal, Refusal, Question]
    assert "Broken JSON" in str(results[1])


def test_the_real_questions_are_all_read(shared: Path) -> None:
    """README: 16,862 questions, 14,953 answered, 8,975 with the full answer, 5,978 clipped, 141 Lords."""
    questions = list(exchange.read_lines(SourceFile(shared / "data/real/questions.jsonl")))
    answers = [question.answer for question in questions if isinstance(question, Question) and question.answer]

    assert len(questions) == 16_862
    assert len(answers) == 14_953
    assert sum(not answer.is_clipped for answer in answers) == 8_975
    assert sum(answer.is_clipped for answer in answers) == 5_978
    assert sum(question.house == "Lords" for question in questions if isinstance(question, Question)) == 141


@pytest.mark.parametrize("field", sorted({*FULL, "number", "title", "session", "asking_member_full_name"}))
def test_every_field_is_documented(field: str) -> None:
    if not DOCUMENT.is_file():
        pytest.skip("needs the documentation of a checkout")
    assert f"`{field}`" in DOCUMENT.read_text("utf-8")
