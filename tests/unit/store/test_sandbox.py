import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from pqlod.errors import (
    ClientLeft,
    DatasetUnavailable,
    PqlodError,
    QueryLimitExceeded,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
    ServiceFailed,
    TooManyQueries,
)
from pqlod.rdf import Graph
from pqlod.store.dataset import Solutions
from pqlod.store.deadline import Deadline
from pqlod.store.pool import Client
from pqlod.store.query_log import QueryLog, QueryRecord
from pqlod.store.sandbox import OWN_MEDIA_TYPES, Result, Sandbox, UnwantedKind, parse_result
from pqlod.store.screening import Limits

EX = "http://example.com/"
ALL = "SELECT ?s ?p ?o { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ITEMS = 2000


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    store = Store(str(folder))
    label = NamedNode(EX + "label")
    store.extend(Quad(NamedNode(f"{EX}{n}"), label, Literal(f"item {n}")) for n in range(ITEMS))
    store.add(Quad(NamedNode(EX + "g"), label, Literal("of g"), NamedNode(EX + "graph")))
    store.flush()
    return folder


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One with short limits, so that they are met soon."""
    with Sandbox(Limits(seconds=1, rows=5000, memory=300 * 2**20)) as sandbox:
        yield sandbox


def body(sandbox: Sandbox, location: Path, text: str, **media_types: str) -> bytes:
    return b"".join(sandbox.query(location, text, media_types))  # type: ignore[arg-type]  # keywords are kinds


def test_a_select_gives_solutions(sandbox: Sandbox, location: Path) -> None:
    found = sandbox.evaluate(location, f"SELECT ?label ?none {{ <{EX}7> ?p ?label }}")

    assert found == Solutions(("label", "none"), ({"label": Literal("item 7")},))


def test_a_construct_gives_a_graph(sandbox: Sandbox, location: Path) -> None:
    found = sandbox.evaluate(location, f"DESCRIBE <{EX}7>")

    assert isinstance(found, Graph)
    assert found.values(NamedNode(EX + "7"), NamedNode(EX + "label")) == (Literal("item 7"),)


@pytest.mark.parametrize(("text", "expected"), [("ASK { ?s ?p 'item 7' }", True), ("ASK { ?s ?p 'item' }", False)])
def test_an_ask_gives_a_boolean(sandbox: Sandbox, location: Path, text: str, expected: bool) -> None:
    assert sandbox.evaluate(location, text) is expected


def test_the_graph_is_written_with_the_prefixes_of_the_query(sandbox: Sandbox, location: Path) -> None:
    turtle = body(sandbox, location, f"PREFIX e: <{EX}> CONSTRUCT WHERE {{ e:7 ?p ?o }}", graph="text/turtle")

    assert turtle == f'@prefix e: <{EX}> .\ne:7 e:label "item 7" .\n'.encode()


def test_a_kind_of_result_that_was_not_asked_for_is_an_error(sandbox: Sandbox, location: Path) -> None:
    with pytest.raises(UnwantedKind) as caught:
        sandbox.query(location, "ASK {}", {"graph": "text/turtle"})

    assert caught.value.kind == "boolean"


def test_the_graphs_of_the_protocol_replace_those_of_the_query(sandbox: Sandbox, location: Path) -> None:
    text = f"SELECT ?s FROM <{EX}nowhere> {{ ?s ?p ?o }}"
    result = sandbox.query(location, text, {"solutions": "text/csv"}, default_graphs=[EX + "graph"])

    assert result.read() == b"s\r\nhttp://example.com/g\r\n"


def test_relative_iris_are_resolved_against_the_base(sandbox: Sandbox, location: Path) -> None:
    result = sandbox.query(location, "ASK { <7> ?p ?o }", {"boolean": "text/csv"}, base_iri=EX)

    assert result.read() == b"true"


def test_an_unknown_function_is_an_error_of_its_expression_only(sandbox: Sandbox, location: Path) -> None:
    found = sandbox.evaluate(location, "SELECT ?x (<http://f/g>(1) AS ?y) (<http://f/h>(1) AS ?z) { VALUES ?x { 1 } }")

    assert isinstance(found, Solutions)
    assert [set(row) for row in found] == [{"x"}]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("SELECT * { ?s ?p }", QuerySyntaxError, id="syntax"),
        pytest.param("INSERT DATA {}", QuerySyntaxError, id="an update"),
        pytest.param("SELECT * { SERVICE <http://h/> {} }", QueryRefused, id="service"),
        pytest.param("SELECT * {" + "OPTIONAL{?s ?p ?o}" * 10_000 + "}", QueryTooLarge, id="a death in the parser"),
        pytest.param(
            "SELECT (GROUP_CONCAT(CONCAT(STR(?o), '" + "x" * 100_000 + "')) AS ?x) { ?s ?p ?o ; ?q ?r . ?a ?b ?c }",
            QueryLimitExceeded,
            id="memory or time",
        ),
    ],
)
def test_a_bad_query_is_an_error_and_the_next_one_is_answered(
    sandbox: Sandbox, location: Path, text: str, error: type[PqlodError]
) -> None:
    with pytest.raises(error):
        sandbox.evaluate(location, text)

    assert sandbox.evaluate(location, "ASK {}") is True


def test_a_syntax_error_tells_its_place(sandbox: Sandbox, location: Path) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        sandbox.evaluate(location, "SELECT *\n{ ?s ?p }")

    assert caught.value.line == 2


def test_a_query_is_ended_at_its_time_limit(sandbox: Sandbox, location: Path) -> None:
    begin = time.monotonic()

    with pytest.raises(QueryLimitExceeded, match="1 seconds") as caught:
        sandbox.evaluate(location, ENDLESS)

    assert caught.value.limit == "time"
    assert 1 <= time.monotonic() - begin < 2.5


def test_a_deadline_that_comes_before_the_time_limit_counts(sandbox: Sandbox, location: Path) -> None:
    begin = time.monotonic()

    with pytest.raises(QueryLimitExceeded) as caught:
        sandbox.evaluate(location, ENDLESS, deadline=Deadline.after(0.2))
    with pytest.raises(QueryLimitExceeded):
        sandbox.evaluate(location, "ASK {}", deadline=Deadline.after(0))

    assert caught.value.limit == "time"
    assert time.monotonic() - begin < 1


def test_a_graph_is_not_read_beyond_the_deadline(sandbox: Sandbox, location: Path) -> None:
    result = sandbox.query(location, f"DESCRIBE <{EX}7>", OWN_MEDIA_TYPES)

    with pytest.raises(QueryLimitExceeded):
        parse_result(result, Deadline.after(0))


def test_a_text_that_is_trusted_is_not_screened_and_not_logged(location: Path, tmp_path: Path) -> None:
    text = "SELECT * { " + "{" * 20 + " ?s ?p 'item 7' " + "}" * 20 + " }"

    with Sandbox(Limits(nesting=10), QueryLog(str(tmp_path / "log"))) as sandbox:
        found = sandbox.evaluate(location, text, is_trusted=True)

    assert isinstance(found, Solutions)
    assert len(found) == 1
    assert not (tmp_path / "log").exists()


def test_memory_is_limited(location: Path) -> None:
    text = "SELECT (GROUP_CONCAT(CONCAT(STR(?o), '" + "x" * 199_000 + "')) AS ?x) { ?s ?p ?o }"

    with Sandbox(Limits(seconds=30, memory=300 * 2**20)) as sandbox, pytest.raises(QueryLimitExceeded) as caught:
        sandbox.evaluate(location, text)

    assert caught.value.limit == "memory"


def test_a_store_that_is_not_there_is_unavailable(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable):
        sandbox.evaluate(tmp_path / "nowhere", "ASK {}")


def test_rows_above_the_limit_are_cut_and_told(location: Path) -> None:
    with Sandbox(Limits(rows=3)) as sandbox:
        result = sandbox.query(location, ALL, {"solutions": "text/csv"})
        lines = b"".join(result).splitlines()

    assert (result.is_complete, result.is_cut, len(lines)) == (True, True, 4)


def test_a_cut_that_was_not_told_in_time_is_an_error(location: Path) -> None:
    with Sandbox(Limits(rows=1500, ahead=1000)) as sandbox:
        result = sandbox.query(location, ALL, {"solutions": "text/csv"})
        with pytest.raises(QueryLimitExceeded) as caught:
            list(result)

    assert (result.is_complete, caught.value.limit) == (False, "rows")


def test_a_result_that_is_read_here_is_never_cut(location: Path) -> None:
    with Sandbox(Limits(rows=3)) as sandbox, pytest.raises(QueryLimitExceeded):
        sandbox.evaluate(location, ALL)


def test_bytes_above_the_limit_are_an_error(location: Path) -> None:
    with Sandbox(Limits(bytes=20_000)) as sandbox, pytest.raises(QueryLimitExceeded) as caught:
        sandbox.evaluate(location, ALL)

    assert caught.value.limit == "bytes"


def test_a_result_that_nobody_reads_is_ended_at_the_time_limit(location: Path) -> None:
    with Sandbox(Limits(seconds=0.5, ahead=1, concurrent=1)) as sandbox:
        result = sandbox.query(location, "SELECT * { ?s ?p ?o . ?a ?b ?c }", {"solutions": "text/csv"})
        time.sleep(1)
        with pytest.raises(QueryLimitExceeded) as caught:
            list(result)

    assert caught.value.limit == "time"


def test_closing_a_result_frees_its_worker(location: Path) -> None:
    with Sandbox(Limits(ahead=1, concurrent=1)) as sandbox:
        sandbox.query(location, "SELECT * { ?s ?p ?o . ?a ?b ?c }", {"solutions": "text/csv"}).close()

        assert sandbox.evaluate(location, "ASK {}") is True


def test_a_query_too_many_is_told_to_come_back(location: Path) -> None:
    with Sandbox(Limits(ahead=1, waiting=0, concurrent=1)) as sandbox:
        running = sandbox.query(location, ALL, {"solutions": "text/csv"})
        with pytest.raises(QueryLimitExceeded) as caught:
            sandbox.evaluate(location, "ASK {}")
        running.close()

    assert (caught.value.limit, caught.value.retry_after) == ("concurrent queries", 5)


def test_queries_of_many_threads_are_answered(sandbox: Sandbox, location: Path) -> None:
    found: list[object] = []

    def ask(number: int) -> None:
        found.append(sandbox.evaluate(location, f"ASK {{ <{EX}{number}> ?p 'item {number}' }}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 12


def test_workers_end_when_their_parent_is_killed(location: Path) -> None:
    program = f"""
import threading, time, pathlib
from pqlod.store.sandbox import Sandbox
sandbox = Sandbox()
threading.Thread(target=sandbox.evaluate, args=(pathlib.Path({str(location)!r}), {ENDLESS!r}), daemon=True).start()
time.sleep(0.5)
print("running", flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout
    parent.stdout.readline()
    workers = children_of(parent.pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert len(workers) == 1
    assert ends_within(2, workers[0])


def test_result_media_types_cover_every_kind() -> None:
    assert set(OWN_MEDIA_TYPES) == {"solutions", "boolean", "graph"}


def children_of(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def ends_within(seconds: float, pid: int) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.05)
    return False


class Kept(QueryLog):
    """A log that keeps its records."""

    def __init__(self) -> None:
        self.records: list[QueryRecord] = []

    def write(self, record: QueryRecord) -> None:
        self.records.append(record)


FORMATS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}


@pytest.mark.parametrize("media_type", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("rows", [0, 1, 2, 1999, 3000])
def test_the_log_tells_rows_and_bytes(location: Path, media_type: str, rows: int) -> None:
    log = Kept()
    with Sandbox(Limits(rows=2000), log) as sandbox:
        body = sandbox.query(location, f"SELECT * {{ ?s ?p ?o . ?a ?b ?c }} LIMIT {rows}", {"solutions": media_type}).read()

    (record,) = log.records
    assert (record.rows, record.bytes, record.outcome) == (min(rows, 2000), len(body), "cut" if rows > 2000 else "complete")


@pytest.mark.parametrize(
    ("text", "rows", "outcome"),
    [
        pytest.param("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 7", 7, "complete", id="triples"),
        pytest.param("CONSTRUCT WHERE { ?s ?p ?o }", 100, "cut", id="too many triples"),
        pytest.param("ASK {}", None, "complete", id="boolean"),
        pytest.param("SELECT", None, "syntax", id="syntax"),
        pytest.param("SELECT * { SERVICE <http://h/> {} }", None, "refused", id="refused"),
        pytest.param("SELECT * {", None, "syntax", id="unbalanced"),
        pytest.param(ENDLESS, None, "time", id="time"),
    ],
)
def test_every_query_is_told_to_the_log_once(location: Path, text: str, rows: int | None, outcome: str) -> None:
    log = Kept()
    with Sandbox(Limits(seconds=0.5, rows=100), log) as sandbox, suppress(PqlodError):
        result = sandbox.query(location, text, OWN_MEDIA_TYPES)
        result.read()
        result.close()

    (record,) = log.records
    assert (record.text, record.rows, record.outcome) == (text, rows, outcome)


def test_a_result_that_is_closed_before_its_end_was_left(location: Path) -> None:
    log = Kept()
    with Sandbox(Limits(ahead=1), log) as sandbox:
        sandbox.query(location, "SELECT * { ?s ?p ?o . ?a ?b ?c }", {"solutions": "text/csv"}).close()

    assert [record.outcome for record in log.records] == ["left"]


def test_a_query_whose_client_leaves_is_ended(location: Path) -> None:
    log = Kept()
    with Sandbox(Limits(seconds=20), log) as sandbox:
        begin = time.monotonic()
        with pytest.raises(ClientLeft):
            sandbox.query(location, ENDLESS, OWN_MEDIA_TYPES, client=Client(has_left=lambda: time.monotonic() - begin > 0.5))

    assert time.monotonic() - begin < 5
    assert [record.outcome for record in log.records] == ["left"]


def test_results_that_are_left_lying_do_not_keep_others_out(location: Path) -> None:
    with Sandbox(Limits(seconds=0.5, ahead=1, concurrent=1)) as sandbox:
        left = [sandbox.query(location, "SELECT * { ?s ?p ?o . ?a ?b ?c }", {"solutions": "text/csv"}) for _ in range(3)]

        assert sandbox.evaluate(location, "ASK {}") is True
    assert len(left) == 3


def test_a_client_that_has_too_many_queries_is_refused_until_one_ends(location: Path) -> None:
    with Sandbox(Limits(ahead=1, concurrent_per_client=1)) as sandbox:

        def ask(name: str) -> Result:
            return sandbox.query(location, ALL, {"solutions": "text/csv"}, client=Client(name))

        running = ask("ann")
        with pytest.raises(TooManyQueries):
            ask("ann")
        ask("bob").close()
        running.close()
        ask("ann").close()


def test_a_result_that_is_read_here_has_few_rows_and_bytes(location: Path) -> None:
    with Sandbox() as sandbox:
        shown = sandbox.query(location, ALL, OWN_MEDIA_TYPES, rows_read_here={"solutions": 3})
        found = parse_result(shown)
        large = "SELECT (GROUP_CONCAT(CONCAT(STR(?o), '" + "x" * 20_000 + "')) AS ?x) { ?s ?p ?o }"
        with pytest.raises(QueryLimitExceeded) as caught:
            sandbox.query(location, large, OWN_MEDIA_TYPES, rows_read_here={"solutions": 3}).read()

    assert isinstance(found, Solutions)
    assert (len(found.rows), shown.is_cut, caught.value.limit) == (3, True, "bytes")


def test_a_large_value_comes_in_pieces(location: Path) -> None:
    text = "SELECT (GROUP_CONCAT(CONCAT(STR(?o), '" + "x" * 10_000 + "')) AS ?x) { ?s ?p ?o }"
    with Sandbox() as sandbox:
        pieces = list(sandbox.query(location, text, {"solutions": "text/csv"}))

    assert sum(map(len, pieces)) > 10_000 * ITEMS
    assert max(map(len, pieces)) < 2**20


class Endpoint(BaseHTTPRequestHandler):
    """A SPARQL endpoint that knows one thing, and two addresses that lead elsewhere."""

    called: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.called.append(self.path)
        body = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "known"}}]}}'
        self.send_response(200 if self.path == "/sparql" else int(self.path[1:]))
        self.send_header("Location", "/sparql")
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    Endpoint.called.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_service_on_the_list_is_called(location: Path, endpoint: str) -> None:
    with Sandbox(Limits(calls=frozenset({f"{endpoint}/sparql"}))) as sandbox:
        found = sandbox.evaluate(location, f"SELECT * {{ SERVICE <{endpoint}/sparql> {{ ?x ?y ?z }} }}")

    assert isinstance(found, Solutions)
    assert found.rows == ({"x": Literal("known")},)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_service_that_redirects_is_not_followed(location: Path, endpoint: str, status: int) -> None:
    with Sandbox(Limits(calls=frozenset({f"{endpoint}/{status}"}))) as sandbox, pytest.raises(ServiceFailed):
        sandbox.evaluate(location, f"SELECT * {{ SERVICE <{endpoint}/{status}> {{ ?x ?y ?z }} }}")

    assert Endpoint.called == [f"/{status}"]
