"""Search expressions: what people write to find words, parsed and written again as FTS5 wants it.

Understood are the habits of Lucene: words (all of them must be there), ``"a phrase"``, ``"words near"~5``, ``begin*``,
``AND OR NOT``, ``&& || !``, ``-not``, ``(…)``, and ``*letters*``, which are looked for in names and headings. ``+`` is
a space, whether it was one in a URL or says that a word must be there. Every word reaches FTS5 in quotation marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from pqlod.errors import BadParameter

# More than this is not asked by a person, and could take the index long.
MOST_CHARACTERS = 1000
MOST_WORDS = 40
MOST_NESTED = 20
FEWEST_LETTERS_BEFORE_STAR = 2
FEWEST_LETTERS_AFTER_STAR = 3  # the index of letters is one of trigrams


@dataclass(frozen=True)
class Words:
    """One or more words in this order; the last may go on (``is_prefix``), or all lie within a distance of each other."""

    text: str
    is_prefix: bool = False
    distance: int | None = None


@dataclass(frozen=True)
class Letters:
    """Letters anywhere in a name or a heading."""

    text: str


@dataclass(frozen=True)
class All:
    """Every one of these, and none of ``unwanted``."""

    wanted: tuple["Expression", ...]
    unwanted: tuple["Expression", ...] = ()


@dataclass(frozen=True)
class Any:
    """At least one of these."""

    options: tuple["Expression", ...]


Expression = Words | Letters | All | Any


def parse_expression(text: str) -> Expression | None:
    """The expression that a text stands for; None if there is nothing to look for.

    Raises BadParameter, with the place counted in characters from 1, for an expression that is not understood.
    """
    if len(text) > MOST_CHARACTERS:
        raise _wrong(text, f"The search expression has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
    return _Parser(text).parse()


def has_letters(expression: Expression) -> bool:
    """Does it look for letters anywhere, so that the index of words alone can't answer?"""
    match expression:
        case Letters():
            return True
        case All(wanted, unwanted):
            return any(map(has_letters, (*wanted, *unwanted)))
        case Any(options):
            return any(map(has_letters, options))
    return False


def fts5_text(expression: Expression) -> str:
    """The expression in FTS5's syntax (https://sqlite.org/fts5.html, section 3)."""
    match expression:
        case Words(text, is_prefix, None):
            return _quote(text) + ("*" if is_prefix else "")
        case Words(text, _, distance):
            return f"NEAR({' '.join(map(_quote, text.split()))}, {distance})"
        case Letters(text):
            return _quote(text)
        case Any(options):
            return "(" + " OR ".join(map(fts5_text, options)) + ")"
        case All(wanted, unwanted):
            positive = " AND ".join(map(fts5_text, wanted))
            return "(" + " NOT ".join([f"({positive})", *map(fts5_text, unwanted)]) + ")"


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _wrong(text: str, problem: str) -> BadParameter:
    return BadParameter(problem, parameter="_search", value=text)


_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "||": "OR", "NOT": "NOT", "-": "NOT", "!": "NOT", "(": "(", ")": ")"}
_LEXEME = re.compile(
    r"""
      (?P<space> [\s+\x00-\x1f\x7f\ud800-\udfff]+ )
    | (?P<phrase> ["“”„] (?P<quoted> (?:[^"“”„\\]|\\.)*+ ) ["“”„] (?:~(?P<distance>\d{1,3}))? (?:\^[\d.]*)? )
    | (?P<open> ["“”„] )
    | (?P<operator> && | \|\| | [()] | [-!](?=[^\s+]) | (?:AND|OR|NOT)(?=[\s+()"“„]|$) )
    | (?P<word> (?: [^\s+()"“”„\\\x00-\x1f\x7f\ud800-\udfff] | \\. )+ | \\ )
    """,
    re.VERBOSE | re.DOTALL,
)
_BOOST = re.compile(r"\^[\d.]+$")
_FUZZY = re.compile(r"~[\d.]*$")
_FIELD = re.compile(r"[^\W\d][\w.]*:[^\s:]")


@dataclass(frozen=True)
class _Lexeme:
    kind: str  # an operator, "word", or "" for the end
    start: int
    text: str
    words: Expression | None = None


class _Parser:
    """Recursive descent: alternatives of sequences of clauses."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lexemes = [*self._scan(), _Lexeme("", len(text), "the end")]
        self._next, self._depth = 0, 0

    def parse(self) -> Expression | None:
        if self._at("") is not None:
            return None
        expression = self._alternatives()
        if (closing := self._at(")")) is not None:
            self._fail(closing, "closes nothing")
        return expression

    def _alternatives(self) -> Expression | None:
        options = [self._sequence()]
        while (operator := self._take("OR")) is not None:
            self._check_operand(operator)
            options.append(self._sequence())
        found = tuple(option for option in options if option is not None)
        return Any(found) if len(found) > 1 else next(iter(found), None)

    def _sequence(self) -> Expression | None:
        wanted: list[Expression] = []
        unwanted: list[Expression] = []
        first = self._lexemes[self._next]
        if first.kind in ("AND", "OR", ")", ""):
            self._fail(first, "stands where a word was expected")
        while self._lexemes[self._next].kind not in ("OR", ")", ""):
            if (operator := self._take("AND")) is not None:
                self._check_operand(operator)
            negation = self._take("NOT")
            if negation is not None:
                self._check_operand(negation)
            if (clause := self._clause()) is not None:
                (wanted if negation is None else unwanted).append(clause)
        if unwanted and not wanted:
            self._fail(first, "only says what is not wanted; a word that is wanted was expected with it")
        return All(tuple(wanted), tuple(unwanted)) if len(wanted) + len(unwanted) > 1 else next(iter(wanted), None)

    def _clause(self) -> Expression | None:
        if (opening := self._take("(")) is None:
            self._next += 1
            return self._lexemes[self._next - 1].words
        self._depth += 1
        if self._depth > MOST_NESTED:
            self._fail(opening, f"is nested deeper than {MOST_NESTED}")
        expression = self._alternatives()
        if self._take(")") is None:
            self._fail(opening, "is not closed")
        self._depth -= 1
        return expression

    def _at(self, kind: str) -> _Lexeme | None:
        lexeme = self._lexemes[self._next]
        return lexeme if lexeme.kind == kind else None

    def _take(self, kind: str) -> _Lexeme | None:
        lexeme = self._at(kind)
        self._next += lexeme is not None
        return lexeme

    def _check_operand(self, operator: _Lexeme) -> None:
        follows = self._lexemes[self._next].kind
        if follows not in ("word", "(") and not (follows == "NOT" and operator.kind == "AND"):
            self._fail(operator, "has no word after it")

    def _fail(self, lexeme: _Lexeme, problem: str) -> NoReturn:
        raise _wrong(self._text, f"In the search expression, {lexeme.text} at character {lexeme.start + 1} {problem}.")

    def _scan(self) -> Iterator[_Lexeme]:
        words = 0
        for match in _LEXEME.finditer(self._text):
            lexeme = self._lexeme(match)
            if lexeme is not None:
                words += lexeme.kind == "word"
                yield lexeme
            if words > MOST_WORDS:
                raise _wrong(self._text, f"The search expression has more than {MOST_WORDS} words.")

    def _lexeme(self, match: re.Match[str]) -> _Lexeme | None:
        here = _Lexeme("word", match.start(), match[0])
        match match.lastgroup:
            case "space":
                return None
            case "open":
                self._fail(here, "is a quotation mark that is not closed")
            case "operator":
                return _Lexeme(_OPERATORS[match[0]], match.start(), match[0])
            case "word":
                return _Lexeme("word", match.start(), match[0], self._word(here))
        return _Lexeme("word", match.start(), match[0], _phrase(match["quoted"], match["distance"]))

    def _word(self, lexeme: _Lexeme) -> Expression | None:
        """What a word stands for; None if it has no letter or digit."""
        text = _BOOST.sub("", lexeme.text)
        if _FUZZY.search(text):
            self._fail(lexeme, "asks for words that are spelt alike, which this search does not know")
        if _FIELD.match(text):
            self._fail(lexeme, 'names a field, and fields are not searched apart; put it in "quotation marks" if it is a text')
        core = text.strip("*")
        if re.search(r"(?<!\\)\*|\w\?\w", core):
            self._fail(lexeme, "has a wildcard inside; * is understood at the beginning and at the end of a word")
        is_starred = text.startswith("*"), text.endswith("*") and not text.endswith("\\*")
        return self._starred(lexeme, _plain(core), *is_starred)

    def _starred(self, lexeme: _Lexeme, word: str, is_open_before: bool, is_open_after: bool) -> Expression | None:
        letters = sum(map(str.isalnum, word))
        fewest = FEWEST_LETTERS_AFTER_STAR if is_open_before else FEWEST_LETTERS_BEFORE_STAR if is_open_after else 0
        if letters < fewest:
            self._fail(lexeme, f"has too few letters beside its wildcard; at least {fewest} were expected")
        if not letters:
            return None
        return Letters(word) if is_open_before else Words(word, is_open_after)


def _plain(text: str) -> str:
    return re.sub(r"\\(.?)", r"\1", text, flags=re.DOTALL)


def _phrase(quoted: str, distance: str | None) -> Words | None:
    text = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", _plain(quoted))
    if not any(map(str.isalnum, text)):
        return None
    return Words(text, distance=int(distance) if distance else None)
