"""Reads pqlod's own exchange format: questions as JSON lines (docs/exchange-format.md)."""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from pqlod.errors import SourceError
from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import (
    MENTION,
    RESOURCES,
    Answer,
    AnswerVersion,
    Attachment,
    DepartmentMention,
    MemberMention,
    Question,
    Record,
)
from pqlod.sources.refusals import Refusal, read_each

HOUSES = {"Commons": "Commons", "Lords": "Lords"}
FORMATS = {"html": "html", "text": "text"}
KEY = ("uin", "house", "date_tabled")  # what tells a record of this format from other JSON


def recognises_lines(head: str) -> bool:
    """Is one of the first lines a question of this format? It may be cut, and others damaged."""
    return any(line.startswith("{") and all(f'"{name}"' in line for name in KEY) for line in head.splitlines())


def recognises(document: Any) -> bool:
    """Is this JSON value a question of this format, or a list of them?"""
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, dict) and all(name in first for name in KEY)


def read_lines(file: SourceFile) -> Iterator[Record | Refusal]:
    """The question of each line; a line that is broken is a refusal with its number."""
    for number, line in file.lines():
        try:
            if isinstance(line, SourceError):
                raise line
            yield _question(Fields(orjson.loads(line), file.notes))
        except orjson.JSONDecodeError as error:
            yield Refusal(f"Broken JSON: {error.msg} (column {error.colno}).", f"line {number}", Question.kind)
        except SourceError as error:
            yield Refusal(error.problem, f"line {number}", Question.kind)


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The questions of a JSON array, or of one object."""
    items = file.document if isinstance(file.document, list) else [file.document]
    return read_each(items, lambda item: _question(Fields(item, file.notes)), place="item {}", kind=Question.kind)


def _question(record: Fields) -> Question:
    if record.text("type") not in ("", "written"):
        raise record.wrong("type", "'written'")
    return Question(
        source=_source(record), as_of=record.day("as_of"), number=_number(record),
        uin=record.required_text("uin"), house=record.one_of("house", HOUSES) or record.required_text("house"),
        tabled_on=record.required_day("date_tabled"), due_on=record.day("date_for_answer"),
        text=record.text("question_text"), is_clipped=bool(record.boolean("question_truncated")),
        heading=record.text("heading"), title=record.text("title"), session=record.text("session"),
        is_named_day=record.boolean("named_day"), is_withdrawn=record.boolean("withdrawn"),
        has_interest=record.boolean("interest_declared"),
        asker=_member(record, "asking_member"), department=_department(record),
        answer=_answer(record) if record.boolean("answered") else None,
    )  # fmt: skip


def _source(record: Fields) -> str:
    source = record.text("source") or "exchange"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}", source) or MENTION in source.split("-"):
        raise record.wrong("source", "a short name of letters, digits and hyphens")
    return source


def _number(record: Fields) -> int | None:
    """Parliament's number: a field of its own, or what ``source_id`` is, a number or a URI of the Linked Data API."""
    number = record.integer("number")
    if number is not None:
        return number
    source_id = record.text("source_id").removeprefix(RESOURCES).removeprefix(RESOURCES.replace("http:", "https:"))
    return int(source_id) if re.fullmatch(r"\d{1,15}", source_id) else None


def _member(record: Fields, name: str) -> MemberMention:
    return MemberMention(
        id=record.integer(name + "_id"), name=record.text(name + "_name"), full_name=record.text(name + "_full_name"),
        constituency=record.text(name + "_constituency"), party=record.text(name + "_party"),
    )  # fmt: skip


def _department(record: Fields) -> DepartmentMention:
    return DepartmentMention(
        id=record.integer("answering_body_id"), name=record.text("answering_body_name"),
        short_name=record.text("answering_body_short_name"), sort_name=record.text("answering_body_sort_name"),
    )  # fmt: skip


def _answer(record: Fields) -> Answer:
    return Answer(
        text=record.text("answer_text"), text_format=record.one_of("answer_format", FORMATS),
        is_clipped=bool(record.boolean("answer_truncated")), member=_member(record, "answering_member"),
        answered_on=record.day("date_answered"), first_answered=_instants(record, "first_answered"),
        is_holding=record.boolean("answer_is_holding"), held_on=record.day("date_holding_answer"),
        is_correction=record.boolean("answer_is_correction"), first_corrected=_instants(record, "first_corrected"),
        corrected_on=record.day("date_answer_corrected"), correcting_member=record.integer("correcting_member_id"),
        grouped_uins=record.texts("grouped_questions"), attachments=_attachments(record),
        attachment_count=record.integer("attachment_count"),
        previous_versions=tuple(map(_version, record.objects("previous_versions"))),
    )  # fmt: skip


def _instants(record: Fields, name: str) -> tuple[str, ...]:
    return tuple(record.checked_instant(name, value) for value in record.texts(name))


def _attachments(record: Fields) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(number=file.integer("number") or place, title=file.text("title"), file_name=file.text("file_name"))
        for place, file in enumerate(record.objects("attachments"), 1)
    )


def _version(record: Fields) -> AnswerVersion:
    number = record.required_integer("number")
    return AnswerVersion(number=number, member=_member(record, "answering_member"), attachments=_attachments(record))
