"""Exports that other tools read, and that make the same store again."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from pyoxigraph import Store

from pqlod.export import export
from pqlod.loading import load
from pqlod.packing import unpacked
from pqlod.store.generations import Generations

RECORD = {
    "uin": "17", "house": "Lords", "date_tabled": "2024-01-05", "date_for_answer": "2024-01-12", "heading": "Owls",
    "question_text": "To ask?", "named_day": False, "asking_member_id": 5, "asking_member_name": "Lord Ann",
    "answering_body_id": 60, "answering_body_name": "Department for Education", "number": 4, "answered": True,
    "date_answered": "2024-01-09", "answering_member_id": 6, "answer_text": "<p>Yes.</p>", "answer_format": "html",
    "grouped_questions": ["18", "19"], "attachment_count": 1,
    "attachments": [{"number": 1, "title": "A file", "file_name": "a.pdf"}],
    "previous_versions": [{"number": 1, "answering_member_id": 7}], "source": "wq-api", "as_of": "2024-02-01",
}  # fmt: skip


def tables(archive: Path) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(archive) as files:
        return {name: list(csv.DictReader(io.StringIO(files.read(name).decode(), newline=""))) for name in files.namelist()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "q.jsonl").write_text(json.dumps(RECORD))
    load([tmp_path / "q.jsonl"], tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.parametrize("packed", ["", ".zst"])
def test_a_question_is_written_as_it_was_told(store: Path, tmp_path: Path, packed: str) -> None:
    assert export(store, tmp_path / f"x.jsonl{packed}") == 1

    with unpacked(tmp_path / f"x.jsonl{packed}") as file:
        (written,) = map(json.loads, file.read().splitlines())
    assert RECORD.items() <= written.items()
    assert written.keys() - RECORD.keys() == {"session"}


def test_what_a_client_wrote_is_exported(store: Path, tmp_path: Path) -> None:
    with Generations(store).writing() as writing:
        writing.store.update(
            "PREFIX parl: <http://data.parliament.uk/schema/parl#> "
            "DELETE { ?q parl:hansardHeading ?old } INSERT { ?q parl:hansardHeading 'Birds' } "
            "WHERE { ?q parl:hansardHeading ?old }"
        )

    export(store, tmp_path / "x.jsonl")

    assert json.loads((tmp_path / "x.jsonl").read_text())["heading"] == "Birds"


def test_tables_have_a_row_for_each_resource(store: Path, tmp_path: Path) -> None:
    assert export(store, tmp_path / "x.zip") == 6

    found = tables(tmp_path / "x.zip")
    assert {name: len(rows) for name, rows in found.items() if rows} == {
        "members.csv": 3, "answering_bodies.csv": 1, "houses.csv": 1, "questions.csv": 1
    }  # fmt: skip
    assert found["answering_bodies.csv"][0] | {"sort_name": "", "status": ""} == {
        "uri": "http://data.parliament.uk/departments/60", "id": "60", "name": "Department for Education",
        "other_names": "", "short_name": "", "sort_name": "", "status": "",
    }  # fmt: skip
    question = found["questions.csv"][0]
    assert (question["house"], question["named_day"], question["grouped_questions"]) == ("Lords", "false", "18; 19")


def test_the_sample_comes_back_from_its_exports(sample: Path, tmp_path: Path) -> None:
    export(sample, tmp_path / "1.jsonl")
    export(sample, tmp_path / "1.zip")
    with zipfile.ZipFile(tmp_path / "1.zip") as archive:
        archive.extractall(tmp_path / "tables", [name for name in archive.namelist() if name != "questions.csv"])

    report = load([tmp_path / "1.jsonl", tmp_path / "tables"], tmp_path / "store")
    export(tmp_path / "store", tmp_path / "2.jsonl")
    export(tmp_path / "store", tmp_path / "2.zip")

    assert (tmp_path / "2.jsonl").read_bytes() == (tmp_path / "1.jsonl").read_bytes()
    # Constituencies that the Linked Data API numbers have no MNIS id, and so no row that can be loaded.
    unnumbered = {row["uri"] for row in tables(tmp_path / "1.zip")["constituencies.csv"] if not row["mnis_id"]}
    assert [refusal.count("mnis_id is missing") for refusal in report.refusals] == [1] * len(unnumbered)
    before, after = (
        {name: [row for row in rows if row["uri"] not in unnumbered] for name, rows in tables(tmp_path / archive).items()}
        for archive in ("1.zip", "2.zip")
    )
    assert after == before


def test_an_empty_store_gives_tables_without_rows(tmp_path: Path) -> None:
    with Generations(tmp_path / "store").writing() as writing:
        assert isinstance(writing.store, Store)

    assert export(tmp_path / "store", tmp_path / "x.zip") == 0
    assert len(tables(tmp_path / "x.zip")) == 9
