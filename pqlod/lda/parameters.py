"""The parameters of a URL: which there are, and what a request that gives them asks for.

The two tables are the whole language. docs/url-parameters.md explains each of their rows.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from types import MappingProxyType

from pqlod.errors import BadParameter
from pqlod.lda.bindings import Bindings, bind_variables, expand, text_of
from pqlod.lda.filters import Box, Filter, Reading, SortKey, parse_sort
from pqlod.lda.fragments import check_fragment, split_select
from pqlod.lda.links import RequestUrl as RequestUrl
from pqlod.lda.model import Api, Counting, Endpoint, ListEndpoint, Viewer, ViewKind, selector_of
from pqlod.lda.paths import PropertyPath, parse_path, parse_paths
from pqlod.lda.vocabulary import NO_LANGUAGE
from pqlod.rdf import API, NamedNode, Term
from pqlod.store.query import Parameter

Read = Callable[[Reading, PropertyPath, Iterable[str]], Iterable[Filter]]


@dataclass(frozen=True)
class Operator:
    """What ``operator-path=value`` asks of the values that the path leads to."""

    meaning: str
    read: Read


@dataclass(frozen=True)
class Reserved:
    """A parameter that is no filter. A single one may not be given twice with different values."""

    meaning: str
    is_single: bool = False
    is_for_lists: bool = False
    is_fragment: bool = False  # SPARQL of the client
    is_of_pages: bool = False  # it says nothing of which items there are


def _bounds(comparison: str) -> Read:
    return lambda reading, path, values: reading.bounds(comparison, path, values)


OPERATORS: Mapping[str, Operator] = {
    "": Operator("is the value, or one of several", Reading.equality),
    "min": Operator("is the value or more", _bounds(">=")),
    "max": Operator("is the value or less", _bounds("<=")),
    "minEx": Operator("is more than the value", _bounds(">")),
    "maxEx": Operator("is less than the value", _bounds("<")),
    "exists": Operator("is there (true) or is not (false)", Reading.existence),
    "name": Operator("has the value as its label", Reading.labelled),
    "lang": Operator("the languages in which other filters of the same path look", lambda *_: ()),
}

RESERVED: Mapping[str, Reserved] = {
    "_page": Reserved("the number of the page, from 0", is_single=True, is_for_lists=True, is_of_pages=True),
    "_pageSize": Reserved("how many items a page has", is_single=True, is_for_lists=True, is_of_pages=True),
    "_sort": Reserved("property paths to order the items by", is_of_pages=True),
    "_view": Reserved("the name of a view: which properties are shown", is_single=True, is_of_pages=True),
    "_properties": Reserved("property paths to show in addition", is_of_pages=True),
    "_format": Reserved("the name of a format", is_single=True, is_of_pages=True),
    "callback": Reserved("the function that JSON is wrapped in a call of", is_single=True, is_of_pages=True),
    "_metadata": Reserved("what else to tell of the page: versions, formats, bindings, execution, all", is_of_pages=True),
    "_lang": Reserved("languages to look in and to show"),
    "_search": Reserved("words to search for"),
    "_count": Reserved("whether to count all items: yes or no", is_single=True, is_of_pages=True),
    "_chart": Reserved(
        "what to show as a chart: the name of a facet, or of two for medians", is_single=True, is_for_lists=True, is_of_pages=True
    ),
    "_facet": Reserved("the name of a facet to show all choices of", is_single=True, is_for_lists=True, is_of_pages=True),
    "_subject": Reserved("one resource to show instead of a selection", is_single=True),
    "_graph": Reserved("the named graph to ask", is_single=True),
    "near-lat": Reserved("degrees of latitude of a point to be near to", is_single=True),
    "near-long": Reserved("its degrees of longitude", is_single=True),
    "_distance": Reserved("how near: miles, or kilometres with km", is_single=True),
    "_where": Reserved("SPARQL: a further graph pattern", is_fragment=True),
    "_select": Reserved("SPARQL: a query for ?item, instead of the selection", is_single=True, is_fragment=True),
    "_orderBy": Reserved("SPARQL: order conditions", is_single=True, is_fragment=True, is_of_pages=True),
    "_template": Reserved("SPARQL: triples to show, instead of a view", is_single=True, is_fragment=True, is_of_pages=True),
    "_generation": Reserved("the state of the data that a walk over pages began with", is_single=True, is_of_pages=True),
    "_mark": Reserved("nothing: for the client's own use", is_of_pages=True),
    "_query-id": Reserved("nothing: for the client's own use", is_of_pages=True),
    "_": Reserved("nothing: for clients that make addresses unique", is_of_pages=True),
}

# How clients of the parliamentary service were seen to write parameters.
TOLERATED_NAMES = {"page": "_page", "pageSize": "_pageSize"}

VIEW_PARAMETERS = frozenset({"_view", "_properties", "_template"})
METADATA_GROUPS = ("versions", "formats", "bindings", "execution")
LARGEST_PAGE_NUMBER = 2**31 - 1
MILES_TO_A_DEGREE = 70  # and a kilometre is five eighths of a mile: Elda's numbers
LARGEST_DISTANCE = 999


@dataclass(frozen=True)
class PageRequest:
    """What a request asks for, once its parameters are read.

    ``where``, ``select``, ``order_by`` and ``template`` are SPARQL of the client, and empty as a rule. ``metadata``
    has names of groups, and of metadata blocks. ``query_terms`` are for the query that the selector names.
    """

    endpoint: Endpoint
    url: RequestUrl
    bindings: Bindings
    viewer: Viewer
    filters: tuple[Filter, ...] = ()
    sort: tuple[SortKey, ...] = ()
    search: tuple[str, ...] = ()
    box: Box | None = None
    query_terms: Mapping[str, Term] = field(default_factory=lambda: MappingProxyType({}))
    where: tuple[str, ...] = ()
    select: str = ""
    order_by: str = ""
    template: str = ""
    page: int = 0
    page_size: int = 1
    format_name: str = ""
    callback: str = ""
    metadata: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    graph: NamedNode | None = None
    subject: NamedNode | None = None
    is_counted: bool = False
    chart: str = ""
    facet: str = ""
    generation: int | None = None

    @property
    def names_view(self) -> bool:
        """Does the client say what it wants to see of the items?"""
        return any(name in VIEW_PARAMETERS and value for name, value in self.url.parameters)

    def reading(self, api: Api, path: str = "") -> Reading:
        """How the values of filters are read; ``lang-path`` decides the languages of its path, before ``_lang``."""
        given = [value for name, value in self.url.parameters if value and name.rstrip(".") == f"lang-{path}"]
        languages = _languages(given, f"lang-{path}") if path and given else self.languages
        return Reading(api.vocabulary, self.endpoint.behaviour, languages)


def parse_parameters(
    api: Api, endpoint: Endpoint, variables: Mapping[str, str], url: RequestUrl, consumed: frozenset[str] = frozenset()
) -> PageRequest:
    """What a request asks of an endpoint.

    ``variables`` are those of the endpoint's template; ``consumed`` are parameters that the template used up, which
    are no filters. Raises BadParameter for whatever cannot be understood.
    """
    if endpoint.behaviour.tolerant_parameters:
        url = url.renamed(TOLERATED_NAMES)
    given = url.values()
    bindings = bind_variables(endpoint, variables, {name: values[0] for name, values in given.items()})
    reserved = _Reserved(api, endpoint, bindings, {name: values for name, values in given.items() if is_reserved(name)})
    reserved.check()
    request = reserved.request(url)
    parameters = _query_parameters(endpoint)
    names = [name for name in given if not is_reserved(name) and name not in consumed and name not in parameters]
    filters = (read_filter(api, request, name, given[name]) for name in names if _is_filter(api, endpoint, name))
    return replace(request, filters=tuple(chain.from_iterable(filters)), query_terms=_query_terms(parameters, given, bindings))


def is_reserved(name: str) -> bool:
    """Is this the name of something else than a property or a variable?"""
    return name.startswith("_") or name in RESERVED


def read_filter(api: Api, request: PageRequest, name: str, values: Iterable[str]) -> tuple[Filter, ...]:
    """The filters of one parameter, of a request or of a selector: ``{variables}`` in name and values are filled in.

    Raises BadParameter.
    """
    expanded = expand(name, request.bindings)
    prefix, hyphen, text = expanded.partition("-") if "-" in expanded else ("", "", expanded)
    operator = OPERATORS.get(prefix)
    if operator is None or (hyphen and not prefix):
        raise BadParameter(f"Unknown prefix {prefix!r} in {name!r}.", parameter=name, value=prefix, known=filter(None, OPERATORS))
    try:
        path = _parse_filter_path(text, api)
        values = [_purge(expand(value, request.bindings), request.endpoint) for value in values]
        return tuple(operator.read(request.reading(api, path.text), path, values))
    except BadParameter as error:
        error.parameter = error.parameter or name
        raise


def _parse_filter_path(text: str, api: Api) -> PropertyPath:
    path = parse_path(text, api.vocabulary)
    if path.steps[0].property == API.item:
        # ?item is the variable of what is selected, in texts of the configuration too (D06).
        raise BadParameter(f"Unknown property {text!r}.", parameter=text)
    return path


def _purge(value: str, endpoint: Endpoint) -> str:
    return re.sub("[<&%>]", " ", value) if endpoint.purges_filter_values else value


def _is_filter(api: Api, endpoint: Endpoint, name: str) -> bool:
    """A declared variable may be given in the request too; it filters only if it is also the name of a property."""
    if name not in endpoint.variables:
        return True
    try:
        return bool(parse_path(name, api.vocabulary))
    except BadParameter:
        return False


def _query_parameters(endpoint: Endpoint) -> Mapping[str, Parameter]:
    """What the query that the selector names asks for."""
    query = selector_of(endpoint).query
    return query.parameters if query else {}


def _query_terms(
    parameters: Mapping[str, Parameter], given: Mapping[str, tuple[str, ...]], bindings: Bindings
) -> Mapping[str, Term]:
    """The terms for the parameters of a query, each of the kind that its header declares."""
    for name in parameters:
        if len(given.get(name, ())) > 1:
            raise _given_twice(name)
    return MappingProxyType({name: parameters[name].term(text_of(bindings[name])) for name in parameters if name in bindings})


def _given_twice(name: str) -> BadParameter:
    return BadParameter(f"{name} is given more than once, with different values.", parameter=name, expected="one value")


def _languages(values: Iterable[str], parameter: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.strip() for value in values for tag in value.split(",") if tag.strip()))
    for tag in tags:
        if not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", tag):
            expected = f"language tags with commas between them, or {NO_LANGUAGE}"
            raise BadParameter(f"{tag!r} is no language tag.", parameter=parameter, value=tag, expected=expected)
    return tags


@dataclass(frozen=True)
class _Reserved:
    """The reserved parameters of a request, and how each is read."""

    api: Api
    endpoint: Endpoint
    bindings: Bindings
    given: Mapping[str, tuple[str, ...]]

    def check(self) -> None:
        """Is each of them known, allowed here, and given no more often than makes sense?"""
        for name, values in self.given.items():
            if name in self.endpoint.allowed_reserved or name in ("_", "_mark", "_query-id"):
                continue
            if name not in RESERVED or (name == "_generation" and not self.endpoint.behaviour.keep_generation):
                raise BadParameter(f"Unknown reserved parameter {name!r}.", parameter=name, known=RESERVED)
            self._check_known(name, RESERVED[name], values)

    def _check_known(self, name: str, reserved: Reserved, values: tuple[str, ...]) -> None:
        if reserved.is_single and len(values) > 1:
            raise _given_twice(name)
        if reserved.is_for_lists and not isinstance(self.endpoint, ListEndpoint):
            raise BadParameter(f"{name} can only be used with a list, and this is an item.", parameter=name)
        if reserved.is_fragment:
            self._check_fragments(name, values)

    def _check_fragments(self, name: str, values: tuple[str, ...]) -> None:
        if not self.endpoint.behaviour.allow_fragments:
            raise BadParameter(f"SPARQL in parameters, such as {name}, is switched off here.", parameter=name)
        for value in values:
            check_fragment(value, name)
            if name == "_select":
                split_select(value, name)

    def request(self, url: RequestUrl) -> PageRequest:
        return PageRequest(
            endpoint=self.endpoint,
            url=url,
            bindings=self.bindings,
            viewer=self._viewer(),
            sort=tuple(key for text in self._all("_sort") for key in parse_sort(text, self.api.vocabulary)),
            search=self._all("_search"),
            box=self._box(),
            where=self._all("_where"),
            select=self._one("_select"),
            order_by=self._one("_orderBy"),
            template=self._one("_template"),
            page=self._number("_page", 0, 0, LARGEST_PAGE_NUMBER),
            page_size=self._page_size(),
            format_name=self._one("_format"),
            callback=self._callback(),
            metadata=frozenset(self._metadata()),
            languages=_languages(self._all("_lang"), "_lang") or self.endpoint.languages,
            graph=self._graph(),
            subject=self._subject(),
            is_counted=self._is_counted(),
            chart=self._facet("_chart"),
            facet=self._facet("_facet"),
            generation=self._number("_generation", 0, 0, LARGEST_PAGE_NUMBER) if self._one("_generation") else None,
        )

    def _all(self, name: str) -> tuple[str, ...]:
        return self.given.get(name, ())

    def _one(self, name: str) -> str:
        return next(iter(self._all(name)), "")

    def _viewer(self) -> Viewer:
        if template := self._one("_template"):
            return Viewer("_template", ViewKind.TEMPLATE, template=template)
        paths = tuple(path for text in self._all("_properties") for path in parse_paths(text, self.api.vocabulary))
        viewer = self._named_viewer(self._one("_view") or "default")
        return replace(viewer, paths=tuple(dict.fromkeys([*viewer.paths, *paths])))

    def _named_viewer(self, name: str) -> Viewer:
        viewers = {**self.endpoint.viewers, "default": self.endpoint.default_viewer}
        if self.endpoint.behaviour.tolerant_parameters:
            viewers = {key.casefold(): viewer for key, viewer in viewers.items()} | viewers
        viewer = viewers.get(name) or (viewers.get(name.casefold()) if self.endpoint.behaviour.tolerant_parameters else None)
        if viewer is None:
            offered = ", ".join(self.endpoint.viewers)
            raise BadParameter(
                f"Unknown view {name!r}.",
                parameter="_view",
                value=name,
                expected=f"one of {offered}",
                known=self.endpoint.viewers,
            )
        return viewer

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        text = self._one(name)
        if not text:
            return default
        if not re.fullmatch(r"\+?\d{1,10}", text, re.ASCII) or not least <= int(text) <= most:
            expected = f"a whole number from {least} to {most}"
            raise BadParameter(f"{text!r} is not a value of {name}.", parameter=name, value=text, expected=expected)
        return int(text)

    def _page_size(self) -> int:
        if not isinstance(self.endpoint, ListEndpoint):
            return 1
        asked = self._number("_pageSize", 0, 1, LARGEST_PAGE_NUMBER)
        return min(asked, self.endpoint.max_page_size) if asked else self.endpoint.default_page_size

    def _is_counted(self) -> bool:
        text, counting = self._one("_count"), getattr(self.endpoint, "counting", Counting.OPTIONAL)
        if text and counting is not Counting.OPTIONAL:
            raise BadParameter("_count cannot be chosen here.", parameter="_count", value=text)
        if text not in ("", "yes", "no"):
            raise BadParameter(f"{text!r} is not a value of _count.", parameter="_count", value=text, expected="yes or no")
        return isinstance(self.endpoint, ListEndpoint) and (counting is Counting.ALWAYS or text == "yes")

    def _facet(self, parameter: str) -> str:
        name = self._one(parameter)
        known = selector_of(self.endpoint).charts
        if name and name not in known:
            expected = f"one of {', '.join(known)}" if known else "nothing: this list has no facets"
            what = parameter.removeprefix("_")
            raise BadParameter(f"There is no {what} {name!r}.", parameter=parameter, value=name, expected=expected, known=known)
        return name

    def _callback(self) -> str:
        text = self._one("callback")
        if text and not re.fullmatch(r"[a-zA-Z_][a-zA-Z_0-9]*", text):
            expected = "letters, digits and underscores, a digit not first"
            raise BadParameter(f"{text!r} is no name of a function.", parameter="callback", value=text, expected=expected)
        return text

    def _metadata(self) -> Iterator[str]:
        """Names of groups in small letters, and of blocks; a plus before a name of a block has become a blank on its way."""
        for name in (name.strip(" +") for text in self._all("_metadata") for name in text.split(",")):
            if name.lower() == "all":
                yield from METADATA_GROUPS
            yield name.lower() if name.lower() in METADATA_GROUPS else name

    def _graph(self) -> NamedNode | None:
        text = expand(self._one("_graph") or self.endpoint.graph_template, self.bindings)
        return _iri(text, "_graph") if text else None

    def _subject(self) -> NamedNode | None:
        text = self._one("_subject")
        return (self.api.vocabulary.resolve(text) or _iri(text, "_subject")) if text else None

    def _box(self) -> Box | None:
        texts = [self._one(name) for name in ("near-lat", "near-long", "_distance")]
        if not any(texts):
            return None
        if not all(texts):
            raise BadParameter("near-lat, near-long and _distance go together.", parameter="near-lat", expected="all three")
        latitude, longitude = _degrees("near-lat", texts[0], 90), _degrees("near-long", texts[1], 180)
        height = _miles(texts[2]) / MILES_TO_A_DEGREE
        return Box(latitude, longitude, height, height / max(math.cos(math.radians(latitude)), 1e-6))


def _iri(text: str, parameter: str) -> NamedNode:
    try:
        return NamedNode(text)
    except ValueError as error:
        raise BadParameter(f"{text!r} is not an IRI.", parameter=parameter, value=text, expected="a whole IRI") from error


_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"


def _degrees(parameter: str, text: str, most: int) -> float:
    if not re.fullmatch(_NUMBER, text, re.ASCII) or abs(float(text)) > most:
        expected = f"a number from -{most} to {most}"
        raise BadParameter(f"{text!r} is no number of degrees.", parameter=parameter, value=text, expected=expected)
    return float(text)


def _miles(text: str) -> float:
    match = re.fullmatch(rf"(?P<number>{_NUMBER})(?P<unit>mi|km)?", text.strip(), re.ASCII)
    if match is None or not 0 <= float(match["number"]) <= LARGEST_DISTANCE:
        expected = f"0 to {LARGEST_DISTANCE}, with mi or km behind it"
        raise BadParameter(f"{text!r} is no distance.", parameter="_distance", value=text, expected=expected)
    return float(match["number"]) * (5 / 8 if match["unit"] == "km" else 1)
