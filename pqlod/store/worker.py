"""The process in which one query of a stranger runs: reads requests, evaluates, streams results, may be ended at any time.

``sandbox.py`` starts it as a file; it needs nothing but pyoxigraph, and so is ready in some 40 ms. A message on its
pipes is a letter, a length of four bytes, and as many bytes. ``Q`` a query comes in; ``H`` the kind of its result,
``D`` pieces of it, and ``E`` its end or ``F`` a failure go out; all but ``D`` are JSON. A query that meets its time
limit is ended by the kernel's alarm, whatever the process is doing then; the end of input, when the parent died, ends
it as well.
"""

import json
import os
import queue
import re
import resource
import signal
import struct
import sys
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO, Any, TypeVar

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

HEADER = struct.Struct(">cI")
CHUNK = 262_144  # bytes of a message: each costs the server as much, however large it is
OPEN_STORES = 2
NICENESS = 5  # a stranger's query gives way to the pages

# What parts two rows outside of quotes, how much of it belongs to the first, what closes a result, and how many such
# separators there are beside those between rows (CSV and TSV end each row, and the line of names, with one).
ROWS: dict[QueryResultsFormat, tuple[bytes, int, bytes, int]] = {
    QueryResultsFormat.JSON: (b"},{", 1, b"]}}", -1),
    QueryResultsFormat.XML: (b"</result><result>", 9, b"</results></sparql>", -1),
    QueryResultsFormat.CSV: (b"\n", 1, b"", 0),
    QueryResultsFormat.TSV: (b"\n", 1, b"", 0),
}
# The end of a row of JSON before another, where both have values: within a value a quote has a backslash before it, and a quote
# that ends a value has one of two characters after it. Rows without values, of which this cannot tell, are written so.
JSON_ROWS, JSON_NO_ROWS, JSON_ROW_END = b'}},{"', (b'}},{",', b'}},{"}'), re.compile(rb'\}\}(?=,\{"[^,}])')
JSON_EMPTY_ROW = b"{}"
# After what a result without rows is closed.
OPENINGS = (b"[", b"<results>")
# XML and TSV escape what may be a separator in a value; these put it in double quotes.
QUOTING = {QueryResultsFormat.JSON, QueryResultsFormat.CSV}

# XML 1.0 (section 2.2) has no way to write these characters, not even as references.
NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
REPLACEMENT = "\ufffd".encode()
XML_FORMATS = {QueryResultsFormat.XML, RdfFormat.RDF_XML}
NAME_AT_END = re.compile(r"[^\W\d][\w.·-]*$")

UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")

ResultFormat = QueryResultsFormat | RdfFormat
Results = QuerySolutions | QueryBoolean | QueryTriples
Functions = dict[NamedNode, Callable[..., NamedNode | BlankNode | Literal | Triple | None]]
Found = TypeVar("Found")


class ResultFull(Exception):
    """The result has reached a limit, which ``limit`` names; ``last`` are the bytes that end it, if it can be ended properly."""

    def __init__(self, limit: str, last: bytes = b"") -> None:
        self.limit, self.last = limit, last


class FormatUnfit(Exception):
    """The result cannot be written in the format that was asked for."""


class RowCut:
    """Lets a serialised SELECT result through up to a number of rows, and there closes it properly.

    pyoxigraph writes all rows of a result or none; writing them ourselves would take half as long again (measured).
    """

    def __init__(self, form: QueryResultsFormat, rows: int) -> None:
        self._separator, self._kept, self._closing, self._others = ROWS[form]
        self._left = self._most = rows + self._others
        self._is_quoting = form in QUOTING
        self._has_escapes = form == QueryResultsFormat.JSON
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """The rows that are whole and allowed; ResultFull, with the last of them, when a row too many begins."""
        text = self._held + data
        if self._has_escapes and JSON_EMPTY_ROW not in text:
            return self._feed_plain(text)
        found = self._count(text[:-1])  # a row end is a separator only if something follows
        if found > self._left:
            end = self._end(text, self._left + 1)
            raise ResultFull("rows", text[:end] + self._closing)
        end = self._end(text, found) if found else 0
        self._left, self._held = self._left - found, text[end:]
        return text[:end]

    def _feed_plain(self, text: bytes) -> bytes:
        """The same for JSON, without looking for quotes, which takes as long as all else (measured)."""
        found = text.count(JSON_ROWS, 0, -1) - sum(map(text.count, JSON_NO_ROWS))
        if found > self._left:
            end = next(islice(JSON_ROW_END.finditer(text), self._left, None)).end()
            raise ResultFull("rows", text[:end] + self._closing)
        end = text.rfind(JSON_ROWS, 0, -1) if found else -2
        while JSON_ROW_END.match(text, end) is None and found:
            end = text.rfind(JSON_ROWS, 0, end + len(JSON_ROWS) - 1)
        self._left, self._held = self._left - found, text[end + 2 :]
        return text[: end + 2]

    def finish(self) -> bytes:
        """What was held back, once the result has ended."""
        return self._held

    @property
    def held(self) -> int:
        """How many bytes are held back, as the row in them has not ended."""
        return len(self._held)

    @property
    def rows(self) -> int:
        """How many rows the result had, once it has ended."""
        separators = self._most - self._left
        return separators - self._others - self._held.removesuffix(self._closing).endswith(OPENINGS)

    def _count(self, text: bytes) -> int:
        return self._unquoted(text).count(self._separator)

    def _end(self, text: bytes, number: int) -> int:
        """Where the row before the separator of that number ends. ``text`` begins outside of quotes."""
        guess = text.rfind(self._separator, 0, -1) + len(self._separator)
        if self._count(text[:guess]) != number or self._count(text[: guess - 1]) == number:
            guess = bisect_left(range(len(text)), number, key=lambda length: self._count(text[:length]))
        return guess - len(self._separator) + self._kept

    def _unquoted(self, text: bytes) -> bytes:
        if not self._is_quoting:
            return text
        if self._has_escapes:
            text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
        return b'"'.join(text.split(b'"')[::2])


class Pipe:
    """Messages to the parent."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def send(self, letter: bytes, body: bytes) -> None:
        self._file.write(HEADER.pack(letter, len(body)) + body)
        self._file.flush()

    def tell(self, letter: bytes, **message: Any) -> None:
        self.send(letter, json.dumps(message).encode())


class Counted(Iterator[Triple]):
    """Triples, and how many of them were taken: ``number``."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples, self.number = iter(triples), 0

    def __next__(self) -> Triple:
        triple = next(self._triples)
        self.number += 1
        return triple


class ResultStream:
    """The file into which pyoxigraph writes a result: sends it on in pieces, keeps to the limits, ends it."""

    def __init__(self, pipe: Pipe, form: ResultFormat, cut: RowCut | None, most: int) -> None:
        self._pipe, self._form, self._cut, self._left = pipe, form, cut, most
        self._buffer, self._enough = bytearray(), CHUNK

    def write(self, data: bytes) -> int:
        self._buffer += data
        if len(self._buffer) >= self._enough:
            self._send(self._take())
            self._enough = max(CHUNK, self._cut.held if self._cut else 0)  # a row of great length is read over only so often
        return len(data)

    def flush(self) -> None:
        """Nothing: pieces are sent when they are worth it."""

    def finish(self) -> None:
        self._send(self._take())
        if self._cut:
            self._send(self._cut.finish())

    def end(self, last: bytes) -> None:
        """Sends the bytes that close a result at its limit of rows, which no other limit holds back."""
        self._left = len(last)
        self._send(last)

    def _take(self) -> bytes:
        data, self._buffer = bytes(self._buffer), bytearray()
        return self._cut.feed(data) if self._cut else data

    def _send(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise ResultFull("bytes")
        if self._form in XML_FORMATS:
            data = NOT_XML.sub(REPLACEMENT, data)
        for start in range(0, len(data), CHUNK):  # one value can be as large as the result may be
            self._pipe.send(b"D", data[start : start + CHUNK])


def evaluate(store: Store, request: dict[str, Any]) -> Results:
    """The results of a query."""
    return with_unknown_functions(
        lambda functions: store.query(
            request["query"],
            base_iri=request["base_iri"],
            default_graph=graphs(request["default_graphs"], request["named_graphs"]),
            named_graphs=graphs(request["named_graphs"], request["default_graphs"]),
            custom_functions=functions,
        )
    )


def with_unknown_functions(run: Callable[[Functions], Found]) -> Found:
    """What ``run`` gives; a call of a function that nobody knows is an error of its expression (SPARQL 1.1, 17.6)."""
    unknown: Functions = {}
    while True:
        try:
            return run(unknown)
        except RuntimeError as error:
            function = UNKNOWN_FUNCTION.fullmatch(str(error))
            if not function or NamedNode(function[1]) in unknown:
                raise
            unknown[NamedNode(function[1])] = lambda *_: None


def graphs(iris: list[str], others: list[str]) -> Any:  # pyoxigraph's two arguments take lists of different types
    """The graphs of one of the two lists; None, which stands for the store's own, only if both are empty."""
    return [NamedNode(iri) for iri in iris] if iris or others else None


def write(
    results: Results, form: ResultFormat, stream: ResultStream, cut: RowCut | None, rows: int, prefixes: dict[str, str]
) -> int | None:
    """Writes results into the stream; how many rows or triples they were, or None of a boolean. ResultFull at a limit."""
    if not isinstance(results, QueryTriples):
        results.serialize(stream, form)  # type: ignore[arg-type]  # an IO in all that is used
        stream.finish()
        return cut.rows if cut else None
    if form == RdfFormat.RDF_XML:  # which has prefixes of its own, and would declare some twice
        triples, prefixes = writable(results), {}
    else:
        triples = iter(results)
    counted = Counted(islice(triples, rows))
    serialize(counted, stream, form, prefixes=prefixes)  # type: ignore[arg-type]  # as above
    stream.finish()
    if next(iter(results), None) is not None:
        raise ResultFull("rows")
    return counted.number


def writable(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Triples for RDF/XML, which writes a property as an XML name."""
    known = set()
    for triple in triples:
        iri = triple.predicate.value
        if iri not in known and not NAME_AT_END.search(iri):
            raise FormatUnfit(f"RDF/XML has no way to write the property <{iri}>; ask for another format.")
        known.add(iri)
        yield triple


KINDS: dict[type[Results], str] = {QuerySolutions: "solutions", QueryBoolean: "boolean", QueryTriples: "graph"}


def answer(request: dict[str, Any], store: Store, pipe: Pipe) -> None:
    """Evaluates a request, and sends all of its result."""
    results = evaluate(store, request)
    kind = KINDS[type(results)]
    media_type = request["media_types"][kind]
    pipe.tell(b"H", kind=kind)
    if media_type is None:
        return
    form: ResultFormat | None = (
        RdfFormat.from_media_type(media_type) if kind == "graph" else QueryResultsFormat.from_media_type(media_type)
    )
    if form is None:
        raise FormatUnfit(f"{media_type} is no format of a result.")
    rows, most = request["limits"][kind]["rows"], request["limits"][kind]["bytes"]
    cut = RowCut(form, rows) if isinstance(form, QueryResultsFormat) and kind == "solutions" else None
    stream = ResultStream(pipe, form, cut, most)
    try:
        written = write(results, form, stream, cut, rows, request["prefixes"])
    except ResultFull as full:
        stream.end(full.last)
        pipe.tell(b"E", cut=full.limit, rows=rows if full.limit == "rows" else None)
    else:
        pipe.tell(b"E", cut=None, rows=written)


def serve(requests: Iterator[dict[str, Any]], pipe: Pipe) -> None:
    """Answers request after request, each under its alarm."""
    stores: dict[str, Store] = {}
    for request in requests:
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        try:
            store = opened(request["location"], stores)
        except OSError as error:
            pipe.tell(b"F", kind="store", message=str(error))
        else:
            attempt(request, store, pipe)
        signal.setitimer(signal.ITIMER_REAL, 0)


def opened(location: str, stores: dict[str, Store]) -> Store:
    """The store in that folder, which is added to those that are open, perhaps in place of the oldest."""
    if location not in stores:
        while len(stores) >= OPEN_STORES:
            stores.pop(next(iter(stores)))
        stores[location] = Store.read_only(location)
    return stores[location]


def attempt(request: dict[str, Any], store: Store, pipe: Pipe) -> None:
    """Answers a request, or tells why it fails."""
    try:
        answer(request, store, pipe)
    except FormatUnfit as error:
        pipe.tell(b"F", kind="format", message=str(error))
    except SyntaxError as error:
        pipe.tell(b"F", kind="syntax", message=str(error))
    except MemoryError:
        pipe.tell(b"F", kind="memory", message="")
    except BrokenPipeError:  # the parent died
        raise
    except (OSError, RuntimeError, ValueError) as error:  # an OSError is of a service that the query calls, or of the store
        pipe.tell(b"F", kind="evaluation", message=str(error))


def read_requests(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The requests, in order. They are read in a thread of its own, which ends the process at the end of input."""
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        while header := file.read(HEADER.size):
            waiting.put(json.loads(file.read(HEADER.unpack(header)[1])))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


def confine(memory: int) -> None:
    """Gives up what a query needs not: much memory, files, a core dump, and precedence."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("500")  # when the machine's memory runs out, workers go first
    os.nice(NICENESS)
    for name, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(name, (most, most))


def main() -> None:
    confine(int(sys.argv[1]))
    with suppress(BrokenPipeError):  # the parent died
        serve(read_requests(sys.stdin.buffer), Pipe(sys.stdout.buffer))
    os._exit(0)


if __name__ == "__main__":
    main()
