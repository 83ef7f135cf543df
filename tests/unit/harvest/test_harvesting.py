"""Harvests: whole, again, interrupted, and what is kept of them."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from stub_services import EVERY_TROUBLE, LDA, MEMBERS, QUESTIONS, SLOW, Stub, items, members, question, questions

from pqlod.errors import HarvestError, StoreError
from pqlod.export import export
from pqlod.harvest.client import Client
from pqlod.harvesting import Ask, Harvested, Progress, harvest
from pqlod.loading import load
from pqlod.reports import Report, Row
from pqlod.sources import SourceFile
from pqlod.sources.captures import write_payload
from pqlod.store.generations import Generations

Serve = Callable[[Stub], Stub]
MakeClient = Callable[..., Client]
HarvestStub = Callable[..., Harvested]
WQ = ("written-questions",)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def ask_of(stub: Stub, *sources: str, lda: str = "", **days: date) -> Ask:
    return Ask(
        sources, **days, lda=(stub.root + lda,) if lda else (),
        questions_url=stub.root + QUESTIONS, members_url=stub.root + MEMBERS,
    )  # fmt: skip


def statements(store: Path) -> list[str]:
    output = store.with_name(store.name + ".export.nq")
    export(store, output)
    return sorted(output.read_text().splitlines())


class Loads:
    """Stands for the loading of batches: remembers their files."""

    def __init__(self) -> None:
        self.batches: list[list[Path]] = []

    def __call__(self, files: list[Path], folder: Path, rejects: Path) -> Report:
        self.batches.append(files)
        return Report({"written question": Row(read=1, new=1)}, 1, 0, 1.0, len(self.batches))

    @property
    def urls(self) -> list[str]:
        captures = [SourceFile(path).capture for batch in self.batches for path in batch]
        return [capture.url for capture in captures if capture]


def details(urls: list[str]) -> list[str]:
    return [path for path in (urlsplit(url).path for url in urls) if path.startswith(QUESTIONS + "/")]


# --- whole ---


def test_questions_of_both_houses_are_harvested_in_full(serve: Serve, client: MakeClient, store: Path) -> None:
    stub = serve(Stub(questions=questions(60), page=13))

    harvested = harvest(ask_of(stub, *WQ), store, client=client())

    assert harvested.report is not None
    assert harvested.report.rows["written question"].new == 60
    assert not harvested.short
    found = statements(store)
    assert sum("#WrittenParliamentaryQuestion>" in line and "22-rdf-syntax-ns#type" in line for line in found) == 60
    assert not any("isClipped" in line for line in found)
    assert sum("much is done" in line and "#answerText>" in line for line in found) == 20


def test_members_are_harvested_with_seats_parties_places_and_answering_bodies(
    serve: Serve, client: MakeClient, store: Path
) -> None:
    stub = serve(Stub(members=members(45)))

    report = harvest(ask_of(stub, "members"), store, client=client()).report

    assert report is not None
    assert {kind: row.read for kind, row in report.rows.items() if row.read} == {
        "member": 45, "seat": 45, "party": 2, "constituency": 25, "department": 1,
    }  # fmt: skip


def test_the_list_of_a_linked_data_api_is_harvested(serve: Serve, client: MakeClient, store: Path) -> None:
    stub = serve(Stub(items=items(23), loses_page_size=True))

    report = harvest(ask_of(stub, lda=LDA + "?_pageSize=5"), store, client=client()).report

    assert report is not None
    assert report.rows["written question"].new == 23
    assert len(stub.asked) == 5


def test_through_every_trouble_it_comes_to_the_end(serve: Serve, client: MakeClient, store: Path, tmp_path: Path) -> None:
    def stub(**troubles: Any) -> Stub:
        return serve(Stub(questions=questions(60), members=members(30), items=items(12), page=13, **troubles))

    def run(stub: Stub, store: Path) -> list[str]:
        harvest(ask_of(stub, *WQ, "members", lda=LDA + "?_pageSize=5"), store, client=client(silence=SLOW / 2))
        return [line for line in statements(store) if "<urn:pqlod:payload:" not in line]  # which tell when, and from which port

    quiet, loud = stub(), stub(troubles=EVERY_TROUBLE)

    assert run(loud, store) == run(quiet, tmp_path / "quiet")
    assert set(loud.made) == set(EVERY_TROUBLE)


def test_the_samples_of_real_pages_are_harvested(serve: Serve, client: MakeClient, store: Path, shared: Path) -> None:
    samples = shared / "data/api-samples"
    results = [
        result | {"value": {"questionStatus": None} | result["value"]}
        for month in ("2024-09", "2026-07")
        for result in json.loads((samples / f"written-questions-api-results-{month}.json").read_text())
    ]
    page = json.loads((samples / "lda-answeredquestions.json").read_text())["result"]["items"]
    stub = serve(Stub(questions=results, items=page, page=30, troubles=("throttled", "broken"), likelihood=0.2))

    report = harvest(ask_of(stub, *WQ, lda=LDA), store, client=client()).report

    assert report is not None
    assert report.rows["written question"].new == len(results) + len(page)


# --- again ---


def test_the_next_harvest_finds_what_is_new_answered_corrected_and_withdrawn(
    serve: Serve, client: MakeClient, store: Path, time: Any
) -> None:
    stub = serve(Stub(questions=questions(60)))
    harvest(ask_of(stub, *WQ), store, client=client())
    stub.asked.clear()
    time.now += timedelta(days=2)
    open_ones = [result["value"] for result in stub.questions if not result["value"]["dateAnswered"]]
    answered = next(result["value"] for result in stub.questions if len(result["value"]["answerText"] or "") > 255)
    open_ones[0] |= {"dateAnswered": "2026-11-25T00:00:00", "answerText": "<p>At last.</p>"}
    open_ones[1]["isWithdrawn"] = True
    answered |= {"dateAnswerCorrected": "2026-11-26T00:00:00", "answerIsCorrection": True, "answerText": "<p>Corrected.</p>"}
    stub.questions.append(question(2_000_000, tabled="2026-11-25"))

    harvest(ask_of(stub, *WQ), store, client=client())

    found = "\n".join(statements(store))
    for text in ("At last.", "Corrected.", "about matter 2000000"):
        assert found.count(f"{text}") >= 1
    subject = (
        f'<http://data.parliament.uk/resources/{open_ones[1]["id"]}> <http://data.parliament.uk/schema/parl#isWithdrawn> "true"'
    )
    assert subject in found
    assert len(details(stub.asked)) == 0


def test_a_withdrawal_is_known_though_the_service_has_no_more_of_the_question(
    serve: Serve, client: MakeClient, store: Path, time: Any
) -> None:
    stub = serve(Stub(questions=[question(7, tabled="2026-11-20", questionText="To ask at length, " + "and more " * 40 + "so?")]))
    harvest(ask_of(stub, *WQ), store, client=client())
    time.now += timedelta(days=1)
    stub.questions[0]["value"]["isWithdrawn"] = True
    stub.gone = frozenset({f"{QUESTIONS}/7"})

    again = harvest(ask_of(stub, *WQ), store, client=client())

    kind = (
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://data.parliament.uk/schema/parl#WithdrawnParliamentaryQuestion>"
    )
    assert again.gone == 1
    assert any(line.startswith(f"<http://data.parliament.uk/resources/7> {kind}") for line in statements(store))


def test_what_a_list_tells_as_before_is_not_asked_for_again(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub, loads = serve(Stub(questions=[question(n, tabled="2026-11-22", answer="long " * 60) for n in range(3)])), Loads()
    harvest(ask_of(stub, *WQ), store, client=client(), load=loads)
    time.now += timedelta(days=1)
    stub.questions[0]["value"]["dateAnswerCorrected"] = "2026-11-25T00:00:00"

    again = harvest(ask_of(stub, *WQ), store, client=client(), load=loads)

    assert details(loads.urls) == [f"{QUESTIONS}/{number}" for number in (0, 1, 2, 0)]
    assert again.known == 3  # two in the list of what was tabled, and the first in that of corrections


def test_what_has_not_changed_is_neither_sent_nor_kept_again(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub, loads = serve(Stub(members=members(45))), Loads()
    first = harvest(ask_of(stub, "members"), store, client=client(), load=loads)
    time.now += timedelta(days=1)
    stub.members[30]["value"]["nameDisplayAs"] = "Another Name"

    again = harvest(ask_of(stub, "members"), store, client=client(), load=loads)

    assert first.requests == again.requests == len(stub.asked) / 2
    assert (again.kept, again.unchanged) == (1, first.kept - 1)
    assert stub.statuses[304] == again.unchanged
    assert len(loads.batches[-1]) == 1


def test_a_payload_that_was_deleted_is_fetched_again(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub, loads = serve(Stub(members=members(5))), Loads()
    harvest(ask_of(stub, "members"), store, client=client(), load=loads)
    time.now += timedelta(days=1)
    loads.batches[0][0].unlink()

    assert harvest(ask_of(stub, "members"), store, client=client(), load=loads).kept == 1


def test_an_empty_list_is_neither_kept_nor_loaded(serve: Serve, client: MakeClient, store: Path) -> None:
    harvested = harvest(ask_of(serve(Stub()), *WQ), store, client=client())

    assert (harvested.requests, harvested.kept, harvested.report) == (2, 0, None)
    assert str(harvested) == f"2 requests: 0 payloads kept in {harvested.archive}\n\nnothing to load\n"


@pytest.mark.parametrize(
    ("days", "mark"),
    [
        ({}, date(2026, 11, 24)),
        ({"first": date(2026, 1, 1)}, date(2026, 11, 24)),
        ({"first": date(2026, 1, 1), "last": date(2026, 1, 31)}, date(2026, 2, 10)),
        ({"first": date(2026, 3, 1)}, None),
        ({"last": date(2026, 5, 1)}, date(2026, 5, 1)),
    ],
    ids=["all that changed", "from before", "an earlier month", "leaving a gap", "until a day"],
)
def test_until_when_changes_are_known(days: dict[str, date], mark: date | None) -> None:
    marks = Ask(WQ, **days).marks(date(2026, 11, 24), date(2026, 2, 10))

    assert marks == ({} if mark is None else {"written-questions": mark})


def test_an_ask_is_read_as_it_was_written() -> None:
    ask = Ask(WQ, date(2026, 1, 1), None, ("http://lda.example.org/",))

    assert Ask.read(str(ask)) == ask


# --- what is kept ---


def test_what_is_kept_loads_into_the_same_store(serve: Serve, client: MakeClient, store: Path, time: Any, tmp_path: Path) -> None:
    """Also what changed within a day and is as full as before, of which the later holds."""
    stub = serve(Stub(questions=questions(30), members=members(5), items=items(3)))
    ask = ask_of(stub, *WQ, "members", lda=LDA)
    for heading in ("Zebras", "Aardvarks", "Mice"):
        for number in (1, 2, 3):
            stub.questions[number]["value"]["heading"] = heading
        harvest(ask, store, client=client())
        time.now += timedelta(minutes=1)

    load([store.with_name("store.harvest")], tmp_path / "again")

    found = statements(tmp_path / "again")
    assert found == statements(store)
    assert any('"Mice"' in line for line in found)


def test_records_are_of_the_day_on_which_they_were_fetched(serve: Serve, client: MakeClient, store: Path) -> None:
    harvest(ask_of(serve(Stub(members=members(1))), "members"), store, client=client())

    told = [line for line in statements(store) if "generatedAtTime" in line and "/members/1>" in line]
    assert len(told) == 1
    assert '"2026-11-24T00:00:00Z"' in told[0]


def test_where_and_when_it_was_fetched_is_told_of_each_record(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub = serve(Stub(questions=[question(1, tabled="2026-11-20"), question(2, tabled="2026-11-20", answer="long " * 60)]))
    harvest(ask_of(stub, *WQ), store, client=client())
    time.now += timedelta(days=1)
    stub.questions.append(question(3, tabled="2026-11-25"))
    harvest(ask_of(stub, *WQ), store, client=client())

    told = (
        Generations(store)
        .dataset()
        .store.query("""
        PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?question ?day ?url { GRAPH <http://data.parliament.uk/graphs/source/wq-api> {
          ?question prov:wasDerivedFrom ?payload .
          ?payload a prov:Entity ; prov:generatedAtTime ?fetched ; prov:hadPrimarySource ?url . }
          BIND (SUBSTR(STR(?fetched), 1, 10) AS ?day)
        } ORDER BY ?question""")
    )

    rows = [(row["question"].value.rpartition("/")[2], row["day"].value, urlsplit(row["url"].value)) for row in told]
    assert [row[:2] for row in rows] == [("1", "2026-11-25"), ("2", "2026-11-24"), ("3", "2026-11-25")]
    assert [url.path for _, _, url in rows] == [QUESTIONS, f"{QUESTIONS}/2", QUESTIONS]
    assert all(f"http://{url.netloc}" == stub.root for _, _, url in rows)


def test_a_lost_journal_loses_no_payload(serve: Serve, client: MakeClient, store: Path) -> None:
    stub, loads = serve(Stub(items=items(3))), Loads()
    for _ in range(2):
        harvest(ask_of(stub, lda=LDA), store, client=client(), load=loads)
        (store.with_name("store.harvest") / ".journal.sqlite").unlink()

    assert [path.relative_to(store.with_name("store.harvest")).parts[0] for (path,) in loads.batches] == ["00001", "00002"]


# --- failures ---


def test_a_service_that_fails_ends_the_harvest_and_the_next_one_goes_on(serve: Serve, client: MakeClient, store: Path) -> None:
    stub, loads = serve(Stub(items=items(30))), Loads()
    ask = ask_of(stub, lda=LDA + "?_pageSize=10")
    document, calls = stub.document, []

    def failing(url: str) -> Any:
        calls.append(url)
        return document(url) if len(calls) < 3 else None

    stub.document = failing  # type: ignore[method-assign]
    with pytest.raises(HarvestError, match="404"):
        harvest(ask, store, client=client(), load=loads)
    assert [len(batch) for batch in loads.batches] == [2]

    stub.document = document  # type: ignore[method-assign]
    harvested = harvest(ask, store, client=client(), load=loads)

    assert harvested.requests == 1
    assert [len(batch) for batch in loads.batches] == [2, 1]


def test_what_is_left_of_a_mistaken_harvest_can_be_left_undone(serve: Serve, client: MakeClient, store: Path) -> None:
    stub, loads = serve(Stub(items=items(3))), Loads()
    with pytest.raises(HarvestError):
        harvest(ask_of(stub, lda="/mistyped"), store, client=client(), load=loads)
    with pytest.raises(HarvestError, match="/mistyped: Answered 404"):
        harvest(ask_of(stub, lda=LDA), store, client=client(), load=loads)

    harvested = harvest(ask_of(stub, lda=LDA), store, afresh=True, client=client(), load=loads)

    assert harvested.kept == 1


def test_a_text_that_cannot_be_had_now_is_had_next_time(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub, loads = serve(Stub(questions=[question(n, tabled="2026-01-01", answer="long " * 60) for n in (1, 2, 3)])), Loads()
    document = stub.document
    stub.document = lambda url: [] if f"{QUESTIONS}/2?" in url else document(url)  # type: ignore[method-assign]
    stub.gone = frozenset({f"{QUESTIONS}/3"})

    first = harvest(ask_of(stub, *WQ), store, client=client(attempts=2), load=loads)
    stub.document = document  # type: ignore[method-assign]
    time.now += timedelta(days=1)
    second = harvest(ask_of(stub, *WQ), store, client=client(), load=loads)

    assert (first.aside, first.gone, second.aside) == (1, 1, 0)
    assert details(loads.urls) == [f"{QUESTIONS}/1", f"{QUESTIONS}/2"]


@pytest.mark.parametrize("trouble", ["throttled", "away", "silent"])
def test_a_service_that_is_down_is_not_asked_for_one_text_after_another(
    serve: Serve, client: MakeClient, store: Path, trouble: str
) -> None:
    stub, loads = serve(Stub(questions=[question(n, answer="long " * 60) for n in range(9)])), Loads()
    stub.trouble = lambda url: trouble if f"{QUESTIONS}/" in url else ""  # type: ignore[method-assign]

    with pytest.raises(HarvestError, match=r"/questions/0\?"):
        harvest(ask_of(stub, *WQ), store, client=client(attempts=2), load=loads)

    assert len(stub.asked) == 1 + 2


def test_a_service_that_fails_for_every_text_ends_the_harvest(serve: Serve, client: MakeClient, store: Path, time: Any) -> None:
    stub, loads = serve(Stub(questions=[question(n, answer="long " * 60) for n in range(9)])), Loads()
    stub.trouble = lambda url: "failing" if f"{QUESTIONS}/" in url else ""  # type: ignore[method-assign]
    with pytest.raises(HarvestError, match="Answered 500"):
        harvest(ask_of(stub, *WQ), store, client=client(attempts=2), load=loads)
    assert len(stub.asked) < 1 + 9 * 2

    stub.trouble = lambda url: ""  # type: ignore[method-assign]
    harvest(ask_of(stub, *WQ), store, client=client(), load=loads)
    time.now += timedelta(days=1)
    harvest(ask_of(stub, *WQ), store, client=client(), load=loads)

    assert sorted(details(loads.urls)) == [f"{QUESTIONS}/{number}" for number in range(9)]


def test_an_archive_that_cannot_be_written_ends_the_harvest_and_nothing_is_put_aside(
    serve: Serve, client: MakeClient, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub, loads = serve(Stub(questions=[question(n, answer="long " * 60) for n in range(2)])), Loads()

    def refuse(path: Path, payload: bytes, capture: Any) -> None:
        if "/questions/1?" in capture.url:
            raise OSError(28, "No space left on device")
        write_payload(path, payload, capture)

    monkeypatch.setattr("pqlod.harvesting.write_payload", refuse)
    with pytest.raises(HarvestError, match=r"0000003\.json\.gz cannot be written: No space left"):
        harvest(ask_of(stub, *WQ), store, client=client(), load=loads)
    monkeypatch.setattr("pqlod.harvesting.write_payload", write_payload)

    assert harvest(ask_of(stub, *WQ), store, client=client(), load=loads).aside == 0
    assert details(loads.urls) == [f"{QUESTIONS}/0", f"{QUESTIONS}/1"]


def test_a_payload_that_is_deleted_before_it_is_loaded_holds_up_no_other(serve: Serve, client: MakeClient, store: Path) -> None:
    stub, loads = serve(Stub(items=items(20))), Loads()

    def stop(step: str) -> None:
        if step == "loading":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvest(ask_of(stub, lda=LDA), store, client=client(), load=loads, checkpoint=stop)
    next(store.with_name("store.harvest").rglob("0000001.json.gz")).unlink()

    harvest(ask_of(stub, lda=LDA), store, client=client(), load=loads)

    assert [[path.name for path in batch] for batch in loads.batches] == [["0000002.json.gz"]]


def test_a_list_that_gives_less_than_it_tells_is_reported(serve: Serve, client: MakeClient, store: Path) -> None:
    stub = serve(Stub(questions=questions(10)))
    document = stub.document

    def short(url: str) -> Any:
        page = document(url)
        told = {"totalResults": 12, "results": page["results"] if "skip=0" in url else []} if "skip=" in url else {}
        return page | told

    stub.document = short  # type: ignore[method-assign]

    harvested = harvest(ask_of(stub, *WQ), store, client=client(), load=Loads())

    assert harvested.short[0].startswith("questions of the Commons tabled until 2026-11-24: 8 of 12")
    assert "fewer than told" in str(harvested)


def test_a_second_harvest_beside_the_first_is_refused(serve: Serve, client: MakeClient, store: Path) -> None:
    stub = serve(Stub(items=items(3)))

    def another(progress: Progress) -> None:
        with pytest.raises(HarvestError, match="Another harvest is at work"):
            harvest(ask_of(stub, lda=LDA), store, client=client())

    harvest(ask_of(stub, lda=LDA), store, client=client(), load=Loads(), progress=another)


def test_a_store_that_is_being_written_leaves_the_payloads_for_the_next_run(
    serve: Serve, client: MakeClient, store: Path
) -> None:
    stub = serve(Stub(items=items(3)))
    with Generations(store).writing() as writing:
        writing.unchanged()
        with pytest.raises(StoreError, match="being written"):
            harvest(ask_of(stub, lda=LDA), store, client=client())

    harvested = harvest(ask_of(stub, lda=LDA), store, client=client())

    assert harvested.requests == 0
    assert harvested.report is not None
    assert harvested.report.rows["written question"].new == 3


# --- batches and progress ---


def test_a_page_and_the_texts_that_it_clips_are_seen_together(
    serve: Serve, client: MakeClient, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pqlod.harvesting.BATCH", 2)
    stub, loads = serve(Stub(questions=[question(n, answer="long " * 60) for n in range(9)], page=3)), Loads()

    harvest(ask_of(stub, *WQ), store, client=client(), load=loads)

    assert [len(batch) for batch in loads.batches] == [4, 4, 4]


def test_progress_tells_list_items_and_payloads(serve: Serve, client: MakeClient, store: Path) -> None:
    told: list[Progress] = []
    stub = serve(Stub(items=items(23), troubles=("failing",), likelihood=0.5))

    harvest(ask_of(stub, lda=LDA), store, client=client(), load=Loads(), progress=told.append)

    assert str(told[-1]).startswith(f"127.0.0.1:{urlsplit(stub.root).port}{LDA}: 23 of 23; 3 payloads, ")
    assert any("Internal Server Error; again in" in progress.waiting for progress in told)


# --- killed ---

KILLED = """
import os, signal, sys, threading, time
from datetime import UTC, datetime
from pathlib import Path
from pqlod import harvesting
from pqlod.harvest.client import Client, Clock, Manners
from pqlod.loading import load
from pqlod.store.generations import Generations

root, store, limit, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
steps = 0
if seconds:
    threading.Thread(target=lambda: (time.sleep(seconds), os.kill(os.getpid(), signal.SIGKILL)), daemon=True).start()

def step(name):
    global steps
    steps += 1
    if steps == limit:
        os.kill(os.getpid(), signal.SIGKILL)

def load_batch(files, folder, rejects):
    return load(files, folder, rejects=rejects, generations=Generations(folder, checkpoint=step))

harvesting.BATCH = 7
clock = Clock(now=lambda: datetime(2026, 11, 24, 8, 17, tzinfo=UTC), sleep=lambda seconds: None)
ask = harvesting.Ask(
    ("written-questions", "members"), lda=(root + "/answeredquestions.json?_pageSize=5",),
    questions_url=root + "/api/writtenquestions/questions", members_url=root + "/members/api",
)
harvesting.harvest(ask, store, client=Client(Manners(rate=1e6), clock), load=load_batch, checkpoint=step)
print(steps)
"""


def run_killed(stub: Stub, store: Path, step: int = 0, seconds: float = 0.0) -> subprocess.CompletedProcess[str]:
    """Harvests in a process of its own, which is killed when it has done that many steps, or after these seconds."""
    command = [sys.executable, "-c", KILLED, stub.root, str(store), str(step), str(seconds)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True)


def test_killed_at_ten_random_moments_and_run_again_the_store_is_that_of_an_undisturbed_run(
    serve: Serve, store: Path, tmp_path: Path
) -> None:
    stub = serve(Stub(questions=questions(24), members=members(3), items=items(12), page=7, troubles=("failing", "cut"),
                      likelihood=0.1))  # fmt: skip
    undisturbed = run_killed(stub, tmp_path / "undisturbed")
    steps, chance = int(undisturbed.stdout), random.Random(6)

    codes = [run_killed(stub, store, chance.randrange(1, steps // 5)).returncode for _ in range(10)]
    last = run_killed(stub, store)

    assert codes.count(-9) == 10
    assert last.returncode == 0
    assert statements(store) == statements(tmp_path / "undisturbed")


@pytest.mark.full
def test_killed_by_the_clock_again_and_again_the_store_is_that_of_an_undisturbed_run(
    serve: Serve, store: Path, tmp_path: Path
) -> None:
    stub = serve(Stub(questions=questions(24), members=members(3), items=items(12), page=7))
    run_killed(stub, tmp_path / "undisturbed")

    codes = [run_killed(stub, store, seconds=0.1).returncode]
    while codes[-1]:
        codes.append(run_killed(stub, store, seconds=0.1 + 0.17 * len(codes)).returncode)

    assert codes[0] == -9
    assert statements(store) == statements(tmp_path / "undisturbed")
