"""Reads the variables of an API and of an endpoint, and tells which go round in circles."""

from collections.abc import Iterable, Mapping

from pqlod.lda.model import SparqlMap, Variable
from pqlod.lda.reading import Node
from pqlod.lda.syntax import query_problem
from pqlod.lda.templates import VARIABLE
from pqlod.rdf import API, ELDA, Literal, NamedNode, Term


def read_variables(*nodes: Node) -> Mapping[str, Variable]:
    """The variables by name; those of a later node replace those of an earlier one completely."""
    variables = {variable.name: variable for node in nodes for each in node.nodes(API.variable) if (variable := _read(each))}
    for name in variables:
        circle = _circle(name, variables)
        if circle:
            nodes[-1].note(API.variable, f"Circular, and left as it is: {' is '.join(f'{{{each}}}' for each in circle)}.")
    return variables


def _read(node: Node) -> Variable | None:
    name = node.text(API.name)
    if not name:
        node.fault(API.name, "The variable has no name.")
        return None
    type_iri = node.iri(API.type)
    value, language = node.one(API.value), node.text(API.lang) or ""
    if value is not None and node.graph.values(value, ELDA.mapFrom):
        return _computed(name, type_iri, language, next(iter(node.nodes(API.value))))
    if value is not None and not isinstance(value, Literal | NamedNode):
        node.fault(API.value, "A resource without a name. Expected: text, an IRI, or a resource with elda:mapFrom.")
    return Variable(name, value, type_iri, language)


def _computed(name: str, type_iri: NamedNode | None, language: str, node: Node) -> Variable:
    described = node.only_node(ELDA.mapWith)
    query = described.text(ELDA.mapQuery) if described else None
    if described is None or query is None:
        node.fault(ELDA.mapWith, "Expected: a resource with elda:mapQuery.")
        return Variable(name, type=type_iri, language=language)
    problem = query_problem(query, {})
    if problem:
        described.fault(ELDA.mapQuery, problem)
    sparql_map = SparqlMap(query, described.text(ELDA.mapIn) or "input", described.text(ELDA.mapOut) or "result")
    return Variable(name, None, type_iri, language, node.text(ELDA.mapFrom) or "", sparql_map)


def _circle(name: str, variables: Mapping[str, Variable], through: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names from one variable back to itself, if its text leads there."""
    if name in through:
        return (*through, name) if name == through[0] else ()
    inner = (other for other in _mentions(variables[name]) if other in variables)
    return next((circle for other in inner if (circle := _circle(other, variables, (*through, name)))), ())


def _mentions(variable: Variable) -> Iterable[str]:
    return (match[2] for text in (_text(variable.value), variable.argument) for match in VARIABLE.finditer(text))


def _text(value: Term | None) -> str:
    return value.value if isinstance(value, Literal | NamedNode) else ""
