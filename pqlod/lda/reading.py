"""Reads the properties of one resource of a configuration as Python values, and notes each mistake on the way."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pqlod.errors import Mistake, near
from pqlod.rdf import API, ELDA, PQLOD, RDF, RDFS, BlankNode, Graph, Literal, NamedNode, Resource, Term

TRUE = frozenset({"true", "yes"})
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(-?\d+)\s*([smhdw]?)")
_PREFIXES = {"api": API.iri, "elda": ELDA.iri, "pqlod": PQLOD.iri, "rdf": RDF.iri, "rdfs": RDFS.iri}

Value = TypeVar("Value")


class Report:
    """The mistakes of a configuration, each once; ``faults`` counts those that make what is being read unusable."""

    def __init__(self, mistakes: Iterable[Mistake] = ()) -> None:
        self._mistakes = dict.fromkeys(mistakes)
        self.faults = 0

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        return tuple(self._mistakes)

    def note(self, place: str, prop: NamedNode | None, problem: str) -> None:
        """A mistake that leaves the rest usable."""
        self._mistakes[Mistake(place, show(prop, _PREFIXES) if prop else "", problem)] = None

    def usable(self, read: Callable[[], Value]) -> Value | None:
        """What ``read`` gives, or None if it met a fault, which then is no fault of what is around it."""
        before = self.faults
        value = read()
        is_usable = self.faults == before
        self.faults = before
        return value if is_usable else None

    def fault(self, place: str, prop: NamedNode | None, problem: str) -> None:
        """A mistake without whose mending the endpoint, viewer or API cannot be used."""
        self.note(place, prop, problem)
        self.faults += 1


@dataclass(frozen=True)
class Node:
    """A resource of a configuration. ``place`` is how messages name it."""

    term: Resource
    place: str
    graph: Graph
    prefixes: Mapping[str, str]
    report: Report = field(repr=False, compare=False)

    def values(self, prop: NamedNode) -> tuple[Term, ...]:
        return self.graph.values(self.term, prop)

    def one(self, prop: NamedNode) -> Term | None:
        """The value of a property that may have one."""
        values = self.values(prop)
        if len(values) > 1:
            self.note(prop, f"{len(values)} values, of which only {self.show(values[0])} counts. Expected: one.")
        return values[0] if values else None

    def texts(self, prop: NamedNode) -> tuple[str, ...]:
        """The values as texts; the IRI of a resource is a text too."""
        return tuple(text for value in self.values(prop) if (text := self._as_text(prop, value)) is not None)

    def text(self, prop: NamedNode) -> str | None:
        value = self.one(prop)
        return None if value is None else self._as_text(prop, value)

    def integer(self, prop: NamedNode, minimum: int) -> int | None:
        text = self.text(prop)
        if text is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text) or int(text) < minimum:
            self.note(prop, f"{text!r} is ignored. Expected: a whole number, {minimum} or more.")
            return None
        return int(text)

    def seconds(self, prop: NamedNode) -> int | None:
        """A duration, such as 600 or ``"10m"``; None if it is absent or negative, which says "never"."""
        text = self.text(prop)
        match = _DURATION.fullmatch(text) if text else None
        if text and not match:
            self.note(prop, f"{text!r} is ignored. Expected: seconds, or a number with s, m, h, d or w.")
        return int(match[1]) * SECONDS[match[2]] if match and int(match[1]) >= 0 else None

    def boolean(self, prop: NamedNode, default: bool = False) -> bool:
        text = self.text(prop)
        return default if text is None else text.strip().lower() in TRUE

    def nodes(self, prop: NamedNode) -> tuple["Node", ...]:
        """The values, which must be resources."""
        return tuple(self.node(value, prop) for value in self._resources(prop))

    def only_node(self, prop: NamedNode) -> "Node | None":
        self.one(prop)
        return next(iter(self.nodes(prop)), None)

    def iri(self, prop: NamedNode) -> NamedNode | None:
        """The value, if it is a resource with a name."""
        node = self.only_node(prop)
        return node.term if node and isinstance(node.term, NamedNode) else None

    def node(self, term: Resource, prop: NamedNode) -> "Node":
        """A resource that this one leads to; one without a name of its own is named by the way to it."""
        is_named = isinstance(term, NamedNode)
        place = self.show(term) if is_named else f"{self.place} {show(prop, _PREFIXES)}"
        return Node(term, place, self.graph, self.prefixes, self.report)

    def lists(self, prop: NamedNode) -> tuple[tuple[Term, ...], ...]:
        """Each value as a tuple: the members of an RDF list, or the value alone."""
        return tuple(
            tuple(list_members(self.graph, value)) if self.graph.values(value, RDF.first) or value == RDF.nil else (value,)
            for value in self.values(prop)
        )

    def members(self, prop: NamedNode) -> tuple[Term, ...]:
        """The members of all its lists, in one."""
        return tuple(term for members in self.lists(prop) for term in members)

    def is_a(self, *classes: NamedNode) -> bool:
        return not set(classes).isdisjoint(self.values(RDF.type))

    def note(self, prop: NamedNode | None, problem: str) -> None:
        self.report.note(self.place, prop, problem)

    def fault(self, prop: NamedNode | None, problem: str) -> None:
        self.report.fault(self.place, prop, problem)

    def show(self, term: Term) -> str:
        return show(term, self.prefixes)

    def _as_text(self, prop: NamedNode, value: Term) -> str | None:
        if isinstance(value, Literal | NamedNode):
            return value.value
        self.fault(prop, "A resource without a name. Expected: text.")
        return None

    def _resources(self, prop: NamedNode) -> Iterator[Resource]:
        for value in self.values(prop):
            if isinstance(value, NamedNode | BlankNode):
                yield value
            else:
                self.fault(prop, f"{self.show(value)} is text. Expected: a resource.")


def list_members(graph: Graph, head: Term) -> Iterator[Term]:
    """The members of an RDF list; it ends where a cell has no rest, or a rest that came before."""
    seen: set[Term] = set()
    cell: Term | None = head
    while cell is not None and cell != RDF.nil and cell not in seen:
        seen.add(cell)
        yield from graph.values(cell, RDF.first)[:1]
        cell = graph.value(cell, RDF.rest)


def one_meant(name: str, known: Collection[str]) -> str:
    """What to write in place of a name that is not known: the one that it looks like, or any of them."""
    hint = near(name, known)
    return f"Did you mean {hint[0]!r}?" if hint else f"Expected one of: {', '.join(sorted(known)) or 'none are there'}."


def show(term: Term, prefixes: Mapping[str, str]) -> str:
    """A term as a person would write it: ``:qs``, ``api:filter``, ``<http://…>``, ``"text"``."""
    if not isinstance(term, NamedNode):
        return str(term)
    candidates = [(prefix, iri) for prefix, iri in prefixes.items() if term.value.startswith(iri) and iri]
    prefix, namespace = max(candidates, key=lambda pair: len(pair[1]), default=("", ""))
    local = term.value.removeprefix(namespace)
    return f"{prefix}:{local}" if namespace and re.fullmatch(r"[\w.-]*", local) else str(term)
