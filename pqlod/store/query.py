"""SPARQL queries with parameters: how values get into a query, as terms and never as text.

A query file begins with a header of comments that the program reads and the documentation shows::

    # title: Questions that a department has not answered in time
    # description: The oldest come first. There may be several lines of this,
    # description: which are read as one text.
    # group: How long answers take
    # param department: iri    The answering department
    # param since: date?       Tabled on or after (an optional parameter, which may be left out)
    # param when: date|dateTime    Either of two kinds
    # param words: string = social housing    What is searched for (a default, up to two spaces or the line's end)
    # filters: min-dateTabled={since}    The same as filters of an API, for an index; of what is left out there is none
    # filters without words: exists-text=true    What is the same as long as a parameter is left out, or empty

A parameter is written ``$name``, a variable ``?name``. To SPARQL they mean the same, so no name may be both, such a file
is a valid query as it stands, and an optional parameter that is left out is a variable like any other:
``FILTER(!BOUND($since) || ?tabled >= $since)``.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import dropwhile
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Store

from pqlod.errors import BadParameter, ConfigurationError, Mistake, near
from pqlod.rdf import RDF, XSD, Literal, NamedNode, Term
from pqlod.store.tokens import Kind, Token, tokenize


@dataclass(frozen=True)
class ParameterKind:
    """What values a kind of parameter takes: literals of some datatypes, the first of them made from text."""

    expected: str
    datatypes: tuple[NamedNode, ...]
    pattern: str = r"(?s).*"


_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_DATE = r"(?P<date>\d{4}-\d\d-\d\d)"

# `iri` is the one kind that is not a literal.
KINDS: Mapping[str, ParameterKind] = {
    "iri": ParameterKind("an absolute IRI", ()),
    "string": ParameterKind("text", (XSD.string, RDF.langString)),
    "date": ParameterKind("a date such as 2017-06-21", (XSD.date,), _DATE + _ZONE),
    "dateTime": ParameterKind(
        "an instant such as 2017-06-21T09:30:00", (XSD.dateTime,), _DATE + r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?" + _ZONE
    ),
    "gYear": ParameterKind("a year such as 2017", (XSD.gYear,), r"-?\d{4,}" + _ZONE),
    "integer": ParameterKind(
        "a whole number", (XSD.integer, XSD.int, XSD.long, XSD.short, XSD.nonNegativeInteger, XSD.positiveInteger), r"[+-]?\d+"
    ),
    "decimal": ParameterKind("a number", (XSD.decimal, XSD.integer, XSD.int, XSD.long), r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    "double": ParameterKind("a number", (XSD.double, XSD.float), r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN"),
    "boolean": ParameterKind("true or false", (XSD.boolean,), r"true|false|1|0"),
}


@dataclass(frozen=True)
class Parameter:
    """A parameter that a query declares. ``kind`` is one of KINDS, or several with ``|`` between them.

    ``default``, if it is not empty, is the text of the value that it has when it is left out.
    """

    name: str
    kind: str
    description: str = ""
    is_optional: bool = False
    default: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.kind.split("|"))

    @property
    def expected(self) -> str:
        """What a value is, in words."""
        return " or ".join(KINDS[kind].expected for kind in self.kinds)

    def accepts(self, term: Term) -> bool:
        """Is the term of one of the kinds?"""
        if isinstance(term, NamedNode):
            return "iri" in self.kinds
        return isinstance(term, Literal) and any(term.datatype in KINDS[kind].datatypes for kind in self.kinds)

    def term(self, text: str) -> NamedNode | Literal:
        """The term that a text stands for, of the first kind that can be written so; BadParameter if none can."""
        for kind in self.kinds:
            if (term := _read_term(text, kind)) is not None:
                return term
        raise BadParameter(f"{text!r} is not a value of {self.name}.", parameter=self.name, value=text, expected=self.expected)


@dataclass(frozen=True)
class Query:
    """SPARQL text, with the parameters that are still to be bound.

    A query that is not trusted holds text of a stranger; ``own`` is what in it, where it first stands, is ours all the same,
    and does not count to its length. One that is bounded takes little time whatever the data are: it names the resources
    that it asks of.
    """

    text: str
    name: str = ""
    title: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    is_trusted: bool = True
    own: str = ""
    is_bounded: bool = False
    description: str = ""
    group: str = ""
    filters: str = ""
    filters_without: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def can_be_asked(self, names: Collection[str] = ()) -> bool:
        """Is nothing missing, if the parameters of these names have values?"""
        return all(each.is_optional or each.default or name in names for name, each in self.parameters.items())

    def bind(self, **terms: Term | None) -> "Query":
        """The query with its parameters' terms in place; one that is absent or None has its default.

        Without a default, an optional one stays a variable. Raises BadParameter for an unknown, a missing, or a mistyped one.
        """
        defaults = {name: each.term(each.default) for name, each in self.parameters.items() if each.default}
        given = defaults | {name: term for name, term in terms.items() if term is not None}
        for name in terms:
            if name not in self.parameters:
                raise BadParameter(f"{self._label} has no parameter {name!r}.", parameter=name, known=self.parameters)
        for parameter in self.parameters.values():
            _check_binding(self._label, parameter, given.get(parameter.name))
        return replace(self.substitute(given), parameters=MappingProxyType({}))

    def substitute(self, terms: Mapping[str, Term]) -> "Query":
        """The query with terms in place of any variables, declared or not."""
        return replace(self, text=substitute_variables(self.text, terms))

    @property
    def body(self) -> str:
        """The text without its header."""
        lines = self.text.lstrip("\ufeff").splitlines(keepends=True)
        return "".join(dropwhile(lambda line: not line.strip() or line.startswith("#"), lines))

    @property
    def _label(self) -> str:
        return f"The query {self.name}" if self.name else "The query"


def substitute_variables(text: str, terms: Mapping[str, Term]) -> str:
    """SPARQL text in which ``?name`` and ``$name`` are replaced by the terms of that name, written as SPARQL.

    Strings, IRIs and comments are stepped over. Where the grammar wants a variable, the text says the same in
    another way: ``SELECT ?x`` becomes ``SELECT (term AS ?x)``, ``ORDER BY ?x`` ``ORDER BY (term)``, ``BOUND(?x)``
    ``true``. Raises ConfigurationError where the text itself assigns the variable (``AS ?x``, ``VALUES ?x``), and
    BadParameter for a blank node or a triple, which cannot be written as a constant.
    """
    for name, term in terms.items():
        if not isinstance(term, NamedNode | Literal):
            raise BadParameter(f"{term} cannot be a value in a query.", parameter=name, expected="an IRI or a literal")
    return _Substitution(terms).result(tokenize(text)) if terms else text


def read_query(text: str, name: str) -> Query:
    """A query from the text of its file; ConfigurationError tells all that is wrong with it."""
    query, mistakes = _parse_query(text, name)
    if mistakes:
        raise ConfigurationError(mistakes)
    return query


def load_queries(folder: Path) -> Mapping[str, Query]:
    """The queries of a folder by their files' names (``tabled.rq``); ConfigurationError tells all mistakes of all files."""
    parsed = [_parse_query(path.read_text("utf-8"), path.name) for path in sorted(folder.glob("*.rq"))]
    if mistakes := [mistake for _, found in parsed for mistake in found]:
        raise ConfigurationError(mistakes)
    return MappingProxyType({query.name: query for query, _ in parsed})


_HEADER_LINE = re.compile(r"#\s*(?P<key>title|description|group|param|filters(?: without \w+)?)\b\s*:?\s*(?P<rest>.*)")
_PARAMETER = re.compile(
    r"(?P<name>\w+)\s*:\s*(?P<kind>[\w|]+)(?P<optional>\??)"
    r"(?:\s*=\s*(?P<default>\S+(?:\s\S+)*))?(?:\s+(?P<description>.*))?"
)


def _parse_query(text: str, name: str) -> tuple[Query, list[Mistake]]:
    title, description, group, parameters, mistakes = "", "", "", {}, []
    filters: dict[str, str] = {}  # by the parameter without which they hold, or by ""
    for key, rest in _header(text):
        if key == "title":
            title = rest
        elif key == "group":
            group = rest
        elif key == "description":
            description = f"{description} {rest}".strip()
        elif key.startswith("filters"):
            filters[key.partition(" without ")[2]] = rest.partition(" ")[0]
        elif parameter := _parse_parameter(rest):
            parameters[parameter.name] = parameter
        else:
            mistakes.append(Mistake(name, "# param", f"{rest!r} was found where 'name: kind description' was expected"))
    always = filters.pop("", "")
    query = Query(
        text,
        name,
        title,
        MappingProxyType(parameters),
        description=description,
        group=group,
        filters=always,
        filters_without=MappingProxyType(filters),
    )
    return query, [*mistakes, *_mistakes(query)]


def _header(text: str) -> Iterator[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        if line.strip() and not line.startswith("#"):
            return
        if match := _HEADER_LINE.match(line):
            yield match["key"], match["rest"].strip()


def _parse_parameter(text: str) -> Parameter | None:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        return None
    return Parameter(match["name"], match["kind"], match["description"] or "", bool(match["optional"]), match["default"] or "")


def _mistakes(query: Query) -> Iterator[Mistake]:
    used = {token.text for token in tokenize(query.text) if token.kind is Kind.VARIABLE}
    marked = {variable[1:] for variable in used if variable[0] == "$"}
    for parameter in query.parameters.values():
        yield from _parameter_mistakes(query, parameter, marked)
    for name in sorted(marked & {variable[1:] for variable in used if variable[0] == "?"}):
        yield Mistake(query.name, f"?{name}", f"is the same variable as the parameter ${name}; give one of them another name")
    for name in sorted(marked - set(query.parameters)):
        yield Mistake(query.name, f"${name}", "is not declared by a line '# param' of the header")
    may_be_missing = {each.name for each in query.parameters.values() if each.is_optional and not each.default}
    for name in sorted(set(query.filters_without) - may_be_missing):
        yield Mistake(query.name, f"# filters without {name}", f"{name} is not declared by '# param' as one that may be left out")
    try:
        Store().query(query.text)
    except (OSError, RuntimeError):
        pass  # it parses: an ASK would call a service at once, and a function of its own comes from whoever asks
    except SyntaxError as error:
        yield Mistake(query.name, "", f"does not parse: {error}")


def _parameter_mistakes(query: Query, parameter: Parameter, used: Iterable[str]) -> Iterator[Mistake]:
    for kind in set(parameter.kinds) - set(KINDS):
        hint = " or ".join(near(kind, KINDS)) or ", ".join(KINDS)
        yield Mistake(query.name, f"# param {parameter.name}", f"has the unknown kind {kind!r}; expected {hint}")
    if parameter.default and set(parameter.kinds) <= set(KINDS):
        try:
            parameter.term(parameter.default)
        except BadParameter as error:
            yield Mistake(query.name, f"# param {parameter.name}", f"has a default of another kind: {error}")
    if parameter.name not in used:
        yield Mistake(query.name, f"# param {parameter.name}", f"is not used in the query, where it is written ${parameter.name}")
    else:
        try:
            substitute_variables(query.text, {parameter.name: NamedNode("urn:value")})
        except ConfigurationError as error:
            yield from (Mistake(query.name, mistake.property, mistake.problem) for mistake in error.mistakes)


def _check_binding(label: str, parameter: Parameter, term: Term | None) -> None:
    if term is None:
        if not parameter.is_optional:
            raise BadParameter(f"{label} needs {parameter.name}.", parameter=parameter.name, expected=parameter.expected)
    elif not parameter.accepts(term):
        raise BadParameter(f"{term} is not a value of {parameter.name}.", parameter=parameter.name, expected=parameter.expected)


def _read_term(text: str, kind: str) -> NamedNode | Literal | None:
    if kind == "iri":
        try:
            return NamedNode(text)
        except ValueError:
            return None
    match = re.fullmatch(KINDS[kind].pattern, text)
    if match is None or not _is_day(match.groupdict().get("date")):
        return None
    return Literal(text, datatype=KINDS[kind].datatypes[0])


def _is_day(text: str | None) -> bool:
    try:
        return text is None or bool(date.fromisoformat(text))
    except ValueError:
        return False


# Where a clause begins that takes bare variables (SELECT ?x, ORDER BY ?x, VALUES ?x), and where it ends.
_CLAUSES = {"SELECT": "SELECT", "BY": "BY", "VALUES": "VALUES"} | dict.fromkeys(
    ("WHERE", "FROM", "HAVING", "LIMIT", "OFFSET"), ""
)


class _Substitution:
    """One walk over a text: what is written so far, and in which clause and how deep in parentheses it stands."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._terms = terms
        self._written: list[str] = []
        self._is_after_term = False
        self._clause, self._depth = "", 0
        self._outer: list[tuple[str, int]] = []  # clause and depth around each open brace
        self._recent: tuple[str, ...] = ()  # the last two tokens, spaces and comments left out, in capitals
        self._bound = 0  # where the last BOUND was written

    def result(self, tokens: Iterable[Token]) -> str:
        for token in tokens:
            term = self._terms.get(token.text[1:]) if token.kind is Kind.VARIABLE else None
            self._write(token.text if term is None else self._form(token, term), is_term=term is not None)
            self._follow(token)
        return "".join(self._written)

    def _form(self, token: Token, term: Term) -> str:
        """How the term is written at this place."""
        if self._recent[-1:] == ("AS",) or self._clause == "VALUES":
            raise ConfigurationError([Mistake("", token.text, "is a parameter, and is also assigned in the query (AS, VALUES)")])
        if self._recent == ("BOUND", "("):
            self._written[self._bound] = ""
            return "true"
        if self._clause and self._depth == 0:
            return f"({term} AS ?{token.text[1:]})" if self._clause == "SELECT" else f"({term})"
        return str(term)

    def _write(self, text: str, is_term: bool) -> None:
        if (is_term or self._is_after_term) and not self._is_parted(text):
            self._written.append(" ")  # or `?a<?b` would become `?a<<…>`, and `?a-1` `"a"@en-1`
        self._written.append(text)
        self._is_after_term = is_term

    def _is_parted(self, text: str) -> bool:
        return not self._written or self._written[-1][-1:] in " \t\r\n([{,;" or text[:1] in " \t\r\n)]},;"

    def _follow(self, token: Token) -> None:
        if token.kind in (Kind.SPACE, Kind.COMMENT):
            return
        word = token.text.upper()
        if word == "BOUND":
            self._bound = len(self._written) - 1
        if token.kind is Kind.WORD and self._depth == 0:
            self._clause = _CLAUSES.get(word, self._clause)
        elif token.kind is Kind.PUNCTUATION:
            self._nest(word)
        self._recent = (*self._recent[-1:], word)

    def _nest(self, mark: str) -> None:
        if mark in "()":
            self._depth = max(0, self._depth + (1 if mark == "(" else -1))
        elif mark == "{":
            self._outer.append((self._clause if self._depth else "", self._depth))
            self._clause, self._depth = "", 0
        elif mark == "}" and self._outer:
            self._clause, self._depth = self._outer.pop()
