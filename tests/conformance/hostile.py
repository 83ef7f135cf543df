"""Runs the hostile set against a server with default settings, prints what became of each, and looks what it left behind.

Afterwards a normal query must take no more than twice its usual time, every process must have kept within its limit of
memory, none may be left over, and nobody may have been called. ``make hostile`` runs it; ``--short`` makes it a matter of
seconds, with shorter queries and fewer of them at once.
"""

import argparse
import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from hostile_set import BRIEF, CROSS, ENDLESS, EX, Attack, calls, get, query
from pyoxigraph import Literal, NamedNode, Quad

from pqlod.loading import load
from pqlod.sample import sample_files
from pqlod.settings import PREFIX, read_settings
from pqlod.store.generations import Generations

NODES = 20_000
PATIENCE = 60  # seconds for a response; above any limit of the server
SLACK = 0.01  # seconds by which a normal query may be slower, however quick it is: what else the machine does
SLACK_IN_SHORT = 0.1  # the short form runs beside other tests
POOLS = 2  # of workers, in each process of the server: for SPARQL, and for pages
MOMENT = 5.0  # seconds in which processes that were told to end are gone
PAGE_SECONDS = 3.0  # that a page may take while all cores are at work on queries
SERVER_MEMORY = 500 * 2**20  # bytes for each of the server's own processes
CODE_MEMORY = 128 * 2**20  # bytes that a worker may have beside its data: the program, and what it maps of the store

NORMAL = get("200", "/sparql?format=json&query=" + quote(f"SELECT * {{ <{EX}7> ?p ?o }}"))
PAGE = get("200", "/answeredquestions.json?_pageSize=10")
HUGE = get("200", "/sparql?format=json&query=" + quote("SELECT * { ?a ?b ?c . ?d ?e ?f }"))
COUNTED = get("503 time|503 concurrent queries|429 .*", "/sparql?query=" + quote(f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}"))
POSTED = query(f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", COUNTED.fits)

numbers = itertools.count(1)


@dataclass(frozen=True)
class Row:
    """A line of the table: what was done, what became of it within how many seconds, and whether that is right."""

    name: str
    outcome: str
    seconds: float
    is_right: bool


@dataclass
class Target:
    """A server that is attacked, and the most memory that each of its processes, by id, was seen to have."""

    port: int
    process: "subprocess.Popen[bytes]"
    servers: dict[int, int] = field(default_factory=dict)
    workers: dict[int, int] = field(default_factory=dict)

    def look(self) -> list[int]:
        """The processes that there are now; their memory is noted."""
        alive = [pid for pid in descendants(self.process.pid) if is_alive(pid)]
        for pid in alive:
            with suppress(OSError):
                is_worker = "worker.py" in Path(f"/proc/{pid}/cmdline").read_text()
                (self.workers if is_worker else self.servers)[pid] = peak_memory(pid)
        return alive

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looks all the time."""
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(0.1):
                self.look()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(watch)
            try:
                yield
            finally:
                is_over.set()

    def ask(self, attack: Attack, client: str = "") -> str:
        """What becomes of a request, by a client that has a name of its own if none is given."""
        name = client or self._name()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(attack.method, attack.target, attack.body or None, {**attack.headers, "X-Forwarded-For": name})
            response = connection.getresponse()
            body = response.read()
        except http.client.IncompleteRead:
            return "cut off"
        except (OSError, http.client.HTTPException) as error:
            return f"cut off before: {type(error).__name__}"
        finally:
            connection.close()
        return f"{response.status} {_limit(body)}".strip() if response.status >= 400 else str(response.status)

    def _name(self) -> str:
        number = next(numbers)
        return f"10.1.{number >> 8}.{number & 255}"

    def open(self, attack: Attack) -> socket.socket:
        """A connection on which a request was sent, and that takes as little as can be of what comes."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self.port))
        headers = {"Host": "localhost", "X-Forwarded-For": self._name(), "Content-Length": len(attack.body), **attack.headers}
        lines = [f"{attack.method} {attack.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        connection.sendall("\r\n".join(lines).encode() + attack.body)
        return connection


def _limit(body: bytes) -> str:
    with suppress(ValueError):
        return str(json.loads(body).get("limit", ""))
    found = re.search(rb"limit of [\d.,]+ (seconds|MB|rows|bytes)", body)  # on a page
    return {b"seconds": "time", b"MB": "memory", b"rows": "rows", b"bytes": "bytes"}[found[1]] if found else ""


def run(options: Mapping[str, str], *, is_short: bool) -> Iterator[Row]:
    """All of the set, against a server with these settings; the rows come as they are made."""
    variables = {PREFIX + name.upper(): value for name, value in options.items()}
    settings = read_settings(variables)
    with tempfile.TemporaryDirectory() as folder, served(filled(Path(folder) / "store"), variables) as target:
        timed(target)
        usual, first = timed(target), set(target.look()) - set(target.workers)
        with target.watched():
            yield from singly(target)
            yield from together(target, settings.query_seconds, 40 if is_short else 200)
        after, most = timed(target), 2 * usual + (SLACK_IN_SHORT if is_short else SLACK)
        yield Row("a normal query, afterwards", f"{after * 1000:.1f} ms; {usual * 1000:.1f} before", after, after <= most)
        yield at_most("memory of a worker", max(target.workers.values()) >> 20, (settings.query_memory + CODE_MEMORY) >> 20, "MB")
        yield at_most("memory of a process of the server", max(target.servers.values()) >> 20, SERVER_MEMORY >> 20, "MB")
        places = settings.workers * settings.query_workers * POOLS
        yield at_most("workers that there are", settled(lambda: len(set(target.look()) & set(target.workers)), places), places)
        alive = target.look()
        yield at_most("processes of the server that have ended", len(first - set(alive)), 0)
        target.process.terminate()
        target.process.wait(30)
        known = (*target.servers, *target.workers)
        yield at_most("processes that are left over", settled(lambda: sum(map(is_alive, known)), 0), 0)


def singly(target: Target) -> Iterator[Row]:
    """One request after the other, or a few side by side, each for itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(2) as pool:
        listener.setblocking(False)
        spellings = dict(calls(listener.getsockname()[1]))
        yield from pool.map(lambda item: tried(target, *item), {**BRIEF, **spellings, **ENDLESS}.items())
        called = 0
        with suppress(BlockingIOError):
            while listener.accept():
                called += 1
        yield at_most("calls of loopback that arrived", called, 0)


def tried(target: Target, name: str, attack: Attack) -> Row:
    begin = time.monotonic()
    outcome = target.ask(attack)
    return Row(name, outcome, time.monotonic() - begin, bool(re.fullmatch(attack.fits, outcome)))


def together(target: Target, query_seconds: float, many: int) -> Iterator[Row]:
    """Many clients at a time that do no good; and what others have of the server meanwhile, and right after."""
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(target.open(HUGE))
        yield tried(target, "a page, while 20 clients take nothing of huge results", PAGE)
        time.sleep(query_seconds + 1)
        yield tried(target, "a query, after they have had their time", NORMAL)
        yield Row("one of them that then reads on", outcome := read_on(target), 0, outcome == "cut off")
    for _ in range(many // 2):
        target.open(COUNTED).close()
        target.open(POSTED).close()
    time.sleep(1)
    yield tried(target, f"a query, a second after {many} clients have hung up", NORMAL)
    with ExitStack() as stack:
        for start in (b"GET /sparql?query=ASK", b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nquery="):
            for _ in range(many // 2):
                half = stack.enter_context(socket.create_connection(("127.0.0.1", target.port)))
                half.sendall(start)
        yield tried(target, f"a query, while {many} requests are half sent", NORMAL)
    yield from at_once(target, f"{many} cross products at once, of one client", [COUNTED] * many, "10.0.0.1")
    yield from at_once(target, f"{many} cross products at once, of as many clients", [COUNTED] * many)
    large = Attack("413 body|429 .*|503 .*", body=b"query=" + b"%20" * 3_500_000, headers=BRIEF["10 MB in a form"].headers)
    yield from at_once(target, f"{many // 4} bodies of 10 MB at once", [large] * (many // 4))


def read_on(target: Target) -> str:
    """What becomes of a huge result that is read slowly."""
    with target.open(HUGE) as connection:
        response = http.client.HTTPResponse(connection)
        response.begin()
        try:
            while response.read(100_000):
                time.sleep(0.2)
        except (http.client.IncompleteRead, OSError):
            return "cut off"
    return str(response.status)


def at_once(target: Target, name: str, attacks: list[Attack], client: str = "") -> Iterator[Row]:
    """Requests all at the same time, and how long a page takes meanwhile."""
    begin = time.monotonic()
    with ThreadPoolExecutor(len(attacks)) as pool:
        outcomes = [pool.submit(target.ask, attack, client) for attack in attacks]
        time.sleep(0.5)
        pages = [tried(target, "a page meanwhile", PAGE) for _ in range(5)]
    found = Counter(outcome.result() for outcome in outcomes)
    is_right = all(re.fullmatch(attacks[0].fits, outcome) for outcome in found)
    yield Row(name, ", ".join(f"{number} × {outcome}" for outcome, number in found.items()), time.monotonic() - begin, is_right)
    slowest = max(pages, key=lambda row: row.seconds)
    is_quick = slowest.seconds <= PAGE_SECONDS and all(row.is_right for row in pages)
    yield Row("  the slowest of five pages meanwhile", slowest.outcome, slowest.seconds, is_quick)


def timed(target: Target) -> float:
    """The seconds that a normal query takes, as the median of several."""
    rows = [tried(target, "", NORMAL) for _ in range(30)]
    return statistics.median(row.seconds for row in rows) if all(row.is_right for row in rows) else PATIENCE


def at_most(name: str, found: int, most: int, unit: str = "") -> Row:
    return Row(name, f"{found} {unit}".strip() + f" of {most}", 0, found <= most)


def filled(folder: Path) -> Path:
    """A store with the sample, and a graph of many paths."""
    load(sample_files(), folder)
    to, text = NamedNode(EX + "to"), NamedNode(EX + "text")
    nodes = [NamedNode(f"{EX}{number}") for number in range(NODES)]
    with Generations(folder).writing() as writing:
        writing.store.bulk_extend(
            Quad(node, to, nodes[number * step % NODES]) for number, node in enumerate(nodes) for step in (2, 3)
        )
        writing.store.bulk_extend(Quad(node, text, Literal(f"text of {node.value} " * 5)) for node in nodes)
    return folder


@contextmanager
def served(store: Path, variables: Mapping[str, str]) -> Iterator[Target]:
    """``pqlod serve``, with nothing but these variables set."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pqlod", "serve", "--port", str(port), "--store", str(store)]
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env={**others, **variables}, stdout=log, stderr=log) as process,
    ):
        target = Target(port, process)
        try:
            wait_for(target)
            yield target
        except RuntimeError as error:
            log.seek(0)
            raise RuntimeError(log.read().decode()) from error
        finally:
            process.terminate()


def wait_for(target: Target) -> None:
    """Until the server answers; RuntimeError if it does not."""
    until = time.monotonic() + PATIENCE
    while target.ask(NORMAL) != "200":
        if time.monotonic() > until or target.process.poll() is not None:
            raise RuntimeError("The server did not start.")
        time.sleep(0.1)


def descendants(pid: int) -> Iterator[int]:
    """The process itself, and all that descend from it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from descendants(int(child))


def is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def settled(count: Callable[[], int], most: int) -> int:
    """What is counted once it is no more than expected, or after the moment that the system needs to end processes."""
    deadline = time.monotonic() + MOMENT
    while (counted := count()) > most and time.monotonic() < deadline:
        time.sleep(0.05)
    return counted


def peak_memory(pid: int) -> int:
    """The most bytes of memory that a process has had so far (VmHWM)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="queries of one second, and fewer at once")
    is_short = parser.parse_args().short
    rows = []
    for row in run({"query_seconds": "1"} if is_short else {}, is_short=is_short):
        rows.append(row)
        print(f"{'    ' if row.is_right else 'BAD '}{row.name:<62} {row.seconds:>6.2f} s  {row.outcome}", flush=True)
    bad = sum(not row.is_right for row in rows)
    print(f"{len(rows)} rows, {bad} bad")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
