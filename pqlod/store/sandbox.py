"""Queries of strangers, each in a process of its own that can be ended: the pool of such processes, and their results.

Nothing of such a query is parsed in this process; ``screening.py`` looks at its tokens, ``worker.py`` runs it.
"""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from pqlod.errors import (
    DatasetError,
    DatasetUnavailable,
    PqlodError,
    QueryLimitExceeded,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
)
from pqlod.rdf import Graph
from pqlod.store.dataset import Solutions
from pqlod.store.embedded import syntax_error
from pqlod.store.screening import Limits, check_length, declared_prefixes, screen
from pqlod.store.searches import Search, with_searches
from pqlod.store.worker import HEADER

logger = logging.getLogger(__name__)

Kind = Literal["solutions", "boolean", "graph"]

# The formats in which this process reads a result itself.
OWN_MEDIA_TYPES: Mapping[Kind, str] = MappingProxyType(
    {
        "solutions": "application/sparql-results+json",
        "boolean": "application/sparql-results+json",
        "graph": "application/n-triples",
    }
)

# What a worker needs of our environment; what else stands there, tokens perhaps, is not for it.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")

GRACE = 2.0  # seconds for which a worker may be silent after its alarm should have rung
RETRY_AFTER = 5

WORKER = Path(__file__).with_name("worker.py")


class WorkerEnded(Exception):
    """The worker has died; ``status`` is its exit status, negative for a signal."""

    def __init__(self, status: int) -> None:
        self.status = status


class UnwantedKind(DatasetError):
    """The query's result is of a kind that was not asked for, such as a graph where solutions were; ``kind`` says which."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        super().__init__(f"The result of this query is of the kind {kind!r}, which was not asked for.")


class Worker:
    """A worker process, as seen from here: one request at a time, then its messages.

    ``program`` is what Python runs in it, with the bytes of memory that it may use as its argument.
    """

    def __init__(self, memory: int, program: Sequence[str] = (str(WORKER),)) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", *program, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            start_new_session=True,  # an interrupt at the terminal is for the server, which then ends its workers
        )
        self._input, self._output = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN | select.POLLHUP)
        self._until = 0.0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any], *bodies: bytes) -> None:
        """Sends a request, and bodies that belong to it; WorkerEnded if nobody is there."""
        self.allow(request["seconds"])
        try:
            for letter, body in ((b"Q", json.dumps(request).encode()), *((b"D", body) for body in bodies)):
                for part in (memoryview(HEADER.pack(letter, len(body))), memoryview(body)):
                    while part:
                        part = part[self._input.write(part) :]
        except BrokenPipeError:
            raise WorkerEnded(self.end()) from None

    def allow(self, seconds: float) -> None:
        """Gives it so much time from now on, and some grace, before it is taken for dead."""
        self._until = time.monotonic() + seconds + GRACE

    def hear(self) -> tuple[bytes, bytes]:
        """The next message: its letter and its body; WorkerEnded if there will be none."""
        letter, length = HEADER.unpack(self._read(HEADER.size))
        return letter, self._read(length)

    def end(self) -> int:
        """Ends the process, if it has not ended; its exit status."""
        self._process.kill()
        status = self._process.wait()
        self._input.close()
        self._output.close()
        return status

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            left = self._until - time.monotonic()
            piece = self._output.read(length - len(data)) if self._poll.poll(max(left, 0) * 1000) else None
            if piece is None:  # silent, against its alarm
                self.end()
                raise WorkerEnded(-signal.SIGALRM)
            if not piece:
                raise WorkerEnded(self.end_of_its_own())
            data += piece
        return bytes(data)

    def end_of_its_own(self) -> int:
        """The exit status of a process that has closed its output, and so is about to end."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        return self.end()


class Pool:
    """Workers, started at need and ended by ``close``; each is lent to one query at a time."""

    def __init__(self, limits: Limits, size: int, program: Sequence[str] = (str(WORKER),)) -> None:
        self._limits, self._size, self._program = limits, size, program
        self._changed = threading.Condition()
        self._begin()

    def _begin(self) -> None:
        self._owner, self._idle, self._lent, self._waiting = os.getpid(), list[Worker](), 0, 0
        self._closing = weakref.finalize(self, _end_all, self._idle, self._owner)

    def take(self) -> Worker:
        """A worker that is free, after a wait if need be; QueryLimitExceeded if too many wait, or it takes too long."""
        with self._changed:
            if self._owner != os.getpid():  # after a fork the workers are still those of the parent
                self._closing.detach()
                self._begin()
            if not self._closing.alive:
                raise DatasetUnavailable("The service is ending.")
            if self._lent >= self._size:
                self._wait()
            self._lent += 1
            while self._idle:
                worker = self._idle.pop()  # the last one used has the store at hand
                if worker.is_alive:
                    return worker
                worker.end()
        return self._start()

    def give_back(self, worker: Worker, is_sound: bool) -> None:
        """Ends a worker that is not sound, and starts another in its place."""
        if not is_sound:
            worker.end()
            worker = self._start()
        with self._changed:
            self._lent -= 1
            self._idle.append(worker)
            if not self._closing.alive:
                _end_all(self._idle, self._owner)
            self._changed.notify()

    def close(self) -> None:
        """Ends the workers, those that are lent when they come back."""
        with self._changed:
            self._closing()

    def _start(self) -> Worker:
        return Worker(self._limits.memory, self._program)

    def _wait(self) -> None:
        if self._waiting >= self._limits.waiting:
            raise _busy()
        self._waiting += 1
        try:
            if not self._changed.wait_for(lambda: self._lent < self._size, self._limits.waiting_seconds):
                raise _busy()
        finally:
            self._waiting -= 1


def _end_all(workers: list[Worker], owner: int) -> None:
    while workers and owner == os.getpid():
        workers.pop().end()


class Result:
    """The result of a query: its kind, and its bytes in the media type that was asked for, which are iterated once.

    Its beginning is held back before anything is given out (``Limits.ahead``), so that most failures are raised early.
    ``is_complete`` tells that this was all, and then ``is_cut`` that rows are missing at its end because of the limit.
    A failure, or a limit that is met later, is raised while iterating: whoever passed bytes on must then break off.
    """

    def __init__(self, kind: Kind, media_type: str, worker: Worker, pool: Pool, limits: Limits) -> None:
        self.kind, self.media_type = kind, media_type
        self.is_complete, self.is_cut = False, False
        self._worker: Worker | None = worker
        self._pool, self._limits = pool, limits
        self._held, self._is_passed_on = list[bytes](), False
        self._hold(limits.ahead)

    @property
    def length(self) -> int | None:
        """How many bytes it has, or None where that is not known yet."""
        return sum(map(len, self._held)) if self.is_complete else None

    def __iter__(self) -> Iterator[bytes]:
        self._is_passed_on = True
        yield from self._held
        while (piece := self._next()) is not None:
            yield piece

    def read(self) -> bytes:
        """All of it; ``is_cut`` then tells whether rows are missing at its end."""
        self._hold(self._limits.bytes)
        return b"".join(self._held)

    def close(self) -> None:
        """Ends the query, if it still runs."""
        self._release(is_sound=False)

    __del__ = close

    def _hold(self, most: int) -> None:
        size = sum(map(len, self._held))
        while size <= most and (piece := self._next()) is not None:
            self._held.append(piece)
            size += len(piece)
        self.is_complete = self._worker is None

    def _next(self) -> bytes | None:
        """The next piece, or None at the end."""
        if self._worker is None:
            return None
        try:
            letter, body = self._worker.hear()
        except WorkerEnded as ended:
            self._release(is_sound=False)
            raise _error_of_end(ended.status, self._limits) from None
        if letter == b"D":
            return body
        self._release(is_sound=True)
        message = json.loads(body)
        if letter == b"F":
            raise _error_of_failure(message, self._limits, "")
        self.is_cut = message["cut"] == "rows" and not self._is_passed_on
        if message["cut"] and not self.is_cut:
            raise _exceeded(message["cut"], self._limits)
        return None

    def _release(self, *, is_sound: bool) -> None:
        worker, self._worker = self._worker, None
        if worker:
            self._pool.give_back(worker, is_sound)


class Sandbox:
    """Evaluates queries of strangers, ``workers`` at a time. It may be used from several threads.

    Each process that uses it has workers of its own, started when the first query comes.
    """

    def __init__(self, limits: Limits | None = None, workers: int = 2) -> None:
        self.limits = limits or Limits()
        self._pool = Pool(self.limits, workers)

    def query(
        self,
        location: Path,
        text: str,
        media_types: Mapping[Kind, str | None],
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base_iri: str | None = None,
        rows: int | None = None,
        search: Search | None = None,
    ) -> Result:
        """The result of a query over the store in that folder, in the media type given for its kind.

        The graphs, if any are given, are the query's dataset in place of what it says itself (SPARQL 1.1 Protocol, 2.1.4);
        ``rows`` asks for a limit below the one that there is. ``search`` finds the items for search calls in the query.
        Raises UnwantedKind where the kind has no media type; QuerySyntaxError, QueryTooLarge, QueryRefused;
        QueryLimitExceeded, also when too many queries wait; DatasetError and its other kinds when the store fails.
        """
        request = {
            "query": self._screened(text, search),
            "location": str(location.absolute()),
            "media_types": {kind: media_types.get(kind) for kind in OWN_MEDIA_TYPES},
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
            "base_iri": base_iri,
            "prefixes": dict(declared_prefixes(text)),
            "seconds": self.limits.seconds,
            "rows": min(rows or self.limits.rows, self.limits.rows),
            "bytes": self.limits.bytes,
        }
        return self._run(request)

    def evaluate(self, location: Path, text: str) -> Solutions | Graph | bool:
        """The result of a query, read. Raises as ``query`` does, and QueryLimitExceeded rather than cut it."""
        result = self.query(location, text, OWN_MEDIA_TYPES)
        found = parse_result(result)
        if result.is_cut:
            raise _exceeded("rows", self.limits)
        return found

    def close(self) -> None:
        """Ends the workers; one that is at work ends with its query."""
        self._pool.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _screened(self, text: str, search: Search | None) -> str:
        check_length(text, self.limits)
        screened = partial(screen, limits=self.limits)
        return with_searches(text, search, screened) if search else screened(text)

    def _run(self, request: Mapping[str, Any]) -> Result:
        worker = self._pool.take()
        is_sound = False
        try:
            worker.ask(request)
            letter, body = worker.hear()
            message = json.loads(body)
            is_sound = True
            if letter == b"F":
                raise _error_of_failure(message, self.limits, request["query"])
            kind: Kind = message["kind"]
            media_type = request["media_types"][kind]
            if media_type is None:
                raise UnwantedKind(kind)
        except WorkerEnded as ended:
            self._pool.give_back(worker, False)
            raise _error_of_end(ended.status, self.limits) from None
        except BaseException:
            self._pool.give_back(worker, is_sound)
            raise
        return Result(kind, media_type, worker, self._pool, self.limits)


def parse_result(result: Result) -> Solutions | Graph | bool:
    """A result that was asked for in OWN_MEDIA_TYPES, read whole."""
    body = result.read()
    if result.kind == "graph":
        return Graph(quad.triple for quad in parse(body, RdfFormat.N_TRIPLES))
    found = parse_query_results(body, QueryResultsFormat.JSON)
    return bool(found) if isinstance(found, QueryBoolean) else _solutions(found)


def _solutions(found: QuerySolutions) -> Solutions:
    variables = tuple(variable.value for variable in found.variables)
    rows = (zip(variables, row, strict=True) for row in found)
    return Solutions(variables, tuple({name: term for name, term in row if term is not None} for row in rows))


def _error_of_failure(message: Mapping[str, str], limits: Limits, query: str) -> PqlodError:
    match message["kind"]:
        case "syntax":
            return _with_what_was_read(syntax_error(message["message"]), query)
        case "memory":
            return _exceeded("memory", limits)
        case "store":
            logger.error("A worker cannot open the store: %s", message["message"])
            return DatasetUnavailable("The store cannot be opened now.")
        case "format":
            return QueryRefused(message["message"])
        case _:
            return DatasetError(f"The query failed: {message['message']}")


def _with_what_was_read(error: QuerySyntaxError, query: str) -> QuerySyntaxError:
    """Oxigraph tells how far it read, not where the mistake begins; what it says it expected there is often misleading."""
    if error.line is None or error.column is None:
        return error
    line = query.split("\n")[error.line - 1]
    read = line[: error.column - 1].strip()[-50:]
    problem = f"Line {error.line}, column {error.column}: the query does not parse. It was read up to {read!r}."
    return QuerySyntaxError(problem, error.line, error.column)


def _error_of_end(status: int, limits: Limits) -> PqlodError:
    """What it means that a worker died: its alarm, its memory, or a stack that the parser or the evaluation ran through."""
    if status == -signal.SIGALRM:
        return _exceeded("time", limits)
    if status == -signal.SIGSEGV:
        return QueryTooLarge("The query is too complex: it has too many parts, or parts nested too deep.", limit="complexity")
    if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS):  # a failed allocation; the kernel's last resort
        return _exceeded("memory", limits)
    return DatasetUnavailable(f"The process that ran the query ended with status {status}.")


def _exceeded(limit: str, limits: Limits) -> QueryLimitExceeded:
    amount, advice = {
        "time": (f"{limits.seconds:g} seconds", "Ask for less: name what you look for, or use LIMIT."),
        "memory": (f"{limits.memory // 2**20} MB of memory", "Ask for less: sorting, grouping and DISTINCT hold all rows."),
        "rows": (f"{limits.rows} rows", "Ask for parts, with ORDER BY, LIMIT and OFFSET."),
        "bytes": (f"{limits.bytes} bytes of result", "Ask for fewer columns, or for parts with LIMIT and OFFSET."),
    }[limit]
    return QueryLimitExceeded(f"The query was ended at its limit of {amount}. {advice}", limit=limit, retry_after=RETRY_AFTER)


def _busy() -> QueryLimitExceeded:
    problem = "Too many queries are running now. Try again in a few seconds."
    return QueryLimitExceeded(problem, limit="concurrent queries", retry_after=RETRY_AFTER)
