"""SPARQL text that is a part of a query: what a client or a configuration writes into a selection or a view."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pqlod.errors import BadParameter
from pqlod.store.tokens import Kind, Token, line_and_column, tokenize

_BRACKETS = {"{": "}", "(": ")", "[": "]"}
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_AFTER_ORDER = frozenset({"LIMIT", "OFFSET", "VALUES"})


@dataclass(frozen=True)
class SubSelect:
    """A SELECT query as it stands inside another: without its prologue, its order lifted out where that can be done."""

    prefixes: Mapping[str, str]
    text: str
    order_by: str = ""


def check_fragment(text: str, parameter: str) -> None:
    """Raises BadParameter unless every bracket that the text opens is closed in it, and no other, and every string ends.

    So the text cannot leave the place that it is put into.
    """
    opened: list[str] = []
    for token in tokenize(text):
        if token.kind is Kind.OTHER:
            raise _misplaced(text, token, parameter, "what SPARQL has words for")
        if token.kind is Kind.PUNCTUATION and token.text in _BRACKETS:
            opened.append(_BRACKETS[token.text])
        elif token.kind is Kind.PUNCTUATION and token.text in _BRACKETS.values() and (not opened or opened.pop() != token.text):
            raise _misplaced(text, token, parameter, "brackets in pairs")
    if opened:
        expected = f"{opened[-1]} at its end"
        raise BadParameter(f"A bracket in {parameter} is not closed.", parameter=parameter, value=text, expected=expected)


def closed(text: str) -> str:
    """A piece of a group graph pattern with a stop at its end, so that whatever follows is another piece (D39)."""
    last = next((token for token in reversed(list(_meaningful(text))) if token.kind is not Kind.COMMENT), None)
    return text.strip() + ("" if last is None or last.text == "." else "\n.")


def split_select(text: str, parameter: str = "") -> SubSelect:
    """A SELECT query as a part of another. Raises BadParameter, which names the parameter, if it does not select ?item."""
    tokens = list(_meaningful(text))
    start = next((place for place, token in enumerate(tokens) if token.text.upper() == "SELECT"), None)
    prefixes = None if start is None else _prologue(tokens[:start])
    outer = [] if start is None else list(_outermost(tokens[start:]))
    projected = {token.text for token in outer[: _head_length(outer)]}
    if prefixes is None or not projected & {"?item", "$item", "*"}:
        raise BadParameter("This is no query for ?item.", parameter=parameter, value=text, expected="SELECT ?item WHERE { … }")
    return _with_order_lifted(text, outer, prefixes, projected)


def _prologue(tokens: list[Token]) -> Mapping[str, str] | None:
    """The prefixes that come before the word SELECT, or None if anything else does."""
    triples = [tokens[place : place + 3] for place in range(0, len(tokens), 3)]
    if not all(
        len(three) == 3 and three[0].text.upper() == "PREFIX" and three[1].text.endswith(":") and three[2].kind is Kind.IRI
        for three in triples
    ):
        return None
    return {name.text[:-1]: iri.text[1:-1] for _, name, iri in triples}


def _with_order_lifted(text: str, outer: list[Token], prefixes: Mapping[str, str], projected: Collection[str]) -> SubSelect:
    """Inside another query an order means nothing; so it moves out, with the variables that it speaks of."""
    whole = text[outer[0].start :]
    start, end = _order_clause(text, outer)
    conditions = text[start:end].strip()[len("ORDER") :].strip()[len("BY") :].strip()
    inside = list(_meaningful(conditions))
    if not conditions or any(token.text.upper() in _AGGREGATES for token in inside):
        return SubSelect(prefixes, whole)
    spoken_of = dict.fromkeys(token.text for token in inside if token.kind is Kind.VARIABLE)
    missing = [] if "*" in projected else [name for name in spoken_of if name not in projected]
    head = outer[_head_length(outer)].start
    is_needed_inside = any(token.text.upper() in ("LIMIT", "OFFSET") for token in outer)
    rest = text[head:] if is_needed_inside else text[head:start] + text[end:]
    return SubSelect(prefixes, " ".join([text[outer[0].start : head].strip(), *missing, rest.strip()]), conditions)


def _head_length(outer: list[Token]) -> int:
    """How many tokens come before a query's WHERE, or its brace."""
    ends = (place for place, token in enumerate(outer) if token.text.upper() in ("WHERE", "FROM", "{"))
    return next(ends, len(outer) - 1)


def _order_clause(text: str, outer: list[Token]) -> tuple[int, int]:
    """From where to where the ORDER BY clause goes."""
    start = next((place for place, token in enumerate(outer) if token.text.upper() == "ORDER"), None)
    if start is None:
        return len(text), len(text)
    ends = (token.start for token in outer[start:] if token.text.upper() in _AFTER_ORDER)
    return outer[start].start, next(ends, len(text))


def _outermost(tokens: list[Token]) -> Iterator[Token]:
    """The tokens outside all braces, and the braces themselves that open from there."""
    depth = 0
    for token in tokens:
        if token.text == "}":
            depth -= 1
        if depth == 0:
            yield token
        if token.text == "{":
            depth += 1


def _meaningful(text: str) -> Iterator[Token]:
    return (token for token in tokenize(text) if token.kind not in (Kind.SPACE, Kind.COMMENT))


def _misplaced(text: str, token: Token, parameter: str, expected: str) -> BadParameter:
    line, column = line_and_column(text, token.start)
    shown = token.text if len(token.text) <= 20 else token.text[:20] + "…"
    problem = f"{shown!r} is out of place in {parameter}, line {line}, column {column}."
    return BadParameter(problem, parameter=parameter, value=text, expected=expected)
