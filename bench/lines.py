"""What is measured, line by line: what pqlod is asked, what its peer is asked for the same, and what the target is."""

import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any
from urllib.parse import quote

from facts import Facts
from http_client import Failed, Measured, get, measure, request, stream
from servers import Server, watched

TURTLE, SOLUTIONS = {"Accept": "text/turtle"}, {"Accept": "application/sparql-results+json"}
TIMES, SECONDS = 200, 6.0  # for one client: whichever ends first
RATE_SECONDS = 6.0
MIXED_SECONDS = 60.0
MIXED_CLIENTS = 16
CLIENTS = 8
MEGABYTE = 1 << 20


@dataclass
class Outcome:
    """One line of the report. Times are in milliseconds; ``ratio`` is how many times faster, or what part of the peer's rate."""

    line: str
    median: float | None = None
    p99: float | None = None
    rate: float | None = None
    peer: float | None = None
    peer_rate: float | None = None
    ratio: float | None = None
    target: str = ""
    is_met: bool | None = None
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """The two servers, and values that their data has."""

    pqlod: Server
    peer: Server
    facts: Facts
    outcomes: list[Outcome]

    def known(self, line: str) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.line == line), None)


Line = Callable[[Bench], Outcome]


def timed(path: str, peer_queries: Sequence[str] = (), *, least_ratio: float = 0, most_ms: float = 0) -> Line:
    """A page asked by one client, and the peer's queries for the same, their medians added. Of a DESCRIBE it gives Turtle."""

    def line(bench: Bench) -> Outcome:
        ours = _times(bench.pqlod, [request(bench.pqlod.url + bench.facts.fill(path))])
        theirs = [
            _times(
                bench.peer,
                [_peer_request(bench.peer, bench.facts.fill(query), {"Accept": "text/turtle, application/sparql-results+json"})],
            )
            for query in peer_queries
        ]
        outcome = Outcome("", median=ours.quantile(0.5), p99=ours.quantile(0.99), notes={"path": bench.facts.fill(path)})
        outcome.peer = sum(each.quantile(0.5) for each in theirs) or None
        outcome.ratio = outcome.peer / ours.quantile(0.5) if outcome.peer else None
        if least_ratio:
            outcome.target, outcome.is_met = f"{least_ratio:g} times faster", (outcome.ratio or 0) >= least_ratio
        if most_ms:
            outcome.target, outcome.is_met = f"under {most_ms:g} ms", ours.quantile(0.5) < most_ms
        return outcome

    return line


def no_slower(path: str, than: str, times: float) -> Line:
    """A page that may take so many times what another line's takes."""

    def line(bench: Bench) -> Outcome:
        outcome = timed(path)(bench)
        other = bench.known(than) or timed(LINES[than].path)(bench)
        outcome.ratio = (outcome.median or 0.0) / (other.median or 1.0)
        outcome.target, outcome.is_met = f"{times:g} times {than!r} at most", outcome.ratio <= times
        return outcome

    return line


def rate(paths: Callable[[Facts], list[str]], least: float, *, headers: Mapping[str, str] | None = None) -> Line:
    """Pages asked by several clients, beside the peer's DESCRIBE of the same things."""

    def line(bench: Bench) -> Outcome:
        wires = [request(bench.pqlod.url + path, headers) for path in paths(bench.facts)]
        return _rates(bench, wires, _describe_requests(bench), least)

    return line


def known_already(path: str, least: float) -> Line:
    """A page that the client has: 304."""

    def line(bench: Bench) -> Outcome:
        url = bench.pqlod.url + bench.facts.fill(path)
        return _rates(
            bench, [request(url, {"If-None-Match": get(url).headers["etag"]})], _describe_requests(bench), least, expected=304
        )

    return line


def queries(query: str, headers: Mapping[str, str], least: float) -> Line:
    """A small query through /sparql, of several clients, beside the peer's answers to the same."""

    def line(bench: Bench) -> Outcome:
        texts = [query.replace("{item}", item) for item in bench.facts.items]
        ours = [request(f"{bench.pqlod.url}/sparql?query={quote(bench.facts.fill(text))}", headers) for text in texts]
        theirs = [_peer_request(bench.peer, bench.facts.fill(text), headers) for text in texts]
        return _rates(bench, ours, theirs, least)

    return line


def large(query: str, headers: Mapping[str, str], least: float) -> Line:
    """A large result through /sparql: bytes a second beside the peer's, and how much memory grows meanwhile."""

    def line(bench: Bench) -> Outcome:
        form = f"query={quote(query)}".encode()
        send = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        stream(f"{bench.pqlod.url}/sparql", send, form)  # the first one starts a worker
        with watched(bench.pqlod) as seen:
            ours = [stream(f"{bench.pqlod.url}/sparql", send, form) for _ in range(3)]
        theirs = [stream(f"{bench.peer.url}/query", send, form) for _ in range(3)]
        our_rate, peer_rate = (statistics.median(size / seconds for seconds, size in each) for each in (ours, theirs))
        seconds = sorted(seconds for seconds, _ in ours)
        growth = max(seen) - seen[0]
        return Outcome(
            "", median=seconds[1] * 1000, p99=seconds[-1] * 1000, peer=sorted(each for each, _ in theirs)[1] * 1000,
            ratio=our_rate / peer_rate, target=f"{least:g} of the peer's throughput, memory constant",
            is_met=our_rate / peer_rate >= least and growth < 64 * MEGABYTE,
            notes={"bytes": ours[0][1], "memory grew by MB": round(growth / MEGABYTE)},
        )  # fmt: skip

    return line


def mixed(bench: Bench) -> Outcome:
    """A minute of all kinds of requests from many clients at once; memory afterwards."""
    kinds = [request(bench.pqlod.url + path, {"Accept-Encoding": "gzip"}) for path in bench.facts.mixed()]
    chosen = random.Random(7)
    measured = measure(bench.pqlod.address, lambda: chosen.choice(kinds), clients=MIXED_CLIENTS, seconds=MIXED_SECONDS)
    memory = max(bench.pqlod.memory().values())
    failed = sum(count for status, count in measured.statuses.items() if status >= 500)
    return Outcome(
        "", median=measured.quantile(0.5), p99=measured.quantile(0.99), rate=measured.rate,
        target="500 MB a process at most, no error", is_met=memory < 500 * 10**6 and not failed,
        notes={"MB of the largest process": round(memory / 10**6), "statuses": measured.statuses},
    )  # fmt: skip


def start(bench: Bench) -> Outcome:
    """From the start of `pqlod serve` to its first answer."""
    milliseconds = bench.pqlod.seconds_to_start * 1000
    return Outcome("", median=milliseconds, target="under 1000 ms", is_met=milliseconds < 1000)


def _rates(bench: Bench, ours: list[bytes], theirs: list[bytes], least: float, expected: int = 200) -> Outcome:
    peer = _rate(bench.peer, theirs, 200)
    measured = _rate(bench.pqlod, ours, expected)
    share = measured.rate / peer.rate
    return Outcome(
        "", median=measured.quantile(0.5), p99=measured.quantile(0.99), rate=measured.rate, peer=peer.quantile(0.5),
        peer_rate=peer.rate, ratio=share, target=f"{least:g} of the peer's requests a second" if least else "",
        is_met=share >= least if least else None, notes={"clients": CLIENTS},
    )  # fmt: skip


def _rate(server: Server, wires: list[bytes], expected: int) -> Measured:
    measure(server.address, _in_turn(wires), clients=CLIENTS, seconds=1.0)  # so that both have opened what they need
    measured = measure(server.address, _in_turn(wires), clients=CLIENTS, seconds=RATE_SECONDS)
    return _sound(measured, server, expected)


def _times(server: Server, wires: list[bytes]) -> Measured:
    measure(server.address, _in_turn(wires), times=2, clients=2)
    return _sound(measure(server.address, _in_turn(wires), times=TIMES, seconds=SECONDS), server, 200)


def _sound(measured: Measured, server: Server, expected: int) -> Measured:
    if set(measured.statuses) != {expected}:
        raise Failed(f"{server.url} answered {measured.statuses}, not {expected}")
    return measured


def _in_turn(wires: list[bytes]) -> Callable[[], bytes]:
    following = cycle(wires)
    return lambda: next(following)


def _peer_request(peer: Server, query: str, headers: Mapping[str, str] = SOLUTIONS) -> bytes:
    return request(f"{peer.url}/query?query={quote(query)}", headers)


def _describe_requests(bench: Bench) -> list[bytes]:
    return [_peer_request(bench.peer, f"DESCRIBE <{item}>", TURTLE) for item in bench.facts.items]


@dataclass(frozen=True)
class Named:
    """A line, whether it is measured with the cache of answers on, and the page that it asks for, if it is one."""

    measure: Line
    is_cached: bool = False
    path: str = ""


PREFIX = "PREFIX parl: <http://data.parliament.uk/schema/parl#> "
COMMONS = (
    "?q a parl:WrittenParliamentaryQuestion ; parl:legislature <http://data.parliament.uk/terms/25259> ; parl:dateTabled ?d ."
)
NEWEST = "ORDER BY DESC(?d) LIMIT 10"
FIRST = "/commonswrittenquestions.json"
MONTH = 'parl:AnsweringBody "{body}" . FILTER (?d >= "{month}-01"^^xsd:date && ?d <= "{month}-28"^^xsd:date)'
CONTAINS = 'FILTER (CONTAINS(LCASE(?t), "{word1}") && CONTAINS(LCASE(?t), "{word2}"))'
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


def _page(path: str, *peer: str, **target: float) -> Named:
    return Named(timed(path, peer, **target), path=path)


def _items(facts: Facts) -> list[str]:
    return [path + ".json" for path in facts.item_paths]


def _first_item(facts: Facts) -> list[str]:
    return _items(facts)[:1]


LINES: Mapping[str, Named] = {
    "first page by date": _page(
        FIRST,
        f"{PREFIX}SELECT ?q {{ {COMMONS} }} {NEWEST}",
        f"{PREFIX}SELECT (COUNT(*) AS ?n) {{ {COMMONS} }}",
        least_ratio=300,
    ),
    "page 5,000": Named(no_slower(FIRST + "?_page={deep}", "first page by date", 2)),
    "last page": Named(no_slower(FIRST + "?_page={last}", "first page by date", 2)),
    "month and department": _page(
        FIRST + "?min-dateTabled={month}-01&max-dateTabled={month}-28&AnsweringBody={body}",
        f"{PREFIX}{XSD}SELECT ?q {{ {COMMONS} ?q {MONTH} }} {NEWEST}",
        least_ratio=50,
    ),
    "one member": _page(
        FIRST + "?tablingMember={member}", f"{PREFIX}SELECT ?q {{ {COMMONS} ?q parl:tablingMember <{{member}}> }} {NEWEST}"
    ),
    "two words": _page(
        FIRST + "?_search={word1}+{word2}",
        f"{PREFIX}SELECT ?q {{ {COMMONS} ?q parl:questionText ?t {CONTAINS} }} {NEWEST}",
        least_ratio=50,
    ),
    "a frequent word": _page(FIRST + "?_search={frequent}", most_ms=150),
    "words and department": _page(FIRST + "?_search={word1}+{word2}&AnsweringBody={body}"),
    "facets": _page(
        FIRST + "?_metadata=facets", f"{PREFIX}SELECT ?b (COUNT(*) AS ?n) {{ {COMMONS} ?q parl:AnsweringBody ?b }} GROUP BY ?b"
    ),
    "item as JSON": _page("{item_path}.json", "DESCRIBE <{item}>"),
    "item as HTML": _page("{item_path}.html", "DESCRIBE <{item}>"),
    "item as Turtle": _page("{item_path}.ttl", "DESCRIBE <{item}>"),
    "list as HTML": _page("/commonswrittenquestions.html"),
    "500 items as JSON": _page(FIRST + "?_pageSize=500"),
    "500 items as CSV": _page("/commonswrittenquestions.csv?_pageSize=500"),
    "items as JSON, 8 clients": Named(rate(_items, 0.15)),
    "small SELECT, 8 clients": Named(queries(f"{PREFIX}SELECT ?p ?o {{ <{{item}}> ?p ?o }} LIMIT 10", SOLUTIONS, 0.2)),
    "DESCRIBE, 8 clients": Named(queries("DESCRIBE <{item}>", TURTLE, 0)),
    "SELECT of a million rows": Named(large("SELECT ?s ?p { ?s ?p ?o } LIMIT 1000000", SOLUTIONS, 0.8)),
    "CONSTRUCT of 200,000 triples": Named(
        large("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 200000", {"Accept": "application/n-triples"}, 0)
    ),
    "start of pqlod serve": Named(start, is_cached=True),
    "hot list, 8 clients": Named(rate(lambda facts: [FIRST], 0.4), is_cached=True),
    "hot item, 8 clients": Named(rate(_first_item, 0.4), is_cached=True),
    "hot HTML page, 8 clients": Named(rate(lambda facts: ["/commonswrittenquestions.html"], 0), is_cached=True),
    "304, 8 clients": Named(known_already(FIRST, 0.4), is_cached=True),
    "mixed traffic, 16 clients": Named(mixed, is_cached=True),
}


def measured(names: Sequence[str], bench: Bench) -> Iterator[Outcome]:
    """The outcomes of these lines, as they come; what cannot be measured says why."""
    for name in names:
        try:
            outcome = replace(LINES[name].measure(bench), line=name)
        except (Failed, OSError, LookupError) as error:
            outcome = Outcome(name, is_met=False, notes={"failed": f"{type(error).__name__}: {error}"})
        bench.outcomes.append(outcome)
        yield outcome
