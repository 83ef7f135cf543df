"""Documentation for those who write programs: how to ask, with examples that run, and the same for machines as OpenAPI."""

from collections.abc import Mapping

import orjson
from flask import Blueprint, Response, render_template, request

from pqlod.formatters.html.home import example_of
from pqlod.lda.parameters import OPERATORS, RESERVED
from pqlod.store.query import Query
from pqlod.web.addresses import root
from pqlod.web.openapi import openapi
from pqlod.web.service import Service

# The viewer of OpenAPI sets styles of elements, and has its icons in its style sheet.
VIEWER_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def docs_blueprint(service: Service, queries: Mapping[str, Query]) -> Blueprint:
    """The routes of the documentation."""
    blueprint = Blueprint("docs", __name__)

    @blueprint.get("/docs")
    def show_documentation() -> str:
        return render_template(
            "docs.html",
            apis=service.configuration.current().apis,
            operators=OPERATORS,
            reserved=RESERVED,
            example_of=example_of,
            root=root(request, service.settings),
        )

    @blueprint.get("/docs/openapi")
    def show_openapi() -> Response:
        return Response(render_template("openapi.html"), headers={"Content-Security-Policy": VIEWER_POLICY})

    @blueprint.get("/openapi.json")
    def tell_openapi() -> Response:
        described = openapi(service.configuration.current().apis, queries, root(request, service.settings))
        response = Response(orjson.dumps(described), content_type="application/json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return blueprint
