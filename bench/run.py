"""Measures pqlod beside `oxigraph serve` on the same triples, line by line, each with its target.

    python bench/run.py                                    60,000 invented questions; all is made in .bench/60000
    python bench/run.py --questions 600000
    python bench/run.py --store ./store --keep .bench/mine --lines "first page by date;last page"

bench/README.md tells how to read what it prints.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from facts import facts_of
from http_client import Failed
from lines import LINES, Bench, Outcome, measured
from servers import Ran, appearance, oxigraph_serve, pqlod_serve, program, run

MOST_SECONDS = 3600.0  # for a program that loads
LOAD_RECORDS, LOAD_QUADS = "load of JSON lines", "load of N-Quads"
LOADS = {LOAD_RECORDS: 0.3, LOAD_QUADS: 0.8}
# Many queries of one client, which otherwise may have fewer at a time, and time for them on a machine that is busy.
SETTINGS = {"queries_per_client": 64, "query_seconds": 120}
COMPARED = ("first page by date", "item as JSON")  # with a store of a tenth of the size


class Folder:
    """What a run is made of, each part made when it is first needed: records, store, N-Quads, the peer's store."""

    def __init__(self, folder: Path, questions: int, store: Path | None, records: Path | None) -> None:
        self.folder, self.questions = folder, questions
        self.store, self.records = store or folder / "store", records or folder / "questions.jsonl.zst"
        self.quads, self.peer, self.log = folder / "data.nq", folder / "oxigraph", folder / "log.txt"
        folder.mkdir(parents=True, exist_ok=True)

    def need_records(self) -> None:
        if not self.records.exists():
            tell(f"{self.questions:,} questions are invented")
            self.run("pqlod", "generate", "--questions", str(self.questions), "--output", str(self.records))

    def need_store(self) -> None:
        if not (self.store / "CURRENT").exists():
            self.need_records()
            tell("they are loaded")
            self.run("pqlod", "load", str(self.records), "--store", str(self.store), "--quiet")

    def need_quads(self) -> None:
        if not self.quads.exists():
            self.need_store()
            tell("the store is exported as N-Quads")
            self.run("pqlod", "export", "--store", str(self.store), "--output", str(self.quads))

    def need_peer(self) -> None:
        if not (self.peer / "CURRENT").exists():
            self.need_quads()
            tell("oxigraph loads them")
            self.load_peer(self.peer)

    def load_peer(self, place: Path) -> Ran:
        return self.run("oxigraph", "load", "--location", str(place), "--file", str(self.quads))

    def run(self, name: str, *options: str) -> Ran:
        return run([program(name), *options], MOST_SECONDS, self.log)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        place = self.folder / "scratch"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    """Prints a table in Markdown, and saves the numbers."""
    options = _options()
    folder = Folder(options.keep or Path(".bench") / str(options.questions), options.questions, options.store, options.records)
    wanted = [name.strip() for name in options.lines.split(";")] if options.lines else [*LOADS, *LINES]
    if unknown := [name for name in wanted if name not in {**LOADS, **LINES}]:
        sys.exit(f"There is no line {unknown[0]!r}. Known are: {', '.join([*LOADS, *LINES])}")
    outcomes: list[Outcome] = []
    began = datetime.now(UTC)
    try:
        folder.need_store()
        print(TITLE, flush=True)
        for outcome in _served(folder, [name for name in wanted if name in LINES], outcomes):
            print(row(outcome), flush=True)
        for outcome in chain(_growth(outcomes, options.smaller), _loads(folder, [name for name in LOADS if name in wanted])):
            outcomes.append(outcome)
            print(row(outcome), flush=True)
    except Failed as failed:
        sys.exit(f"The benchmark ended: {failed}")
    finally:
        _save(options.output or folder.folder / "results.json", began, folder, outcomes)


def _served(folder: Folder, names: list[str], outcomes: list[Outcome]) -> Iterator[Outcome]:
    """The lines that need servers, those without the cache of answers first."""
    if not names:
        return
    folder.need_peer()
    with oxigraph_serve(folder.peer, folder.log) as peer:
        facts = None
        for is_cached in (False, True):
            chosen = [name for name in names if LINES[name].is_cached is is_cached]
            settings = SETTINGS if is_cached else {**SETTINGS, "cache_bytes": 0}
            if not chosen:
                continue
            with pqlod_serve(folder.store, folder.log, **settings) as server:
                facts = facts or facts_of(server, folder.store)
                yield from measured(chosen, Bench(server, peer, facts, outcomes))


def _loads(folder: Folder, names: list[str]) -> Iterator[Outcome]:
    """The lines that load, each beside the peer's load of the same triples."""
    if not names:
        return
    folder.need_quads()
    with folder.scratch() as scratch:
        peer = folder.load_peer(scratch / "oxigraph")
    sources = {LOAD_RECORDS: folder.records, LOAD_QUADS: folder.quads}
    for name in names:
        if name == LOAD_RECORDS:
            folder.need_records()
        with folder.scratch() as scratch:
            store = scratch / "store"
            with appearance(store, "generations/*/store") as filled:
                ours = folder.run("pqlod", "load", str(sources[name]), "--store", str(store), "--check", "none", "--quiet")
        # The indexes, of which the peer has none, are made when all is in the store; of records they count.
        seconds = ours.seconds if name == LOAD_RECORDS else filled[0]
        share = peer.seconds / seconds
        yield Outcome(
            name, median=seconds * 1000, peer=peer.seconds * 1000, ratio=share,
            target=f"{LOADS[name]:g} of the speed of oxigraph load", is_met=share >= LOADS[name],
            notes={"s with the indexes": round(ours.seconds), "processor s": round(ours.processor),
                   "peer's processor s": round(peer.processor),
                   "MB": round(ours.memory / 10**6), "peer's MB": round(peer.memory / 10**6)},
        )  # fmt: skip


def _growth(outcomes: list[Outcome], smaller: Path | None) -> Iterator[Outcome]:
    """How much longer lines take than in the results of a smaller store."""
    if smaller is None:
        return
    before = {line["line"]: line for line in json.loads(smaller.read_text("utf-8"))["lines"]}
    for outcome in [outcome for outcome in outcomes if outcome.line in COMPARED]:
        then = before.get(outcome.line, {}).get("median")
        if then and outcome.median:
            growth = outcome.median / then
            yield Outcome(
                f"{outcome.line}, than in {smaller.parent.name}", median=outcome.median, peer=then, ratio=growth,
                target="1.5 times at most", is_met=growth < 1.5,
            )  # fmt: skip


TITLE = (
    "| line | median ms | p99 ms | a second | peer ms | peer a second | ratio | target | met |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |"
)


def row(outcome: Outcome) -> str:
    """A line of the table, in Markdown."""
    numbers = (outcome.median, outcome.p99, outcome.rate, outcome.peer, outcome.peer_rate, outcome.ratio)
    met = {True: "yes", False: "**no**", None: ""}[outcome.is_met]
    notes = ", ".join(f"{name}: {value}" for name, value in outcome.notes.items() if name not in {"path", "clients"})
    name = f"{outcome.line} ({notes})" if notes else outcome.line
    return f"| {name} | {' | '.join(map(_shown, numbers))} | {outcome.target} | {met} |"


def _shown(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def tell(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _save(path: Path, began: datetime, folder: Folder, outcomes: list[Outcome]) -> None:
    result: dict[str, Any] = {
        "began": began.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - began).total_seconds()),
        "questions": folder.questions,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]},
        "lines": [asdict(outcome) for outcome in outcomes],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, default=str) + "\n", encoding="utf-8")
    tell(f"saved: {path}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=60_000, help="how many are invented: 60,000")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where all is made, and found by the next run: .bench/N")
    parser.add_argument("--store", type=Path, help="a store that is there, in place of one of invented questions")
    parser.add_argument("--records", type=Path, help="the records that it was loaded from")
    parser.add_argument("--lines", default="", metavar="NAME;…", help="only these")
    parser.add_argument("--smaller", type=Path, metavar="FILE", help="the results of a tenth of the questions, to tell growth")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the results go as JSON: results.json in --keep")
    return parser.parse_args()


if __name__ == "__main__":
    main()
