"""What a request chooses by a facet, and which parameters make each choice."""

import calendar
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from pqlod.errors import BadParameter
from pqlod.lda.filters import Equality, Filter, Interval
from pqlod.lda.model import Api, FacetDeclaration, FacetKind
from pqlod.lda.parameters import PageRequest, is_reserved, read_filter
from pqlod.lda.paths import parse_path
from pqlod.rdf import Literal, NamedNode, Term

Pair = tuple[str, str]  # a parameter and its value

# The operators of the parameters that choose by each kind of facet: for spans, that of the lower end and that of the upper.
OPERATORS: Mapping[FacetKind, tuple[str, ...]] = {
    FacetKind.VALUE: ("",),
    FacetKind.EXISTENCE: ("exists-",),
    FacetKind.YEAR: ("min-", "max-"),
    FacetKind.MONTH: ("min-", "max-"),
    FacetKind.STEP: ("min-", "maxEx-"),
}
DAY, NUMBER = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)


@dataclass(frozen=True)
class Span:
    """Values from one to another; None: without an end. ``key`` is what its values have in common, ``label`` is for people."""

    key: str
    label: str
    low: str | None
    high: str | None


@dataclass(frozen=True)
class Given:
    """Parameters of a request about the path of a facet, with the operator and the filters that they are."""

    operator: str
    pairs: tuple[Pair, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True)
class Choice:
    """A facet of a request: what is chosen by it, and what the request asks for otherwise."""

    api: Api
    whole: PageRequest
    facet: FacetDeclaration

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """The parameters that stand where a choice would."""
        return tuple(one for one in self._given() if set(one.filters) <= set(self.whole.filters))

    def _given(self) -> Iterator[Given]:
        for name, values in self.whole.url.values().items():
            operator, hyphen, path = name.partition("-") if "-" in name else ("", "", name)
            if is_reserved(name) or operator + hyphen not in OPERATORS[self.facet.kind]:
                continue
            with suppress(BadParameter):
                if parse_path(path, self.api.vocabulary).steps == self.facet.path.steps:
                    for some in ((value,) for value in values) if self.is_of_spans else (values,):
                        filters = read_filter(self.api, self.whole, name, some)
                        if not self.is_of_spans or self._is_end(some[0]):
                            yield Given(operator + hyphen, tuple((name, value) for value in some), filters)

    @property
    def is_of_spans(self) -> bool:
        return len(OPERATORS[self.facet.kind]) > 1

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The parameters of which a choice takes the place."""
        return tuple(pair for one in self.given for pair in one.pairs)

    @cached_property
    def is_made(self) -> bool:
        """Is one of the choices made? Ends of another span only narrow the list."""
        return bool(self.given) and (not self.is_of_spans or self.chosen_span is not None)

    @property
    def request(self) -> PageRequest:
        """What the items are asked for by that are counted: where a choice is made, all but that."""
        made = {one for given in self.given for one in given.filters} if self.is_made else ()
        return replace(self.whole, filters=tuple(one for one in self.whole.filters if one not in made))

    # Values

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The values that are chosen."""
        equalities = (one for given in self.given for one in given.filters if isinstance(one, Equality))
        return tuple(value for one in equalities for value in one.values if not isinstance(value, Interval))

    def name_of(self, term: Term) -> str | None:
        """The text that a parameter has for a value; None where no text means it and nothing else."""
        texts = [self.api.vocabulary.shortname(term), term.value] if isinstance(term, NamedNode) else [_text(term)]
        return next((text for text in texts if text and self._means(text, term)), None)

    def _means(self, text: str, term: Term) -> bool:
        try:
            return read_filter(self.api, self.whole, self.facet.path.text, (text,)) == (Equality(self.facet.path, (term,)),)
        except BadParameter:
            return False

    # Spans

    def span(self, key: str) -> Span:
        """The span of a key: a year, a month such as 2018-11, or the number of a step."""
        return _SPANS[self.facet.kind](self.facet, key)

    def steps(self) -> tuple[Span, ...]:
        """All steps."""
        return tuple(self.span(str(number)) for number in range(len(self.facet.steps) + 1))

    def key_of(self, text: str) -> str:
        """The key of the span in which a value lies, a day or a number."""
        if self.facet.kind is FacetKind.STEP:
            return str(bisect_right(self.facet.steps, Decimal(text)))
        return text[: len("2018" if self.facet.kind is FacetKind.YEAR else "2018-11")]

    def pairs_of(self, span: Span) -> tuple[Pair, ...]:
        """The parameters that choose a span, within the ends that are given and stay no choice."""
        low, high = self._ends
        if not self.is_made:
            span = replace(span, low=self._inner(max, span.low, low), high=self._inner(min, span.high, high))
        ends = zip(OPERATORS[self.facet.kind], (span.low, span.high), strict=True)
        return tuple((operator + self.facet.path.text, end) for operator, end in ends if end is not None)

    @cached_property
    def chosen_span(self) -> Span | None:
        low, _ = self._ends
        spans = self.steps() if self.facet.kind is FacetKind.STEP else [self.span(self.key_of(low))] if low else ()
        return next((span for span in spans if (span.low, span.high) == self._ends), None)

    @cached_property
    def _ends(self) -> tuple[str | None, str | None]:
        """The ends that are given: the highest lower one, and the lowest upper one."""
        lower, upper = OPERATORS[self.facet.kind]
        lows, highs = ([one.pairs[0][1] for one in self.given if one.operator == operator] for operator in (lower, upper))
        return max(lows, key=self._order, default=None), min(highs, key=self._order, default=None)

    def _inner(self, inner: Callable[..., str], end: str | None, given: str | None) -> str | None:
        both = [one for one in (end, given) if one is not None]
        return inner(both, key=self._order) if both else None

    def order(self, span: Span) -> str | int:
        """What puts spans in order."""
        return int(span.key) if self.facet.kind is FacetKind.STEP else span.key

    def _order(self, end: str) -> str | Decimal:
        return Decimal(end) if self.facet.kind is FacetKind.STEP else end

    def _is_end(self, text: str) -> bool:
        """Is it a day, or a number, as a span has it?"""
        if self.facet.kind is FacetKind.STEP:
            return bool(NUMBER.fullmatch(text))
        try:
            return bool(DAY.fullmatch(text) and date.fromisoformat(text))
        except ValueError:
            return False


def _text(term: Term) -> str:
    return term.value if isinstance(term, Literal) else ""


def _year(facet: FacetDeclaration, key: str) -> Span:
    return Span(key, key, f"{key}-01-01", f"{key}-12-31")


def _month(facet: FacetDeclaration, key: str) -> Span:
    year, month = int(key[:4]), int(key[5:7])
    return Span(key, f"{calendar.month_name[month]} {year}", f"{key}-01", f"{key}-{calendar.monthrange(year, month)[1]}")


def _step(facet: FacetDeclaration, key: str) -> Span:
    number = int(key)
    low = facet.steps[number - 1] if number else None
    high = facet.steps[number] if number < len(facet.steps) else None
    if low is None or high is None:
        label = f"{low} or more" if high is None else f"less than {high}"
    else:
        label = f"{low}" if high == low + 1 else f"{low}–{high - 1}"
    return Span(key, label, None if low is None else str(low), None if high is None else str(high))


_SPANS: Mapping[FacetKind, Callable[[FacetDeclaration, str], Span]] = {
    FacetKind.YEAR: _year,
    FacetKind.MONTH: _month,
    FacetKind.STEP: _step,
}
