"""SPARQL 1.1 Protocol at /sparql: queries of strangers and their results, as documents for programs and as a page for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, Response, request

from pqlod.datasets import Opened
from pqlod.errors import BadParameter, DatasetUnavailable, NotAcceptable, PqlodError
from pqlod.formatters.html.frame import upwards
from pqlod.formatters.solutions import FORMATS, GRAPH_NAMES, PAGE, ResultFormat, format_named, format_names, table
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.sandbox import OWN_MEDIA_TYPES, Kind, Result, Sandbox, UnwantedKind, parse_result
from pqlod.web import service_description as description
from pqlod.web.addresses import parameters, root
from pqlod.web.clients import client_of
from pqlod.web.documents import graph_response
from pqlod.web.negotiation import best_offer
from pqlod.web.once import OncePerVersion
from pqlod.web.policies import allow_widget
from pqlod.web.problems import problem_of
from pqlod.web.protocol import body_pairs, graph_iris
from pqlod.web.query_page import ROWS_ON_PAGE, QueryPage
from pqlod.web.responses import with_charset
from pqlod.web.service import Service

PATH = "/sparql"
DIRECT = "application/sparql-query"


@dataclass(frozen=True)
class QueryRequest:
    """A query that is to be run: its text, its dataset if the request names that, and the name of a format or nothing."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format_name: str = ""


@dataclass(frozen=True)
class Choice:
    """The format of a result, and the media type by which it is sent."""

    format: ResultFormat
    media_type: str


Choices = Mapping[Kind, Choice | None]
# Makes the page around a result, given its table, whether that is cut, and the names of its formats; or around a problem.
Show = Callable[..., str]


def sparql_blueprint(service: Service, sandbox: Sandbox, page: QueryPage) -> Blueprint:
    """The routes of the SPARQL service."""
    blueprint = Blueprint("sparql", __name__)
    counted = OncePerVersion[description.Census]()

    @blueprint.route(PATH, methods=["GET", "POST"])
    @blueprint.route(f"{PATH}/", methods=["GET", "POST"])
    @blueprint.route(f"{PATH}.<suffix>", methods=["GET", "POST"])
    def answer_query(suffix: str = "") -> Response:
        asked = read_request(sandbox.limits.query_length)
        if asked is None:
            return describe(suffix)
        asked = replace(asked, format_name=asked.format_name or suffix)
        choices = choose_formats(asked.format_name, request.headers.get("Accept", ""))
        show = partial(page.show, [], asked.text, asked=asked)
        return query_response(asked, choices, queryable(service), service, show)

    def describe(suffix: str) -> Response:
        census = description.census(queryable(service).dataset, counted)
        address = root(request, service.settings)
        updates = f"{address}/update" if service.writing else ""
        graph = description.service_description(address + PATH, sandbox.limits, census, updates)
        return allow_widget(graph_response(graph, description.PREFIXES, page.show, suffix))

    return blueprint


def queryable(service: Service) -> Opened:
    """The dataset that is asked at /sparql: the embedded store, or without one the first API's files."""
    if service.settings.store:
        return service.datasets.embedded()
    for api in service.configuration.current().apis:
        if api.source.files:
            return service.datasets.open(api.source)
    raise DatasetUnavailable("There is no dataset here that can be asked in SPARQL.")


def read_request(most_characters: int) -> QueryRequest | None:
    """The query of the request that is being answered, if there is one.

    Raises BadParameter, or 415 for a body of another media type.
    """
    given = (*parameters(request), *(body_pairs("query", DIRECT, most_characters) if request.method == "POST" else ()))
    texts = [value for name, value in given if name == "query"]
    if any(name == "update" for name, _ in given):
        raise BadParameter("This is the address of queries, and takes no updates.", parameter="update", expected="query=")
    if len(texts) > 1:
        raise BadParameter("There is more than one query.", parameter="query", expected="one query")
    if not any(text.strip() for text in texts):
        if request.method == "POST":
            raise BadParameter("There is no query.", parameter="query", expected="a SPARQL query")
        return None
    return QueryRequest(
        texts[0],
        graph_iris(given, "default-graph-uri"),
        graph_iris(given, "named-graph-uri"),
        next((value for name, value in given if name in {"format", "_format"} and value), ""),
    )


def choose_formats(name: str, accept: str) -> Choices:
    """The format of each kind of result, by name or else by the Accept header; None where the client takes none of them.

    Raises BadParameter for a name that is none, NotAcceptable if there is nothing for any kind.
    """
    choices: dict[Kind, Choice | None] = {kind: _named(kind, name) if name else _accepted(kind, accept) for kind in FORMATS}
    if any(choices.values()):
        return choices
    if name:
        raise BadParameter(
            f"There is no format {name!r} of results.",
            parameter="format",
            value=name,
            expected=f"one of {', '.join(format_names())}",
            known=(*format_names(), *GRAPH_NAMES),
        )
    raise NotAcceptable(accept, dict.fromkeys(media_type for kind in FORMATS for media_type in _offers(kind)))


def query_response(asked: QueryRequest, choices: Choices, opened: Opened, service: Service, show: Show) -> Response:
    """The result of a query as a response, which streams what the sandbox did not hold back.

    Raises what ``Sandbox.query`` does, but shows it to people on their page.
    """
    try:
        result = _run(asked, choices, opened, service)
        choice = choices[result.kind]
        assert choice  # a kind without one is unwanted
        response = _page(result, service, show) if choice.format is PAGE else _document(result, choice)
    except UnwantedKind as error:
        raise _not_acceptable(asked, error.kind) from None
    except PqlodError as error:
        if not is_page(choices):
            raise
        return problem_page(error, show)
    response.headers["SPARQL-Row-Limit"] = str(service.sandbox.limits.rows)
    response.headers["Cache-Control"] = "no-cache"
    if result.is_cut:
        response.headers["SPARQL-Truncated"] = "true"
    if opened.generation is not None:
        response.headers["Dataset-Generation"] = str(opened.generation)
    if not asked.format_name:
        response.vary.add("Accept")
    return response


def is_page(choices: Choices) -> bool:
    """Is the result for people, of whatever kind it is?"""
    return all(choice and choice.format is PAGE for choice in choices.values())


def problem_page(error: PqlodError, show: Show) -> Response:
    """The page, with what is wrong in place of a result."""
    problem = problem_of(error)
    response = Response(show(problem=problem), status=problem.status)
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    return response


def _named(kind: Kind, name: str) -> Choice | None:
    found = format_named(kind, name)
    return Choice(found, found.media_types[0]) if found else None


def _accepted(kind: Kind, accept: str) -> Choice | None:
    offers = [Choice(each, media_type) for each in FORMATS[kind] for media_type in each.media_types]
    best = best_offer(accept, [offer.media_type for offer in offers])
    return None if best is None else offers[best]


def _offers(kind: Kind) -> tuple[str, ...]:
    return tuple(media_type for each in FORMATS[kind] for media_type in each.media_types)


def _not_acceptable(asked: QueryRequest, kind: Kind) -> PqlodError:
    if asked.format_name:
        names = [each.name for each in FORMATS[kind]]
        return BadParameter(
            f"The result of this query is of the kind {kind!r}, which has no format {asked.format_name!r}.",
            parameter="format",
            value=asked.format_name,
            expected=f"one of {', '.join(names)}",
        )
    return NotAcceptable(request.headers.get("Accept", ""), _offers(kind))


def _run(asked: QueryRequest, choices: Choices, opened: Opened, service: Service) -> Result:
    if not isinstance(opened.dataset, EmbeddedDataset):
        raise DatasetUnavailable("The dataset here cannot be asked in SPARQL.")
    return service.sandbox.query(
        opened.dataset.location,
        asked.text,
        {kind: _written(kind, choice) for kind, choice in choices.items()},
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        base_iri=root(request, service.settings) + PATH,
        search=opened.dataset.search,
        client=client_of(request, service.settings),
        rows_read_here={kind: ROWS_ON_PAGE for kind, choice in choices.items() if choice and choice.format is PAGE},
    )


def _written(kind: Kind, choice: Choice | None) -> str | None:
    """The media type in which the worker writes the result; for a page it is read here, and shown."""
    if choice is None:
        return None
    return OWN_MEDIA_TYPES[kind] if choice.format is PAGE else choice.format.media_types[0]


def _document(result: Result, choice: Choice) -> Response:
    content_type = with_charset(choice.media_type)
    if result.is_complete:
        return Response(result.read(), content_type=content_type)
    response = Response(iter(result), content_type=content_type)
    response.call_on_close(result.close)
    return response


def _page(result: Result, service: Service, show: Show) -> Response:
    router, up = service.configuration.current().router, upwards(request.path)

    def address(iri: str) -> str:
        found = router.document(iri)
        return up + found.location.lstrip("/") if found else iri

    shown = table(parse_result(result), address)
    formats = [each.name for each in FORMATS[result.kind] if each is not PAGE]
    page = show(table=shown, is_cut=result.is_cut, result_formats=formats)
    return Response(page, content_type=with_charset("text/html"))
