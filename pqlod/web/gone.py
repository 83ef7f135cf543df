"""What is answered for an item that is no more: 410 (RFC 9110, 15.5.11), with all that is known of it."""

import orjson
from flask import Response

from pqlod.formatters.items import Shape
from pqlod.formatters.json import JsonWriter
from pqlod.lda.model import FormatterKind
from pqlod.lda.pages import Page
from pqlod.web.negotiation import Choice
from pqlod.web.problems import Problem
from pqlod.web.responses import page_response


def gone_response(page: Page, choice: Choice) -> Response:
    """The page of what was there; in JSON a problem (RFC 9457), the member ``known`` of which is the item."""
    response = _problem(page) if choice.formatter.kind is FormatterKind.JSON else page_response(page, choice)
    response.status_code = 410
    response.headers["Cache-Control"] = "no-cache"
    if choice.is_negotiated:
        response.vary.add("Accept")
    return response


def _problem(page: Page) -> Response:
    shape = Shape(page)
    item = JsonWriter(page, shape.names).resource(shape.items()[0])
    problem = Problem(410, "Gone", page.gone, "urn:pqlod:problem:ItemGone", {"iri": page.item.value, "known": item})
    return Response(orjson.dumps(problem.document()), content_type="application/problem+json")
