"""Brings together what several sources tell of one resource: which record holds, and for which facts.

A question is taken whole from the record that stands first by these rules, so that its facts are all of one state:

1. a full answer before a clipped or a holding one, any answer before none;
2. a full text of the question, or that it was withdrawn, before a clipped one;
3. the later day of capture (``as_of``; where a source does not say, the last day of which the record tells);
4. the source that is trusted more (TRUST);
5. the record that tells more, and last the greater text: without meaning, but the same whatever the order.

Everything else is merged fact by fact, each from the most trusted source that tells it, the later one among equals.
What a record tells in passing, such as the name of a member who asked, comes after every source's own records.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any

from pqlod.sources.json_records import to_json
from pqlod.sources.records import BARE, MENTION, PRINTED, Answer, LoneAnswer, Question, Record, count_facts

# How much a source is trusted; one that is not named here stands with the tables.
TABLE = 1
TRUST = {"lda": 3, "wq-api": 2, "wq-api-interests": 2, "members-api": 2, "mnis": 2}
# What a later record adds to, where other facts are replaced: a member may have sat in both Houses.
COLLECTED = frozenset({"houses"})


def trust(source: str) -> int:
    """How much a source is trusted: the more the higher."""
    base, _, mention = source.partition(f"-{MENTION}")
    depth = 0 if MENTION not in source else 2 if PRINTED in mention else 3 if BARE in mention else 1
    return TRUST.get(base, TABLE) - depth * max(TRUST.values())


def standing(record: Record) -> tuple[Any, ...]:
    """Where a record stands among those of the same source: by what it holds and when, without what only breaks ties."""
    if isinstance(record, Question):
        return (_fullness(record.answer), _fullness_of_text(record), record.as_of or _last_day(record))
    return (record.as_of or date.min,)


def supersedes(new: Record, old: Record, *, is_same_load: bool) -> bool:
    """Does a record take the place of an earlier one of its source?

    A later load replaces what an earlier one told, unless that was fuller or newer. Within a load the order of files has no say.
    """
    if is_same_load or MENTION in new.source:
        return _full_standing(new) > _full_standing(old)
    return standing(new) >= standing(old)


def number_of(records: Iterable[Record]) -> int | None:
    """Parliament's number of a question: of two, that of the more trusted source, then the smaller."""
    told = [(-trust(record.source), record.number) for record in records if isinstance(record, Question | LoneAnswer)]
    return min(((rank, number) for rank, number in told if number is not None), default=(0, None))[1]


def merge(records: Iterable[Record]) -> Record:
    """The one record that holds, of one or more that tell of the same resource, in whatever order."""
    ranked = sorted(records, key=_rank, reverse=True)
    questions = [record for record in ranked if isinstance(record, Question)]
    if questions:
        return _whole_question(questions[0], ranked)
    holding = ranked[0]
    for record in ranked[1:]:
        if type(record) is type(holding):
            holding = _completed(holding, record)
    return holding


def _rank(record: Record) -> tuple[Any, ...]:
    if isinstance(record, Question):
        return (*standing(record), trust(record.source), count_facts(record), to_json(record))
    return (trust(record.source), *standing(record), count_facts(record), to_json(record))


def _full_standing(record: Record) -> tuple[Any, ...]:
    return (*standing(record), count_facts(record), to_json(record))


def _whole_question(question: Question, records: list[Record]) -> Question:
    number = number_of(records)
    lone = next((record.answer for record in records if isinstance(record, LoneAnswer)), None)
    if _fullness(lone) <= _fullness(question.answer):
        lone = question.answer
    if number == question.number and lone is question.answer:
        return question
    return replace(question, number=number, answer=lone)


def _completed(holding: Record, other: Record) -> Record:
    added: dict[str, Any] = {}
    for field in fields(holding):
        mine, its = getattr(holding, field.name), getattr(other, field.name)
        if field.name in COLLECTED:
            added[field.name] = tuple(sorted({*mine, *its}))
        elif mine == field.default and its != mine:
            added[field.name] = its
    return replace(holding, **added)


def _fullness(answer: Answer | None) -> int:
    if answer is None:
        return 0
    # A holding answer is only a promise, and gives way to the answer even when that is clipped.
    return 1 if answer.is_clipped or answer.is_holding or not answer.text else 2


def _fullness_of_text(question: Question) -> int:
    # That a question was withdrawn may be told by lists alone, which clip its text.
    if question.is_withdrawn:
        return 2
    return 0 if not question.text else 1 if question.is_clipped else 2


def _last_day(question: Question) -> date:
    days = [question.tabled_on]
    if question.answer is not None:
        told = (question.answer.answered_on, question.answer.held_on, question.answer.corrected_on)
        days += [day for day in told if day is not None]
        days += [
            date.fromisoformat(instant[:10]) for instant in (*question.answer.first_answered, *question.answer.first_corrected)
        ]
    return max(days)
