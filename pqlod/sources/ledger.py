"""Keeps in the store what every source told of each resource, and turns what is told anew into changes of quads.

For each source there is a named graph, ``http://data.parliament.uk/graphs/source/{source}``, which holds one JSON record
for each resource of which the source told. The triples of the default graph are a function of these records alone
(merging.py, quads.py). So what is stale after a change is known without a look at the data, and the order in which
files come has no say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import TypeVar

from pyoxigraph import Store

from pqlod.rdf import PQLOD, PROV, RDF, XSD, DefaultGraph, Literal, NamedNode, Quad, Term
from pqlod.sources.changes import Changes, Row, Writer
from pqlod.sources.json_records import from_json, to_json
from pqlod.sources.merging import merge, supersedes
from pqlod.sources.origins import Origin
from pqlod.sources.quads import iri, statements
from pqlod.sources.records import DATA, MENTION, LoneAnswer, Question, Record

GRAPHS = f"{DATA}graphs/source/"
ALIASES = NamedNode(f"{DATA}graphs/aliases")
RECORD, ALIAS, JSON, DATE_TIME = PQLOD.record, PQLOD.alias, RDF.JSON, XSD.dateTime
Value = TypeVar("Value")


class Outcome(IntEnum):
    """What became of a resource in a load."""

    UNCHANGED = 0
    CHANGED = 1
    NEW = 2


@dataclass(slots=True)
class Told:
    """What one source told: its JSON text, the IRI of the file that told it, and the record, made when it is asked for."""

    text: str
    file: str = ""
    _record: Record | None = None

    @property
    def record(self) -> Record:
        if self._record is None:
            self._record = from_json(self.text)
        return self._record


@dataclass(slots=True, eq=False)
class Entry:
    """A resource while it is in hand: what each source told of it, and what of that is in the store under which IRI."""

    iri: str
    told: dict[str, Told] = field(default_factory=dict)
    stored: dict[tuple[str, str], Told] = field(default_factory=dict)  # by IRI and source
    aliases: set[str] = field(default_factory=set)  # all IRIs by which it is meant, its own included
    stored_aliases: set[tuple[str, str]] = field(default_factory=set)

    @property
    def is_dirty(self) -> bool:
        told = {(self.iri, source): (told.text, told.file) for source, told in self.told.items()}
        stored = {place: (told.text, told.file) for place, told in self.stored.items()}
        return told != stored or self.other_names != self.stored_aliases

    @property
    def outcome(self) -> "Outcome":
        """What becomes of a dirty entry. That a source tells the same as of another day is no change of the resource."""
        if not self.stored:
            return Outcome.NEW
        places = {(self.iri, source): told for source, told in self.told.items()}
        is_same = places.keys() == self.stored.keys() and all(
            replace(told.record, as_of=None) == replace(self.stored[place].record, as_of=None) for place, told in places.items()
        )
        return Outcome.UNCHANGED if is_same and self.other_names == self.stored_aliases else Outcome.CHANGED

    @property
    def other_names(self) -> set[tuple[str, str]]:
        return {(self.iri, alias) for alias in self.aliases if alias != self.iri}

    def absorb(self, other: "Entry") -> None:
        """Takes over what is known of another entry, which turns out to mean the same resource."""
        for source, told in other.told.items():
            mine = self.told.get(source)
            if mine is None or supersedes(told.record, mine.record, is_same_load=True):
                self.told[source] = told
        self.stored |= other.stored
        self.aliases |= other.aliases
        self.stored_aliases |= other.stored_aliases


class Ledger:
    """What sources told, over a store: ``tell`` takes records, ``flush`` writes what changed since the last flush.

    ``outcomes`` tells of each resource its kind and what became of it, over all flushes; ``conflicts`` are
    the questions to which sources give different numbers. What is flushed goes to a writer, which may still be
    at it when the next records come.
    """

    def __init__(self, store: Store, writer: Writer) -> None:
        self._store, self._writer = store, writer
        self._was_empty = not store
        self._known: set[int] = set()  # hashes of the IRIs met so far: in a store that was empty, others need no look
        self._flying: frozenset[str] = frozenset()  # IRIs of the last flush
        self._entries: dict[str, Entry] = {}  # by each of their IRIs
        self._passing: dict[tuple[str, str], Record] = {}  # what is told in passing, by source and IRI
        self._origins: set[tuple[str, Origin]] = set()  # files met since the last flush, and the sources that tell in them
        self._sources: dict[str, frozenset[str]] = {}  # by IRI, who told of it in this load
        self.outcomes: dict[str, tuple[str, Outcome]] = {}
        self.conflicts: set[str] = set()

    def __len__(self) -> int:
        """How many resources are in hand since the last flush."""
        return len(self._entries)

    def tell(self, record: Record, origin: Origin | None = None, *, is_later: bool = False) -> bool:
        """Takes a record; true if no other one of this load told of the same resource before.

        ``origin`` is the file that tells it; ``is_later`` says that it was told after all that came before it, also in this load.
        """
        is_first = self._take(record, is_later, origin.iri if origin else "")
        if origin:
            self._origins.add((record.source, origin))
        for mention in record.mentions():
            place = mention.source, mention.iri
            known = self._passing.get(place)
            if known is None or (known != mention and supersedes(mention, known, is_same_load=True)):
                self._passing[place] = mention
        return is_first

    def flush(self) -> Changes:
        """Writes what changed since the last flush."""
        for mention in self._passing.values():
            self._take(mention)
        dirty = [entry for entry in _distinct(self._entries.values()) if entry.is_dirty]
        for entry in dirty:
            self._note(entry.iri, entry.outcome)
        changes = _changes(dirty)
        changes.quads += self._new_origins()
        self._writer.write(changes)
        self._known.update(map(hash, self._entries))
        self._flying = frozenset(self._entries)
        self._entries.clear()
        self._passing.clear()
        return changes

    def _new_origins(self) -> Iterator[Quad]:
        """What is to be told of the files that were met since the last flush."""
        rows = (Quad(*row, graph_of(source)) for source, origin in self._origins for row in origin.statements())
        yield from (quad for quad in rows if quad not in self._store)
        self._origins.clear()

    def _take(self, record: Record, is_later: bool = False, file: str = "") -> bool:
        entry = self._entry(record)
        sources = self._sources.get(entry.iri, frozenset())
        before, told = entry.told.get(record.source), Told(to_json(record), file, record)
        is_same_load = record.source in sources and not is_later
        if before is not None and told.text == before.text:
            entry.told[record.source] = max(before, told, key=attrgetter("file"))  # whatever the order of the files
        elif before is None or supersedes(record, before.record, is_same_load=is_same_load):
            entry.told[record.source] = told
            self._name(entry)
        self._sources[entry.iri] = _with(self._sources.get(entry.iri, frozenset()), record.source)
        self._note(entry.iri, Outcome.UNCHANGED, record.kind)
        return all(MENTION in source for source in sources)

    def _entry(self, record: Record) -> Entry:
        """The entry of the resource that a record means, be it known under one IRI, under several, or not at all."""
        found = _distinct(filter(None, (self._find(alias, record) for alias in record.aliases)))
        entry = found[0] if found else Entry(record.iri)
        for other in found[1:]:
            entry.absorb(other)
            self._sources[entry.iri] = self._sources.get(entry.iri, frozenset()) | self._sources.get(other.iri, frozenset())
            self.outcomes.pop(other.iri, None)
        entry.aliases.update(record.aliases)
        for alias in entry.aliases:
            self._entries[alias] = entry
        if len(found) > 1:
            self._name(entry)
        return entry

    def _find(self, alias: str, record: Record) -> Entry | None:
        if alias in self._entries:
            return self._entries[alias]
        if self._was_empty and hash(alias) not in self._known:
            return None
        if alias in self._flying:
            self._writer.settle()
            self._flying = frozenset()
        entry = self._read(alias)
        if entry is None and isinstance(record, Question | LoneAnswer):
            for quad in self._store.quads_for_pattern(None, ALIAS, NamedNode(alias), ALIASES):
                name = _value(quad.subject)
                return self._entries.get(name) or self._read(name)
        return entry

    def _read(self, name: str) -> Entry | None:
        entry = Entry(name, aliases={name})
        for quad in self._store.quads_for_pattern(NamedNode(name), RECORD, None, None):
            source = _value(quad.graph_name).removeprefix(GRAPHS)
            entry.told[source] = entry.stored[name, source] = Told(_value(quad.object))
        if not entry.told:
            return None
        for quad in self._store.quads_for_pattern(NamedNode(name), PROV.wasDerivedFrom, None, None):
            if told := entry.told.get(_value(quad.graph_name).removeprefix(GRAPHS)):
                told.file = _value(quad.object)
        entry.stored_aliases = {
            (name, _value(quad.object)) for quad in self._store.quads_for_pattern(NamedNode(name), ALIAS, None, ALIASES)
        }
        entry.aliases.update(alias for _, alias in entry.stored_aliases)
        self._entries.update(dict.fromkeys(entry.aliases, entry))
        return entry

    def _name(self, entry: Entry) -> None:
        """Gives a question the IRI of the number that is known by now."""
        records = [told.record for told in entry.told.values()]
        numbers = {record.number for record in records if isinstance(record, Question | LoneAnswer) and record.number}
        if len(numbers) > 1:
            self.conflicts.add(entry.iri)
        new = _merged(records)[0].iri
        if new != entry.iri:
            entry.aliases.add(new)
            self._entries[new] = entry
            _move(self._sources, entry.iri, new)
            _move(self.outcomes, entry.iri, new)
            entry.iri = new

    def _note(self, name: str, outcome: Outcome, kind: str = "") -> None:
        known, before = self.outcomes.get(name, (kind, Outcome.UNCHANGED))
        self.outcomes[name] = (known if known != LoneAnswer.kind else kind or known, max(before, outcome))


def graph_of(source: str) -> NamedNode:
    """The named graph in which is kept what a source told."""
    return iri(GRAPHS + source)


def _changes(entries: Iterable[Entry]) -> Changes:
    changes = Changes()
    for entry in entries:
        new = _rows({(entry.iri, source): told for source, told in entry.told.items()}, entry.other_names)
        if entry.stored:
            changes.replace(_rows(entry.stored, entry.stored_aliases), new)
        else:
            changes.add_new(new)
    return changes


def _rows(told: Mapping[tuple[str, str], Told], aliases: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """Everything that stands in the store because of what was told."""
    by_resource: dict[str, list[Record]] = {}
    for (name, source), one in told.items():
        by_resource.setdefault(name, []).append(one.record)
        yield from _kept(NamedNode(name), source, one)
    for name, records in by_resource.items():
        resource = NamedNode(name)
        for record in _merged(records):
            yield from ((s, p, o, None) for s, p, o in statements(record, resource))
    for name, alias in aliases:
        yield NamedNode(name), ALIAS, NamedNode(alias), ALIASES


def _kept(resource: NamedNode, source: str, told: Told) -> Iterator[Row]:
    graph = graph_of(source)
    yield resource, RECORD, Literal(told.text, datatype=JSON), graph
    if told.record.as_of is not None and MENTION not in source:
        yield resource, PROV.generatedAtTime, Literal(f"{told.record.as_of}T00:00:00Z", datatype=DATE_TIME), graph
    if told.file:
        yield resource, PROV.wasDerivedFrom, iri(told.file), graph


def _merged(records: list[Record]) -> tuple[Record, ...]:
    """What holds of the records of one resource: one record for each kind of thing that it is said to be."""
    if len(records) == 1:
        return (records[0],)
    kinds: dict[type[Record], list[Record]] = {}
    for record in records:
        kinds.setdefault(Question if isinstance(record, LoneAnswer) else type(record), []).append(record)
    return tuple(map(merge, kinds.values()))


def _value(term: Term | DefaultGraph) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def _move(known: dict[str, Value], old: str, new: str) -> None:
    if old in known:
        known[new] = known.pop(old)


def _distinct(entries: Iterable[Entry]) -> list[Entry]:
    return list({id(entry): entry for entry in entries}.values())


@lru_cache(maxsize=4096)
def _with(sources: frozenset[str], source: str) -> frozenset[str]:
    return sources | {source}  # cached, so that a million resources share a few sets
