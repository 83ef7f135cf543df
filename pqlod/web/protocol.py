"""What requests of the SPARQL 1.1 Protocol carry: text in a form or as the body itself, and the IRIs of graphs."""

from collections.abc import Iterable

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from pqlod.errors import BadParameter, QueryTooLarge
from pqlod.rdf import NamedNode
from pqlod.web.addresses import pairs
from pqlod.web.negotiation import essence

FORM = "application/x-www-form-urlencoded"
BYTES_OF_A_CHARACTER = 12  # at most, percent-encoded in a form

Pairs = tuple[tuple[str, str], ...]


def body_pairs(parameter: str, direct: str, most_characters: int) -> Pairs:
    """What the body holds: a form's parameters, or in the ``direct`` media type the text that is the parameter's value.

    Raises UnsupportedMediaType for any other body, QueryTooLarge, BadParameter for what is not UTF-8.
    """
    media_type = essence(request.content_type or "")
    if media_type not in {FORM, direct}:
        given = f"not {media_type}" if media_type else "and says so in Content-Type"
        raise UnsupportedMediaType(f"SPARQL is sent here as {direct} or {FORM}, {given}.")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType("SPARQL is sent in UTF-8.")
    if (request.content_length or 0) > most_characters * BYTES_OF_A_CHARACTER:
        raise QueryTooLarge(f"The text is too long; {most_characters} characters are allowed.", limit="query length")
    body = request.get_data(cache=False)
    if media_type == FORM:
        return pairs(body)
    try:
        return ((parameter, body.decode("utf-8")),)
    except UnicodeDecodeError as error:
        raise BadParameter("The text is not UTF-8.", parameter=parameter, expected="UTF-8") from error


def graph_iris(given: Iterable[tuple[str, str]], parameter: str) -> tuple[str, ...]:
    """The values of a parameter that names graphs; BadParameter for one that is no absolute IRI."""
    return tuple(absolute_iri(value, parameter) for name, value in given if name == parameter)


def absolute_iri(text: str, parameter: str) -> str:
    """The IRI, if it is one; else BadParameter."""
    try:
        return NamedNode(text).value
    except ValueError as error:
        raise BadParameter(f"{text!r} is no IRI.", parameter=parameter, value=text, expected="an absolute IRI") from error
