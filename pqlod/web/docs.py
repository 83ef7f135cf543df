"""Documentation for those who write programs: how to ask, with examples that run, and the same for machines as OpenAPI."""

from collections.abc import Mapping

import orjson
from flask import Blueprint, Response, render_template, request

from pqlod.lda.parameters import OPERATORS, RESERVED
from pqlod.store.query import Query
from pqlod.web.addresses import root
from pqlod.web.openapi import openapi
from pqlod.web.policies import allow_widget
from pqlod.web.service import Service


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
            root=root(request, service.settings),
        )

    @blueprint.get("/docs/openapi")
    def show_openapi() -> Response:
        return allow_widget(Response(render_template("openapi.html")))

    @blueprint.get("/openapi.json")
    def tell_openapi() -> Response:
        described = openapi(service.configuration.current().apis, queries, root(request, service.settings))
        response = Response(orjson.dumps(described), content_type="application/json")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        response.make_conditional(request)
        return response

    return blueprint
