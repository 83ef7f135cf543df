"""What is found in the data of a store."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pqlod.cli import cli
from pqlod.generating import write_questions
from pqlod.loading import load
from pqlod.quality import broken_markup, check_data

ANSWERED = {"answered": True, "date_answered": "2024-01-10", "answer_text": "<p>Yes.</p>", "answer_format": "html"}
SOUND = {
    "house": "Commons", "date_tabled": "2024-01-05", "question_text": "To ask?", "source": "wq-api",
    "asking_member_id": 5, "asking_member_name": "Ann",
}  # fmt: skip

# What each check finds one of: records, or a statement.
FOUND: dict[str, dict[str, Any] | str] = {
    "answers-before-questions": ANSWERED | {"date_answered": "2024-01-04"},
    "corrections-before-answers": ANSWERED | {"answer_is_correction": True, "date_answer_corrected": "2024-01-09"},
    "broken-markup": ANSWERED | {"answer_text": "<p>Yes</b>.</p>"},
    "repeated-uins": {"uin": "1", "date_tabled": "2024-01-06"},
    "questions-without-text": {"question_text": None},
    "questions-without-asker": {"asking_member_id": None},
    "members-without-name": {"asking_member_id": 6, "asking_member_name": None},
    "missing-links": "<http://data.parliament.uk/resources/7> <urn:p> <http://data.parliament.uk/members/8> .",
    "answers-without-questions": "<urn:a> a <http://data.parliament.uk/schema/parl#WrittenParliamentaryAnswer> .",
}


def store_of(folder: Path, *told: dict[str, Any] | str) -> Path:
    records = [
        SOUND | {"uin": str(place), "source_id": 100 + place} | record
        for place, record in enumerate(told)
        if isinstance(record, dict)
    ]
    (folder / "q.jsonl").write_text("\n".join(map(json.dumps, records)))
    (folder / "x.ttl").write_text("\n".join(["<urn:a> <urn:p> 1 .", *(text for text in told if isinstance(text, str))]))
    load([folder / "q.jsonl", folder / "x.ttl"], folder / "store")
    return folder / "store"


@pytest.mark.parametrize("name", FOUND)
def test_each_check_finds_its_kind_and_no_other_does(tmp_path: Path, name: str) -> None:
    quality = check_data(store_of(tmp_path, {}, ANSWERED, FOUND[name]))

    assert {finding.name: finding.count for finding in quality.findings if finding.count} == {name: 1}
    assert quality.is_broken == (name not in {"questions-without-text", "questions-without-asker", "members-without-name"})


def test_every_check_has_its_example() -> None:
    assert {path.stem for path in (Path(__file__).parents[2] / "queries/checks").glob("*.rq")} == set(FOUND)


def test_text_that_is_no_html_is_not_taken_for_it(tmp_path: Path) -> None:
    quality = check_data(store_of(tmp_path, ANSWERED | {"answer_text": "a <b", "answer_format": "text"}))

    assert not quality.is_broken


def test_the_report_counts_shows_examples_and_ends_with_an_exit_code(tmp_path: Path) -> None:
    store = store_of(tmp_path, {}, *[FOUND["answers-before-questions"]] * 5)

    result = CliRunner().invoke(cli, ["check", "--store", str(store)])

    assert result.exit_code == 1
    lines = [line.split() for line in result.output.splitlines()]
    assert ["WrittenParliamentaryQuestion", "6"] in lines
    assert ["broken", "5", "answers", "from", "before", "their", "questions", "were", "tabled"] in lines
    assert result.output.count("tabled 2024-01-05, answered 2024-01-04") == 3


def test_generated_questions_are_clean(tmp_path: Path) -> None:
    write_questions(tmp_path / "q.jsonl", 3_000, seed=11)
    load([tmp_path / "q.jsonl"], tmp_path / "store")

    quality = check_data(tmp_path / "store")

    assert [finding for finding in quality.findings if finding.count] == []


def test_the_sample_is_clean(sample: Path) -> None:
    assert [finding for finding in check_data(sample).findings if finding.count] == []


def test_something_to_check_must_be_named() -> None:
    result = CliRunner().invoke(cli, ["check"], env={"PQLOD_STORE": ""})

    assert result.exit_code == 2
    assert "Name a configuration, or give --store." in result.output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain & simple, 3 < 4", ""),
        ("<p>One<p>two</p>", ""),
        ("<p /> <p>a<br>b<br/>c</p>", ""),
        ("<ul><li>a<li>b</ul>", ""),
        ("<table><tbody><tr><td><p>1</td></tr></tbody></table>", ""),
        ("<P>a</p>", ""),
        ("<b>a", "<b> without its </b>"),
        ("a</p>", "</p> without its <p>"),
        ("<b><i>a</b></i>", "</b> without its <b>"),
        ('<p>a <a href="x', "a tag does not end: '<a href=\"x'"),
    ],
)
def test_broken_markup_is_told(text: str, expected: str) -> None:
    assert broken_markup(text) == expected
