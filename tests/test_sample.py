"""The sample: what it holds is known, and nothing of it is refused."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pqlod.loading import load
from pqlod.sources import SourceFile, source_of
from pqlod.sources.refusals import Refusal

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
FILES = sorted(SAMPLE.iterdir())


def read_items() -> list[dict[str, Any]]:
    page = json.loads((SAMPLE / "answeredquestions.json").read_text("utf-8"))
    return page["result"]["items"]


def read_records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SAMPLE / "questions.jsonl").read_text("utf-8").splitlines()]


ITEMS, RECORDS = read_items(), read_records()


def number_of(item: dict[str, Any]) -> int:
    return int(item["_about"].rpartition("/")[2])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_in_a_file_is_refused(path: Path) -> None:
    file = SourceFile(path)

    found = list(source_of(file).read(file))

    assert found
    assert [each for each in found if isinstance(each, Refusal)] == []


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < 1_000_000


def test_questions_come_newest_first_and_those_of_one_day_by_number() -> None:
    order = [(item["date"]["_value"], -number_of(item)) for item in ITEMS]

    assert order == sorted(order, reverse=True)
    assert max(Counter(day for day, _ in order).values()) > 2


def test_invented_questions_are_numbered_where_parliament_has_none() -> None:
    real = {number_of(item) for item in ITEMS if number_of(item) < 9_000_000}

    assert real == {1012383, 717929, 64819}
    assert all(re.fullmatch("(HL)?9.*", item["uin"]) for item in ITEMS if number_of(item) not in real)


def test_no_two_questions_are_alike() -> None:
    told = [(item["date"]["_value"], item["questionText"]) for item in ITEMS]
    told += [(record["date_tabled"], record["question_text"]) for record in RECORDS]

    assert [each for each, times in Counter(told).items() if times > 1] == []


def test_a_known_question_has_the_facts_of_the_real_one() -> None:
    item = next(item for item in ITEMS if number_of(item) == 1012383)

    assert item["uin"] == "194746"
    assert item["date"] == {"_value": "2018-11-22", "_datatype": "dateTime"}
    assert item["tablingMember"]["_about"] == "http://data.parliament.uk/members/4649"
    assert item["answer"]["questionFirstAnswered"] == [{"_value": "2018-11-27T17:29:33.427Z", "_datatype": "dateTime"}]


@pytest.mark.parametrize(
    "element", ["<a href=", "<ul>", "<ol>", "<table>", "<strong>", "<em>", "<sup>", "<br>", "<del>", "<ins>"]
)
def test_answers_have_the_html_that_real_ones_have(element: str) -> None:
    assert any(element in item["answer"]["answerText"]["_value"] for item in ITEMS)


@pytest.mark.parametrize(
    "name", ["groupedQuestionUIN", "attachment", "previousAnswerVersion", "questionFirstMinisteriallyCorrected"]
)
def test_some_answers_have_what_is_rare(name: str) -> None:
    assert 0 < sum(name in item["answer"] for item in ITEMS) < len(ITEMS) / 3


def test_questions_of_a_group_name_each_other() -> None:
    by_uin = {(item["date"]["_value"], item["uin"]): item for item in ITEMS}
    groups = [item for item in ITEMS if "groupedQuestionUIN" in item["answer"]]

    for item in groups:
        for uin in grouped(item):
            other = by_uin[item["date"]["_value"], uin]
            assert item["uin"] in grouped(other)
            assert other["answer"]["answerText"] == item["answer"]["answerText"]


def grouped(item: dict[str, Any]) -> list[str]:
    found = item["answer"]["groupedQuestionUIN"]
    return [each["_value"] for each in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize(
    "field",
    ["answered", "withdrawn", "named_day", "interest_declared", "answer_is_holding", "answer_is_correction", "answer_truncated"],
)
def test_records_of_the_exchange_format_are_of_both_kinds(field: str) -> None:
    assert {True, False} <= {record[field] for record in RECORDS}


def test_the_whole_sample_loads(tmp_path: Path) -> None:
    report = load(FILES, tmp_path / "store")

    assert report.refusals == ()
    assert report.rows["written question"].new == len(ITEMS) + len(RECORDS)
    assert load(FILES, tmp_path / "store").generation is None
