"""Where a text has the words of a search, so that they can be marked, and the piece of it that has most of them.

Words are found as the index of words finds them: FTS5's unicode61 without diacritics takes letters and digits for words, in any
letter case, and does not know stems.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pqlod.store.expressions import All, Any, Expression, Letters, Words, parse_expression

LENGTH = 300  # characters of an excerpt
LEAD = 0.2  # of its length, before its first mark

Span = tuple[int, int]  # characters of a text, from the first to before the last

# The signs on letters that unicode61 leaves out; any other that is no letter or digit ends a word.
_SIGNS = "".join(chr(0x300 + bit) for bit in range(50) if 0x361F8_08029FDF >> bit & 1) + "\N{SOFT HYPHEN}"
_WORD = re.compile(rf"[^\W_][^\W_{_SIGNS}]*(?:[{_SIGNS}]+[^\W_]*)*")


class _Token(NamedTuple):
    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Excerpt:
    """A piece of a text, with the spans in it to be marked; whether the text goes on before it, and after it."""

    text: str
    marks: tuple[Span, ...] = ()
    begins_inside: bool = False
    ends_inside: bool = False

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Its text in pieces, each with whether it is to be marked."""
        place = 0
        for start, end in self.marks:
            yield from (piece for piece in ((self.text[place:start], False), (self.text[start:end], True)) if piece[0])
            place = end
        if place < len(self.text):
            yield self.text[place:], False


class Marker:
    """Finds the words of searches in texts. Raises BadParameter for a search that is not understood."""

    def __init__(self, searches: Iterable[str]) -> None:
        parsed = [expression for search in searches if (expression := parse_expression(search))]
        self._wanted = tuple(dict.fromkeys(one for expression in parsed for one in _wanted(expression)))

    def marks(self, text: str) -> tuple[Span, ...]:
        """The spans of a text that a search looks for, in order; those that meet are one."""
        if not self._wanted:
            return ()
        tokens = _tokens(text)
        return tuple(_union(span for one in self._wanted for span in _spans(one, text, tokens)))

    def excerpt(self, text: str, length: int = LENGTH) -> Excerpt:
        """The piece of a text of at most so many characters that has most marks, the first of several; words stay whole."""
        marks = self.marks(text)
        if len(text) <= length:
            return Excerpt(text, marks)
        start, end = _window(text, marks, length)
        inside = (((max(low, start) - start), min(high, end) - start) for low, high in marks if low < end and high > start)
        return Excerpt(text[start:end], tuple(inside), start > 0, end < len(text))


def _wanted(expression: Expression) -> Iterator[Words | Letters]:
    """What an item may match by: nothing that it must not have."""
    match expression:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _wanted(part)
        case _:
            yield expression


def _spans(wanted: Words | Letters, text: str, tokens: list[_Token]) -> Iterator[Span]:
    if isinstance(wanted, Letters):
        folded = "".join(map(_lower, text))
        yield from (match.span() for match in re.finditer(re.escape("".join(map(_lower, wanted.text))), folded))
        return
    words = [token.word for token in _tokens(wanted.text)]
    if wanted.distance is not None:  # each for itself: which of them stand near enough is not asked again
        yield from ((token.start, token.end) for token in tokens if token.word in words)
        return
    for place in range(len(tokens) - len(words) + 1) if words else ():
        found = tokens[place : place + len(words)]
        last_matches = found[-1].word.startswith(words[-1]) if wanted.is_prefix else found[-1].word == words[-1]
        if last_matches and [token.word for token in found[:-1]] == words[:-1]:
            yield found[0].start, found[-1].end


def _union(spans: Iterable[Span]) -> list[Span]:
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = union[-1][0], max(union[-1][1], end)
        else:
            union.append((start, end))
    return union


def _window(text: str, marks: tuple[Span, ...], length: int) -> Span:
    lead = int(length * LEAD) if marks else 0
    starts, ends = [start for start, _ in marks], [end for _, end in marks]
    held = {start: bisect_right(ends, start - lead + length) - bisect_left(starts, start) for start in starts}
    first = max(held, key=lambda start: (held[start], -start), default=0)
    start = min(max(first - lead, 0), len(text) - length)
    if start > 0 and (gap := re.search(r"\s", text[start : first + 1])):
        start += gap.end()
    end = min(start + length, len(text))
    cut = re.search(r"\s\S*$", text[start:end]) if end < len(text) and not text[end].isspace() else None
    return start, start + cut.start() if cut and cut.start() else end


def _tokens(text: str) -> list[_Token]:
    return [_Token(match.start(), match.end(), _folded(match[0])) for match in _WORD.finditer(text)]


def _folded(word: str) -> str:
    return "".join(map(_fold, word))


@lru_cache(10_000)
def _fold(character: str) -> str:
    """The character in small letters, a Latin one without what stands on it; nothing for a sign that only stands on another."""
    lower = _lower(character)
    if lower in _SIGNS:
        return ""
    parts = unicodedata.normalize("NFD", lower)
    return parts[0] if parts[0].isascii() and all(map(unicodedata.combining, parts[1:])) else lower


def _lower(character: str) -> str:
    lower = character.casefold()
    return lower if len(lower) == 1 else character
