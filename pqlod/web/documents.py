"""A graph as a document: HTML for people, an RDF syntax for programs, by suffix, ``_format`` or Accept."""

from collections.abc import Callable, Iterable, Mapping

from flask import Response, request
from pyoxigraph import RdfFormat, serialize

from pqlod.errors import BadParameter, NotAcceptable
from pqlod.formatters.html.frame import FormatLink
from pqlod.rdf import Triple
from pqlod.web.negotiation import best_offer
from pqlod.web.responses import with_charset

# By suffix; Turtle is for whoever accepts anything.
RDF_FORMATS: Mapping[str, RdfFormat] = {
    "ttl": RdfFormat.TURTLE,
    "rdf": RdfFormat.RDF_XML,
    "nt": RdfFormat.N_TRIPLES,
    "jsonld": RdfFormat.JSON_LD,
}
HTML = "html"
MEDIA_TYPES: Mapping[str, str] = {**{name: format_.media_type for name, format_ in RDF_FORMATS.items()}, HTML: "text/html"}


def graph_response(
    triples: Iterable[Triple], prefixes: Mapping[str, str], html: Callable[[list[FormatLink]], str], suffix: str = ""
) -> Response:
    """The triples in the syntax that was asked for, or the HTML made by ``html``, which is given the links to the syntaxes.

    Raises BadParameter for a suffix or ``_format`` that is none of them, NotAcceptable if none is acceptable.
    """
    name = request.args.get("_format") or suffix or _accepted()
    if name not in MEDIA_TYPES:
        raise BadParameter(
            f"There is no format {name!r} here.", parameter="_format", value=name, expected=_listed(), known=MEDIA_TYPES
        )
    body = html(format_links(suffix)) if name == HTML else serialize(triples, format=RDF_FORMATS[name], prefixes=dict(prefixes))
    response = Response(body, content_type=with_charset(MEDIA_TYPES[name]))
    if name != suffix and "_format" not in request.args:
        response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def format_links(suffix: str) -> list[FormatLink]:
    """The addresses of this document in each format, relative to it."""
    stem = request.path.removesuffix(f".{suffix}").rpartition("/")[2]
    return [FormatLink(name, f"{stem}.{name}", media_type) for name, media_type in MEDIA_TYPES.items()]


def _accepted() -> str:
    accept = request.headers.get("Accept", "")
    best = best_offer(accept, list(MEDIA_TYPES.values()))
    if best is None:
        raise NotAcceptable(accept, MEDIA_TYPES.values())
    return list(MEDIA_TYPES)[best]


def _listed() -> str:
    return f"one of {', '.join(MEDIA_TYPES)}"
