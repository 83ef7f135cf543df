"""The query that selects the items of a page: selector, filters, search, order and paging become one SELECT."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from pqlod.errors import BadParameter
from pqlod.lda.bindings import expand, text_of
from pqlod.lda.filters import (
    Bound,
    Box,
    Equality,
    Existence,
    Filter,
    Interval,
    Labelled,
    Range,
    SortKey,
    may_have_languages,
    parse_sort,
)
from pqlod.lda.fragments import closed, split_select
from pqlod.lda.model import Api, FacetDeclaration, FacetKind, ListEndpoint, Selector, TextSearch, selector_of
from pqlod.lda.parameters import PageRequest, is_reserved, read_filter
from pqlod.lda.paths import PropertyPath, Step
from pqlod.lda.patterns import INDENT, ITEM, Chains, TermWriter, Variables, write_step
from pqlod.rdf import RDF, RDFS, XSD, Literal, NamedNode, Namespace, Term
from pqlod.store.dataset import Match
from pqlod.store.query import Query, substitute_variables

GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
SCORE = "?_score"
DECIMALS = 6  # of scores: what is equal by these is sorted further
GROUP = "?_group"


class Place(IntEnum):
    """Where in the WHERE clause a pattern stands: the ones that leave the fewest items come first."""

    FOUND = 0
    VALUES = 1
    SUB_SELECT = 2
    EARLY_SEARCH = 3
    TEXT = 4
    LITERAL = 5
    RESOURCE = 6
    CHAIN = 7
    LATE_SEARCH = 8
    TYPE = 9
    OPTIONAL = 10
    FILTER = 11


def selection_query(
    api: Api, request: PageRequest, matches: Sequence[Match] | None = None, among: Sequence[NamedNode] | None = None
) -> Query:
    """The SELECT of the ?item of a page and of one more, which tells whether there is a next page.

    An item comes once, and the order is always the same. ``matches`` are what a text search found, best first; ``among``
    are items of which it is known that there are no others.
    """
    selection = _Selection.of(api, request, matches, among)
    conditions = selection.order()
    return selection.query(
        f"SELECT DISTINCT {ITEM}",
        f"ORDER BY {' '.join(conditions)}\nOFFSET {request.page * request.page_size} LIMIT {page_length(request)}",
        name="selection",
    )


def count_query(
    api: Api, request: PageRequest, matches: Sequence[Match] | None = None, among: Sequence[NamedNode] | None = None
) -> Query:
    """The SELECT of how many different items there are on all pages, as ?count."""
    selection = _Selection.of(api, request, matches, among)
    return selection.query(f"SELECT (COUNT(DISTINCT {ITEM}) AS ?count)", "", name="count")


def group_query(api: Api, request: PageRequest, facet: FacetDeclaration, matches: Sequence[Match] | None, most: int) -> Query:
    """The SELECT of each value, or key of a span, to which the path of a facet leads, and of how many items, as ?count.

    A choice by the facet is a filter, so that the path shares with other filters what that filter would.
    """
    selection = _Selection.of(api, request, matches, None)
    selection.add_group(facet)
    head, tail = f"SELECT {GROUP} (COUNT(DISTINCT {ITEM}) AS ?count)", f"GROUP BY {GROUP}\nLIMIT {most}"
    return selection.query(head, tail, name="groups")


def sub_select_query(api: Api, request: PageRequest, most: int) -> Query:
    """The SELECT of each ?item that the query of the selector selects, whatever else is asked for."""
    selection = _Selection.empty(api, request)
    selection.add_sub_select()
    return selection.query(f"SELECT DISTINCT {ITEM}", f"LIMIT {most}", name="sub-select")


def starts_query(api: Api, request: PageRequest, path: PropertyPath, terms: Sequence[Term], most: int) -> Query:
    """The SELECT of each ?item from which the path leads to one of the terms."""
    selection = _Selection.empty(api, request)
    selection.add_equality(path, tuple(terms))
    return selection.query(f"SELECT DISTINCT {ITEM}", f"LIMIT {most}", name="starts")


def having_query(api: Api, request: PageRequest, path: PropertyPath, most: int) -> Query:
    """The SELECT of each ?item from which the path leads anywhere."""
    selection = _Selection.empty(api, request)
    selection.chains.require(path.steps)
    return selection.query(f"SELECT DISTINCT {ITEM}", f"LIMIT {most}", name="having")


def lacking_query(api: Api, request: PageRequest, path: PropertyPath, type_: NamedNode, most: int) -> Query:
    """The SELECT of each ?item of a class from which the path leads nowhere."""
    selection = _Selection.empty(api, request)
    selection.add_type(type_)
    selection.add_absence(path)
    return selection.query(f"SELECT DISTINCT {ITEM}", f"LIMIT {most}", name="lacking")


def page_length(request: PageRequest) -> int:
    """How many items are looked for: one more than a page has tells whether there is a next one."""
    return request.page_size + 1 if isinstance(request.endpoint, ListEndpoint) else 1


def filters_of(api: Api, request: PageRequest) -> Iterator[Filter]:
    """Those that leave the fewest items come first, as far as can be told: the request's, then a selector's own."""
    # Oxigraph keeps to the order of the text between patterns of one shape (measured: 1 ms against 460).
    yield from request.filters
    for name, value in reversed(selector_of(request.endpoint).filters):
        if not is_reserved(name):
            yield from read_filter(api, request, name, (value,))


def default_sort(api: Api, request: PageRequest) -> tuple[SortKey, ...]:
    """The sort keys of the selector."""
    return parse_sort(expand(selector_of(request.endpoint).sort, request.bindings), api.vocabulary)


@dataclass
class _Selection:
    """A selection while it is composed."""

    api: Api
    request: PageRequest
    selector: Selector
    writer: TermWriter
    variables: Variables
    chains: Chains
    patterns: list[tuple[Place, str]] = field(default_factory=list)
    own_order: str = ""  # of the query that a selector or the request names

    @classmethod
    def empty(cls, api: Api, request: PageRequest) -> "_Selection":
        writer, variables = TermWriter(api.vocabulary.prefixes), Variables()
        return cls(api, request, selector_of(request.endpoint), writer, variables, Chains(writer, variables))

    @classmethod
    def of(
        cls, api: Api, request: PageRequest, matches: Sequence[Match] | None, among: Sequence[NamedNode] | None
    ) -> "_Selection":
        selection = cls.empty(api, request)
        if among is not None:
            selection._add(Place.FOUND, f"VALUES {ITEM} {{ {' '.join(map(str, among))} }}")
        selection._add_search(matches)
        selection._add_texts()
        for type_ in selection.selector.types:
            selection.add_type(type_)
        for one in filters_of(api, request):
            selection._add_filter(one)
        if request.box:
            selection._add_box(request.box)
        return selection

    def add_type(self, type_: NamedNode) -> None:
        self._add(Place.TYPE, f"{ITEM} a {self.writer.write(type_)} .")

    def _add_texts(self) -> None:
        """What the configuration and the request say in SPARQL."""
        self.add_sub_select()
        for text in (*self.selector.where, *self.request.where):
            self._add(Place.TEXT, closed(substitute_variables(text, self._substitutes())))

    def order(self) -> list[str]:
        """The conditions of ORDER BY: the request's before the configuration's (D03), and an item's IRI at last."""
        # Texts of others may end in a comment, so that a line ends with them.
        conditions = [text for text in self._asked_order() if text.strip()] or [
            text for text in self._default_order() if text.strip()
        ]
        tie_break = self.request.endpoint.behaviour.tie_break
        if tie_break:
            conditions.append(self.chains.offer((Step(tie_break),)))
        return [*dict.fromkeys(conditions), ITEM]

    def _asked_order(self) -> Iterable[str]:
        yield f"{self.request.order_by}\n"
        yield from self._sorted_by(self.request.sort)
        if self.request.search and not (self.request.order_by or self.request.sort) and not self._is_remote_search:
            yield f"DESC({SCORE})"

    def _default_order(self) -> Iterable[str]:
        if self.selector.sort and not self.request.select:
            yield from self._sorted_by(default_sort(self.api, self.request))
        elif self.selector.order_by and not self.request.select:
            yield f"{self._order_text(self.selector.order_by)}\n"
        else:
            yield f"{self.own_order}\n"

    def _sorted_by(self, keys: Iterable[SortKey]) -> Iterator[str]:
        return (condition for key in keys for condition in self._sort_conditions(key))

    def _sort_conditions(self, key: SortKey) -> Iterator[str]:
        """Texts of one language come together, those without a tag first: between languages SPARQL has no order."""
        variable = self.chains.offer(key.path.steps)
        for text in (f"LANG({variable})", variable) if may_have_languages(key.path, self.api.vocabulary) else (variable,):
            yield f"DESC({text})" if key.is_descending else text

    def _order_text(self, text: str) -> str:
        """Order conditions of the configuration. What the request puts into them is one word, and so stays harmless."""
        for name, term in self.request.bindings.items():
            if f"{{{name}}}" in text and not re.fullmatch(r"\w*", text_of(term)):
                raise BadParameter(f"{name} stands in an order.", parameter=name, value=text_of(term), expected="one word")
        start = "ORDER BY "
        return substitute_variables(start + self._expanded(text), self._substitutes()).removeprefix(start)

    def _expanded(self, text: str) -> str:
        return expand(text, self.request.bindings)

    def query(self, head: str, tail: str, name: str) -> Query:
        body = self._body()
        text = f"{head}\nWHERE {{\n{body}\n}}" + (f"\n{tail}" if tail else "")
        is_trusted = not (self.request.where or self.request.select or self.request.order_by)
        found = "\n".join(_indented(pattern, place) for place, pattern in self.patterns if place is Place.FOUND)
        return Query(self.writer.prologue(text) + text, name=name, is_trusted=is_trusted, own=found)

    def _body(self) -> str:
        patterns = [*self.patterns, *((Place.CHAIN, f"{triple} .") for triple in self.chains.triples())]
        if not any(place < Place.OPTIONAL for place, _ in patterns):
            patterns.append((Place.CHAIN, f"{ITEM} {self.variables.fresh('property')} {self.variables.fresh('value')} ."))
        patterns += [(Place.OPTIONAL, optional) for optional in self.chains.optionals()]
        # Blank nodes have no address that a client could ask for.
        patterns.append((Place.FILTER, f"FILTER (isIRI({ITEM}))"))
        lines = [_indented(text, place) for place, text in sorted(patterns, key=lambda pattern: pattern[0])]
        if self.request.graph:
            lines = [f"{INDENT}GRAPH {self.request.graph} {{", *lines, f"{INDENT}}}"]
        return "\n".join(lines)

    def _add(self, place: Place, text: str) -> None:
        self.patterns.append((place, text))

    def _substitutes(self) -> Mapping[str, Term]:
        """The terms that stand for ?names in the configuration's texts: of declared variables only (D06)."""
        endpoint = self.request.endpoint
        declared = {*endpoint.variables, *endpoint.template.variables} - {ITEM[1:]}
        return {name: term for name, term in self.request.bindings.items() if name in declared}

    # The query that a selector or the request names

    def add_sub_select(self) -> None:
        text = self._named_query() if not self.request.select else self.request.select
        if not text:
            return
        sub_select = split_select(text, "_select" if self.request.select else "")
        self.writer = TermWriter({**self.api.vocabulary.prefixes, **sub_select.prefixes})
        self.chains = Chains(self.writer, self.variables)
        self.own_order = sub_select.order_by
        self._add(Place.SUB_SELECT, f"{{ {sub_select.text}\n{INDENT}}}")

    def _named_query(self) -> str:
        if self.selector.query:
            return self.selector.query.bind(**self.request.query_terms).text
        return substitute_variables(self.selector.select, self._substitutes()) if self.selector.select else ""

    # Filters

    def _add_filter(self, one: Filter) -> None:
        match one:
            case Equality(path, values):
                self.add_equality(path, values)
            case Range(path, bound):
                self._add(Place.FILTER, f"FILTER ({self._comparison(self.chains.require(path.steps), bound)})")
            case Existence(path, True):
                self.chains.require(path.steps)
            case Existence(path, False):
                self.add_absence(path)
            case Labelled(path, labels):
                thing = self.chains.require(path.steps)
                self._add(Place.LITERAL, f"{thing} {self.writer.write(RDFS.label)} {self._one_of(labels, 'label')} .")

    def add_equality(self, path: PropertyPath, values: tuple[Term | Interval, ...]) -> None:
        """The last step is not shared with other filters: ``tag=a`` and ``min-tag=b`` may mean two tags."""
        subject = self.chains.require(path.steps[:-1]) if len(path.steps) > 1 else ITEM
        terms = [value for value in values if not isinstance(value, Interval)]
        if len(terms) == len(values) and not path.last.days:
            pattern = write_step(self.writer, self.variables, subject, path.last, self._one_of(terms, path.text))
            place = Place.TYPE if path.last.property == RDF.type else Place.RESOURCE
            self._add(Place.LITERAL if isinstance(terms[0], Literal) else place, f"{pattern} .")
            return
        value = self.variables.fresh(path.text)
        self._add(Place.CHAIN, f"{write_step(self.writer, self.variables, subject, path.last, value)} .")
        self._add(Place.FILTER, f"FILTER ({' || '.join(self._alternative(value, one) for one in values)})")

    def add_group(self, facet: FacetDeclaration) -> None:
        """What items are grouped by; the key of a span is a text."""
        steps, kind = facet.path.steps, facet.kind
        if kind is FacetKind.VALUE:
            subject = self.chains.require(steps[:-1]) if len(steps) > 1 else ITEM
            self._add(Place.CHAIN, f"{write_step(self.writer, self.variables, subject, steps[-1], GROUP)} .")
            return
        value = self.chains.require(steps)
        if kind is FacetKind.STEP:
            below = (f"IF({value} < {start}, {Literal(str(number))}, " for number, start in enumerate(facet.steps))
            key = f"{''.join(below)}{Literal(str(len(facet.steps)))}{')' * len(facet.steps)}"
        else:
            is_day = f"DATATYPE({value}) = {XSD.date} && STRLEN(STR({value})) = 10"
            key = f'IF({is_day}, SUBSTR(STR({value}), 1, {4 if kind is FacetKind.YEAR else 7}), "")'
        self._add(Place.FILTER, f"BIND ({key} AS {GROUP})")

    def _alternative(self, variable: str, value: Term | Interval) -> str:
        if isinstance(value, Interval):
            return "(" + " && ".join(f"({self._comparison(variable, bound)})" for bound in value.bounds) + ")"
        return f"{variable} = {self.writer.write(value)}"

    def _one_of(self, terms: Sequence[Term], word: str) -> str:
        """The one term, or a variable that has each of several as its value."""
        if len(terms) == 1:
            return self.writer.write(terms[0])
        variable = self.variables.fresh(word)
        self._add(Place.VALUES, f"VALUES {variable} {{ {' '.join(map(self.writer.write, terms))} }}")
        return variable

    def _comparison(self, variable: str, bound: Bound) -> str:
        """Alternatives that are errors for a value leave the others to decide (SPARQL 1.1, 17.2)."""
        alternatives = [f"{variable} {bound.comparison} {self.writer.write(term)}" for term in bound.terms]
        if bound.text is not None:
            languages = ", ".join(str(Literal(language)) for language in bound.languages)
            alternatives.append(
                f"!isNumeric({variable}) && LCASE(LANG({variable})) IN ({languages})"
                f" && STR({variable}) {bound.comparison} {Literal(bound.text)}"
            )
        return " || ".join(alternatives) or "false"

    def add_absence(self, path: PropertyPath) -> None:
        """For a chain Elda 3 keeps an item if one way along it ends early, which nested OPTIONALs say."""
        if len(path.steps) == 1:
            pattern = write_step(self.writer, self.variables, ITEM, path.last, self.variables.fresh("no", path.text))
            self._add(Place.FILTER, f"FILTER NOT EXISTS {{ {pattern} }}")
        else:
            self._add(Place.FILTER, f"FILTER (!BOUND({self.chains.offer(path.steps)}))")

    def _add_box(self, box: Box) -> None:
        for term, middle, size in ((GEO.lat, box.latitude, box.height), (GEO.long, box.longitude, box.width)):
            degrees = self.chains.require((Step(term),))
            self._add(Place.FILTER, f"FILTER ({degrees} > {middle - size!r} && {degrees} < {middle + size!r})")

    # Search

    @property
    def _is_remote_search(self) -> bool:
        return self.request.endpoint.text_search is not None

    def _add_search(self, matches: Sequence[Match] | None) -> None:
        search = self.request.endpoint.text_search
        if search and self.request.search:
            place = Place.EARLY_SEARCH if search.place_early else Place.LATE_SEARCH
            groups = (f"{{ {self._search_triple(search, words)} }}" for words in self.request.search)
            self._add(place, " UNION ".join(groups))
        elif matches is not None:
            rows = "\n".join(f"{INDENT}({match.item} {match.score:.{DECIMALS}f})" for match in matches)
            # In a subquery, which Oxigraph joins by hashing; of 8,700 rows and 3,000 items it would compare each two (measured).
            self._add(Place.FOUND, f"{{ SELECT {ITEM} {SCORE} {{ VALUES ({ITEM} {SCORE}) {{\n{rows}\n}} }} }}")

    def _search_triple(self, search: TextSearch, words: str) -> str:
        """Elda's triple for a text index inside the endpoint."""
        text = Literal(words)
        if search.operand:
            terms = [text if term == Literal("?_search") else term for term in search.operand]
        else:
            terms = [text] if search.content_property == RDFS.label else [search.content_property, text]
        written = " ".join(map(self.writer.write, terms))
        is_list = len(terms) > 1 or bool(search.operand)
        return f"{ITEM} {self.writer.write(search.query_property)} {f'({written})' if is_list else written} ."


def _indented(text: str, place: Place) -> str:
    """A pattern as it stands in the query. Texts of others may hold strings of several lines, which stay as they are."""
    if place in (Place.TEXT, Place.SUB_SELECT):
        return INDENT + text
    return INDENT + text.replace("\n", f"\n{INDENT}")
