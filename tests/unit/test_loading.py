"""Loading: what is told of a load, what stays of it, and what does not."""

import itertools
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pqlod.errors import SourceError, StoreError
from pqlod.export import export, info
from pqlod.generating import write_questions
from pqlod.loading import Progress, load
from pqlod.reports import Row
from pqlod.sample import sample_files
from pqlod.sources.files import files_in
from pqlod.store.generations import Generations
from pqlod.validation import Extent

LEAST = {"house": "Commons", "date_tabled": "2024-01-05", "source": "wq-api"}
TURTLE = "@prefix : <http://example.org/> . :a :b [ :c :d ] ."


def questions(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(LEAST | record) for record in records))
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def statements(store: Path, beside: Path) -> list[str]:
    """All of a store, in an order that says nothing."""
    output = beside / "export.nq"
    export(store, output)
    return sorted(output.read_text().splitlines())


def test_a_load_is_told_by_kind(store: Path, tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl", {"uin": "1", "asking_member_id": 5}, {"uin": "2", "house": "Senate"}, {"uin": "1"})

    report = load([file], store)

    assert report.rows == {
        "house": Row(new=1),
        "member": Row(new=1),
        "written question": Row(read=3, new=1, again=1, refused=1),
    }
    assert report.generation == 1
    assert report.added > 0
    assert "written question" in str(report)


def test_the_same_again_changes_nothing(store: Path, tmp_path: Path) -> None:
    files = [questions(tmp_path / "q.jsonl", {"uin": "1", "asking_member_id": 5}), tmp_path / "x.ttl"]
    files[1].write_text(TURTLE)
    load(files, store)

    report = load(files, store)

    assert report.generation is None
    assert (report.added, report.removed) == (0, 0)
    assert {row.unchanged for row in report.rows.values()} == {1, 2}
    assert Generations(store).current() == 1


def test_a_question_that_comes_with_an_answer_is_changed(store: Path, tmp_path: Path) -> None:
    load([questions(tmp_path / "1", {"uin": "1", "as_of": "2024-01-06"}, {"uin": "2"})], store)

    report = load(
        [questions(tmp_path / "2", {"uin": "1", "answered": True, "answer_text": "Yes.", "as_of": "2024-01-07"})], store
    )

    assert report.rows["written question"] == Row(read=1, changed=1)
    assert report.generation == 2


def test_what_is_refused_is_written_to_the_rejects(store: Path, tmp_path: Path) -> None:
    bad = questions(tmp_path / "bad.jsonl", {"uin": "1"}, {"uin": ""})
    unknown = tmp_path / "unknown.txt"
    unknown.write_text("some prose")

    report = load([bad, unknown], store, rejects=tmp_path / "rejects.jsonl")

    assert report.rejects is not None
    told = [json.loads(line) for line in report.rejects.read_text().splitlines()]
    assert [(item["file"], item["place"], item["kind"]) for item in told] == [
        (str(bad), "line 2", "written question"),
        (str(unknown), "", "file"),
    ]
    assert told[0]["reason"] == "uin is missing."
    assert "uin is missing." in str(report)
    assert not report.is_refused


def test_without_refusals_there_is_no_file_of_rejects(store: Path, tmp_path: Path) -> None:
    report = load([questions(tmp_path / "q.jsonl", {"uin": "1"})], store)

    assert report.rejects is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q.jsonl", "store"]


def test_a_load_of_nothing_but_refusals_says_so(store: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()

    report = load([empty], store)

    assert report.is_refused
    assert report.generation is None


def test_a_missing_file_stops_the_load_before_it_begins(store: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.json: No such file or folder"):
        load([questions(tmp_path / "q.jsonl", {"uin": "1"}), tmp_path / "gone.json"], store)

    assert not store.exists()


def test_a_folder_without_files_is_told(store: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()

    with pytest.raises(SourceError, match=r"nothing: There is no file in it\."):
        load([tmp_path / "nothing"], store)


def test_a_store_that_is_being_written_is_refused(store: Path, tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl", {"uin": "1"})

    with Generations(store).writing(), pytest.raises(StoreError, match=f"being written by process {os.getpid()}"):
        load([file], store)


def test_progress_is_told(store: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    files = [questions(tmp_path / name, {"uin": name}) for name in ("1", "2")]

    load(files, store, progress=told.append)

    assert (told[-1].file, told[-1].place, told[-1].files, told[-1].records) == (files[1], 2, 2, 2)


def test_a_failure_leaves_nothing_behind(store: Path, tmp_path: Path) -> None:
    def fail(progress: Progress) -> None:
        raise RuntimeError("on purpose")

    load([questions(tmp_path / "1", {"uin": "1"})], store)
    before = statements(store, tmp_path)

    with pytest.raises(RuntimeError, match="on purpose"):
        load([questions(tmp_path / "2", {"uin": "2"})], store, progress=fail)

    assert statements(store, tmp_path) == before


@pytest.mark.parametrize("split", [False, True], ids=["in one load", "in several"])
def test_the_order_of_files_has_no_say(tmp_path: Path, split: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pqlod.loading.RESOURCES_AT_ONCE", 3)
    files = [
        questions(tmp_path / "1", *({"uin": str(n), "source_id": n, "asking_member_id": n % 3} for n in range(9))),
        questions(tmp_path / "2", *({"uin": str(n), "source": "moj-csv", "asking_member_id": 7} for n in range(5, 12))),
        tmp_path / "houses.csv",
    ]  # fmt: skip
    files[2].write_text("id,name,short_name\n1,House of Commons,Commons\n")

    results = []
    for number, order in enumerate(itertools.permutations(files)):
        store = tmp_path / f"store{number}"
        for part in [[file] for file in order] if split else [order]:
            load(part, store)
        results.append(statements(store, tmp_path))

    assert all(result == results[0] for result in results)


PROVENANCE = """
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?question ?file { GRAPH ?source { ?question prov:wasDerivedFrom ?entity . ?entity a prov:Entity ; rdfs:label ?file } }
ORDER BY ?question"""


def origins(store: Path) -> dict[str, str]:
    """The name of the file that told of each question."""
    rows = Generations(store).dataset().store.query(PROVENANCE)
    return {row["question"].value.rpartition("/")[2]: row["file"].value for row in rows}


def test_the_file_of_each_record_is_told_by_its_name_alone(store: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    first = questions(tmp_path / "folder" / "a few.jsonl", {"uin": "1", "source_id": 1}, {"uin": "2", "source_id": 2})
    load([first, questions(tmp_path / "more", {"uin": "3", "source_id": 3})], store)

    newer = questions(tmp_path / "newer", {"uin": "2", "source_id": 2, "heading": "Zebras"})
    load([newer], store)

    assert origins(store) == {"1": "a few.jsonl", "2": "newer", "3": "more"}
    assert not any(str(tmp_path) in statement for statement in statements(store, tmp_path))


def test_of_files_that_tell_the_same_the_last_by_name_is_told_in_whatever_order(tmp_path: Path) -> None:
    files = [questions(tmp_path / name, {"uin": "1", "source_id": 1}, {"uin": f"9{name}"}) for name in "12"]
    results = []
    for number, order in enumerate(itertools.permutations(files)):
        for parts in ([order], [order[:1], order[1:]]):
            store = tmp_path / f"store{number}-{len(parts)}"
            reports = [load(part, store) for part in parts]
            results.append(statements(store, tmp_path))
            assert not any(report.rows["written question"].changed for report in reports)

    assert origins(store)["1"] == "2"
    assert all(result == results[0] for result in results)


def test_an_export_loads_into_the_same_store(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = questions(tmp_path / "q.jsonl", {"uin": "1", "source_id": 17, "asking_member_id": 5})
    load([file], store)
    export(store, tmp_path / "all.nq.gz")

    report = load([tmp_path / "all.nq.gz"], tmp_path / "copy", check=Extent.SAMPLE)
    monkeypatch.setattr("pqlod.loading.load_as_it_stands", lambda file, store: None)
    slow_report = load([tmp_path / "all.nq.gz"], tmp_path / "slow", check=Extent.SAMPLE)

    assert statements(tmp_path / "copy", tmp_path) == statements(store, tmp_path) == statements(tmp_path / "slow", tmp_path)
    assert load([file], tmp_path / "copy").generation is None
    assert (report.rows, report.added) == (slow_report.rows, slow_report.added)
    assert report.checked is not None
    assert slow_report.checked is not None
    assert report.checked.violations == slow_report.checked.violations


WRONG = {"uin": "one", "source_id": 17, "asking_member_id": 5, "asking_member_name": "Ms A"}


def test_what_violates_a_shape_is_told_with_its_file(store: Path, tmp_path: Path) -> None:
    report = load([questions(tmp_path / "q.jsonl", WRONG)], store, check=Extent.SAMPLE)

    assert report.checked is not None
    [violation] = report.checked.violations
    assert (violation.rule.property, violation.count) == ("uin", 1)
    assert violation.examples == ("<http://data.parliament.uk/resources/17> 'one' from q.jsonl",)
    assert report.checked.counts == {"house": (1, 1), "member": (1, 1), "written question": (1, 1)}
    assert (report.generation, report.is_refused) == (1, False)
    assert "violation          1  question, uin" in str(report)
    assert "violation          1  question, uin" in report.problems


def test_a_strict_load_of_what_violates_a_shape_leaves_the_store_as_it_was(store: Path, tmp_path: Path) -> None:
    good, bad = questions(tmp_path / "1", {"uin": "1"}), questions(tmp_path / "2", {"uin": "2"}, WRONG)
    load([good], store, strict=True)
    before = statements(store, tmp_path)

    report = load([bad], store, strict=True)

    assert (report.generation, report.is_discarded, report.is_refused) == (None, True, True)
    assert Generations(store).current() == 1
    assert statements(store, tmp_path) == before
    assert str(report).endswith("Nothing is loaded: what would have been violates shapes, and --strict was given.\n")
    assert load([bad], store).rows["written question"] == Row(read=2, new=2)


def test_a_strict_load_takes_what_is_only_incomplete(store: Path, tmp_path: Path) -> None:
    report = load([questions(tmp_path / "q.jsonl", {"uin": "1", "question_text": None})], store, strict=True)

    assert report.checked is not None
    assert [finding.rule.is_violation for finding in report.checked.findings if finding.rule.property == "questionText"] == [
        False
    ]
    assert report.generation == 1


def test_only_what_a_load_changes_is_checked(store: Path, tmp_path: Path) -> None:
    file = questions(tmp_path / "q.jsonl", WRONG)
    load([file], store)

    again = load([file], store, check=Extent.ALL)
    more = load([questions(tmp_path / "more.jsonl", WRONG, {"uin": "2"})], store, check=Extent.ALL)

    assert again.checked is not None
    assert again.checked.counts == {}
    assert more.checked is not None
    assert more.checked.counts == {"written question": (1, 1)}
    assert more.checked.violations == ()


def test_what_rdf_files_describe_is_checked(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "seat.ttl"
    file.write_text("@prefix parl: <http://data.parliament.uk/schema/parl#> . <urn:s> a parl:Seat . <urn:t> parl:party 1 .")

    report = load([file], store, check=Extent.SAMPLE)

    assert report.checked is not None
    assert report.checked.counts == {"resource described in RDF": (1, 2)}
    assert {finding.rule.property for finding in report.checked.violations} == {"member", "startDate"}


def test_the_sample_violates_no_shape(store: Path) -> None:
    report = load(sample_files(), store, check=Extent.ALL)

    assert report.checked is not None
    assert report.checked.violations == ()
    assert sum(done for done, _ in report.checked.counts.values()) > 500


KILLED = """
import os, signal, sys
from pathlib import Path
from pqlod import loading
from pqlod.store.generations import Generations

def kill(step):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

loading.RESOURCES_AT_ONCE = 20
generations = Generations(Path(sys.argv[2]), checkpoint=kill)
show = lambda progress: kill("read") if progress.records > 50 else None
loading.load([Path(sys.argv[1])], generations.folder, progress=show, generations=generations)
"""


@pytest.mark.parametrize("step", ["read", "changed", "copied", "indexed", "renamed"])
def test_a_load_that_is_killed_leaves_readers_on_the_old_data_and_completes_when_run_again(
    store: Path, tmp_path: Path, step: str
) -> None:
    load([questions(tmp_path / "1", {"uin": "1"})], store)
    before = statements(store, tmp_path)
    file = questions(tmp_path / "2", *({"uin": str(n), "asking_member_id": n} for n in range(200)))

    ended = subprocess.run([sys.executable, "-c", KILLED, str(file), str(store), step], check=False)

    assert ended.returncode == -signal.SIGKILL
    assert statements(store, tmp_path) == before
    assert load([file], store).rows["written question"].read == 200
    assert info(store).classes["WrittenParliamentaryQuestion"] == 200


def test_a_disk_that_takes_no_more_is_told_and_leaves_the_old_data(store: Path, tmp_path: Path) -> None:
    load([questions(tmp_path / "1", {"uin": "1"})], store)
    before = statements(store, tmp_path)
    write_questions(tmp_path / "many.jsonl", 500, seed=1)
    command = [sys.executable, "-m", "pqlod", "load", str(tmp_path / "many.jsonl"), "--store", str(store), "--quiet"]
    most = 300_000  # bytes of a file; more cannot be written, as on a disk that is full

    failed = subprocess.run(
        command, capture_output=True, text=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    )

    told = f"pqlod: The store {store} needs a larger file than this disk takes, or this user may write.\n"
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", told)
    assert statements(store, tmp_path) == before
    subprocess.run(command, check=True)
    assert info(store).classes["WrittenParliamentaryQuestion"] == 501


Files = Callable[[Path], Sequence[Path]]


def test_the_real_samples_load_in_any_order_and_split(shared: Path, tmp_path: Path) -> None:
    """All questions of the samples but the 17 of one page stand in questions.jsonl too."""
    samples = sorted((shared / "data/api-samples").iterdir())
    ids = _numbers(samples)
    everything = (shared / "data/real/questions.jsonl").read_text().splitlines()
    lines = [line for line in everything if json.loads(line)["source_id"] in ids]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines))
    files = [*samples, tmp_path / "lines.jsonl", shared / "data/real/members.csv"]

    report = load(files, tmp_path / "one")
    load(files[::-1], tmp_path / "two")
    for file in [*files[5:], *files[:5]]:
        load([file], tmp_path / "three")

    assert report.rows["written question"] == Row(read=235 + 218, new=235, again=218)
    assert report.rows["file"].refused == 2
    first = statements(tmp_path / "one", tmp_path)
    assert statements(tmp_path / "two", tmp_path) == first
    assert statements(tmp_path / "three", tmp_path) == first


def _numbers(samples: Sequence[Path]) -> set[object]:
    """What questions.jsonl calls the questions of the samples: API numbers, and URIs of the Linked Data API."""
    found: set[object] = set()
    for path in samples:
        if path.name.startswith("written-questions-api"):
            document = json.loads(path.read_text())
            results = document["results"] if isinstance(document, dict) else document
            found |= {result["value"]["id"] for result in results}
        elif path.name.startswith("lda-answeredquestions"):
            found |= {item["_about"] for item in json.loads(path.read_text())["result"]["items"]}
    return found


@pytest.mark.full
def test_all_the_real_data_loads_in_any_order_and_again_unchanged(shared: Path, store: Path, tmp_path: Path) -> None:
    files = [shared / "data/real", shared / "data/api-samples"]
    load(reversed(files_in(files)), tmp_path / "reversed")

    first, second = load(files, store), load(files, store)

    rows = first.rows
    assert rows["written question"] == Row(read=16_862 + 32_235 + 235, new=16_862 + 32_235 + 17, again=138 + 80)
    assert (rows["seat"].new, rows["party"].read, rows["session"].new, rows["parliament"].new) == (3_311, 324, 240, 59)
    assert (rows["member"].read, rows["constituency"].read, rows["department"].new) == (2_544 + 63, 1_959, 37)
    counts = info(store).classes
    assert counts["WrittenParliamentaryQuestion"] == rows["written question"].new
    assert counts["Member"] == rows["member"].new
    assert counts["Constituency"] == rows["constituency"].new
    assert (second.generation, second.added, second.removed) == (None, 0, 0)
    assert not any(row.new or row.changed for row in second.rows.values())
    assert statements(store, tmp_path) == statements(tmp_path / "reversed", tmp_path)
