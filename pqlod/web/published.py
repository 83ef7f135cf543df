"""The published queries at /queries: each a page with a form and a table for people, and its result in every format."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, render_template, request

from pqlod.errors import BadParameter, EndpointNotFound, near
from pqlod.formatters.html.frame import FormatLink
from pqlod.lda.routing import split_suffix
from pqlod.rdf import DCT, RDF, SCHEMA, Graph, Literal, NamedNode, Namespace, Triple
from pqlod.store.query import Parameter, Query
from pqlod.web.addresses import parameters, root
from pqlod.web.documents import graph_response
from pqlod.web.query_page import ROWS_ON_PAGE
from pqlod.web.responses import entity_tag, finish, known_tag, with_charset
from pqlod.web.service import Service
from pqlod.web.sparql import (
    DIRECT,
    Choices,
    QueryRequest,
    Show,
    choose_formats,
    is_page,
    problem_page,
    query_response,
    queryable,
)
from pqlod.web.sparql import PATH as SPARQL_PATH

PATH = "/queries"
TEXT = "rq"  # the suffix of a query's own text
FORMAT_PARAMETERS = ("format", "_format")

SH = Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = {"dct": DCT.iri, "schema": SCHEMA.iri, "sh": SH.iri}

# How a form asks for a parameter, by its kind; for others in a line of text.
INPUTS: Mapping[str, str] = {"iri": "url", "date": "date", "integer": "number"}


def published_blueprint(service: Service, queries: Mapping[str, Query]) -> Blueprint:
    """The routes of these queries, which are known by their names without suffix."""
    blueprint = Blueprint("published", __name__)

    @blueprint.get(PATH, defaults={"suffix": ""})
    @blueprint.get(f"{PATH}.<suffix>")
    def list_queries(suffix: str) -> Response:
        graph = queries_graph(queries, root(request, service.settings))
        return graph_response(graph, PREFIXES, partial(_list_page, queries), suffix)

    @blueprint.get(f"{PATH}/<path:path>")
    def answer_published(path: str) -> Response:
        name, suffix = split_suffix(path)
        return _answer(service, name, _find(queries, name), suffix)

    return blueprint


def queries_graph(queries: Mapping[str, Query], address: str) -> Graph:
    """What the queries are, where they answer, and their texts (SHACL's vocabulary of SPARQL executables)."""
    return Graph(triple for name, query in queries.items() for triple in _statements(name, query, address))


def read_values(query: Query, given: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The values of a query's parameters as the client wrote them; what is empty, as in a form, is left out.

    Raises BadParameter for a parameter that the query does not have, or that is given twice.
    """
    values: dict[str, str] = {}
    for name, value in given:
        if name in FORMAT_PARAMETERS:
            continue
        if name not in query.parameters:
            expected = f"one of {', '.join(query.parameters)}" if query.parameters else "none"
            raise BadParameter(
                f"This query has no parameter {name!r}.", parameter=name, expected=expected, known=query.parameters
            )
        if values.get(name):
            raise BadParameter(f"{name} is given twice.", parameter=name, value=value, expected="one value")
        values[name] = value.strip()
    return {name: value for name, value in values.items() if value}


def bound(query: Query, values: Mapping[str, str]) -> Query:
    """The query with these values in place; BadParameter for one that is of another kind, or is missing."""
    return query.bind(**{name: query.parameters[name].term(value) for name, value in values.items()})


def _find(queries: Mapping[str, Query], name: str) -> Query:
    if name in queries:
        return queries[name]
    raise EndpointNotFound(f"There is no query {name!r}.", (f"{PATH}/{found}" for found in near(name, queries)))


def _answer(service: Service, name: str, query: Query, suffix: str) -> Response:
    given = parameters(request)
    if suffix == TEXT:
        return Response(bound(query, read_values(query, given)).text, content_type=with_charset(DIRECT))
    format_name = suffix or next((value for name, value in given if name in FORMAT_PARAMETERS and value), "")
    choices = choose_formats(format_name, request.headers.get("Accept", ""))
    address = root(request, service.settings)
    show = partial(_page, service, name, query, f"{address}{PATH}/{name}")
    try:
        values = read_values(query, given)
        if is_page(choices) and not query.can_be_asked(values):
            return Response(show())
        asked = bound(query, values)
    except BadParameter as error:
        if not is_page(choices):
            raise
        return problem_page(error, show)
    show = partial(show, values=values, text=asked.body)
    return _result(service, QueryRequest(asked.text, format_name=format_name), choices, show)


def _result(service: Service, asked: QueryRequest, choices: Choices, show: Show) -> Response:
    """The result, or 304 before the query is run if the client has it already; some results change with the day."""
    opened = queryable(service)
    version = opened.dataset.version and f"{opened.dataset.version} {service.configuration.current().version}"
    media_types = [choice.media_type for choice in choices.values() if choice]
    tag = entity_tag(version, request.full_path, *media_types, asked.text, datetime.now(UTC).date().isoformat())
    if known := known_tag(tag):
        return finish(Response(status=304), tag=known, is_negotiated=not asked.format_name)
    response = query_response(asked, choices, opened, service, show)
    return finish(response, tag=tag, is_negotiated=not asked.format_name) if response.status_code == 200 else response


def _page(
    service: Service,
    name: str,
    query: Query,
    address: str,
    *,
    values: Mapping[str, str] | None = None,
    text: str = "",
    **shown: object,
) -> str:
    given = dict(parameters(request)) if values is None else values
    return render_template(
        "query.html",
        name=name,
        query=query,
        address=address,
        given=values,
        values={each.name: given.get(each.name, each.default) for each in query.parameters.values()},
        text=text or query.body,
        input_type=input_type,
        limits=service.sandbox.limits,
        rows_shown=ROWS_ON_PAGE,
        **shown,
    )


def input_type(parameter: Parameter) -> str:
    """The type of the field in which a form asks for a parameter."""
    return INPUTS.get(parameter.kind, "text")


def _list_page(queries: Mapping[str, Query], formats: list[FormatLink]) -> str:
    groups: dict[str, dict[str, Query]] = {}
    for name, query in queries.items():
        groups.setdefault(query.group, {})[name] = query
    return render_template("queries.html", groups=groups, formats=formats)


def _statements(name: str, query: Query, address: str) -> Iterator[Triple]:
    node = NamedNode(f"{address}{PATH}/{name}")
    yield Triple(node, RDF.type, SH.SPARQLSelectExecutable)
    yield Triple(node, DCT.title, Literal(query.title, language="en"))
    yield Triple(node, DCT.description, Literal(query.description, language="en"))
    yield Triple(node, SCHEMA.target, NamedNode(address + SPARQL_PATH))
    yield Triple(node, SH.select, Literal(query.text))
