"""Queries of strangers, each in a process of its own that can be ended: their results, and how they end.

Nothing of such a query is parsed in this process; ``screening.py`` looks at its tokens, ``pool.py`` has the processes,
``worker.py`` is what runs in them.
"""

import json
import logging
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, parse, parse_query_results

from pqlod.errors import (
    ClientLeft,
    DatasetError,
    DatasetUnavailable,
    PqlodError,
    QueryLimitExceeded,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
    ServiceFailed,
    ServiceTimedOut,
)
from pqlod.rdf import Graph
from pqlod.store.dataset import Solutions
from pqlod.store.deadline import NEVER, RETRY_AFTER, Deadline, exceeded
from pqlod.store.embedded import syntax_error
from pqlod.store.pool import Client, Clients, Pool, Worker, WorkerEnded
from pqlod.store.query_log import COMPLETE, CUT, QueryLog, QueryRecord, outcome_of
from pqlod.store.screening import Limits, called_in, check_length, declared_prefixes, screen
from pqlod.store.searches import Search, with_searches

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

MOST_READ_HERE = 32 * 2**20  # bytes of a result that is read in this process
STRANGER = Client()
NONE_READ_HERE: Mapping[Kind, int] = MappingProxyType({})


class UnwantedKind(DatasetError):
    """The query's result is of a kind that was not asked for, such as a graph where solutions were; ``kind`` says which."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        super().__init__(f"The result of this query is of the kind {kind!r}, which was not asked for.")


class Run:
    """A query from when it comes in until it has ended: its share of what its client may have, its worker, its record."""

    def __init__(self, text: str, limits: Limits, log: QueryLog) -> None:
        self.limits = limits
        self._text, self._log = text, log
        self._begin, self._clock = datetime.now(UTC), time.monotonic()
        self._leave: Callable[[], None] = _nothing
        self._give_back: Callable[[bool], None] = _nothing
        self._worker: Worker | None = None
        self._bytes = 0
        self._asked = ""
        self.is_over = False

    def start(self, client: Client, clients: Clients, pool: Pool, deadline: Deadline) -> None:
        """Waits for a worker. Raises as Clients and Pool do."""
        self._leave = clients.enter(client.name)
        worker = pool.take(client.has_left, deadline.left)
        self._worker, self._give_back = worker, partial(pool.give_back, worker)

    def ask(self, request: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """Sends the request; the first message that comes back."""
        assert self._worker  # it has started
        self._asked = request["query"]
        try:
            self._worker.ask(request)
        except WorkerEnded as ended:
            raise _error_of_end(ended.status, self.limits, self._asked) from None
        return self.hear()

    def hear(self) -> tuple[bytes, bytes]:
        """The next message of the worker: a piece of the result, its kind, or its end."""
        assert self._worker  # as above
        try:
            letter, body = self._worker.hear()
        except WorkerEnded as ended:
            raise _error_of_end(ended.status, self.limits, self._asked) from None
        if letter == b"F":
            error = _error_of_failure(json.loads(body), self.limits, self._asked)
            self.end(error, is_sound=True)
            raise error
        self._bytes += len(body) if letter == b"D" else 0
        return letter, body

    def end(self, outcome: str | BaseException, *, is_sound: bool = False, rows: int | None = None) -> None:
        """Settles all once: the worker goes back, or is ended if it is not sound."""
        if self.is_over:
            return
        self.is_over = True
        try:
            self._give_back(is_sound)
        finally:
            self._leave()
            seconds = time.monotonic() - self._clock
            outcome = outcome if isinstance(outcome, str) else outcome_of(outcome)
            self._log.write(QueryRecord(self._begin, seconds, rows, self._bytes, outcome, self._text))


def _nothing(*_: object) -> None:
    """What there is to settle before something was taken."""


class Result:
    """The result of a query: its kind, and its bytes in the media type that was asked for, which are iterated once.

    Its beginning is held back before anything is given out (``Limits.ahead``), so that most failures are raised early.
    ``is_complete`` tells that this was all, and then ``is_cut`` that rows are missing at its end because of the limit.
    A failure, or a limit that is met later, is raised while iterating: whoever passed bytes on must then break off.
    """

    def __init__(self, kind: Kind, media_type: str, run: Run) -> None:
        self.kind, self.media_type = kind, media_type
        self.is_complete, self.is_cut = False, False
        self._run = run
        self._held, self._is_passed_on = list[bytes](), False
        self._hold(run.limits.ahead)

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
        self._hold(self._run.limits.bytes)
        return b"".join(self._held)

    def close(self) -> None:
        """Ends the query, if it still runs."""
        self._run.end(ClientLeft())

    __del__ = close

    def _hold(self, most: int) -> None:
        size = sum(map(len, self._held))
        while size <= most and (piece := self._next()) is not None:
            self._held.append(piece)
            size += len(piece)
        self.is_complete = self._run.is_over

    def _next(self) -> bytes | None:
        """The next piece, or None at the end."""
        if self._run.is_over:
            return None
        try:
            letter, body = self._run.hear()
            if letter == b"D":
                return body
            self._finish(**json.loads(body))
        except BaseException as error:
            self._run.end(error)
            raise
        return None

    def _finish(self, cut: str | None, rows: int | None) -> None:
        """Ends as the worker's last message tells."""
        self.is_cut = cut == "rows" and not self._is_passed_on
        error = _exceeded(cut, self._run.limits) if cut and not self.is_cut else None
        self._run.end(error or (CUT if cut else COMPLETE), is_sound=True, rows=rows)
        if error:
            raise error


class Sandbox:
    """Evaluates queries of strangers, ``Limits.concurrent`` at a time. It may be used from several threads.

    Each process that uses it has workers of its own, started when the first query comes. Every query of a stranger is told
    to the log.
    """

    def __init__(self, limits: Limits | None = None, log: QueryLog | None = None) -> None:
        self.limits = limits or Limits()
        self._log = log or QueryLog()
        self._pool, self._clients = Pool(self.limits, self.limits.concurrent), Clients(self.limits.concurrent_per_client)

    def query(
        self,
        location: Path,
        text: str,
        media_types: Mapping[Kind, str | None],
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        base_iri: str | None = None,
        search: Search | None = None,
        client: Client = STRANGER,
        rows_read_here: Mapping[Kind, int] = NONE_READ_HERE,
        deadline: Deadline = NEVER,
        is_trusted: bool = False,
        own: str = "",
    ) -> Result:
        """The result of a query over the store in that folder, in the media type given for its kind.

        The graphs, if any are given, are the query's dataset in place of what it says itself (SPARQL 1.1 Protocol, 2.1.4);
        ``search`` finds the items for search calls in the query. Of a kind in ``rows_read_here`` there are at most so many
        rows, and few enough bytes to be held in memory. Waiting and running must both end before the deadline. A text that
        is trusted is taken as it is, and so is what is our ``own`` in any other.
        Raises UnwantedKind where the kind has no media type; QuerySyntaxError, QueryTooLarge, QueryRefused;
        QueryLimitExceeded, also when too many queries wait; DatasetError and its other kinds when the store fails.
        """
        run = Run(text, self.limits, QueryLog() if is_trusted else self._log)
        try:
            run.start(client, self._clients, self._pool, deadline)
            request = {
                "query": text if is_trusted else self._screened(text, search, own),
                "location": str(location.absolute()),
                "media_types": {kind: media_types.get(kind) for kind in OWN_MEDIA_TYPES},
                "default_graphs": list(default_graphs),
                "named_graphs": list(named_graphs),
                "base_iri": base_iri,
                "prefixes": dict(declared_prefixes(text)),
                "seconds": _seconds(self.limits, deadline),
            }
            return _result(run, request, {kind: self._limits_of(rows_read_here.get(kind)) for kind in OWN_MEDIA_TYPES})
        except BaseException as error:
            run.end(error)
            raise

    def evaluate(
        self, location: Path, text: str, *, deadline: Deadline = NEVER, is_trusted: bool = False, own: str = ""
    ) -> Solutions | Graph | bool:
        """The result of a query, read. Raises as ``query`` does, and QueryLimitExceeded rather than cut it."""
        rows = dict.fromkeys(OWN_MEDIA_TYPES, self.limits.rows)
        result = self.query(
            location, text, OWN_MEDIA_TYPES, rows_read_here=rows, deadline=deadline, is_trusted=is_trusted, own=own
        )
        result.read()
        if result.is_cut:
            raise _exceeded("rows", self.limits)
        return parse_result(result, deadline)

    def close(self) -> None:
        """Ends the workers; one that is at work ends with its query."""
        self._pool.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _limits_of(self, rows_read_here: int | None) -> Limits:
        if rows_read_here is None:
            return self.limits
        return replace(self.limits, rows=min(rows_read_here, self.limits.rows), bytes=min(MOST_READ_HERE, self.limits.bytes))

    def _screened(self, text: str, search: Search | None, own: str) -> str:
        if not search:
            return screen(text, self.limits, own)
        check_length(text, self.limits)
        return with_searches(text, search, partial(screen, limits=self.limits))


def _seconds(limits: Limits, deadline: Deadline) -> float:
    """How long the query may run; QueryLimitExceeded if there is no time left, which to an alarm would mean for ever."""
    left = deadline.left
    if not left:
        raise exceeded(limits.seconds)
    return min(left, limits.seconds)


def _result(run: Run, request: Mapping[str, Any], limits: Mapping[Kind, Limits]) -> Result:
    """Asks, and gives the result once its kind is known, and with it the limits."""
    sizes = {kind: {"rows": each.rows, "bytes": each.bytes} for kind, each in limits.items()}
    _, body = run.ask({**request, "limits": sizes})
    kind: Kind = json.loads(body)["kind"]
    run.limits = limits[kind]
    media_type = request["media_types"][kind]
    if media_type is None:
        run.end("format", is_sound=True)
        raise UnwantedKind(kind)
    return Result(kind, media_type, run)


def parse_result(result: Result, deadline: Deadline = NEVER) -> Solutions | Graph | bool:
    """A result that was asked for in OWN_MEDIA_TYPES, read whole. QueryLimitExceeded if that takes until the deadline."""
    body = result.read()
    if result.kind == "graph":
        return Graph(quad.triple for quad in deadline.watch(parse(body, RdfFormat.N_TRIPLES)))
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
            return _with_what_was_called(_exceeded("memory", limits), query)
        case "store":
            logger.error("A worker cannot open the store: %s", message["message"])
            return DatasetUnavailable("The store cannot be opened now.")
        case "format":
            return QueryRefused(message["message"])
        case "evaluation" if called := called_in(query):
            return ServiceFailed(f"What the query calls has failed ({', '.join(called)}): {message['message']}")
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


def _error_of_end(status: int, limits: Limits, query: str) -> PqlodError:
    """What it means that a worker died: its alarm, its memory, or a stack that the parser or the evaluation ran through."""
    if status == -signal.SIGALRM:
        return _with_what_was_called(_exceeded("time", limits), query)
    if status == -signal.SIGSEGV:
        return QueryTooLarge("The query is too complex: it has too many parts, or parts nested too deep.", limit="complexity")
    if status in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGBUS):  # a failed allocation; the kernel's last resort
        return _with_what_was_called(_exceeded("memory", limits), query)
    return DatasetUnavailable(f"The process that ran the query ended with status {status}.")


def _with_what_was_called(error: QueryLimitExceeded, query: str) -> PqlodError:
    """An endpoint that a query calls may not answer; where it breaks off, Oxigraph can read its end for ever (0.5.13)."""
    called = ", ".join(called_in(query))
    if not called:
        return error
    problem = f"{error} It calls {called}, where the fault may be."
    return ServiceTimedOut(problem, retry_after=error.retry_after) if error.limit == "time" else ServiceFailed(problem)


def _exceeded(limit: str, limits: Limits) -> QueryLimitExceeded:
    if limit == "time":
        return exceeded(limits.seconds)
    amount, advice = {
        "memory": (f"{limits.memory // 2**20} MB of memory", "Ask for less: sorting, grouping and DISTINCT hold all rows."),
        "rows": (f"{limits.rows} rows", "Ask for parts, with ORDER BY, LIMIT and OFFSET."),
        "bytes": (f"{limits.bytes} bytes of result", "Ask for fewer columns, or for parts with LIMIT and OFFSET."),
    }[limit]
    return QueryLimitExceeded(f"The query was ended at its limit of {amount}. {advice}", limit=limit, retry_after=RETRY_AFTER)
