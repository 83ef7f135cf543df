"""What the text of a stranger's query may hold before any parser sees it; the limits of such queries.

Oxigraph's parser has no switch for SERVICE, and some texts end its process; so the text is walked as tokens first.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from pqlod.errors import QueryRefused, QuerySyntaxError, QueryTooLarge
from pqlod.rdf import NamedNode
from pqlod.store.tokens import Kind, Token, decode_codepoints, line_and_column, may_be_keyword, tokenize

# Words that make Oxigraph call other hosts, and what to say of them.
REFUSED_WORDS = {
    "SERVICE": "SERVICE is not allowed here: this server does not ask that one. Ask the other endpoint yourself.",
    "LOAD": "LOAD is not allowed here: this server fetches nothing from there.",
}
# What can follow them in SPARQL; a token that only may hold such a word is left to Oxigraph.
CALLED_KINDS = {"SERVICE": {Kind.IRI, Kind.PREFIXED, Kind.VARIABLE}, "LOAD": {Kind.IRI, Kind.PREFIXED}}
PROLOGUE = {"PREFIX", "BASE", "VERSION"}
BRACKETS = {")": "(", "]": "[", "}": "{"}
INSIGNIFICANT = {Kind.SPACE, Kind.COMMENT}


@dataclass(frozen=True)
class Limits:
    """What a query of a stranger may use. Sizes are in bytes, but for ``query_length``, which is in characters."""

    seconds: float = 10.0
    rows: int = 1_000_000
    bytes: int = 256 * 2**20
    memory: int = 1024 * 2**20
    query_length: int = 200_000
    nesting: int = 100
    concurrent: int = 2
    waiting: int = 16
    waiting_seconds: float = 5.0
    concurrent_per_client: int = 4
    ahead: int = 2**20
    """So much of a result is held before the first byte goes out; a failure before that has a status of its own."""
    calls: frozenset[str] = frozenset()
    """The IRIs that SERVICE and LOAD may call, if they are written out."""


def screen(text: str, limits: Limits, own: str = "") -> str:
    """The text as a parser may see it: the same, its comments blanked. What is our ``own`` where it first stands is left alone.

    Raises QueryRefused for a call of another host, QueryTooLarge for a text too long or nested too deep,
    QuerySyntaxError for one whose strings or brackets are open. Comments go so that nothing that was taken for a comment
    here can be taken for something else by the parser.
    """
    if own:
        before, _, after = text.partition(own)
        screened = screen(f"{before} {after}", limits)  # apart, since they may be no word together
        return screened[: len(before)] + own + screened[len(before) + 1 :]
    check_length(text, limits)
    tokens = list(tokenize(text))
    check_tokens(tokens, text, limits)
    decoded = decode_codepoints(text)
    if decoded != text:
        _refuse_calls(list(_significant(tokenize(decoded))), decoded, limits.calls)
    return "".join(" " * len(token.text) if token.kind is Kind.COMMENT else token.text for token in tokens)


def check_length(text: str, limits: Limits) -> None:
    """Raises QueryTooLarge for a text that is too long to be looked at."""
    if len(text) > limits.query_length:
        raise QueryTooLarge(f"The query has {len(text)} characters; {limits.query_length} are allowed.", limit="query length")


def check_tokens(tokens: Iterable[Token], text: str, limits: Limits) -> None:
    """Raises as ``screen`` does, but for the text's length."""
    significant = list(_significant(tokens))
    _check_balance(significant, text, limits)
    _refuse_calls(significant, text, limits.calls)


def declared_prefixes(text: str) -> Mapping[str, str]:
    """The prefixes that a query declares with absolute IRIs, to write its graph with."""
    prologue = takewhile(
        lambda token: token.kind is not Kind.WORD or token.text.upper() in PROLOGUE, _significant(tokenize(text))
    )
    tokens = list(prologue)
    return {
        name.text.removesuffix(":"): iri.text[1:-1]
        for name, iri in pairwise(tokens)
        if name.kind is Kind.PREFIXED and iri.kind is Kind.IRI and _is_absolute(iri.text[1:-1])
    }


def called_in(text: str) -> tuple[str, ...]:
    """What a text that was let through, or is our own, calls by SERVICE or LOAD: IRIs, or variables as they stand there."""
    if not any(word.casefold() in text.casefold() for word in REFUSED_WORDS):
        return ()
    tokens, prefixes = list(_significant(tokenize(text))), declared_prefixes(text)
    places = (place for place, token in enumerate(tokens) if token.kind is Kind.WORD and token.text.upper() in REFUSED_WORDS)
    called = (_called(tokens[place : place + 3]) for place in places)
    return tuple(dict.fromkeys(_iri(token, prefixes) for token in called if token))


def _iri(token: Token, prefixes: Mapping[str, str]) -> str:
    if token.kind is Kind.PREFIXED:
        prefix, _, local = token.text.partition(":")
        return prefixes.get(prefix, f"{prefix}:") + local
    return token.text.strip("<>")


def _significant(tokens: Iterable[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.kind not in INSIGNIFICANT)


def _is_absolute(iri: str) -> bool:
    try:
        return bool(NamedNode(iri))
    except ValueError:
        return False


def _check_balance(tokens: list[Token], text: str, limits: Limits) -> None:
    """Brackets close what is open, and not too many are open at once; every string is closed."""
    is_open: list[Token] = []
    for token in _with_operators(tokens, text):
        if token.kind is Kind.OTHER and token.text[0] in "'\"":
            raise _syntax_error("This string is not closed.", text, token)
        if token.kind is not Kind.PUNCTUATION:
            continue
        if token.text in BRACKETS.values():
            is_open.append(token)
        elif token.text in BRACKETS and (not is_open or is_open.pop().text != BRACKETS[token.text]):
            raise _syntax_error(f"This {token.text!r} closes nothing that is open.", text, token)
        if len(is_open) > limits.nesting:
            raise QueryTooLarge(f"The query nests deeper than {limits.nesting} brackets.", limit="nesting")
    if is_open:
        raise _syntax_error(f"This {is_open[-1].text!r} is never closed.", text, is_open[-1])


def _with_operators(tokens: list[Token], text: str) -> Iterator[Token]:
    """The tokens, those IRIs taken apart that the parser may read as an operator ``<`` and what follows.

    ``FILTER((?a<2)&&(?b>1))`` is such a text. If the would-be IRI holds a ``#``, the two readings differ in where a
    comment begins, and with it in all that follows: that is refused. Only inside parentheses, after an operand, is there
    an operator, and nothing that begins as ``<name://`` is one, since no operand begins with a slash.
    """
    depth, previous = 0, None
    for token in tokens:
        if token.kind is Kind.IRI and depth > 0 and _ends_operand(previous) and not _has_authority(token.text):
            if "#" in token.text:
                problem = "this '<' can be read in two ways. Put a space after it, or declare a prefix for the IRI."
                raise QueryRefused(f"{_place(text, token)}: {problem}")
            parts: Iterator[Token] = (part._replace(start=part.start + token.start) for part in tokenize(" " + token.text[1:]))
        else:
            parts = iter((token,))
        for part in parts:
            depth += {"(": 1, ")": -1}.get(part.text, 0) if part.kind is Kind.PUNCTUATION else 0
            yield part
        previous = token


def _ends_operand(token: Token | None) -> bool:
    return token is not None and (token.kind is not Kind.PUNCTUATION or token.text in ")}>")


def _has_authority(iri: str) -> bool:
    scheme, separator, _ = iri[1:].partition("://")
    return bool(separator) and scheme.isalnum()


def _refuse_calls(tokens: Sequence[Token], text: str, allowed: Collection[str]) -> None:
    folded = text.casefold()
    for word, reason in REFUSED_WORDS.items():
        if word.casefold() not in folded:
            continue  # as in most queries: their tokens need not be looked at one by one
        for index, token in enumerate(tokens):
            if _may_call(tokens[index : index + 2], word) and not _is_allowed(tokens[index : index + 3], word, allowed):
                if _calls_nothing(tokens[index : index + 3], word):
                    raise _syntax_error(f"This {token.text!r} is not followed by what it calls.", text, token)
                raise QueryRefused(f"{_place(text, token)}: {reason}{_advice(allowed)}")


def _may_call(tokens: Sequence[Token], word: str) -> bool:
    return may_be_keyword(tokens[0], word) and (tokens[0].kind is not Kind.PREFIXED or _opens_group(tokens[-1]))


def _is_allowed(tokens: Sequence[Token], word: str, allowed: Collection[str]) -> bool:
    """Are they the word, perhaps SILENT, and an allowed IRI that is written out as it stands in the list?"""
    called = _called(tokens)
    return _is_word(tokens[0], word) and called is not None and called.kind is Kind.IRI and called.text[1:-1] in allowed


def _calls_nothing(tokens: Sequence[Token], word: str) -> bool:
    """Are they the word, perhaps SILENT, and then no more, or what no call can be of?"""
    called = _called(tokens)
    return _is_word(tokens[0], word) and (
        called is None or (called.kind not in CALLED_KINDS[word] and called.kind not in (Kind.WORD, Kind.OTHER))
    )


def _is_word(token: Token, word: str) -> bool:
    return token.kind is Kind.WORD and token.text.upper() == word


def _called(tokens: Sequence[Token]) -> Token | None:
    """What follows a word and perhaps SILENT, if anything does."""
    return next((token for token in tokens[1:] if token.text.upper() != "SILENT"), None)


def _advice(allowed: Collection[str]) -> str:
    return f" These it calls, if they are written out: {', '.join(sorted(allowed))}." if allowed else ""


def _opens_group(token: Token) -> bool:
    """``SERVICE:name {`` is a call, ``services:name`` in a triple is none."""
    return token.text == "{"


def _place(text: str, token: Token) -> str:
    line, column = line_and_column(text, token.start)
    return f"Line {line}, column {column}"


def _syntax_error(problem: str, text: str, token: Token) -> QuerySyntaxError:
    line, column = line_and_column(text, token.start)
    return QuerySyntaxError(f"Line {line}, column {column}: {problem}", line, column)
