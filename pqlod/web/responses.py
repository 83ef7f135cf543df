"""A page as a response: validators, caching, links, and the headers that tell how it came about."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from flask import Response, request

from pqlod import __version__
from pqlod.formatters import write_page
from pqlod.formatters.html.frame import format_links
from pqlod.lda.model import Endpoint, Viewer, ViewKind
from pqlod.lda.vocabulary import Vocabulary
from pqlod.web.answers import IS_CURRENT
from pqlod.web.compression import coding_of_request, tag_of_coding
from pqlod.web.negotiation import Choice, essence

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

# Media types beside text/* whose texts are in UTF-8 and whose clients look for it. JSON has no charset (RFC 8259, 11).
WITH_CHARSET = frozenset({"application/xml", "application/rdf+xml", "application/atom+xml", "application/n-triples"})
ALLOWED_METHODS = "GET, HEAD, OPTIONS"


def entity_tag(version: str, *parts: str) -> str:
    """A strong ETag's text: of the version of data and configuration, this program's, and all else that a body depends on.

    Empty where there is no version, because a dataset cannot tell its own.
    """
    if not version:
        return ""
    return hashlib.sha256("\n".join((version, __version__, *parts)).encode()).hexdigest()[:24]


def known_tag(tag: str) -> str:
    """The tag of a representation that the client has already, by its own word: as it stands, or as it is sent; or ""."""
    coding = coding_of_request()
    tags = (tag, tag_of_coding(tag, coding)) if coding else (tag,)
    known = (each for each in tags if request.if_none_match.contains_weak(each))
    return next(known, "") if tag and not request.if_none_match.star_tag else ""


def page_response(page: "Page", choice: Choice) -> Response:
    """The page in the chosen format, with where it is, its other pages and its other formats."""
    body, media_type = write_page(page)
    wrapped = page.request.callback and choice.formatter.kind.name == "JSON"
    response = Response(body, content_type=with_charset(media_type if wrapped else choice.media_type))
    response.headers.extend(("Link", link) for link in _links(page))
    return response


def finish(
    response: Response,
    *,
    tag: str = "",
    changed: datetime | None = None,
    is_negotiated: bool = False,
    max_age: int = 0,
    expires: int | None = None,
    is_current: Callable[[], bool] | None = None,
) -> Response:
    """Validators and caching, the same for a page and for the 304 that stands for it; ages are in seconds.

    ``is_current`` says whether the answer is still right, of one that may be kept (``web/answers.py``).
    """
    if is_current:
        request.environ[IS_CURRENT] = is_current
    if tag:
        response.set_etag(tag)
    if changed:
        response.last_modified = changed
    if is_negotiated:
        response.vary.add("Accept")
    seconds = max_age if expires is None else expires
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    if expires:
        response.headers["Expires"] = format_datetime(datetime.now(UTC) + timedelta(seconds=expires), usegmt=True)
    return response


def seconds_to_expiry(endpoint: Endpoint, viewer: Viewer, vocabulary: Vocabulary) -> int | None:
    """How long a page stays fresh: the least of its endpoint's time and those of the properties that it shows."""
    shows_all = viewer.kind in {ViewKind.DESCRIBE, ViewKind.LABELLED_DESCRIBE}
    steps = [step.property for path in viewer.paths for step in path.steps]
    shown = vocabulary.properties if shows_all or None in steps else steps
    times = [vocabulary.property(iri).expires_after for iri in shown if iri]
    return min((time for time in (endpoint.expires_after, *times) if time is not None and time >= 0), default=None)


def with_charset(media_type: str) -> str:
    """A Content-Type that says UTF-8 where it should."""
    kind = essence(media_type)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind in WITH_CHARSET else media_type


def _links(page: "Page") -> Iterable[str]:
    for relation, address in (("first", page.first), ("prev", page.previous), ("next", page.next)):
        if address:
            yield f'<{address}>; rel="{relation}"'
    yield f'<{page.iri.value}>; rel="canonical"'
    for name, address, media_type in format_links(page):
        if name != page.formatter.name:
            yield f'<{address}>; rel="alternate"; type="{essence(media_type)}"'
