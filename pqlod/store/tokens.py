"""SPARQL text as tokens: where its strings, IRIs, comments, names and words begin and end.

The walk is lexical, takes time in proportion to the text, and never fails: what no token can begin with is a
token of kind OTHER. Joined, the tokens' texts are the text. It follows the terminals of SPARQL 1.1 (section 19.8)
by longest match, so ``?a<?b&&?c>?d`` holds an IRI; numbers are without their sign, punctuation is one character.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a token is. A LANGUAGE is ``@en``, a WORD a keyword, a function's name, ``a`` or ``true``."""

    SPACE = "space"
    COMMENT = "comment"
    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    BLANK = "blank"
    PREFIXED = "prefixed"
    LANGUAGE = "language"
    NUMBER = "number"
    WORD = "word"
    PUNCTUATION = "punctuation"
    OTHER = "other"


class Token(NamedTuple):
    """One token: its kind, its text as written, and the offset of its first character."""

    kind: Kind
    text: str
    start: int


_BASE = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_DIGITS_AND_MARKS = r"0-9\u00B7\u0300-\u036F\u203F\u2040"
_CHARS = rf"{_BASE}_{_DIGITS_AND_MARKS}\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_BASE}_:0-9]|{_PLX})(?:[{_CHARS}:]|{_PLX}|\.+(?=[{_CHARS}:%\\]))*+"

# Twenty dots in a prefix are enough; without a bound, a text like a.a.a.a… would be read again from each dot.
_PREFIX = rf"[{_BASE}](?:[{_CHARS}]*+\.+(?=[{_CHARS}])){{0,20}}[{_CHARS}]*+"

# An open string takes the whole rest: nothing sound can follow it, and reading on from each quote would cost the square.
_TERMINALS: dict[Kind, str] = {
    Kind.SPACE: r"[ \t\r\n]+",
    Kind.COMMENT: r"\#[^\r\n]*",
    Kind.IRI: r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>",
    Kind.STRING: (
        r"'''(?:'{0,2}(?:[^'\\]|\\.))*+'''"
        r'|"""(?:"{0,2}(?:[^"\\]|\\.))*+"""'
        r"|'(?!'')(?:[^'\\\r\n]|\\.)*+'"
        r'|"(?!"")(?:[^"\\\r\n]|\\.)*+"'
    ),
    Kind.VARIABLE: rf"[?$][{_BASE}_0-9][{_BASE}_{_DIGITS_AND_MARKS}]*",
    Kind.BLANK: rf"_:[{_BASE}_0-9](?:[{_CHARS}]|\.+(?=[{_CHARS}]))*+",
    Kind.PREFIXED: rf"(?:{_PREFIX})?:(?:{_LOCAL})?",
    Kind.LANGUAGE: r"@[A-Za-z]+(?:-{1,2}[A-Za-z0-9]+)*",
    Kind.NUMBER: r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+",
    Kind.WORD: rf"[{_BASE}_][{_BASE}_{_DIGITS_AND_MARKS}]*",
    Kind.PUNCTUATION: r"[{}()\[\].,;|/^*+?$!=<>&:@~-]",
    Kind.OTHER: r"['\"].*|.",
}
_KINDS = {kind.name: kind for kind in Kind}
_TOKEN = re.compile("|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _TERMINALS.items()), re.DOTALL)
_CODEPOINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U((?:0000|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4})")


def tokenize(text: str) -> Iterator[Token]:
    """Every token of a query or an update, in order, spaces and comments included."""
    for match in _TOKEN.finditer(text):
        yield Token(_KINDS[match.lastgroup or ""], match[0], match.start())


def may_be_keyword(token: Token, keyword: str) -> bool:
    """Could a parser that asks for no space around keywords read this keyword in the token?

    Oxigraph is one: ``trueSERVICE <…> {}``, ``SERVICE:name {}`` and ``SERVICESILENT <…> {}`` all call the service.
    """
    if token.kind is Kind.PREFIXED:
        return keyword.casefold() in token.text.partition(":")[0].casefold()
    return token.kind in (Kind.WORD, Kind.OTHER) and keyword.casefold() in token.text.casefold()


def decode_codepoints(text: str) -> str:
    r"""The text with ``\uXXXX`` and ``\UXXXXXXXX`` replaced, as SPARQL 1.1 (19.2) asks before a text is parsed."""
    return _CODEPOINT.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where an offset stands; both count from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
