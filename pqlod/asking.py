"""Asks without a server: SPARQL over a store or an endpoint elsewhere, and paths of the Linked Data API."""

import urllib.error
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import unquote

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)
from rich.console import Console
from rich.table import Table
from SPARQLWrapper import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from pqlod.errors import BadParameter, DatasetError, DatasetUnavailable, PqlodError
from pqlod.lda.pages import explain
from pqlod.lda.parameters import RequestUrl, parse_parameters
from pqlod.settings import Settings
from pqlod.store.embedded import EmbeddedDataset, syntax_error
from pqlod.store.query_log import OFF
from pqlod.store.searches import with_searches
from pqlod.web.addresses import pairs

SOLUTIONS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPHS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
EVALUATION = (RuntimeError, OSError)  # what pyoxigraph raises of a query that parses
TABLE = "table"
# What a format of one kind of result becomes for another: whoever pipes CSV gets Turtle of a graph.
IN_PLACE = {TABLE: "ttl", "csv": "ttl", "xml": "rdf", "json": "jsonld"}

Result: TypeAlias = "QuerySolutions | QueryBoolean | Iterable[Triple]"
Ask = Callable[[str], Result]


def ask_path(settings: Settings, path: str) -> bytes:
    """The body that a server would send for a path with its query string; PqlodError says what was wrong with it."""
    from pqlod.app import running_app

    with running_app(replace(settings, query_log=OFF)) as app:
        response = app.test_client().get(path, follow_redirects=True)
    if response.status_code >= 400:
        problem = response.get_json(silent=True, force=True) or {}
        raise PqlodError(f"{response.status}: {problem.get('detail', response.text)}")
    return bytes(response.data)


def explain_path(settings: Settings, path: str) -> str:
    """How the items of a list are found, at what cost, and the SPARQL that means the same; PqlodError if it is asked wrongly."""
    from pqlod.app import running_app

    with running_app(replace(settings, query_log=OFF)) as app:
        service = app.extensions["pqlod"]
        place, _, query = path.partition("?")
        asked = RequestUrl("", unquote(place), pairs(query.encode()))
        match = service.configuration.current().router.match(asked.path, asked.values())
        url = replace(asked, path=match.path_without_suffix)
        request = parse_parameters(match.api, match.endpoint, match.variables, url, match.consumed)
        return explain(match.api, request, service.datasets.open(match.api.source, request.generation).dataset)


def embedded(dataset: EmbeddedDataset) -> Ask:
    """Asks a store of this machine. The query is the user's own, and so runs here; searches in it are found before."""

    def ask(text: str) -> Result:
        try:
            return dataset.store.query(with_searches(text, dataset.search))
        except SyntaxError as error:
            raise syntax_error(str(error)) from error
        except EVALUATION as error:
            raise _not_evaluated(error) from error

    return ask


def remote(endpoint: str) -> Ask:
    """Asks a SPARQL endpoint by HTTP."""

    def ask(text: str) -> Result:
        client = SPARQLWrapper(endpoint)
        client.setQuery(text)
        is_graph = client.queryType in {"CONSTRUCT", "DESCRIBE"}
        client.setReturnFormat("n3" if is_graph else "json")
        try:
            body = client.query().response.read()
            if is_graph:
                return (quad.triple for quad in parse(body, RdfFormat.TURTLE))
            return parse_query_results(body, QueryResultsFormat.JSON)
        except SPARQLWrapperException as error:
            raise DatasetError(f"{endpoint} refuses the query: {error}") from error
        except (urllib.error.URLError, OSError, SyntaxError) as error:
            raise DatasetUnavailable(f"{endpoint} does not answer SPARQL: {error}") from error

    return ask


def write(result: Result, format_name: str) -> bytes:
    """The result in a format by its name; "table" is for people. BadParameter if there is none of that name."""
    if format_name not in {TABLE, *SOLUTIONS, *GRAPHS}:
        raise BadParameter(
            f"There is no format {format_name!r}.",
            parameter="format",
            value=format_name,
            expected=f"one of {', '.join((TABLE, *SOLUTIONS, *GRAPHS))}",
            known=(TABLE, *SOLUTIONS, *GRAPHS),
        )
    try:
        return _written(result, format_name)
    except EVALUATION as error:  # results are found while they are read
        raise _not_evaluated(error) from error


def _written(result: Result, format_name: str) -> bytes:
    if isinstance(result, QueryBoolean):
        return _boolean(result, format_name)
    if isinstance(result, QuerySolutions):
        return _table(result) if format_name == TABLE else _solutions(result, format_name)
    return serialize(result, format=GRAPHS[IN_PLACE.get(format_name, format_name)]) or b""


def _not_evaluated(error: Exception) -> DatasetError:
    return DatasetError(f"The query could not be evaluated: {error}")


def _boolean(result: QueryBoolean, format_name: str) -> bytes:
    if format_name in {"json", "xml"}:
        return result.serialize(format=SOLUTIONS[format_name]) or b""
    return b"true" if result else b"false"


def _solutions(result: QuerySolutions, format_name: str) -> bytes:
    if format_name not in SOLUTIONS:
        raise BadParameter(
            f"The result is no graph, and cannot be written as {format_name}.",
            parameter="format",
            value=format_name,
            expected=f"one of {', '.join((TABLE, *SOLUTIONS))}",
        )
    return result.serialize(format=SOLUTIONS[format_name]) or b""


def _table(result: QuerySolutions) -> bytes:
    table = Table(*(variable.value for variable in result.variables))
    for solution in result:
        table.add_row(*("" if term is None else getattr(term, "value", str(term)) for term in solution))
    console = Console(highlight=False, markup=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get().encode()
