"""What a filter or a sort key of a request asks for: text becomes typed terms here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pqlod.errors import BadParameter
from pqlod.lda.model import Behaviour
from pqlod.lda.paths import PropertyPath, parse_path
from pqlod.lda.vocabulary import NO_LANGUAGE, PLAIN_RANGES, LanguageChoice, Vocabulary
from pqlod.rdf import XSD, Literal, NamedNode, Term
from pqlod.store.query import KINDS, Parameter


@dataclass(frozen=True)
class Bound:
    """One end of a range: a value passes if it compares with any of the terms, or with the text.

    ``text`` is for properties without a declared range; it compares with literals that are no numbers, in one of
    the languages, of which "" is text without a tag.
    """

    comparison: str
    terms: tuple[Term, ...] = ()
    text: str | None = None
    languages: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Interval:
    """A value that stands for several: a day, for a property that has instants."""

    bounds: tuple[Bound, Bound]


@dataclass(frozen=True)
class Equality:
    """The path leads to one of the values."""

    path: PropertyPath
    values: tuple[Term | Interval, ...]


@dataclass(frozen=True)
class Range:
    """The path leads to a value within a bound."""

    path: PropertyPath
    bound: Bound


@dataclass(frozen=True)
class Existence:
    """The path leads somewhere, or does not."""

    path: PropertyPath
    is_wanted: bool


@dataclass(frozen=True)
class Labelled:
    """The path leads to something with one of the labels."""

    path: PropertyPath
    labels: tuple[Literal, ...]


Filter = Equality | Range | Existence | Labelled


@dataclass(frozen=True)
class SortKey:
    """Items are ordered by what the path leads to."""

    path: PropertyPath
    is_descending: bool = False


@dataclass(frozen=True)
class Box:
    """Places within some degrees of a point; ``latitude`` and ``longitude`` are in degrees too."""

    latitude: float
    longitude: float
    height: float
    width: float


@dataclass(frozen=True)
class Reading:
    """How the values of one filter are read: by which words, with which habits, in which languages."""

    vocabulary: Vocabulary
    behaviour: Behaviour
    languages: tuple[str, ...] = ()

    def equality(self, path: PropertyPath, values: Iterable[str]) -> Iterable[Filter]:
        """Several values are a union."""
        yield Equality(path, tuple(dict.fromkeys(term for value in values for term in self._terms(path, value))))

    def bounds(self, comparison: str, path: PropertyPath, values: Iterable[str]) -> Iterable[Filter]:
        """Several bounds must all hold."""
        return (Range(path, self._bound(comparison, path, value)) for value in values)

    def existence(self, path: PropertyPath, values: Iterable[str]) -> Iterable[Filter]:
        for value in values:
            if value not in ("true", "false"):
                raise BadParameter(f"{value!r} does not say whether {path.text} exists.", value=value, expected="true or false")
            yield Existence(path, value == "true")

    def labelled(self, path: PropertyPath, values: Iterable[str]) -> Iterable[Filter]:
        """The labels in the languages of the request are found too, not only those without a tag."""
        labels = (label for value in values for label in (Literal(value), *_tagged(value, self.languages)))
        yield Labelled(path, tuple(dict.fromkeys(labels)))

    def _terms(self, path: PropertyPath, value: str) -> tuple[Term | Interval, ...]:
        term = self.vocabulary.term(path.last, value, self.languages)
        if isinstance(term, LanguageChoice):
            return _tagged(term.text, term.languages)
        if isinstance(term, NamedNode):
            return (term,)
        return self._literals(path, term)

    def _literals(self, path: PropertyPath, term: Literal) -> tuple[Term | Interval, ...]:
        day = self._day(term)
        if day and term.datatype == XSD.dateTime:
            return (Interval((_bound_of_day(">=", day), _bound_of_day("<=", day))),)
        if day and term.datatype == XSD.date:
            return (Literal(day, datatype=XSD.date),)
        self._check(path, term)
        return self._instants(term)

    def _bound(self, comparison: str, path: PropertyPath, value: str) -> Bound:
        if may_have_languages(path, self.vocabulary):
            return self._untyped_bound(comparison, value)
        term = self.vocabulary.term(path.last, value)
        if not isinstance(term, Literal):
            return Bound(comparison, (term,) if isinstance(term, NamedNode) else ())
        day = self._day(term)
        if day and term.datatype == XSD.dateTime:
            return _bound_of_day(comparison, day)
        if day and term.datatype == XSD.date:
            return Bound(comparison, (Literal(day, datatype=XSD.date),))
        self._check(path, term)
        return Bound(comparison, self._instants(term))

    def _untyped_bound(self, comparison: str, value: str) -> Bound:
        """Numbers compare with numbers, days with days and instants, and anything with other texts (D18)."""
        languages = tuple("" if language == NO_LANGUAGE else language.lower() for language in self.languages) or ("",)
        return Bound(comparison, _guesses(comparison, value), value, languages)

    def _day(self, term: Literal) -> str | None:
        """The day that a date or an instant means where whole days are meant, or None where the value stands as it is."""
        if not self.behaviour.whole_days:
            return None
        if term.datatype == XSD.dateTime and _accepts("date", term.value) and len(term.value) == len("2018-11-27"):
            return term.value
        is_instant = term.datatype == XSD.date and _accepts("dateTime", term.value)
        return term.value.partition("T")[0] if is_instant else None

    def _instants(self, term: Literal) -> tuple[Literal, ...]:
        """An instant with and without its Z: a few of the original's instants lack it, and then do not compare."""
        if not self.behaviour.whole_days or term.datatype != XSD.dateTime or re.search(r"[+-]\d\d:\d\d$", term.value):
            return (term,)
        bare = term.value.removesuffix("Z")
        return Literal(bare + "Z", datatype=XSD.dateTime), Literal(bare, datatype=XSD.dateTime)

    def _check(self, path: PropertyPath, term: Literal) -> None:
        """Is the text a value of its datatype? Only asked where the configuration is strict."""
        kind = _KIND_OF_DATATYPE.get(term.datatype)
        if self.behaviour.strict_values and kind and not _accepts(kind, term.value):
            problem = f"{term.value!r} is not a value of {path.text}."
            raise BadParameter(problem, value=term.value, expected=KINDS[kind].expected)


def may_have_languages(path: PropertyPath, vocabulary: Vocabulary) -> bool:
    """Does the path lead to anything, for all that is declared, so that texts with and without a tag may be among it?"""
    if path.last.property is None:
        return True
    declared = vocabulary.property(path.last.property)
    is_resource = path.last.is_inverse or declared.is_resource
    return not is_resource and (declared.range is None or declared.range in PLAIN_RANGES)


def parse_sort(text: str, vocabulary: Vocabulary) -> tuple[SortKey, ...]:
    """The keys of ``_sort``: paths with commas between them, descending ones with ``-`` before them."""
    return tuple(_sort_key(element.strip(), vocabulary) for element in text.split(",") if element.strip())


def _sort_key(element: str, vocabulary: Vocabulary) -> SortKey:
    path = element.removeprefix("-")
    if "-" in path:
        # Elda sorts by what follows the last hyphen and drops the rest without a word (D48).
        raise BadParameter(
            f"{element!r} is not a sort key.", value=element, expected="a property path, with - before it to descend"
        )
    return SortKey(parse_path(path, vocabulary), element != path)


_KIND_OF_DATATYPE = {datatype: kind for kind in reversed(list(KINDS)) for datatype in KINDS[kind].datatypes}

# What a text may be where nothing is declared, by the kinds of KINDS.
_GUESSED_KINDS = ("integer", "decimal", "double", "date", "dateTime")


def _accepts(kind: str, text: str) -> bool:
    try:
        return bool(Parameter("", kind).term(text))
    except BadParameter:
        return False


def _guesses(comparison: str, text: str) -> tuple[Term, ...]:
    kind = next((kind for kind in _GUESSED_KINDS if _accepts(kind, text)), None)
    if kind is None:
        return ()
    instants = _bound_of_day(comparison, text).terms if kind == "date" and len(text) == len("2018-11-27") else ()
    return (Literal(text, datatype=KINDS[kind].datatypes[0]), *instants)


def _bound_of_day(comparison: str, day: str) -> Bound:
    """A day as a bound for instants, the whole of it meant (UTC): from its first midnight, to before its last."""
    # An instant without a zone does not compare with one that has a zone within 14 hours of it (XML Schema): both are tried.
    midnight = "T00:00:00" if comparison in (">=", "<") else "T24:00:00"
    strict = {">=": ">=", "<": "<", "<=": "<", ">": ">="}[comparison]
    return Bound(strict, tuple(Literal(day + midnight + zone, datatype=XSD.dateTime) for zone in ("Z", "")))


def _tagged(text: str, languages: Iterable[str]) -> tuple[Literal, ...]:
    try:
        return tuple(Literal(text) if tag == NO_LANGUAGE else Literal(text, language=tag) for tag in languages)
    except ValueError as error:
        raise BadParameter(f"One of {', '.join(languages)} is no language tag.", expected="tags such as en") from error
