"""Loads that are killed at any call: readers see the generation before or the one after, whole, and the next load completes."""

import json
import math
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import crashing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pqlod.export import export
from pqlod.loading import load
from pqlod.rdf import PARL, DefaultGraph
from pqlod.store.generations import Generations

WORDS = ("zebra", "hedgehog", "walrus")
BESIDE = "@prefix parl: <http://data.parliament.uk/schema/parl#> .\n"

Record = dict[str, Any]
RECORDS = st.fixed_dictionaries(
    {
        "uin": st.integers(1, 12).map(str),
        "house": st.sampled_from(["Commons", "Lords"]),
        "date_tabled": st.sampled_from(["2024-01-08", "2024-01-09"]),
        "source": st.sampled_from(["wq-api", "moj-csv", "lda"]),
        "asking_member_id": st.integers(1, 5),
        "heading": st.sampled_from(WORDS),
        "answered": st.booleans(),
        "answer_text": st.sampled_from(["Yes.", "<p>No.</p>"]),
        "as_of": st.sampled_from([None, "2024-02-01", "2024-02-02"]),
        "withdrawn": st.sampled_from([None, False, True]),
    },
    optional={"number": st.integers(1, 20)},
)
BATCHES = st.lists(RECORDS, min_size=1, max_size=30)
LABELS = st.dictionaries(st.integers(1, 12), st.sampled_from(WORDS), max_size=8)  # what an RDF file says of resources


def write(folder: Path, name: str, records: list[Record], labels: dict[int, str]) -> list[str]:
    """Two files: of questions, and of statements."""
    questions, turtle = folder / f"{name}.jsonl", folder / f"{name}.ttl"
    questions.write_text("\n".join(map(json.dumps, records)))
    lines = (f'<http://data.parliament.uk/resources/{number}> parl:note "{label}" .\n' for number, label in labels.items())
    turtle.write_text(BESIDE + "".join(lines) + "<urn:a> parl:note <urn:b> .\n")
    return [str(questions), str(turtle)]


def run(store: Path, files: list[str], step: str = "", number: int = 0) -> "subprocess.Popen[str]":
    command = [sys.executable, crashing.__file__, str(store), step, str(number), *files]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def seen(generations: Generations) -> frozenset[str]:
    """All that a reader sees in the current generation."""
    return frozenset(map(str, generations.dataset().store))


def search_agrees(generations: Generations) -> bool:
    """Does the index of words find the very items that have the words?"""
    dataset = generations.dataset()
    headings = list(dataset.store.quads_for_pattern(None, PARL.hansardHeading, None, DefaultGraph()))
    found = {word: {match.item for match in dataset.search(word)} for word in WORDS}
    return all({quad.subject for quad in headings if quad.object.value == word} <= found[word] for word in WORDS)


def exported(store: Path) -> list[str]:
    export(store, store.with_suffix(".nq"))
    return sorted(store.with_suffix(".nq").read_text().splitlines())


class Case(NamedTuple):
    """Files to be loaded into a store, what comes of that, and how many moments each step of it has."""

    store: Path
    files: list[str]
    undisturbed: Path
    moments: dict[str, int]


def case(folder: Path, first: list[str], second: list[str]) -> Case:
    store, undisturbed = folder / "before", folder / "undisturbed"
    load(map(Path, first), store)
    shutil.copytree(store, undisturbed)
    moments, errors = run(undisturbed, second).communicate()
    assert not errors, errors
    return Case(store, second, undisturbed, json.loads(moments))


def check(case: Case, step: str, part: float) -> bool:
    """Kills a load at a part of the moments of a step, and checks what is left; was it killed?"""
    with tempfile.TemporaryDirectory(prefix="pqlod-crash-") as folder:
        store = Path(shutil.copytree(case.store, Path(folder) / "store"))
        before, after = (seen(Generations(each)) for each in (case.store, case.undisturbed))
        reader = Generations(store)

        loading = run(store, case.files, step, math.ceil(part * case.moments.get(step, 0)))
        while loading.poll() is None:
            assert seen(reader) in (before, after)
        assert not loading.communicate()[1]

        left = Generations(store)
        assert seen(left) == seen(reader) == (before if left.current() == 1 else after)
        assert search_agrees(left)
        load(map(Path, case.files), store)
        assert search_agrees(Generations(store))
        assert exported(store) == exported(case.undisturbed)
        assert not list(store.rglob("*.tmp"))
        assert loading.returncode in (0, -signal.SIGKILL)
        return loading.returncode != 0


def check_batches(first: list[Record], second: list[Record], labels: dict[int, str], step: str, part: float) -> None:
    with tempfile.TemporaryDirectory(prefix="pqlod-crash-") as name:
        folder = Path(name)
        check(case(folder, write(folder, "1", first, {}), write(folder, "2", second, labels)), step, part)


anything = given(BATCHES, BATCHES, LABELS, st.sampled_from(sorted(crashing.STEPS)), st.floats(0.01, 1.0))
test_whatever_is_loaded_and_whenever_it_is_killed_nothing_is_seen_in_part = settings(deadline=None, max_examples=5)(
    anything(check_batches)
)
test_the_same_many_times = pytest.mark.full(settings(deadline=None, max_examples=60)(anything(check_batches)))


def some(numbers: range, heading: str) -> list[Record]:
    common = {"house": "Commons", "date_tabled": "2024-01-08", "source": "wq-api", "heading": heading}
    return [common | {"uin": str(number), "number": number, "asking_member_id": number % 5 + 1} for number in numbers]


@pytest.fixture(scope="module")
def every_step(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("crashes")
    first = write(folder, "1", some(range(1, 21), "zebra"), {})
    return case(folder, first, write(folder, "2", some(range(11, 41), "walrus"), {1: "hedgehog"}))


@pytest.mark.parametrize("part", [0.001, 0.5, 1.0], ids=["first", "middle", "last"])
@pytest.mark.parametrize("step", crashing.STEPS)
def test_every_step_of_a_load_can_be_its_last(every_step: Case, step: str, part: float) -> None:
    assert check(every_step, step, part)
