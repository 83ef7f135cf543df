"""Writes in a process of its own: each is one generation or nothing."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from pqlod.errors import (
    BadParameter,
    Conflict,
    DatasetUnavailable,
    PqlodError,
    QueryLimitExceeded,
    QueryRefused,
    QuerySyntaxError,
    QueryTooLarge,
    ServiceFailed,
    SourceError,
    StoreError,
)
from pqlod.store import updating
from pqlod.store.generations import Generations
from pqlod.store.query import Query
from pqlod.store.screening import Limits
from pqlod.store.updating import Document, Updater, Written

BASE = "http://example.com/update"
FIVE = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(5))


@pytest.fixture
def store(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "store")


@pytest.fixture
def updater(store: Generations) -> Iterator[Updater]:
    """An updater of a store whose first generation is empty and whose second has thirty triples."""
    updater = Updater(store.folder, Limits(seconds=2, query_length=1_000_000))
    updater.begin()
    triples = " ".join(f"<urn:{n}> <urn:p> 'text {n}' ." for n in range(30))
    updater.update(f"INSERT DATA {{ {triples} }}", base_iri=BASE)
    yield updater
    updater.close()


def count(store: Generations) -> int:
    return sum(1 for _ in store.dataset().store)


def turtle(text: str) -> Document:
    return Document(text.encode(), "text/turtle", "http://example.com/document")


def test_an_update_is_the_next_generation(store: Generations, updater: Updater) -> None:
    written = updater.update("DELETE WHERE { <urn:1> ?p ?o } ; INSERT DATA { <x> <urn:p> <y> }", base_iri=BASE)

    assert written == Written("changed", 3)
    assert store.current() == 3
    assert count(store) == 30
    assert store.dataset().ask(Query("ASK { <http://example.com/x> ?p <http://example.com/y> }"))


def test_declarations_may_come_before_any_operation(store: Generations, updater: Updater) -> None:
    text = (
        "BASE <urn:x/> INSERT DATA { <a> <p> 1 } ; PREFIX : <urn:y#> INSERT DATA { :a <p> 1 } ; "
        "PREFIX : <z#> DELETE WHERE { :a ?p 1 } ;"
    )

    updater.update(text, base_iri=BASE)

    found = store.dataset().select(Query("SELECT ?s { ?s <urn:x/p> 1 } ORDER BY ?s"))
    assert [str(term) for term in found.values("s")] == ["<urn:x/a>", "<urn:y#a>"]


def test_beginning_leaves_a_store_that_is_there(store: Generations, updater: Updater) -> None:
    updater.begin()

    assert store.numbers() == (1, 2)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        pytest.param("INSERT DATA { ?s ?p 1 }", QuerySyntaxError, "line 1, column", id="syntax"),
        pytest.param("CLEAR ALL;; CLEAR DEFAULT", QuerySyntaxError, "line 1, column", id="semicolons"),
        pytest.param("; CLEAR ALL", QuerySyntaxError, "line 1, column", id="semicolon-first"),
        pytest.param("CLEAR ALL; PREFIX nothing", QuerySyntaxError, "line 1, column", id="half-a-declaration"),
        pytest.param("CLEAR ALL; CLEAR NOTHING", QuerySyntaxError, "line 1, column", id="syntax-of-the-second"),
        pytest.param(
            "INSERT DATA { _:b <urn:p> 1 }; INSERT DATA { _:b <urn:p> 1 }", QuerySyntaxError, "blank node", id="shared-blank"
        ),
        pytest.param("CLEAR ALL; CREATE GRAPH <urn:g>; CREATE GRAPH <urn:g>", Conflict, "already exists", id="create"),
        pytest.param("CLEAR ALL; DROP GRAPH <urn:none>", Conflict, "does not exist", id="drop"),
        pytest.param("LOAD <http://127.0.0.1:1/>", QueryRefused, "LOAD is not allowed", id="load"),
        pytest.param("DELETE { ?s ?p 1 } WHERE { SERVICE <urn:x> { ?s ?p 1 } }", QueryRefused, "SERVICE", id="service"),
        pytest.param(f"CLEAR ALL; INSERT {{ ?s0 ?p0 1 }} WHERE {{ {FIVE} }}", None, "", id="of-nothing"),
        pytest.param(f"INSERT {{ ?s0 ?p0 1 }} WHERE {{ {FIVE} FILTER(?o0 > ?o1) }}", QueryLimitExceeded, "2 seconds", id="time"),
        pytest.param(
            "DELETE { ?s ?p 1 } WHERE { " + "OPTIONAL { ?s ?p 1 } " * 12_000 + "}",
            QueryTooLarge,
            "too complex",
            id="stack",
        ),
        pytest.param("DELETE WHERE { " + "{" * 200 + "}" * 200 + "}", QueryTooLarge, "nests deeper", id="nesting"),
    ],
)
def test_an_update_that_fails_changes_nothing(
    store: Generations, updater: Updater, text: str, error: type[PqlodError] | None, message: str
) -> None:
    if error is None:
        assert updater.update(text, base_iri=BASE).generation == 3
        return
    with pytest.raises(error, match=message):
        updater.update(text, base_iri=BASE)

    assert (store.current(), count(store)) == (2, 30)
    assert updater.update("INSERT DATA { <urn:x> <urn:p> 1 }", base_iri=BASE).generation == 3
    assert count(store) == 31


def test_the_graphs_of_the_protocol_are_the_dataset_of_where(store: Generations, updater: Updater) -> None:
    updater.put("urn:g", [turtle("<urn:only> <urn:p> 1 .")])

    updater.update("INSERT { ?s <urn:found> true } WHERE { ?s ?p ?o }", base_iri=BASE, default_graphs=["urn:g"])

    found = store.dataset().select(Query("SELECT ?s { ?s <urn:found> true }"))
    assert [str(term) for term in found.values("s")] == ["<urn:only>"]
    with pytest.raises(BadParameter, match="names its graphs itself"):
        updater.update("WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", base_iri=BASE, named_graphs=["urn:g"])


@pytest.mark.parametrize("graph", ["urn:g", None], ids=["named", "default"])
def test_a_graph_is_put_added_to_and_deleted(store: Generations, updater: Updater, graph: str | None) -> None:
    pattern = "GRAPH <urn:g> { ?s ?p ?o }" if graph else "?s ?p ?o"
    size = Query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    sizes = []

    outcomes = []
    for write in (
        lambda: updater.put(graph, [turtle("<a> <urn:p> [] , 1 .")]),
        lambda: updater.put(graph, [turtle("<a> <urn:p> [] .")]),
        lambda: updater.post(graph, [turtle("<a> <urn:p> [] ."), turtle("<b> <urn:p> [] .")]),
        lambda: updater.delete(graph),
        lambda: updater.delete(graph),
    ):
        outcomes.append(write().outcome)
        sizes.append(int(store.dataset().select(size).values("n")[0].value))

    assert sizes == [2, 1, 3, 0, 0]
    assert outcomes == (["created", "changed", "changed", "changed", "missing"] if graph else ["changed"] * 5)


def test_an_empty_graph_is_there(store: Generations, updater: Updater) -> None:
    assert [updater.put("urn:g", [turtle("")]).outcome, updater.put("urn:g", [turtle("")]).outcome] == ["created", "changed"]


def test_a_large_document_is_loaded(store: Generations, updater: Updater) -> None:
    updater.limits = replace(updater.limits, seconds=60)
    large = "\n".join(f"<urn:{n}> <urn:p> 'a text of some length, {n}' ." for n in range(90_000))

    assert updater.post("urn:g", [turtle(large)]).outcome == "created"
    assert count(store) == 90_030


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(turtle("<a> <urn:p> 1 . <b"), id="turtle"),
        pytest.param(turtle("<a> <urn:p> 1 .\n" * 400_000 + "<b"), id="large-turtle"),
        pytest.param(Document(b'{"@context": "http://127.0.0.1:1/", "a": 1}', "application/ld+json", BASE), id="remote-context"),
        pytest.param(Document(b"<rdf:RDF/>", "application/rdf+xml", BASE), id="xml"),
    ],
)
def test_a_document_that_is_damaged_changes_nothing(store: Generations, updater: Updater, document: Document) -> None:
    with pytest.raises(SourceError):
        updater.post("urn:g", [turtle("<urn:whole> <urn:p> 1 ."), document])

    assert (store.current(), count(store)) == (2, 30)


def test_what_an_update_changed_is_found_by_its_words(store: Generations, updater: Updater) -> None:
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    updater.update(f"INSERT {{ ?s {label} 'hospital' }} WHERE {{ ?s ?p 'text 7' }}", base_iri=BASE)

    assert [match.item.value for match in store.dataset().search("hospital")] == ["urn:7"]


def test_another_writer_is_waited_for_and_then_told(
    store: Generations, updater: Updater, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "PATIENCE", 0.2)
    with store.writing() as writing:
        with pytest.raises(StoreError, match=f"is being written by process {os.getpid()}"):
            updater.update("CLEAR ALL", base_iri=BASE)
        writing.unchanged()

    assert count(store) == 30


def test_a_writer_that_is_killed_changes_nothing(store: Generations, updater: Updater) -> None:
    lock = store.folder / "LOCK"

    def kill() -> None:
        while not lock.read_text().strip():
            time.sleep(0.01)
        time.sleep(0.3)
        os.kill(int(lock.read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(DatasetUnavailable, match="Nothing was changed"):
        updater.update(f"INSERT {{ ?s0 ?p0 1 }} WHERE {{ {FIVE} FILTER(?o0 > ?o1) }}", base_iri=BASE)
    killer.join()

    assert (store.current(), count(store)) == (2, 30)
    assert updater.update("CLEAR ALL", base_iri=BASE).generation == 3


class Site(BaseHTTPRequestHandler):
    """Has one document, and an address that leads to it."""

    asked: ClassVar[list[str]] = []
    document = b"<urn:loaded> <urn:p> 1 ."

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200 if self.path == "/data.ttl" else 302)
        self.send_header("Location", "/data.ttl")
        self.send_header("Content-Type", "text/turtle")
        self.send_header("Content-Length", str(len(self.document)))
        self.end_headers()
        self.wfile.write(self.document)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def caller(store: Generations, site: str) -> Iterator[Updater]:
    """An updater of an empty store, which may call two addresses of the site."""
    updater = Updater(store.folder, Limits(calls=frozenset({f"{site}/data.ttl", f"{site}/other.ttl"})))
    updater.begin()
    yield updater
    updater.close()


def test_a_document_on_the_list_is_loaded_with_one_request(store: Generations, caller: Updater, site: str) -> None:
    caller.update(f"LOAD <{site}/data.ttl> INTO GRAPH <urn:g>", base_iri=BASE)

    assert store.dataset().ask(Query("ASK { GRAPH <urn:g> { <urn:loaded> ?p ?o } }"))
    assert Site.asked == ["/data.ttl"]


def test_a_document_that_redirects_is_not_followed(store: Generations, caller: Updater, site: str) -> None:
    with pytest.raises(ServiceFailed, match="nothing was changed"):
        caller.update(f"INSERT DATA {{ <urn:s> <urn:p> 1 }} ; LOAD <{site}/other.ttl>", base_iri=BASE)

    assert (store.current(), count(store)) == (1, 0)
    assert Site.asked == ["/other.ttl"]


def test_the_place_of_a_mistake_is_that_in_the_text(caller: Updater) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        caller.update("BASE <urn:x> INSERT DATA {}\n; CLEAR NOTHING", base_iri=BASE)

    assert (caught.value.line, caught.value.column) == (2, 16)
