"""The variables of a request: what the configuration, the path and the parameters bind, and ``{name}`` in texts."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from pqlod.errors import BadParameter
from pqlod.lda.model import Endpoint, Variable
from pqlod.lda.templates import quote_iri
from pqlod.rdf import RDF, RDFS, BlankNode, Literal, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

_REFERENCE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")

Bindings = Mapping[str, Term]


def bind_variables(endpoint: Endpoint, template: Mapping[str, str], parameters: Mapping[str, str]) -> Bindings:
    """The terms of all variables: those of the configuration, then what the path says, then the parameters.

    A text of the request takes the type and language that the configuration declares for its variable. Variables
    that a query computes are left to ``compute_variables``. Raises BadParameter for a text that cannot be an IRI.
    """
    given = {**template, **parameters}
    bindings: dict[str, Term] = {}
    for name in endpoint.variables.keys() | given.keys():
        text = _text(name, endpoint.variables, given)
        if text is not None:
            bindings[name] = _term(endpoint.variables.get(name) or Variable(name), text, name in given)
    return MappingProxyType(bindings)


def compute_variables(endpoint: Endpoint, bindings: Bindings, dataset: Dataset) -> Bindings | None:
    """The bindings with those that queries compute; None if one of the queries has no solution."""
    computed = dict(bindings)
    for variable in endpoint.variables.values():
        if variable.map and variable.name not in bindings:
            argument = Literal(expand(variable.argument, computed))
            query = Query(variable.map.query, name=f"variable {variable.name}").substitute({variable.map.input: argument})
            terms = dataset.select(query).values(variable.map.output)
            if not terms:
                return None
            computed[variable.name] = _computed_term(variable, terms[-1])
    return MappingProxyType(computed)


def expand(text: str, bindings: Bindings) -> str:
    """The text with each ``{name}`` that is bound replaced by what it is bound to; other braces are text."""
    return _expand(text, lambda name: text_of(bindings[name]) if name in bindings else None)


def text_of(term: Term) -> str:
    """The text of a literal, or the IRI."""
    return str(term) if isinstance(term, BlankNode) or not hasattr(term, "value") else str(term.value)


def _expand(text: str, find: Callable[[str], str | None]) -> str:
    def replacement(match: re.Match[str]) -> str:
        found = find(match[1])
        return match[0] if found is None else found

    return _REFERENCE.sub(replacement, text)


def _text(name: str, variables: Mapping[str, Variable], given: Mapping[str, str], opened: tuple[str, ...] = ()) -> str | None:
    """What a variable says, its references filled in; None if it is unknown, computed, or refers to itself."""
    if name in given:
        return given[name]
    variable = variables.get(name)
    if variable is None or variable.map or name in opened:
        return None
    written = text_of(variable.value) if variable.value is not None else ""
    return _expand(written, lambda other: _text(other, variables, given, (*opened, name)))


def _term(variable: Variable, text: str, is_given: bool) -> Term:
    if variable.type == RDFS.Resource or (variable.type is None and isinstance(variable.value, NamedNode)):
        try:
            return NamedNode(quote_iri(text))
        except ValueError as error:
            if not is_given:
                return Literal(text)
            raise BadParameter(f"{text!r} is not an IRI.", parameter=variable.name, value=text, expected="an IRI") from error
    return _literal(variable, text)


def _literal(variable: Variable, text: str) -> Literal:
    value = variable.value if isinstance(variable.value, Literal) else Literal("")
    language = variable.language or value.language
    if language and variable.type is None:
        return Literal(text, language=language)
    datatype = variable.type or value.datatype
    return Literal(text) if datatype == RDF.langString else Literal(text, datatype=datatype)


def _computed_term(variable: Variable, term: Term) -> Term:
    """What a query computed, as it is, unless the variable declares a type (D42)."""
    return term if variable.type is None else _term(variable, text_of(term), is_given=False)
