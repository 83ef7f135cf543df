"""Loads source files into a store: the whole flow from files over records to a published generation."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from pqlod.assets import asset
from pqlod.errors import SourceError
from pqlod.lda.config import read_configuration
from pqlod.lda.planning import index_plan
from pqlod.rdf import RDF, NamedNode, Quad
from pqlod.reports import Rejects, Report, Row
from pqlod.sources import SourceFile, source_of
from pqlod.sources.changes import DEFAULT, Changes, Writer
from pqlod.sources.files import files_in
from pqlod.sources.ledger import Ledger, Outcome
from pqlod.sources.origins import Origin, origin_of
from pqlod.sources.rdf_files import load_as_it_stands
from pqlod.sources.records import Record
from pqlod.sources.refusals import Refusal
from pqlod.store.gathering import IndexPlan
from pqlod.store.generations import Generations, Writing
from pqlod.store.query import load_queries
from pqlod.validation import Checked, Checking, Extent, check_resources

STATEMENT = "RDF statement"
FILE = "file"
DESCRIBED = "resource described in RDF"
CONFLICT = "questions to which sources give different numbers"
# Resources, and quads of RDF files, that are held in memory before they are written.
RESOURCES_AT_ONCE = 10_000
QUADS_AT_ONCE = 100_000
# Up to this many changed items the index is told which they are; above it, it is made anew.
TOLD_ITEMS = 100_000
# From this many new triples on the store is put in order at the end: sorting all questions by date then takes half the time.
OPTIMISED = 200_000


@dataclass(frozen=True)
class Progress:
    """How far a load has come: the file in hand, its place among all, what was read and written, seconds since the start."""

    file: Path
    place: int
    files: int
    records: int
    triples: int
    seconds: float

    def __str__(self) -> str:
        rate = self.records / max(self.seconds, 0.001)
        return (
            f"[{self.place} of {self.files}] {self.file.name}: {self.records:,} records, "
            f"{self.triples:,} triples, {self.seconds:.0f} s, {rate:,.0f} records a second"
        )


Tell = Callable[[Progress | Checking], None]


@dataclass
class Load:
    """A load while it goes on: what was counted so far, and how it is told."""

    writing: Writing
    writer: Writer
    files: tuple[Path, ...]
    progress: Tell
    rejects: Rejects
    extent: Extent  # of what is checked by the shapes
    started: float = field(default_factory=time.monotonic)
    place: int = 0  # of the file in hand, from 1
    read: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    new_statements: int = 0
    added: int = 0
    removed: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    is_written: bool = False
    changed: set[NamedNode] = field(default_factory=set)
    described: set[str] = field(default_factory=set)  # IRIs of what statements of RDF files are about
    checked: Checked | None = None

    def __post_init__(self) -> None:
        self.was_empty = self.writing.is_empty
        self.ledger = Ledger(self.writing.store, self.writer)

    def take(self, path: Path) -> None:
        """Takes a file's records or quads; what is wrong with it goes to the rejects, and the next file may come."""
        self.place += 1
        file = SourceFile(path)
        try:
            self._take_all(file)
        except SourceError as error:
            self.rejects.add(path, Refusal(error.problem, error.place, FILE))
        self.notes += file.notes

    def finish(self) -> None:
        """Writes what is still in hand, and tells the store what changed."""
        self._flush()
        self.writer.settle()
        if not self.is_written:
            self.writing.unchanged()
            return
        if self.added >= OPTIMISED:
            self.writing.store.optimize()
        # A statement of an RDF file may change the text of any item that leads to it.
        if not self.was_empty and not self.new_statements and len(self.changed) <= TOLD_ITEMS:
            self.writing.changed(self.changed)

    def check(self) -> Checked | None:
        """What the shapes say of what this load changed; None if they are not asked."""
        if self.extent is Extent.NONE:
            return None
        changed: dict[str, list[str]] = {}
        for resource, (kind, outcome) in self.ledger.outcomes.items():
            if outcome is not Outcome.UNCHANGED:
                changed.setdefault(kind, []).append(resource)
        if described := self.described.difference(*changed.values()):
            changed[DESCRIBED] = list(described)
        self.checked = check_resources(self.writing.store, changed, self.extent, self._show_checking)
        return self.checked

    def report(self, generation: int | None) -> Report:
        warnings = {**self.notes, CONFLICT: len(self.ledger.conflicts)}
        checking = self.checked.seconds if self.checked else 0.0
        return Report(
            rows=self._rows(), added=self.added, removed=self.removed, seconds=time.monotonic() - self.started - checking,
            generation=generation, refusals=tuple(self.rejects.first), rejects=self.rejects.written,
            warnings=warnings, checked=self.checked, is_discarded=self.writing.is_discarded,
        )  # fmt: skip

    def _take_all(self, file: SourceFile) -> None:
        if self._take_as_it_stands(file):
            return
        quads: list[Quad] = []
        origin = origin_of(file)
        for item in source_of(file).read(file):
            if isinstance(item, Quad):
                quads.append(item)
                if len(quads) >= QUADS_AT_ONCE:
                    self._write(quads, file.path)
            elif isinstance(item, Refusal):
                self.read[item.kind] += 1
                self.rejects.add(file.path, item)
            else:
                self._tell(item, file, origin)
        self._write(quads, file.path)
        self._show(file.path)

    def _take_as_it_stands(self, file: SourceFile) -> bool:
        """Takes a file of N-Quads in bulk, if nothing was in the store before and nothing of it needs to be looked at."""
        if not self.was_empty or self.is_written or len(self.ledger):
            return False
        read = load_as_it_stands(file, self.writing.store)
        if not read:
            return False
        self.read[STATEMENT] += read
        self.new_statements = self.added = len(self.writing.store)
        self.is_written = True
        if self.extent is not Extent.NONE:
            typed = self.writing.store.quads_for_pattern(None, RDF.type, None, DEFAULT)
            self.described.update(quad.subject.value for quad in typed if isinstance(quad.subject, NamedNode))
        self._show(file.path)
        return True

    def _tell(self, record: Record, file: SourceFile, origin: Origin) -> None:
        if file.capture is not None:  # payloads of a harvest come in the order in which they were fetched
            record = replace(record, as_of=file.capture.fetched.date())
        self.read[record.kind] += 1
        if not self.ledger.tell(record, origin, is_later=file.capture is not None):
            self.again[record.kind] += 1
        if len(self.ledger) >= RESOURCES_AT_ONCE:
            self._flush()
            self._show(file.path)

    def _flush(self) -> None:
        changes = self.ledger.flush()
        self.added += changes.added
        self.removed += changes.removed
        self.is_written |= bool(changes)
        if len(self.changed) <= TOLD_ITEMS:
            self.changed |= changes.subjects

    def _write(self, quads: list[Quad], path: Path) -> None:
        self.writer.settle()
        new = [quad for quad in dict.fromkeys(quads) if quad not in self.writing.store]
        self.writer.write(Changes(quads=new))
        if quads:
            self.read[STATEMENT] += len(quads)
        if self.extent is not Extent.NONE:
            of_data = (quad for quad in new if quad.graph_name == DEFAULT)
            self.described.update(quad.subject.value for quad in of_data if isinstance(quad.subject, NamedNode))
        self.new_statements += len(new)
        self.added += len(new)
        self.is_written |= bool(new)
        quads.clear()
        self._show(path)

    def _show(self, path: Path) -> None:
        seconds = time.monotonic() - self.started
        self.progress(Progress(path, self.place, len(self.files), self.read.total(), self.added, seconds))

    def _show_checking(self, done: int, total: int) -> None:
        self.progress(Checking(len(self.files) + 1, done, total, time.monotonic() - self.started))

    def _rows(self) -> Mapping[str, Row]:
        became = Counter(self.ledger.outcomes.values())
        kinds = sorted({kind for kind, _ in became} | set(self.read) | set(self.rejects.counts))
        rows = {
            kind: Row(
                read=self.read[kind], again=self.again[kind], refused=self.rejects.counts[kind],
                new=became[kind, Outcome.NEW], changed=became[kind, Outcome.CHANGED], unchanged=became[kind, Outcome.UNCHANGED],
            )
            for kind in kinds
        }  # fmt: skip
        if STATEMENT in rows:
            read = self.read[STATEMENT]
            rows[STATEMENT] = Row(read=read, new=self.new_statements, unchanged=read - self.new_statements)
        return rows


def load(
    files: Iterable[Path],
    folder: Path,
    *,
    progress: Tell = lambda progress: None,
    rejects: Path | None = None,
    generations: Generations | None = None,
    check: Extent = Extent.NONE,
    strict: bool = False,
) -> Report:
    """Loads files, and those in folders, into the store in ``folder``, as one generation, which readers see whole or not at all.

    What is wrong in a file is refused, and told in ``rejects``, which is by default ``{folder}.rejects.jsonl``; the rest
    loads. ``check`` says how much of what it changes is checked by the shapes; ``strict``, that all is, and that nothing
    loads if a shape is violated. SourceError if a file is not there, or folders hold none; StoreError if the store cannot
    be written: then nothing is changed.
    """
    paths = _existing(files)
    generations = generations or Generations(folder, plan=own_plan)
    with closing(Rejects(rejects or folder.with_name(folder.name + ".rejects.jsonl"))) as refused:
        with generations.writing() as writing, Writer(writing.store) as writer:
            work = Load(writing, writer, paths, progress, refused, Extent.ALL if strict else check)
            for path in paths:
                work.take(path)
            work.finish()
            checked = work.check()
            if strict and checked and checked.violations:
                writing.discard()
            is_new = not (writing.is_unchanged or writing.is_discarded)
        return work.report(generations.current() if is_new else None)


def own_plan() -> IndexPlan:
    """What an index must know for the lists of pqlod's own API."""
    return index_plan(read_configuration(asset("ontology/api.ttl"), load_queries(asset("queries/api"))).apis)


def _existing(files: Iterable[Path]) -> tuple[Path, ...]:
    paths = tuple(files)
    for path in paths:
        if not path.exists():
            raise SourceError("No such file or folder.", source=str(path))
    found = tuple(dict.fromkeys(files_in(paths)))
    if paths and not found:
        raise SourceError("There is no file in it.", source=", ".join(map(str, paths)))
    return found
