"""The update operation of the SPARQL 1.1 Protocol, at /update."""

from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import MethodNotAllowed

from pqlod.errors import BadParameter
from pqlod.web.addresses import parameters, root
from pqlod.web.protocol import body_pairs, graph_iris
from pqlod.web.service import Service
from pqlod.web.writing import writing_off, written_response

PATH = "/update"
DIRECT = "application/sparql-update"


@dataclass(frozen=True)
class UpdateRequest:
    """A request of the protocol's update operation."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def update_blueprint(service: Service) -> Blueprint:
    """The route of updates, which refuses them where writing is off."""
    blueprint, writing = Blueprint("update", __name__), service.writing

    @blueprint.route(PATH, methods=["GET", "POST"])
    @blueprint.route(f"{PATH}/", methods=["GET", "POST"])
    def answer_update() -> Response:
        if request.method != "POST":  # which here is no endpoint of an API either (SPARQL 1.1 Protocol, 2.2)
            raise MethodNotAllowed(["POST", "OPTIONS"])
        if writing is None:
            raise writing_off()
        writer = writing.writer()
        asked = read_request(writing.updater.limits.query_length)
        written = writing.perform(
            writer,
            "update",
            None,
            len(asked.text.encode()),
            lambda: writing.updater.update(
                asked.text,
                base_iri=root(request, service.settings) + PATH,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
            ),
        )
        return written_response(written)

    return blueprint


def read_request(most_characters: int) -> UpdateRequest:
    """The update of the request that is being answered. Raises BadParameter, or 415 for a body of another media type."""
    given = (*parameters(request), *body_pairs("update", DIRECT, most_characters))
    texts = [value for name, value in given if name == "update"]
    if any(name == "query" for name, _ in given):
        raise BadParameter("This is the address of updates, and answers no queries.", parameter="query", expected="update=")
    if len(texts) != 1:
        problem = "There is more than one update." if texts else "There is no update."
        raise BadParameter(problem, parameter="update", expected="one SPARQL update")
    return UpdateRequest(texts[0], graph_iris(given, "using-graph-uri"), graph_iris(given, "using-named-graph-uri"))
