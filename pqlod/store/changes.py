"""Which resources of the default graph an update may change, so that only their words are indexed again."""

from collections.abc import Callable, Iterable

from pyoxigraph import QuerySolutions

from pqlod.rdf import BlankNode, NamedNode, Resource
from pqlod.store.operations import Operation
from pqlod.store.tokens import Kind

MOST_CHANGED = 100_000  # resources; beyond that, all texts are as soon read again
Select = Callable[[str], QuerySolutions]


def changed_by(operation: Operation, select: Select) -> set[Resource] | None:
    """The resources that the operation may change, perhaps with others; None if that may be any.

    It must be asked before the operation is run, since what its WHERE matches then is what changes.
    """
    words = set(operation.words)
    if operation.is_of_graphs:
        return None if words & {"DEFAULT", "ALL"} or ("LOAD" in words and "INTO" not in words) else set()
    if not (operation.is_data or operation.is_delete_where or operation.is_modification):
        return None
    return set() if "WITH" in words else _named(operation, select)


def _named(operation: Operation, select: Select) -> set[Resource] | None:
    tokens = [token for template in operation.templates for token in template.outer_tokens()]
    names = dict.fromkeys(token.text for token in tokens if token.kind in {Kind.IRI, Kind.PREFIXED})
    variables = dict.fromkeys(token.text for token in tokens if token.kind is Kind.VARIABLE)
    queries = []
    if names:
        queries.append(f"SELECT ?name {{ VALUES ?name {{ {' '.join(names)} }} }}")
    if variables:
        queries.append(f"SELECT DISTINCT {' '.join(variables)} {_dataset(operation)} WHERE {operation.blocks[-1].text}")
    return _collected(term for query in queries for row in select(operation.prologue + query) for term in row)


def _dataset(operation: Operation) -> str:
    """The clauses of USING as those of a query."""
    clauses = [token.text for token in operation.blocks[-1].leading if token.text.upper() != "WHERE"]
    return " ".join("FROM" if text.upper() == "USING" else text for text in clauses) if operation.is_modification else ""


def _collected(terms: Iterable[object]) -> set[Resource] | None:
    found: set[Resource] = set()
    for term in terms:
        if isinstance(term, NamedNode | BlankNode):
            found.add(term)
        if len(found) > MOST_CHANGED:
            return None
    return found
