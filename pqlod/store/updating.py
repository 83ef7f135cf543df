"""Writes of clients, each of them one generation, made by a process of its own that can be ended: ``writer.py``.

Nothing that a client sends is parsed in this process; the tokens of an update are looked at, as those of a query are.
"""

import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pqlod.errors import (
    Conflict,
    DatasetError,
    DatasetUnavailable,
    PqlodError,
    QueryLimitExceeded,
    QueryTooLarge,
    ServiceFailed,
    SourceError,
    StoreError,
)
from pqlod.store.deadline import RETRY_AFTER
from pqlod.store.embedded import syntax_error
from pqlod.store.generations import KEPT
from pqlod.store.operations import with_graphs
from pqlod.store.pool import Pool, Worker, WorkerEnded
from pqlod.store.screening import Limits, called_in, screen

PROGRAM = ("-m", "pqlod.store.writer")
PATIENCE = 5.0  # seconds for which another writer is waited for
PUBLICATION = 120.0  # seconds that the publication of a generation may take, on a slow disk
OF_GRAPHS = ("already exists", "does not exist")  # what Oxigraph says of CREATE, DROP and their like that fail


@dataclass(frozen=True)
class Document:
    """RDF as it was sent: in a syntax of triples, by its media type; relative IRIs are those of the base."""

    body: bytes
    media_type: str
    base_iri: str


@dataclass(frozen=True)
class Written:
    """What came of a write, and the generation that has it."""

    outcome: Literal["changed", "created", "missing"]
    generation: int


class Updater:
    """Writes to the store in a folder, one after the other. It may be used from several threads, and in several processes.

    Each write raises StoreError while another process writes for long; QueryLimitExceeded at a limit; SourceError or
    QuerySyntaxError for what does not parse; then nothing was changed. DatasetUnavailable, if the writing process
    ended while it published, leaves open whether it did. So many generations are ``kept``.
    """

    def __init__(self, folder: Path, limits: Limits, kept: int = KEPT) -> None:
        self._folder, self.limits, self._kept = folder, limits, kept
        self._pool = Pool(limits, 1, PROGRAM)

    def begin(self) -> None:
        """Makes the store, with a first generation that is empty, where there is none."""
        self._write("begin")

    def update(
        self, text: str, *, base_iri: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()
    ) -> Written:
        """Runs a SPARQL update, the graphs being the dataset of its WHERE, if any are given.

        Raises also QuerySyntaxError, QueryTooLarge, QueryRefused; BadParameter where graphs are given and do not fit;
        Conflict where it creates a graph that is there, or drops one that is not.
        """
        screened = screen(text, self.limits)
        return self._write("update", text=with_graphs(screened, default_graphs, named_graphs), base_iri=base_iri)

    def put(self, graph: str | None, documents: Sequence[Document]) -> Written:
        """Makes the documents the contents of the graph; None is the default graph."""
        return self._write("put", documents, graph=graph)

    def post(self, graph: str | None, documents: Sequence[Document]) -> Written:
        """Adds the documents to the graph."""
        return self._write("post", documents, graph=graph)

    def delete(self, graph: str | None) -> Written:
        """Removes the graph."""
        return self._write("delete", graph=graph)

    def close(self) -> None:
        """Ends the process; one that is at work ends with its write."""
        self._pool.close()

    def _write(self, operation: str, documents: Sequence[Document] = (), **request: Any) -> Written:
        request |= {
            "operation": operation,
            "folder": str(self._folder.absolute()),
            "kept": self._kept,
            "seconds": self.limits.seconds,
            "patience": PATIENCE,
            "documents": [{"media_type": each.media_type, "base_iri": each.base_iri} for each in documents],
        }
        worker = self._pool.take()
        is_sound = False
        try:
            message = self._ask(worker, request, documents)
            is_sound = True
        finally:
            self._pool.give_back(worker, is_sound)
        if "kind" in message:
            raise self._failure(message, called_in(request.get("text", "")))
        return Written(message["outcome"], message["generation"])

    def _ask(self, worker: Worker, request: Mapping[str, Any], documents: Sequence[Document]) -> Mapping[str, Any]:
        """The last message of the writer about a request."""
        is_made = False
        try:
            worker.ask(request, *(each.body for each in documents))
            worker.allow(2 * self.limits.seconds + PATIENCE)
            letter, body = worker.hear()
            if letter == b"H":
                is_made = True
                worker.allow(PUBLICATION)
                letter, body = worker.hear()
        except WorkerEnded as ended:
            raise self._end(ended.status, is_made) from None
        message: dict[str, Any] = json.loads(body)
        return message

    def _failure(self, message: Mapping[str, str], called: Sequence[str]) -> PqlodError:
        text = message["message"]
        match message["kind"]:
            case "syntax" if message["operation"] == "update":
                return syntax_error(text)
            case "syntax":
                return SourceError(text)
            case "store":
                return StoreError(text)
            case "memory":
                return self._exceeded("memory", f"{self.limits.memory // 2**20} MB of memory")
            case _ if text.endswith(OF_GRAPHS):
                return Conflict(f"{text}. Nothing was changed.")
            case _ if called:
                return ServiceFailed(f"What the update calls has failed ({', '.join(called)}), and nothing was changed: {text}")
            case _:
                return DatasetError(f"The write failed, and nothing was changed: {text}")

    def _end(self, status: int, is_made: bool) -> PqlodError:
        """What it means that the writer died."""
        if is_made:
            return DatasetUnavailable("The process that wrote has ended while it published. Look whether what you sent is there.")
        if status == -signal.SIGALRM:
            return self._exceeded("time", f"{self.limits.seconds:g} seconds")
        if status == -signal.SIGSEGV:
            problem = "What was sent is too complex: it has too many parts, or parts nested too deep. Nothing was changed."
            return QueryTooLarge(problem, limit="complexity")
        if status == -signal.SIGABRT:
            return self._exceeded("memory", f"{self.limits.memory // 2**20} MB of memory")
        return DatasetUnavailable(f"The process that wrote has ended with status {status}. Nothing was changed.")

    def _exceeded(self, limit: str, amount: str) -> QueryLimitExceeded:
        problem = f"The write was ended at its limit of {amount}, and nothing was changed. Send it in parts."
        return QueryLimitExceeded(problem, limit=limit, retry_after=RETRY_AFTER)
