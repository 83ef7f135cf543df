"""What loads promise: what changed is told, the store is that of a fresh load, and what is told twice is one thing."""

import gzip
import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pqlod.export import export, info
from pqlod.generating import lines
from pqlod.loading import load
from pqlod.reports import Row
from pqlod.store.generations import Generations

ALL, CHANGED = 49_097, 1_000
RESOURCES = "http://data.parliament.uk/resources/"
TEXT = "Something else was answered."

Record = dict[str, Any]


# --- a thousand answers of the real questions are changed ---


def change(lines: list[str], chosen: set[int], first: int) -> list[str]:
    """The lines with another answer in those of the numbers chosen; ``first`` is the number of the first line."""
    return [
        json.dumps(json.loads(line) | {"answer_text": TEXT}) if number in chosen else line
        for number, line in enumerate(lines, first)
    ]


def two_sets(real: Path, folder: Path) -> tuple[Path, Path, list[Record]]:
    """The real questions, the same with other answers to a thousand of them, both with the tables, and the thousand."""
    more = gzip.decompress((real / "questions-more.jsonl.gz").read_bytes()).decode().splitlines()
    told = [(real / "questions.jsonl").read_text().splitlines(), more]
    every = [*told[0], *told[1]]
    answered = [number for number, line in enumerate(every) if json.loads(line)["answer_text"]]
    chosen = set(random.Random(7).sample(answered, CHANGED))
    for name, (best, rest) in {"first": told, "second": (change(told[0], chosen, 0), change(more, chosen, len(told[0])))}.items():
        (folder / name).mkdir()
        for table in real.glob("*.csv"):
            shutil.copy(table, folder / name)
        (folder / name / "questions.jsonl").write_text("\n".join(best))
        (folder / name / "questions-more.jsonl").write_text("\n".join(rest))
    return folder / "first", folder / "second", [json.loads(every[number]) for number in chosen]


def digests(file: Path) -> frozenset[bytes]:
    with file.open("rb") as lines:
        return frozenset(hashlib.blake2b(line, digest_size=16).digest() for line in lines)


def lines_of(file: Path, unknown: frozenset[bytes]) -> Iterator[str]:
    """The lines that are not known."""
    with file.open("rb") as lines:
        yield from (line.decode() for line in lines if hashlib.blake2b(line, digest_size=16).digest() not in unknown)


@pytest.mark.full
def test_of_all_real_questions_the_thousand_that_change_are_told_and_the_store_is_that_of_a_fresh_load(
    shared: Path, tmp_path: Path
) -> None:
    first, second, thousand = two_sets(shared / "data/real", tmp_path)
    before, after, fresh = (tmp_path / f"{name}.nq" for name in ("before", "after", "fresh"))
    load([first], tmp_path / "store")
    export(tmp_path / "store", before)

    report = load([second], tmp_path / "store")

    assert report.rows["written question"] == Row(read=ALL, changed=CHANGED, unchanged=ALL - CHANGED)
    assert all(row.new == row.changed == 0 for kind, row in report.rows.items() if kind != "written question")
    assert (report.added, report.removed) == (CHANGED, CHANGED)
    export(tmp_path / "store", after)
    load([second], tmp_path / "fresh")
    export(tmp_path / "fresh", fresh)
    known = digests(after)
    assert digests(fresh) == known
    gone, new = list(lines_of(before, known)), list(lines_of(after, digests(before)))
    assert len(gone) == len(new) == 2 * CHANGED  # of each one the text of its answer, and the record
    assert sum(TEXT in line for line in new) == 2 * CHANGED
    changed = {line.split(" ", 1)[0].removesuffix("/answer>").removesuffix(">") for line in new}
    assert len(changed) == CHANGED
    numbers = {str(record["source_id"]).removeprefix(RESOURCES) for record in thousand if record["source_id"]}
    assert numbers == {name.removeprefix(f"<{RESOURCES}") for name in changed if name.startswith(f"<{RESOURCES}")}


# --- what is told twice is one thing ---

# Of the questions of each sample, how many questions.jsonl has too: 218. 138 of them are of settled months, 63 of the Linked
# Data API and 75 of September 2024; the other 80 are of July 2026.
SAMPLES = {
    "lda-answeredquestions-lords.json": 6,
    "lda-answeredquestions.json": 57,
    "written-questions-api-page.json": 0,
    "written-questions-api-results-2024-09.json": 75,
    "written-questions-api-results-2026-07.json": 80,
}


@pytest.mark.parametrize(("name", "both"), SAMPLES.items(), ids=SAMPLES)
def test_questions_of_a_sample_that_are_known_are_told_again_and_no_new_ones(
    shared: Path, tmp_path: Path, name: str, both: int
) -> None:
    sample = shared / "data/api-samples" / name
    numbers = set(numbers_of(json.loads(sample.read_text())))
    known = [line for line in (shared / "data/real/questions.jsonl").read_text().splitlines() if number(line) in numbers]
    (tmp_path / "known.jsonl").write_text("\n".join(known) or "[]")

    report = load([sample, tmp_path / "known.jsonl"], tmp_path / "store")

    assert report.rows["written question"] == Row(read=len(numbers) + both, new=len(numbers), again=both)
    assert info(tmp_path / "store").classes["WrittenParliamentaryQuestion"] == len(numbers)


def number(line: str) -> str:
    return str(json.loads(line)["source_id"]).removeprefix(RESOURCES)


def numbers_of(document: Any) -> Iterator[str]:
    if isinstance(document, dict) and "result" in document:
        yield from (item["_about"].removeprefix(RESOURCES) for item in document["result"]["items"])
    else:
        results = document["results"] if isinstance(document, dict) else document
        yield from (str(result["value"]["id"]) for result in results)


def as_result(record: Record) -> Record:
    """A question as the written questions API tells it."""
    return {
        "value": {
            "id": record["number"], "uin": record["uin"], "house": record["house"],
            "dateTabled": f"{record['date_tabled']}T00:00:00",
            "questionText": record["question_text"], "askingMemberId": record["asking_member_id"],
            "answeringBodyId": record["answering_body_id"], "answeringBodyName": record["answering_body_name"],
            "isWithdrawn": False, "dateAnswered": None, "answerText": None,
        }
    }  # fmt: skip


def as_item(record: Record) -> Record:
    """The same as an item of a list of the Linked Data API."""
    return {
        "_about": f"{RESOURCES}{record['number']}", "uin": {"_value": record["uin"]},
        "AnsweringBody": [{"_value": record["answering_body_name"]}], "questionText": record["question_text"],
        "date": {"_value": record["date_tabled"], "_datatype": "dateTime"}, "houseId": {"_value": "1"},
        "tablingMember": {"_about": f"http://data.parliament.uk/members/{record['asking_member_id']}"},
    }  # fmt: skip


def test_twenty_invented_questions_that_two_formats_tell_are_twenty(tmp_path: Path) -> None:
    records = [json.loads(line) for line in lines(5_000, seed=11)]
    twenty = [record for record in records if record["house"] == "Commons" and record["answered"]][:20]
    numbered = [record | {"number": 80_000_000 + place} for place, record in enumerate(twenty)]
    by_key = [{**record, "number": None, "source_id": None} for record in twenty]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, by_key)))
    (tmp_path / "results.json").write_text(json.dumps([as_result(record) for record in numbered[:10]]))
    (tmp_path / "items.json").write_text(json.dumps({"result": {"items": [as_item(record) for record in numbered[10:]]}}))

    report = load([tmp_path / name for name in ("lines.jsonl", "results.json", "items.json")], tmp_path / "store")

    assert report.rows["written question"] == Row(read=40, new=20, again=20)
    found = (
        Generations(tmp_path / "store")
        .dataset()
        .store.query("""
        PREFIX parl: <http://data.parliament.uk/schema/parl#>
        SELECT ?question ?text (COUNT(DISTINCT ?source) AS ?sources) {
          ?question a parl:WrittenParliamentaryQuestion ; parl:answer/parl:answerText ?text .
          GRAPH ?source { ?question <urn:pqlod:vocab:record> ?record }
        } GROUP BY ?question ?text""")
    )
    rows = {row["question"].value: (row["text"].value, int(row["sources"].value)) for row in found}
    assert rows == {f"{RESOURCES}{record['number']}": (record["answer_text"], 2) for record in numbered}
