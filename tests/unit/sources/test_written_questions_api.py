"""Results of the written questions API become questions."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pqlod.sources import SourceFile
from pqlod.sources import written_questions_api as api
from pqlod.sources.records import Attachment, MemberMention, Question, Record
from pqlod.sources.refusals import Refusal

Make = Callable[..., SourceFile]

RESULT: dict[str, Any] = {
    "id": 1679703, "askingMemberId": 4410, "askingMember": None, "house": "Commons", "memberHasInterest": False,
    "dateTabled": "2024-01-05T00:00:00", "dateForAnswer": "2024-01-09T00:00:00", "uin": "8024", "questionText": "To ask.",
    "answeringBodyId": 13, "answeringBodyName": "Environment", "isWithdrawn": False, "isNamedDay": True,
    "groupedQuestions": ["8025"], "answerIsHolding": False, "answerIsCorrection": False, "answeringMemberId": 4861,
    "answeringMember": None, "correctingMemberId": None, "dateAnswered": "2024-03-12T00:00:00", "answerText": "<p>Yes.</p>",
    "dateAnswerCorrected": None, "dateHoldingAnswer": None, "attachmentCount": 0, "heading": "Incinerators", "attachments": [],
}  # fmt: skip
UNANSWERED = RESULT | {"dateAnswered": None, "answerText": None, "answeringMemberId": None, "answerIsHolding": None}


def read(make_file: Make, result: dict[str, Any]) -> Record | Refusal:
    (record,) = api.read(make_file(json.dumps({"results": [{"value": result}]})))
    return record


def test_a_question_is_read_with_its_answer(make_file: Make) -> None:
    question = read(make_file, RESULT)

    assert isinstance(question, Question)
    assert (question.number, question.uin, question.tabled_on, question.due_on) == (
        1679703, "8024", date(2024, 1, 5), date(2024, 1, 9),
    )  # fmt: skip
    assert question.answer is not None
    assert (question.answer.answered_on, question.answer.grouped_uins) == (date(2024, 3, 12), ("8025",))
    assert question.answer.text_format == "html"
    assert not question.answer.is_clipped


def test_a_question_without_answer_has_none(make_file: Make) -> None:
    question = read(make_file, UNANSWERED)

    assert isinstance(question, Question)
    assert question.answer is None


@pytest.mark.parametrize(
    ("question_text", "answer_text", "clipped"),
    [
        ("x" * 255, "y" * 255 + "...", (True, True)),
        ("x" * 254 + ".", "y" * 300 + "...", (False, False)),
        ("x" * 300, "Yes...", (False, False)),
    ],
    ids=["both cut", "both as long by chance", "short and long"],
)
def test_a_text_that_the_list_cut_is_recognised(
    make_file: Make, question_text: str, answer_text: str, clipped: tuple[bool, bool]
) -> None:
    question = read(make_file, RESULT | {"questionText": question_text, "answerText": answer_text})

    assert isinstance(question, Question)
    assert question.answer is not None
    assert (question.is_clipped, question.answer.is_clipped) == clipped


def test_members_and_attachments_are_read_where_they_are_told(make_file: Make) -> None:
    member = {"id": 4410, "name": "Ruth Jones", "party": "Labour", "memberFrom": "Newport West"}
    result = RESULT | {"askingMember": member, "attachments": [{"title": "Table", "url": "http://a.uk/b.pdf"}]}

    question = read(make_file, result)

    assert isinstance(question, Question)
    assert question.asker == MemberMention(id=4410, name="Ruth Jones", party="Labour", constituency="Newport West")
    assert question.answer is not None
    assert question.answer.attachments == (Attachment(number=1, title="Table", file_name="http://a.uk/b.pdf"),)


def test_a_wrong_result_is_refused(make_file: Make) -> None:
    assert read(make_file, RESULT | {"dateTabled": "soon"}) == Refusal(
        "dateTabled is 'soon', expected a day such as 2024-01-31.", "result 1", "written question"
    )


@pytest.mark.parametrize(
    ("name", "answered", "unanswered"),
    [("page", 17, 0), ("results-2024-09", 75, 0), ("results-2026-07", 40, 40)],
)
def test_the_real_results_are_all_read(shared: Path, name: str, answered: int, unanswered: int) -> None:
    questions = list(api.read(SourceFile(shared / f"data/api-samples/written-questions-api-{name}.json")))

    assert all(isinstance(question, Question) for question in questions)
    has_answer = [isinstance(question, Question) and question.answer is not None for question in questions]
    assert (has_answer.count(True), has_answer.count(False)) == (answered, unanswered)
