"""Checks resources of a store by the shapes of ontology/shapes.ttl (SHACL): pySHACL does, batch by batch, where there are many
in several processes.

    resources ─▶ batches: their triples, and the classes of what they lead to ─▶ pySHACL ─▶ breaches ─▶ findings

pySHACL looks at some hundred resources a second, and would slow down a large load several times. So of each kind a sample
is checked, always the same one, unless all are asked for; the report says how many.
"""

import logging
import os
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import blake2b
from heapq import nsmallest
from itertools import groupby
from multiprocessing import get_context
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store, parse, serialize

from pqlod.assets import asset
from pqlod.errors import CheckError
from pqlod.processes import end_with_parent
from pqlod.rdf import PROV, RDF, RDFS, BlankNode, DefaultGraph, Literal, NamedNode, Namespace, Term, Triple

if TYPE_CHECKING:
    import rdflib
    from rdflib.term import Node

SH = Namespace("http://www.w3.org/ns/shacl#")
SHAPES = "ontology/shapes.ttl"
SAMPLE = 500  # of each kind
AT_ONCE = 200  # resources, each with its parts
EXAMPLES = 3
LONGEST_VALUE = 80  # characters that are shown of a value
DEFAULT = DefaultGraph()


class Extent(Enum):
    """How much is checked of what a load changed."""

    ALL = "all"
    SAMPLE = "sample"
    NONE = "none"


@dataclass(frozen=True)
class Rule:
    """What a shape asks of a property, in words. ``is_violation``: what breaks it is wrong, and not only incomplete."""

    shape: str
    property: str
    message: str
    is_violation: bool

    def __str__(self) -> str:
        return f"{self.shape}, {self.property}: {self.message}"


@dataclass(frozen=True)
class Breach:
    """A resource that breaks a rule, with the value that does, or "" if it is not about a value."""

    rule: Rule
    resource: str
    value: str = ""


@dataclass(frozen=True)
class Finding:
    """How often a rule is broken, and the first examples, fit to be shown."""

    rule: Rule
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        mark = "violation" if self.rule.is_violation else "warning"
        return "\n".join([f"  {mark:<9}  {self.count:>9,}  {self.rule}", *(f"{'':24}{example}" for example in self.examples)])


@dataclass(frozen=True)
class Checked:
    """What the shapes say. ``str(checked)`` is the report, fit to be shown.

    ``counts`` has for each kind how many resources were checked, and how many there were; ``shapeless`` of those looked at
    have no class that a shape is for.
    """

    counts: Mapping[str, tuple[int, int]]
    shapeless: int
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that make data wrong."""
        return tuple(finding for finding in self.findings if finding.rule.is_violation)

    def __str__(self) -> str:
        counts = (f"{kind} {done:,}" + (f" of {of:,}" if done < of else "") for kind, (done, of) in sorted(self.counts.items()))
        line = f"checked by shape in {self.seconds:.1f} s: {', '.join(counts) or 'nothing'}"
        shapeless = [f"  {self.shapeless:,} have no shape"] if self.shapeless else []
        return "\n".join([line, *shapeless, *(map(str, self.findings) if self.findings else ["  nothing found"])])


@dataclass(frozen=True)
class Checking:
    """How far a check has come."""

    place: int
    done: int
    total: int
    seconds: float

    def __str__(self) -> str:
        return f"checking by shape: {self.done:,} of {self.total:,} resources, {self.seconds:.0f} s"


def check_resources(
    store: Store,
    resources: Mapping[str, Collection[str]],
    extent: Extent = Extent.SAMPLE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Checked:
    """What the shapes say of resources of the default graph and of their parts; their IRIs are given by kind.

    A sample are the 500 of each kind whose IRIs hash lowest: the same ones, in whatever order they came. CheckError if a
    process that checks is ended.
    """
    started = time.monotonic()
    chosen = {kind: _chosen(of_kind, extent) for kind, of_kind in resources.items()}
    batches = Batches(store, chosen)
    tally = Tally(store)
    total = sum(map(len, chosen.values()))
    for done, breaches in _breaches(batches, workers=min(os.cpu_count() or 1, -(-total // AT_ONCE))):
        tally.add(breaches)
        progress(done, total)
    counts = {kind: (batches.with_shape[kind], len(of_kind)) for kind, of_kind in resources.items()}
    return Checked(counts, batches.shapeless, tally.findings(), time.monotonic() - started)


def merged(checks: Sequence[Checked]) -> Checked:
    """What several checks found together."""
    counts: dict[str, tuple[int, int]] = {}
    found: dict[Rule, list[Finding]] = {}
    for one in checks:
        for kind, (done, of) in one.counts.items():
            before = counts.get(kind, (0, 0))
            counts[kind] = before[0] + done, before[1] + of
        for finding in one.findings:
            found.setdefault(finding.rule, []).append(finding)
    findings = (
        Finding(rule, sum(one.count for one in same), tuple(each for one in same for each in one.examples)[:EXAMPLES])
        for rule, same in found.items()
    )
    return Checked(counts, sum(one.shapeless for one in checks), _ordered(findings), sum(one.seconds for one in checks))


@dataclass(frozen=True)
class Batch:
    """Some resources: their triples and the classes of what they lead to, as N-Triples, and the resources that have a shape."""

    triples: bytes
    focus: tuple[str, ...]
    size: int  # resources that it took, with a shape or not


class Batches:
    """The batches of the resources that were chosen; while they are gone through, it counts those that have a shape."""

    def __init__(self, store: Store, chosen: Mapping[str, Sequence[str]]) -> None:
        self._store, self._chosen = store, chosen
        self.with_shape: Counter[str] = Counter()
        self.shapeless = 0

    def __iter__(self) -> Iterator[Batch]:
        resources = [(kind, resource) for kind, of_kind in sorted(self._chosen.items()) for resource in of_kind]
        for first in range(0, len(resources), AT_ONCE):
            yield self._batch(resources[first : first + AT_ONCE])

    def _batch(self, resources: Sequence[tuple[str, str]]) -> Batch:
        triples: list[Triple] = []
        focus: dict[str, None] = {}
        for kind, resource in resources:
            described = list(self._description(NamedNode(resource)))
            with_shape = [str(s.value) for s, p, o in described if p == RDF.type and o in _targets()]
            triples += described
            focus.update(dict.fromkeys(with_shape))
            self.with_shape[kind] += bool(with_shape)
            self.shapeless += not with_shape
        triples += self._classes(triples)
        return Batch(serialize(triples, format=RdfFormat.N_TRIPLES) or b"", tuple(focus), len(resources))

    def _description(self, resource: NamedNode) -> Iterator[Triple]:
        """The triples of a resource and of its parts, the IRIs of which go on from its own."""
        parts = [resource]
        for part in parts:
            for quad in self._store.quads_for_pattern(part, None, None, DEFAULT):
                yield quad.triple
                leads_to = quad.object
                if isinstance(leads_to, NamedNode) and leads_to.value.startswith(f"{part.value}/") and leads_to not in parts:
                    parts.append(leads_to)

    def _classes(self, triples: Iterable[Triple]) -> list[Triple]:
        described = {s for s, _, _ in triples}
        links = {o for _, p, o in triples if p != RDF.type and isinstance(o, NamedNode | BlankNode)} - described
        return [quad.triple for link in links for quad in self._store.quads_for_pattern(link, RDF.type, None, DEFAULT)]


class Tally:
    """Breaches, counted by rule, the first ones kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counts: Counter[Rule] = Counter()
        self._examples: dict[Rule, list[Breach]] = {}

    def add(self, breaches: Iterable[Breach]) -> None:
        for breach in breaches:
            self._counts[breach.rule] += 1
            examples = self._examples.setdefault(breach.rule, [])
            if len(examples) < EXAMPLES:
                examples.append(breach)

    def findings(self) -> tuple[Finding, ...]:
        return _ordered(
            Finding(rule, count, tuple(map(self._shown, self._examples[rule]))) for rule, count in self._counts.items()
        )

    def _shown(self, breach: Breach) -> str:
        files = ", ".join(self._files(breach.resource))
        return f"<{breach.resource}>{breach.value and f' {breach.value}'}{files and f' from {files}'}"

    def _files(self, resource: str) -> list[str]:
        """The names or addresses of the files that told of a resource, or of what it is a part of, as the store knows them."""
        while resource:
            derived = self._store.quads_for_pattern(NamedNode(resource), PROV.wasDerivedFrom, None, None)
            if files := {name for quad in derived if isinstance(quad.object, NamedNode) for name in self._names(quad.object)}:
                return sorted(files)[:EXAMPLES]
            resource = resource.rpartition("/")[0]
        return []

    def _names(self, file: NamedNode) -> Iterator[str]:
        for property in (RDFS.label, PROV.hadPrimarySource):
            for quad in self._store.quads_for_pattern(file, property, None, None):
                if isinstance(quad.object, NamedNode | Literal):
                    yield quad.object.value


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (not finding.rule.is_violation, -finding.count, str(finding.rule))))


def _chosen(resources: Collection[str], extent: Extent) -> list[str]:
    if extent is Extent.NONE:
        return []
    if extent is Extent.ALL or len(resources) <= SAMPLE:
        return sorted(resources)
    return nsmallest(SAMPLE, resources, key=lambda resource: blake2b(resource.encode(), digest_size=8).digest())


@cache
def _targets() -> frozenset[Term]:
    """The classes that have a shape."""
    return frozenset(quad.object for quad in parse(path=str(asset(SHAPES))) if quad.predicate == SH.targetClass)


def _breaches(batches: Iterable[Batch], workers: int) -> Iterator[tuple[int, list[Breach]]]:
    """What each batch breaks, in their order, with how many resources are done; few batches are in memory at once."""
    done = 0
    if workers <= 1:  # a single batch is sooner done here than another process is started
        for batch in batches:
            done += batch.size
            yield done, breaches_of(batch)
        return
    pending: deque[tuple[int, Future[list[Breach]]]] = deque()
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin) as pool:
            for batch in batches:
                done += batch.size
                pending.append((done, pool.submit(breaches_of, batch)))
                while len(pending) > 2 * workers:
                    at, future = pending.popleft()
                    yield at, future.result()
            for at, future in pending:
                yield at, future.result()
    except BrokenProcessPool as error:
        raise CheckError(
            "A process that checks by the shapes has ended, perhaps for want of memory; --check none does without."
        ) from error


def _begin() -> None:
    """Another process leaves interrupts to its parent, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


# --- rdflib and pySHACL, which are imported where a batch is looked at, and not before ---


def breaches_of(batch: Batch) -> list[Breach]:
    """What the resources of a batch break, in an order that follows from it."""
    if not batch.focus:
        return []
    import pyshacl
    import rdflib

    with _unlogged():
        graph = rdflib.Graph()
        for quad in parse(batch.triples, format=RdfFormat.N_TRIPLES):
            graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    shapes = _shapes()
    breaches: list[Breach] = []
    for shape, focus in _by_shape(graph, shapes, batch.focus):
        # Named shapes are asked of named resources: by their targets, they would be asked of what these lead to as well.
        _, report, problem = pyshacl.validate(graph, shacl_graph=shapes, use_shapes=[shape], focus_nodes=focus)
        if not isinstance(report, rdflib.Graph):
            raise AssertionError(f"{shape} cannot be used: {problem}")
        breaches += _read(report, shapes, shape)
    return sorted(breaches, key=lambda breach: (breach.resource, str(breach.rule), breach.value))


@contextmanager
def _unlogged() -> Iterator[None]:
    """Without a line of log, and its traceback, for each literal that rdflib finds to be ill-typed."""
    logger = logging.getLogger("rdflib.term")
    logger.addFilter(_nothing)
    try:
        yield
    finally:
        logger.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _by_shape(graph: "rdflib.Graph", shapes: "rdflib.Graph", focus: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    from rdflib import RDF, SH, URIRef

    pairs = {
        (str(shape), iri)
        for iri in focus
        for class_ in graph.objects(URIRef(iri), RDF.type)
        for shape in shapes.subjects(SH.targetClass, class_)
    }
    for shape, of_shape in groupby(sorted(pairs), key=lambda pair: pair[0]):
        yield shape, [iri for _, iri in of_shape]


def _read(report: "rdflib.Graph", shapes: "rdflib.Graph", shape: str) -> Iterator[Breach]:
    from rdflib import RDF, SH, URIRef

    for result in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(result, SH.sourceShape)
        rule = Rule(
            shape=str(shapes.value(URIRef(shape), SH.name)),
            property=str(shapes.value(source, SH.name)),
            message=str(shapes.value(source, SH.message)),
            is_violation=report.value(result, SH.resultSeverity) == SH.Violation,
        )
        yield Breach(rule, str(report.value(result, SH.focusNode)), _shown_value(report.value(result, SH.value)))


def _shown_value(value: "Node | None") -> str:
    from rdflib import Literal, URIRef

    if value is None:
        return ""
    text = f"<{value}>" if isinstance(value, URIRef) else str(value)
    if isinstance(value, Literal):
        text = repr(text) if value.datatype is None else f"{text!r} ({value.datatype.fragment or value.datatype})"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


@cache
def _shapes() -> "rdflib.Graph":
    import rdflib

    return rdflib.Graph().parse(asset(SHAPES), format="turtle")


def _term(term: Term) -> "Node":
    """A term of pyoxigraph as one of rdflib, its text kept as it is."""
    import rdflib

    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, Literal):
        raise AssertionError(f"{term} is no term of RDF 1.1")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    # rdflib takes a text with the type xsd:string for another one than the same text without.
    datatype = None if term.datatype.value == str(rdflib.XSD.string) else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)
