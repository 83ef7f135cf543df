"""Reads JSON of Parliament's written questions API: pages of results, results saved without their page, single questions."""

from collections.abc import Iterator
from typing import Any

from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import Answer, Attachment, DepartmentMention, MemberMention, Question, Record
from pqlod.sources.refusals import Refusal, read_each

SOURCE = "wq-api"
HOUSES = {"Commons": "Commons", "Lords": "Lords"}
# The lists of this API cut texts at 255 characters, and put three dots after an answer that is cut.
CUT = 255
ELLIPSIS = "..."


def recognises(document: Any) -> bool:
    """Is this JSON value a page, a result, or a list of results of the written questions API?"""
    results = _results(document)
    first = results[0] if results else None
    value = first.get("value", first) if isinstance(first, dict) else None
    return isinstance(value, dict) and "uin" in value and "askingMemberId" in value


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The question of each result."""
    return read_each(
        _results(file.document), lambda result: read_result(Fields(result, file.notes)), place="result {}", kind=Question.kind
    )


def _results(document: Any) -> list[Any]:
    if isinstance(document, dict) and "results" in document:
        document = document["results"]
    return document if isinstance(document, list) else [document]


def read_result(result: Fields) -> Question:
    """The question of one result; SourceError if a field is wrong."""
    question = result.object("value") if "value" in result else result
    text = question.text("questionText")
    return Question(
        source=SOURCE, number=question.integer("id"), uin=question.required_text("uin"),
        house=question.one_of("house", HOUSES) or question.required_text("house"),
        tabled_on=question.required_day("dateTabled"), due_on=question.day("dateForAnswer"),
        text=text, is_clipped=len(text) == CUT and not text.endswith((".", "?")), heading=question.text("heading"),
        is_named_day=question.boolean("isNamedDay"), is_withdrawn=question.boolean("isWithdrawn"),
        has_interest=question.boolean("memberHasInterest"), asker=_member(question, "askingMember"),
        department=DepartmentMention(id=question.integer("answeringBodyId"), name=question.text("answeringBodyName")),
        answer=_answer(question) if "dateAnswered" in question or "answerText" in question else None,
    )  # fmt: skip


def _answer(question: Fields) -> Answer:
    text = question.text("answerText")
    return Answer(
        text=text, text_format="html" if text.lstrip().startswith("<") else "text",
        is_clipped=len(text) == CUT + len(ELLIPSIS) and text.endswith(ELLIPSIS),
        member=_member(question, "answeringMember"), answered_on=question.day("dateAnswered"),
        is_holding=question.boolean("answerIsHolding"), held_on=question.day("dateHoldingAnswer"),
        is_correction=question.boolean("answerIsCorrection"), corrected_on=question.day("dateAnswerCorrected"),
        correcting_member=question.integer("correctingMemberId"), grouped_uins=question.texts("groupedQuestions"),
        attachments=_attachments(question), attachment_count=question.integer("attachmentCount"),
    )  # fmt: skip


def _member(question: Fields, name: str) -> MemberMention:
    member = question.object(name)
    house_of_commons = "memberFrom" in member and question.text("house") != "Lords"
    return MemberMention(
        id=question.integer(name + "Id"), name=member.text("name"), party=member.text("party"),
        constituency=member.text("memberFrom") if house_of_commons else "",
    )  # fmt: skip


def _attachments(question: Fields) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(number=number, title=file.text("title"), file_name=file.text("fileName") or file.text("url"))
        for number, file in enumerate(question.objects("attachments"), 1)
    )
