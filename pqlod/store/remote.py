"""The dataset behind a SPARQL 1.1 endpoint, asked through SPARQLWrapper."""

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from http.client import HTTPException, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from urllib.parse import parse_qsl

from pyoxigraph import QueryBoolean, QueryResultsFormat, RdfFormat, parse, parse_query_results
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from pqlod import __version__
from pqlod.errors import BadParameter, DatasetUnavailable, QueryLimitExceeded, QuerySyntaxError, ServiceFailed, ServiceTimedOut
from pqlod.rdf import Graph, NamedNode, Resource
from pqlod.store.dataset import Branches, Matches, Solutions
from pqlod.store.deadline import NEVER, RETRY_AFTER, Deadline
from pqlod.store.embedded import solutions_of
from pqlod.store.query import Query
from pqlod.store.screening import Limits, screen

TIMEOUT = 30  # seconds
CHUNK = 65_536  # bytes
LONGEST_GET = 2000  # characters of a query; longer ones are sent by POST
ACCEPT_RESULTS = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
ACCEPT_GRAPHS = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.8"
# Where the file KEY.auth is looked for, which holds the lines basic.user=… and basic.password=….
AUTH_FOLDERS = (Path("/etc/pqlod"), Path("/etc/elda/conf.d"))

Result = TypeVar("Result")


class RemoteDataset:
    """A Dataset that an endpoint answers for. It cannot tell when its data change, and has no index of words.

    ``auth_key`` names a file KEY.auth of one of the folders with the user's name and password (HTTP Basic).
    """

    def __init__(
        self, endpoint: str, auth_key: str = "", *, timeout: int = TIMEOUT, auth_folders: Sequence[Path] = AUTH_FOLDERS
    ) -> None:
        self.endpoint, self._timeout, self._deadline = endpoint, timeout, NEVER
        self._credentials = _credentials(auth_key, auth_folders) if auth_key else None

    def until(self, deadline: Deadline) -> "RemoteDataset":
        dataset = copy(self)
        dataset._deadline = deadline
        return dataset

    @property
    def generation(self) -> None:
        return None

    @property
    def version(self) -> str:
        return ""

    @property
    def values(self) -> None:
        return None

    def select(self, query: Query) -> Solutions:
        found = self._ask(query, JSON, ACCEPT_RESULTS, _results)
        if not isinstance(found, Solutions):
            raise ServiceFailed(f"The endpoint {self.endpoint} answered true or false to what was expected to be a SELECT.")
        return found

    def construct(self, query: Query) -> Graph:
        return self._ask(query, TURTLE, ACCEPT_GRAPHS, _graph)

    def ask(self, query: Query) -> bool:
        found = self._ask(query, JSON, ACCEPT_RESULTS, _results)
        if not isinstance(found, bool):
            raise ServiceFailed(f"The endpoint {self.endpoint} answered with solutions to what was expected to be an ASK.")
        return found

    def describe(self, resources: Iterable[Resource], graph: NamedNode | None = None) -> Graph:
        """What the endpoint thinks a description is. Blank nodes cannot be asked for from outside, and are left out."""
        names = " ".join(str(resource) for resource in resources if isinstance(resource, NamedNode))
        if not names:
            return Graph()
        return self.construct(Query(f"DESCRIBE {names}" + (f" FROM {graph}" if graph else "")))

    def follow(self, resources: Iterable[Resource], branches: Branches, graph: NamedNode | None = None) -> None:
        """Nothing: an endpoint is asked in SPARQL."""

    def search(self, expression: str) -> Matches:
        raise BadParameter(
            f"The endpoint {self.endpoint} has no index of words for _search.", parameter="_search", value=expression
        )

    def _ask(self, query: Query, form: str, accept: str, read: Callable[[bytes, str], Result]) -> Result:
        text = query.text if query.is_trusted else screen(query.text, Limits())
        self._deadline.check()
        with self._told(query):
            response: HTTPResponse = self._client(text, form, accept).query().response
            with response:
                return read(_read(response, self._deadline), response.headers.get_content_type())

    def _client(self, text: str, form: str, accept: str) -> SPARQLWrapper:
        address, _, own_parameters = self.endpoint.partition("?")
        client = SPARQLWrapper(address, agent=f"pqlod/{__version__}")
        for name, value in parse_qsl(own_parameters, keep_blank_values=True):
            client.addParameter(name, value)
        client.setOnlyConneg(True)  # no further parameters beside the query
        client.setReturnFormat(form)
        client.addCustomHttpHeader("Accept", accept)
        client.setTimeout(math.ceil(min(self._timeout, self._deadline.left)))
        if self._credentials:
            client.setCredentials(*self._credentials)
        if len(text) > LONGEST_GET:
            client.setMethod(POST)
        client.setQuery(text)
        return client

    @contextmanager
    def _told(self, query: Query) -> Iterator[None]:
        """Turns what a request can end in into errors of the dataset."""
        try:
            yield
        except QueryBadFormed as error:
            problem = f"The endpoint {self.endpoint} does not understand the query: {_excerpt(error)}"
            raise (ServiceFailed if query.is_trusted else QuerySyntaxError)(problem) from error
        except SPARQLWrapperException as error:
            raise ServiceFailed(f"The endpoint {self.endpoint} does not answer: {_excerpt(error)}") from error
        except HTTPError as error:
            error.close()
            raise ServiceFailed(f"The endpoint {self.endpoint} does not answer: status {error.code}.") from error
        except (OSError, HTTPException, QueryLimitExceeded) as error:
            if _is_timeout(error) or not self._deadline.left:
                problem = f"The endpoint {self.endpoint} takes longer than it is waited for here."
                raise ServiceTimedOut(problem, retry_after=RETRY_AFTER) from error
            raise ServiceFailed(f"The endpoint {self.endpoint} cannot be reached: {_reason(error)}.") from error
        except (SyntaxError, ValueError) as error:
            raise ServiceFailed(f"The endpoint {self.endpoint} answered what cannot be read: {error}") from error


def _read(response: HTTPResponse, deadline: Deadline) -> bytes:
    """The whole body. An endpoint that sends it in drops has no longer than one that sends nothing."""
    parts = []
    while part := response.read1(CHUNK):
        deadline.check()
        parts.append(part)
    body = b"".join(parts)
    if response.length:
        raise IncompleteRead(body, response.length)
    return body


def _results(body: bytes, media_type: str) -> Solutions | bool:
    form = QueryResultsFormat.from_media_type(media_type)
    if form is None:
        raise ValueError(f"query results were expected, {media_type} came")
    found = parse_query_results(body, form)
    return bool(found) if isinstance(found, QueryBoolean) else solutions_of(found)


def _graph(body: bytes, media_type: str) -> Graph:
    syntax = RdfFormat.from_media_type(media_type)
    if syntax is None:
        raise ValueError(f"RDF was expected, {media_type} came")
    return Graph(quad.triple for quad in parse(body, syntax))


def _credentials(key: str, folders: Sequence[Path]) -> tuple[str, str]:
    path = next((path for folder in folders if (path := folder / f"{key}.auth").is_file()), None)
    if path is None or "/" in key:
        raise DatasetUnavailable(f"No file {key}.auth with the credentials is in {' or '.join(map(str, folders))}.")
    lines = (line.partition("=") for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    values = {name.strip(): value.strip() for name, _, value in lines}
    try:
        return values["basic.user"], values["basic.password"]
    except KeyError as error:
        raise DatasetUnavailable(f"The file {path} has no line {error.args[0]}=….") from None


def _excerpt(error: SPARQLWrapperException, most: int = 300) -> str:
    """What the endpoint said, which SPARQLWrapper puts, as Python writes bytes, after a line of its own."""
    _, _, response = str(error).partition("Response:\n")
    text = " ".join(ast.literal_eval(response).decode("utf-8", "replace").split()) if response else error.msg
    return text if len(text) <= most else text[:most] + " …"


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or isinstance(getattr(error, "reason", None), TimeoutError)


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)
