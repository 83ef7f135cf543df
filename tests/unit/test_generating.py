"""Invented questions: as many as are asked for, the same each time, and in the shape of the real ones."""

import time
from collections import Counter
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any

import orjson
import pytest

from pqlod import generating
from pqlod.generating import LAST_DAY, lines, spread, weighted, write_questions
from pqlod.sources import SourceFile, source_of
from pqlod.sources.records import Question, session_of

Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def records() -> Records:
    return [orjson.loads(line) for line in lines(40_000, seed=1)]


def per_cent(records: Records, name: str, value: object = True) -> float:
    return 100 * sum(record.get(name) == value for record in records) / len(records)


@pytest.mark.parametrize("questions", [0, 1, 2, 999, 5_000])
def test_there_are_as_many_as_are_asked_for(questions: int) -> None:
    assert sum(1 for _ in lines(questions, seed=3)) == questions


def test_more_than_were_ever_asked_make_fuller_days() -> None:
    days = generating.tabling_days(generating.Random(1), 5_000_000)

    assert sum(count for _, count in days) == 5_000_000
    assert days[-1][0] == LAST_DAY
    assert len(set(days)) == len(days) < 3_000


def test_the_same_seed_gives_the_same_lines_and_another_one_others() -> None:
    assert list(lines(500, seed=7)) == list(lines(500, seed=7))
    assert list(lines(500, seed=7)) != list(lines(500, seed=8))


def test_every_one_is_read_and_of_a_key_of_its_own(tmp_path: Path, records: Records) -> None:
    write_questions(tmp_path / "q.jsonl.zst", 2_000, seed=5)

    read = list(source_of(file := SourceFile(tmp_path / "q.jsonl.zst")).read(file))

    assert all(isinstance(record, Question) for record in read)
    assert len({record.iri for record in read if isinstance(record, Question)}) == 2_000
    assert (
        len({(record["house"], session_of(date.fromisoformat(record["date_tabled"])), record["uin"]) for record in records})
        == 40_000
    )


def test_no_date_comes_before_what_it_must_follow(records: Records) -> None:
    for record in records:
        tabled, answered = record["date_tabled"], record.get("date_answered") or "9999"
        assert tabled <= record["date_for_answer"]
        assert tabled <= (record.get("date_holding_answer") or answered) <= answered
        assert answered <= (record.get("date_answer_corrected") or answered)
        assert session_of(date.fromisoformat(tabled))


LENGTHS = {
    "questions": (lambda record: record["question_text"], {10: 143, 25: 169, 50: 207, 75: 260, 90: 327}),
    "answers": (lambda record: record.get("answer_text"), {25: 382, 50: 672, 75: 1101, 90: 1704}),
}


@pytest.mark.parametrize(("text", "real"), LENGTHS.values(), ids=LENGTHS)
def test_texts_are_as_long_as_the_real_ones(records: Records, text: Any, real: dict[int, int]) -> None:
    found = quantiles([len(text(record)) for record in records if text(record)], n=100)

    assert {at: found[at - 1] for at in real} == pytest.approx(real, rel=0.25)


def test_answers_take_as_long_as_the_real_ones(records: Records) -> None:
    settled = [record for record in records if record["date_tabled"] < "2026-01" and record["answered"]]
    days = [(date.fromisoformat(r["date_answered"]) - date.fromisoformat(r["date_tabled"])).days for r in settled]

    found = quantiles(days, n=100)

    assert {at: found[at - 1] for at in (25, 50, 75, 90)} == pytest.approx({25: 7, 50: 8, 75: 13, 90: 29}, abs=2)
    assert len(settled) > 0.999 * sum(record["date_tabled"] < "2026-01" for record in records)


def test_parts_are_those_of_the_real_ones(records: Records) -> None:
    grouped = [record for record in records if record.get("grouped_questions")]
    answered = [record for record in records if record["answered"]]

    assert per_cent(records, "named_day") == pytest.approx(26, abs=1.5)
    assert per_cent(records, "house", "Lords") == pytest.approx(0.84, abs=0.4)
    assert per_cent(records, "answering_body_id", 17) == pytest.approx(14.7, abs=1.5)
    assert per_cent(answered, "answer_is_holding") == pytest.approx(2, abs=0.6)
    assert per_cent(answered, "answer_is_correction") == pytest.approx(0.25, abs=0.15)
    assert 100 * len(grouped) / len(answered) == pytest.approx(22, abs=3)
    assert 100 * sum("<a href" in r["answer_text"] for r in answered) / len(answered) == pytest.approx(17, abs=1.5)
    assert 100 * sum("<table" in r["answer_text"] for r in answered) / len(answered) == pytest.approx(2.4, abs=0.7)


def test_a_few_ask_most(records: Records) -> None:
    asked = sorted(Counter(record["asking_member_id"] for record in records).values(), reverse=True)

    assert sum(asked[: 711 // 5]) / len(records) == pytest.approx(0.72, abs=0.08)


def test_grouped_questions_are_given_one_answer(records: Records) -> None:
    by_uin = {
        (record["house"], session_of(date.fromisoformat(record["date_tabled"])), record["uin"]): record for record in records
    }
    pairs = [
        (record, by_uin[record["house"], session_of(date.fromisoformat(record["date_tabled"])), other])
        for record in records
        for other in record.get("grouped_questions", ())
    ]

    assert pairs
    assert all(one["answer_text"] == other["answer_text"] for one, other in pairs)


def test_distributions_keep_to_their_tables() -> None:
    values = spread({0: 0, 500: 10, 1000: 100})

    assert (values[0], values[len(values) // 2], values[-1]) == (0, 10, 100)
    assert Counter(weighted({"a": 3, "b": 1})) == {"a": 3072, "b": 1024}


def test_more_than_twenty_thousand_are_invented_in_a_second_of_one_core() -> None:
    begin = time.process_time()

    count = sum(1 for _ in lines(30_000, seed=1))

    assert count / (time.process_time() - begin) > 20_000
