"""A load of real questions beside a server that answers: killed at three moments, it leaves the old data, and then completes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pqlod.loading import load

COUNT = "SELECT (COUNT(*) AS ?n) { ?question a <http://data.parliament.uk/schema/parl#WrittenParliamentaryQuestion> }"

GROWN = 20 * 2**20  # bytes that a load has written
SECONDS = 120


def size(folder: Path) -> int:
    """Bytes of the files, of which any may vanish under our eyes."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def is_begun(store: Path) -> bool:
    """The writer's store is open, and may hold anything."""
    return (store / "primary").exists() and not (store / "PRIMARY").exists()


def is_written_in_part(store: Path) -> bool:
    return is_begun(store) and size(store / "primary") > GROWN


def is_being_published(store: Path) -> bool:
    """Everything is written, and the next generation is being made."""
    return bool(list((store / "generations").glob("*.tmp")))


def kill_at(moment: Callable[[Path], bool], store: Path, command: list[str]) -> None:
    deadline = time.monotonic() + SECONDS
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as loading:
        while not moment(store):
            assert loading.poll() is None, "it ended before that"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        loading.kill()
    assert loading.returncode == -signal.SIGKILL


def questions(root: str) -> int:
    """How many questions a server has; its list of the answered ones must answer as well."""
    with urlopen(f"{root}/sparql?{urlencode({'query': COUNT, 'format': 'csv'})}") as answer:
        counted = int(answer.read().split()[1])
    with urlopen(f"{root}/answeredquestions.csv?_pageSize=1") as answer:
        assert answer.read().count(b"\n") > 1
    return counted


@pytest.mark.full
def test_a_load_that_is_killed_leaves_the_server_on_the_old_data(shared: Path, tmp_path: Path, serve) -> None:
    store, file = tmp_path / "store", shared / "data/real/questions.jsonl"
    command = [sys.executable, "-m", "pqlod", "load", str(file), "--store", str(store)]
    load([shared / "data/api-samples/lda-answeredquestions.json"], store)

    with serve("--store", str(store)) as served:
        before = questions(served.root)
        for moment in (is_begun, is_written_in_part, is_being_published):
            kill_at(moment, store, command)
            assert questions(served.root) == before

        subprocess.run(command, check=True, capture_output=True)

        assert questions(served.root) == 16_862
