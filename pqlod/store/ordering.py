"""How terms are written in an index, and how SPARQL orders them (SPARQL 1.1, 15.1 and 17.3).

A written term is a letter and its text, in one way only for each value, so that two terms match in the store if and
only if they are written alike. Terms of one kind compare. An odd term is one of which neither is known here: a double,
a date with a zone, a text that is no value of its datatype.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pqlod.rdf import XSD, Literal, NamedNode, Term

Key = tuple[str, Any]  # the kind, and what orders terms of that kind

IRI, STRING, NUMBER, DATE, INSTANT, LOCAL_INSTANT, BOOLEAN, TAGGED, ODD = "IsndzlbtX"
DECIMAL = "m"  # how a decimal is written; its kind is that of all numbers, but it is another term than an integer
ORDERED = frozenset({IRI, STRING, NUMBER, DATE, INSTANT, LOCAL_INSTANT})
# Kinds that compare with one another, but not always: an instant without a zone may be any of 28 hours.
UNSURE = frozenset({INSTANT, LOCAL_INSTANT})

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d*[1-9])?|24:00:00)(Z?)", re.ASCII)


def written(term: Term) -> str:
    """The term as it is written in an index."""
    if isinstance(term, NamedNode):
        return IRI + term.value
    if not isinstance(term, Literal):
        return ODD + str(term)
    if term.language:
        return f"{TAGGED}{term.language} {term.value}"
    if term.datatype == XSD.string:
        return STRING + term.value
    return _typed(term) or ODD + str(term)


def _typed(term: Literal) -> str | None:
    text, datatype = term.value, term.datatype
    if datatype == XSD.integer and _INTEGER.fullmatch(text):
        return f"{NUMBER}{int(text)}"
    if datatype == XSD.decimal and _DECIMAL.fullmatch(text):
        return f"{DECIMAL}{Decimal(text).normalize() + 0:f}"
    if datatype == XSD.date and _DAY.fullmatch(text) and _day(text):
        return DATE + text
    if datatype == XSD.dateTime and (match := _INSTANT.fullmatch(text)):
        return _instant(match)
    if datatype == XSD.boolean and text in ("true", "false", "1", "0"):
        return BOOLEAN + {"1": "true", "0": "false"}.get(text, text)
    return None


def _instant(match: re.Match[str]) -> str | None:
    day, time = _day(match[1]), match[2]
    if day and time == "24:00:00":
        day, time = (day + timedelta(1) if day < date.max else None), "00:00:00"
    return f"{INSTANT if match[5] else LOCAL_INSTANT}{day.isoformat()}T{time}" if day else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def key_of(text: str) -> Key:
    """What orders a written term among those of its kind."""
    kind, value = text[0], text[1:]
    return (NUMBER, Decimal(value)) if kind in (NUMBER, DECIMAL) else (kind, value)


def full_key(text: str) -> tuple[str, Any, str]:
    """The same, and after it what tells terms apart that are equal."""
    return (*key_of(text), text)


def term_of(text: str) -> Term | None:
    """The term that is written so, as it is written best; None for an odd one."""
    kind, value = text[0], text[1:]
    if kind == IRI:
        return NamedNode(value)
    if kind == TAGGED:
        language, _, value = value.partition(" ")
        return Literal(value, language=language)
    if kind == INSTANT:
        return Literal(f"{value}Z", datatype=XSD.dateTime)
    datatype = _DATATYPES.get(kind)
    return Literal(value, datatype=datatype) if datatype else None


_DATATYPES = {
    STRING: XSD.string,
    NUMBER: XSD.integer,
    DECIMAL: XSD.decimal,
    DATE: XSD.date,
    LOCAL_INSTANT: XSD.dateTime,
    BOOLEAN: XSD.boolean,
}
