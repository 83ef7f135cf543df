"""Whether the SPARQL text that a configuration holds is sound, told when it is read and not at the first request."""

import re
from collections.abc import Mapping

from pyoxigraph import Store

from pqlod.store.tokens import Kind, tokenize

_PLACE = re.compile(r"(Parser )?error at [^:]*: ?", re.IGNORECASE)


def group_problem(text: str, prefixes: Mapping[str, str]) -> str | None:
    """What is wrong with the inside of a group graph pattern, or None."""
    return query_problem(f"SELECT * WHERE {{ {text}\n }}", prefixes)


def order_problem(text: str, prefixes: Mapping[str, str]) -> str | None:
    """What is wrong with order conditions, or None."""
    return query_problem(f"SELECT * WHERE {{ ?item ?p ?o }} ORDER BY {text}", prefixes)


def query_problem(text: str, prefixes: Mapping[str, str]) -> str | None:
    """What is wrong with a query, or None.

    It is run over nothing, for that is how pyoxigraph tells. A query that asks other services is not, since it would.
    """
    if any(token.kind is Kind.WORD and token.text.upper() == "SERVICE" for token in tokenize(text)):
        return None
    try:
        Store().query(text, prefixes=dict(prefixes))
    except (SyntaxError, ValueError) as error:
        return f"Not SPARQL: {_PLACE.sub('', str(error))}. Expected: text that stands between the words around it."
    return None
