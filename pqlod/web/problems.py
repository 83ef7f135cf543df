"""What is answered when a request fails: THE table from exception to status, and the body (RFC 9457)."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from pqlod import errors
from pqlod.lda.routing import split_suffix
from pqlod.web.addresses import parameters
from pqlod.web.negotiation import best_offer
from pqlod.web.ways_on import ways_on

logger = logging.getLogger(__name__)

# The first row that fits decides; a kind of an error stands before its base.
STATUSES: tuple[tuple[type[errors.PqlodError], int], ...] = (
    (errors.EndpointNotFound, 404),
    (errors.ItemNotFound, 404),
    (errors.NotAcceptable, 406),
    (errors.NotAuthenticated, 401),
    (errors.WritingRefused, 403),
    (errors.Conflict, 409),
    (errors.RequestError, 400),
    (errors.SourceError, 400),
    (errors.QueryRefused, 403),
    (errors.TooManyQueries, 429),
    (errors.QueryLimitExceeded, 503),
    (errors.ServiceTimedOut, 504),
    (errors.ServiceFailed, 502),
    (errors.DatasetUnavailable, 503),
    (errors.ClientLeft, 503),
    (errors.StoreError, 503),
    (errors.DatasetError, 500),
    (errors.ConfigurationError, 500),
)
# What a problem tells beside its detail: attributes of the error, where it has them and they say something.
MEMBERS = ("parameter", "value", "expected", "near", "offered", "line", "column", "limit", "iri")
HEADERS: Mapping[str, str] = {"Retry-After": "retry_after", "WWW-Authenticate": "challenge"}  # likewise
# What people read above a problem.
HEADINGS: Mapping[int, str] = {
    400: "There is a mistake in what you asked",
    401: "You need a token for this",
    403: "This is not allowed here",
    404: "There is no such page",
    405: "This cannot be done here",
    406: "There is no such format",
    429: "Too many questions at once",
    500: "Something went wrong here",
    502: "Another service did not answer as it should",
    503: "This cannot be answered just now",
    504: "Another service took too long",
}
# Whoever asked for none of them gets the first.
OFFERS = ("application/problem+json", "application/json", "text/html", "application/xhtml+xml", "text/plain")
FORMATS: Mapping[str, str] = {"html": "text/html", "text": "text/plain"}  # by suffix or _format; others are problem+json


@dataclass(frozen=True)
class Problem:
    """A failed request: status, title and detail, and the members of MEMBERS that the error has."""

    status: int
    title: str
    detail: str
    kind: str = "about:blank"
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    known: tuple[str, ...] = ()
    """For people: the problem without what was expected and what is near, and all names that are known in its place."""

    @property
    def heading(self) -> str:
        return HEADINGS.get(self.status, self.title)

    def document(self) -> dict[str, Any]:
        """The members of a problem document, in the order in which people read them."""
        return {"type": self.kind, "title": self.title, "status": self.status, "detail": self.detail, **self.members}


def problem_of(error: Exception) -> Problem:
    """What to tell the client of an exception; an unexpected one is logged, and told by the id of its log entry."""
    if isinstance(error, errors.PqlodError):
        return _expected(error)
    if isinstance(error, HTTPException):
        return _http(error)
    reference = secrets.token_hex(6)
    logger.error("Unexpected error %s at %s", reference, request.full_path, exc_info=error)
    detail = f"An error that was not foreseen. It is in the server's log as {reference}."
    return Problem(500, HTTP_STATUS_CODES[500], detail, members={"reference": reference})


def problem_response(error: Exception) -> Response:
    """The response to a request that ended in this exception: for people HTML, for programs problem+json."""
    problem = problem_of(error)
    response = _response(problem)
    response.status_code = problem.status
    response.headers.extend(problem.headers)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept")
    return response


def _expected(error: errors.PqlodError) -> Problem:
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if status == 500:
        logger.error("%s at %s: %s", type(error).__name__, request.full_path, error, exc_info=error)
    members = {name: getattr(error, name) for name in MEMBERS if getattr(error, name, None) not in (None, "", ())}
    headers = {header: str(value) for header, name in HEADERS.items() if (value := getattr(error, name, None))}
    kind = f"urn:pqlod:problem:{type(error).__name__}"
    said, known = getattr(error, "problem", ""), getattr(error, "known", ())
    return Problem(status, HTTP_STATUS_CODES[status], str(error), kind, members, headers, said, known)


def _http(error: HTTPException) -> Problem:
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}
    return Problem(status, error.name, error.description or error.name, headers=headers)


def _response(problem: Problem) -> Response:
    media_type = _media_type()
    if media_type in {"text/html", "application/xhtml+xml"}:
        return make_response(render_template("problem.html", problem=problem, ways=ways_on(problem, request.path, _pairs())))
    if media_type == "text/plain":
        return Response(f"{problem.status} {problem.title}\n\n{problem.detail}\n", mimetype="text/plain")
    return Response(orjson.dumps(problem.document(), default=str), content_type="application/problem+json")


def _pairs() -> tuple[tuple[str, str], ...]:
    try:
        return parameters(request)
    except errors.BadParameter:
        return ()


def _media_type() -> str:
    """HTML for whoever prefers it; else what the suffix or _format of the URL says, if it says that; else by Accept."""
    accepted = OFFERS[best_offer(request.headers.get("Accept", ""), OFFERS) or 0]
    named = FORMATS.get(request.args.get("_format") or split_suffix(request.path)[1])
    return accepted if accepted == "text/html" else named or accepted
