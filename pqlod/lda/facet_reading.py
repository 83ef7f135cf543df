"""Reads the facets of a selector: what a list can be narrowed by, with how many items each choice leaves."""

import re
from collections.abc import Iterator
from functools import partial

from pqlod.errors import BadParameter
from pqlod.lda.model import FacetDeclaration, FacetKind
from pqlod.lda.paths import PropertyPath, parse_path
from pqlod.lda.reading import Node
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import PQLOD, RDFS, XSD, BlankNode, Literal, NamedNode

KINDS = {PQLOD[kind.value]: kind for kind in FacetKind}
NUMBERS = frozenset(
    XSD[name] for name in ("integer", "decimal", "nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte")
)
_NUMBER = re.compile(r"-?\d{1,15}", re.ASCII)


def read_facets(node: Node, vocabulary: Vocabulary) -> tuple[FacetDeclaration, ...]:
    """The members of the lists of ``pqlod:facets``, without those that cannot be used."""
    facets: dict[str, FacetDeclaration] = {}
    for described in _described(node):
        facet = described.report.usable(partial(_read, described, vocabulary))
        if facet and facet.name in facets:
            described.note(PQLOD.property, f"There is a facet {facet.name!r} already. Expected: one.")
        elif facet:
            facets[facet.name] = facet
    return tuple(facets.values())


def _described(node: Node) -> Iterator[Node]:
    for term in node.members(PQLOD.facets):
        if isinstance(term, NamedNode | BlankNode):
            yield node.node(term, PQLOD.facets)
        else:
            node.note(PQLOD.facets, f"{node.show(term)} is text. Expected: a resource with pqlod:property.")


def _read(node: Node, vocabulary: Vocabulary) -> FacetDeclaration | None:
    path = _path(node, vocabulary)
    if path is None:
        return None
    kind, steps = _kind(node), tuple(_steps(node))
    label = next(iter(node.texts(RDFS.label)), path.text)
    _check_range(node, vocabulary, path, kind)
    if kind is FacetKind.STEP and (not steps or list(steps) != sorted(set(steps))):
        node.fault(PQLOD.steps, "Expected: a list of whole numbers, ascending, at which the steps begin.")
    return FacetDeclaration(path, label, kind, steps)


def _path(node: Node, vocabulary: Vocabulary) -> PropertyPath | None:
    text = node.text(PQLOD.property)
    if not text:
        node.fault(PQLOD.property, "There is none. Expected: a property path such as by.label.")
        return None
    try:
        path = parse_path(text, vocabulary)
    except BadParameter as error:
        node.fault(PQLOD.property, str(error))
        return None
    if not all(step.property for step in path.steps):
        node.fault(PQLOD.property, f"{text!r} goes along any property. Expected: properties by their names.")
    return path


def _kind(node: Node) -> FacetKind:
    term = node.one(PQLOD.by)
    if term is None:
        return FacetKind.STEP if node.values(PQLOD.steps) else FacetKind.VALUE
    if not isinstance(term, NamedNode) or term not in KINDS:
        node.fault(PQLOD.by, f"{node.show(term)} is unknown. Expected: {', '.join(f'pqlod:{kind.value}' for kind in FacetKind)}.")
        return FacetKind.VALUE
    if KINDS[term] is not FacetKind.STEP and node.values(PQLOD.steps):
        node.note(PQLOD.steps, f"A facet by {node.show(term)} has no steps; they are ignored.")
    return KINDS[term]


def _steps(node: Node) -> Iterator[int]:
    for term in node.members(PQLOD.steps):
        if isinstance(term, Literal) and _NUMBER.fullmatch(term.value):
            yield int(term.value)
        else:
            node.fault(PQLOD.steps, f"{node.show(term)} is no whole number.")


def _check_range(node: Node, vocabulary: Vocabulary, path: PropertyPath, kind: FacetKind) -> None:
    """Years, months and steps are told by the type of values."""
    declared = vocabulary.range_of(path.last)
    if kind in (FacetKind.YEAR, FacetKind.MONTH) and declared != XSD.date:
        node.fault(PQLOD.property, f"{path.text!r} is not declared to have days. Expected: rdfs:range xsd:date.")
    if kind is FacetKind.STEP and declared not in NUMBERS:
        node.fault(
            PQLOD.property, f"{path.text!r} is not declared to have numbers. Expected: rdfs:range xsd:integer or the like."
        )
