"""A writer of many updates that is killed now and then, and readers in four processes, against a real server.

Every update sets one value on five resources, and notes its number; so a reader that sees two values, or a number
missing below the highest, has seen half an update, or lost one.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from pqlod.store.generations import Generations
from pqlod.store.query import Query

READ = """
SELECT (COUNT(DISTINCT ?value) AS ?values) (COUNT(DISTINCT ?thing) AS ?things) (MIN(?value) AS ?least)
       (COUNT(DISTINCT ?number) AS ?numbers) (MAX(?number) AS ?highest)
{ ?thing <urn:value> ?value . <urn:writer> <urn:wrote> ?number }
"""
Serve = Callable[..., AbstractContextManager[tuple[str, "subprocess.Popen[bytes]"]]]
COLUMNS = ("values", "things", "least", "numbers", "highest")
# A reader: from the address of a server, or the folder of a store; it prints each state that it saw, until its input ends.
READER = """
import json, sys, threading, urllib.request
from pathlib import Path
from urllib.parse import urlencode
from pqlod.store.generations import Generations
from pqlod.store.query import Query

place, text, columns = sys.argv[1], sys.argv[2], sys.argv[3:]
generations = None if place.startswith("http:") else Generations(Path(place))

def read():
    if generations:
        (row,) = generations.dataset().select(Query(text)).rows
        return [int(row[name].value) for name in columns]
    with urllib.request.urlopen(f"{place}/sparql?" + urlencode({"query": text, "format": "csv"}), timeout=30) as response:
        return [int(value) for value in response.read().split()[1].split(b",")]

is_over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
while not is_over.wait(0.05):
    print(json.dumps(read()), flush=True)
"""


def update_text(number: int) -> str:
    values = " ".join(f"<urn:thing{thing}> <urn:value> {number} ." for thing in range(5))
    return f"DELETE WHERE {{ ?s <urn:value> ?o }} ; INSERT DATA {{ {values} <urn:writer> <urn:wrote> {number} }}"


def send(root: str, text: str) -> int:
    """The status of an update."""
    request = urllib.request.Request(f"{root}/update", urlencode({"update": text}).encode())
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@contextmanager
def reading(places: list[str], folder: Path) -> Iterator[list[Path]]:
    """A reader for each place, which has ended well when the context ends; gives the files with what they saw."""
    command = [sys.executable, "-c", READER]
    outputs = [folder / f"seen{number}" for number in range(len(places))]
    with ExitStack() as stack:
        files = [stack.enter_context(output.open("w")) for output in outputs]
        processes = [
            stack.enter_context(subprocess.Popen([*command, place, READ, *COLUMNS], stdin=subprocess.PIPE, stdout=file))
            for place, file in zip(places, files, strict=True)
        ]
        try:
            yield outputs
            for process in processes:
                process.communicate(timeout=60)
            assert [process.returncode for process in processes] == [0] * len(places)
        finally:
            for process in processes:
                process.kill()


class Killer(threading.Thread):
    """Kills whatever process is writing to the store, at moments of chance."""

    def __init__(self, lock: Path, pause: float) -> None:
        super().__init__(daemon=True)
        self._lock, self._pause = lock, pause
        self.killed, self.is_over = 0, threading.Event()

    def run(self) -> None:
        chance = random.Random(5)
        while not self.is_over.wait(chance.uniform(0, self._pause)):
            with suppress(ValueError, OSError):
                writer = int(self._lock.read_text())
                if b"pqlod.store.writer" in Path(f"/proc/{writer}/cmdline").read_bytes():
                    os.kill(writer, signal.SIGKILL)
                    self.killed += 1


@pytest.mark.parametrize("updates", [pytest.param(40, id="40"), pytest.param(500, id="500", marks=pytest.mark.full)])
def test_readers_see_whole_updates_and_none_is_lost_after_its_204(tmp_path: Path, serve: Serve, updates: int) -> None:
    store = tmp_path / "store"
    with serve("--store", str(store), "--writable", "--no-auth") as (root, _):
        assert send(root, update_text(0)) == 204
        with reading([root, root, str(store), str(store)], tmp_path) as outputs:
            killer = Killer(store / "LOCK", pause=1.0)
            killer.start()
            refused = sum(write_until_done(root, number) for number in range(1, updates + 1))
            killer.is_over.set()
            killer.join()
    seen = [[json.loads(line) for line in output.read_text().splitlines()] for output in outputs]

    for states in seen:
        assert len(states) > 10
        assert [state for state in states if not is_whole(*state)] == []
        assert [highest for *_, highest in states] == sorted(highest for *_, highest in states)
    assert killer.killed > 0
    assert refused > 0
    numbers = Generations(store).dataset().select(Query("SELECT ?n { <urn:writer> <urn:wrote> ?n }")).values("n")
    assert sorted(int(number.value) for number in numbers) == list(range(updates + 1))
    print(f"{updates} updates, {killer.killed} kills, {refused} updates sent again, {sum(map(len, seen))} states read")


def write_until_done(root: str, number: int) -> int:
    """Sends an update until it is answered with 204; how often it was not."""
    attempts = 0
    while (status := send(root, update_text(number))) != 204:
        assert status == 503
        attempts += 1
    return attempts


def is_whole(values: int, things: int, least: int, numbers: int, highest: int) -> bool:
    return (values, things, least, numbers) == (1, 5, highest, highest + 1)
