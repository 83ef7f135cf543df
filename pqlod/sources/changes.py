"""Writes changes of quads to a store, what is all new as lines of N-Quads and beside other work."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from pyoxigraph import RdfFormat, Store

from pqlod.rdf import DefaultGraph, NamedNode, Quad, Term

Row = tuple[NamedNode, NamedNode, Term, NamedNode | None]  # a quad, None for the default graph

DEFAULT = DefaultGraph()
# From this many lines on, loading them in bulk is faster than a transaction.
BULK = 20_000


@dataclass
class Changes:
    """Quads that go into a store and out of it. ``added`` and ``removed`` count triples of the default graph."""

    lines: list[str] = field(default_factory=list)
    quads: list[Quad] = field(default_factory=list)
    stale: list[Quad] = field(default_factory=list)
    added: int = 0
    removed: int = 0
    subjects: set[NamedNode] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.lines or self.quads or self.stale)

    def add_new(self, rows: Iterable[Row]) -> None:
        """Takes rows of which none can be in the store."""
        # Text costs a third of what Quad objects do, and is parsed without holding up Python (tried).
        last = None
        for s, p, o, graph in rows:
            if graph is not None:
                self.lines.append(f"{s} {p} {o} {graph} .\n")
                continue
            self.lines.append(f"{s} {p} {o} .\n")
            self.added += 1
            if s is not last:
                self.subjects.add(s)
                last = s

    def replace(self, old: Iterable[Row], new: Iterable[Row]) -> None:
        """Takes what stands in the store and what shall stand there instead."""
        before, after = set(_quads(old)), set(_quads(new))
        quads, stale = after - before, before - after
        self.quads += quads
        self.stale += stale
        self.added += sum(quad.graph_name == DEFAULT for quad in quads)
        self.removed += sum(quad.graph_name == DEFAULT for quad in stale)
        self.subjects.update(
            quad.subject for quad in quads | stale if quad.graph_name == DEFAULT and isinstance(quad.subject, NamedNode)
        )


class Writer:
    """Writes changes to a store, one after another, in a thread of its own; ``settle`` waits until all is written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown()
        if error is None:
            self.settle()

    def write(self, changes: Changes) -> None:
        self.settle()
        if changes:
            self._pending = self._thread.submit(_write, self._store, changes)

    def settle(self) -> None:
        """Waits for what is being written; raises what the store raised."""
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()


def _write(store: Store, changes: Changes) -> None:
    for quad in changes.stale:
        store.remove(quad)
    store.extend(changes.quads)
    text = "".join(changes.lines).encode()
    if len(changes.lines) >= BULK:
        store.bulk_load(text, RdfFormat.N_QUADS, lenient=True)
    else:
        store.load(text, RdfFormat.N_QUADS, lenient=True)


def _quads(rows: Iterable[Row]) -> Iterator[Quad]:
    return (Quad(s, p, o, graph or DEFAULT) for s, p, o, graph in rows)
