"""How graph patterns are written: terms with prefixes, and property chains as triples over shared variables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pqlod.lda.paths import Step, Steps
from pqlod.rdf import RDF, XSD, Literal, NamedNode, Term, local_name
from pqlod.store.tokens import Kind, tokenize

ITEM = "?item"
INDENT = "  "
_SIMPLE_LOCAL = re.compile(r"[A-Za-z_]([\w-]*\w)?", re.ASCII)


@dataclass(frozen=True)
class TermWriter:
    """Writes terms as SPARQL, by their prefixes where they have one."""

    prefixes: Mapping[str, str]

    def write(self, term: Term) -> str:
        if isinstance(term, NamedNode):
            return self._name(term)
        if not isinstance(term, Literal) or term.language or term.datatype == XSD.string:
            return str(term)
        if term.datatype == XSD.integer and re.fullmatch(r"\d+", term.value, re.ASCII):
            return term.value
        return f"{Literal(term.value)}^^{self._name(term.datatype)}"

    def _name(self, iri: NamedNode) -> str:
        local = local_name(iri.value)
        namespace = iri.value.removesuffix(local) if _SIMPLE_LOCAL.fullmatch(local) else None
        prefix = next((prefix for prefix, known in self.prefixes.items() if known == namespace), None)
        return str(iri) if prefix is None else f"{prefix}:{local}"

    def predicate(self, term: Term) -> str:
        return "a" if term == RDF.type else self.write(term)

    def prologue(self, body: str) -> str:
        """The declarations of the prefixes that a query's body uses."""
        used = {token.text.partition(":")[0] for token in tokenize(body) if token.kind is Kind.PREFIXED}
        return "".join(f"PREFIX {name}: <{self.prefixes[name]}>\n" for name in sorted(used) if name in self.prefixes)


class Variables:
    """Names for variables of one query: readable, and each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def fresh(self, *words: str) -> str:
        # The underscore keeps them apart from the variables of a configuration's own patterns.
        stem = "?_" + "_".join(re.sub(r"\W", "_", word, flags=re.ASCII) for word in words)
        name, number = stem, 1
        while name in self._given:
            number += 1
            name = f"{stem}_{number}"
        self._given.add(name)
        return name


def write_step(writer: TermWriter, variables: Variables, subject: str, step: Step, value: str) -> str:
    """One step as a triple; one to a number of days as a pattern that binds ``value``, a variable that nothing else has."""
    if step.days:
        return _write_days(writer, variables, subject, step.days, value)
    return write_triple(writer, variables, subject, step, value)


def write_triple(writer: TermWriter, variables: Variables, subject: str, step: Step, value: str) -> str:
    """One step as a triple; an inverse one has its ends exchanged."""
    predicate = writer.predicate(step.property) if step.property else variables.fresh("property")
    return f"{value} {predicate} {subject}" if step.is_inverse else f"{subject} {predicate} {value}"


def _write_days(writer: TermWriter, variables: Variables, subject: str, paths: tuple[Steps, Steps], value: str) -> str:
    triples: list[str] = []
    days: list[str] = []
    for steps in paths:
        days.append(subject)
        for step in steps:
            there = variables.fresh("day", *step_words((step,)))
            triples.append(write_step(writer, variables, days[-1], step, there))
            days[-1] = there
    # A duration is such as P3D, -P3D, or PT0S.
    duration = variables.fresh("duration")
    number = f'{writer.write(XSD.integer)}(STRBEFORE(REPLACE({duration}, "P", ""), "D"))'
    bindings = f'BIND (STR({days[1]} - {days[0]}) AS {duration}) BIND (IF({duration} = "PT0S", 0, {number}) AS {value})'
    return f"{' . '.join(triples)} . {bindings}"


def in_graph(pattern: str, graph: NamedNode | None) -> str:
    """The pattern, asked of a named graph if one is given."""
    return f"GRAPH {graph} {{ {pattern} }}" if graph else pattern


def step_words(steps: Iterable[Step]) -> tuple[str, ...]:
    """Words for the name of the variable at the end of a chain."""
    return tuple(
        ("of_" if step.is_inverse else "") + (local_name(step.property.value) if step.property else "any") for step in steps
    )


@dataclass
class _Place:
    """The end of a chain from the item: its variable, and whether items without it are left out."""

    variable: str
    is_required: bool = False


class Chains:
    """The chains that a selection follows from its items. One that begins like another shares its variables."""

    def __init__(self, writer: TermWriter, variables: Variables) -> None:
        self._writer, self._variables = writer, variables
        self._places: dict[tuple[Step, ...], _Place] = {}

    def require(self, steps: tuple[Step, ...]) -> str:
        """The variable at the end of a chain that every item must have."""
        for length in range(1, len(steps) + 1):
            self._place(steps[:length]).is_required = True
        return self._variable(steps)

    def offer(self, steps: tuple[Step, ...]) -> str:
        """The variable at the end of a chain that items may have."""
        for length in range(1, len(steps) + 1):
            self._place(steps[:length])
        return self._variable(steps)

    def triples(self) -> list[str]:
        """What every item must have."""
        return [self._triple(steps) for steps, place in self._places.items() if place.is_required]

    def optionals(self) -> list[str]:
        """What items may have: nested, so that a missing end does not take the beginning away."""
        return [
            self._optional(steps)
            for steps, place in self._places.items()
            if not place.is_required and (len(steps) == 1 or self._places[steps[:-1]].is_required)
        ]

    def _optional(self, steps: tuple[Step, ...]) -> str:
        inner = [
            self._optional(other)
            for other, place in self._places.items()
            if len(other) == len(steps) + 1 and other[:-1] == steps and not place.is_required
        ]
        return f"OPTIONAL {{ {' '.join([self._triple(steps) + ' .', *inner])} }}"

    def _triple(self, steps: tuple[Step, ...]) -> str:
        return write_step(self._writer, self._variables, self._variable(steps[:-1]), steps[-1], self._variable(steps))

    def _variable(self, steps: tuple[Step, ...]) -> str:
        return self._places[steps].variable if steps else ITEM

    def _place(self, steps: tuple[Step, ...]) -> _Place:
        if steps not in self._places:
            self._places[steps] = _Place(self._variables.fresh(*step_words(steps)))
        return self._places[steps]
