"""Dereferencing: from the identity of a thing to the document about it, and the descriptions of vocabulary and dataset."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cache, partial
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request
from pyoxigraph import RdfFormat, parse

from pqlod.assets import asset
from pqlod.errors import EndpointNotFound, StoreError
from pqlod.formatters.html.frame import FormatLink
from pqlod.formatters.html.graphs import Item, graph_items, place_of
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import ItemEndpoint
from pqlod.lda.routing import Match
from pqlod.live import Served
from pqlod.rdf import DCT, OWL, RDF, RDFS, XSD, Graph, Literal, NamedNode, Triple
from pqlod.web.addresses import parameters, root
from pqlod.web.documents import graph_response
from pqlod.web.home import home_page
from pqlod.web.negotiation import Choice, choose_format
from pqlod.web.service import Service

VOID_DATASET = NamedNode("http://rdfs.org/ns/void#Dataset")
IDENTITIES = "id/"  # what the path of an identity starts with, before that of its document
VOCABULARY = "schema/parl"
FILES = {
    VOCABULARY: "ontology/parl.ttl",
    "schema/shapes": "ontology/shapes.ttl",
    ".well-known/void": "ontology/dataset.ttl",
}
# The sections of such a document, by the class of what stands in them; what fits none is in the last.
SECTIONS = (
    ("Classes", (OWL.Class, RDFS.Class)),
    ("Properties", (RDF.Property, OWL.ObjectProperty, OWL.DatatypeProperty)),
    ("", ()),
)


def resources_blueprint(service: Service) -> Blueprint:
    """The documents at fixed paths: the vocabulary of the data, its shapes, and the description of the dataset."""
    blueprint = Blueprint("resources", __name__)
    show_file = partial(_show_file, service)
    for path, file in FILES.items():
        blueprint.add_url_rule(f"/{path}", "file", show_file, defaults={"file": file, "suffix": ""})
        blueprint.add_url_rule(f"/{path}.<suffix>", "file", show_file, defaults={"file": file})
    return blueprint


def vocabulary() -> Graph:
    """What the document at VOCABULARY tells."""
    return _read(FILES[VOCABULARY]).graph


def _show_file(service: Service, file: str, suffix: str) -> Response:
    document = _read(file)
    graph = document.graph | Graph(_freshness(service, document.graph))
    return graph_response(graph, document.prefixes, lambda formats: _html(graph, document.prefixes, formats), suffix)


def _freshness(service: Service, graph: Graph) -> Iterator[Triple]:
    """When the data was loaded, of a dataset that is described."""
    for dataset in graph.subjects_of(RDF.type, VOID_DATASET):
        with suppress(StoreError):
            if loaded := service.datasets.embedded().loaded:
                yield Triple(dataset, DCT.modified, Literal(loaded.isoformat(timespec="seconds"), datatype=XSD.dateTime))


def elsewhere(service: Service, served: Served, path: str) -> Response | None:
    """Where to go from a path that no endpoint answers: home, by an item template, or from an identity to its document."""
    if not path:
        return home_page(service, served)
    if found := served.router.redirect("/" + path, request.query_string.decode("latin-1")):
        return _see_other(root(request, service.settings, found.api) + found.location)
    return _document(service, served, "/" + path.removeprefix(IDENTITIES)) if path.startswith(IDENTITIES) else None


def identity_redirect(service: Service, match: Match, choice: Choice) -> Response | None:
    """303 to the document, if the request is for the thing itself: its own IRI, host included, and no format in it."""
    host = request.host.partition(":")[0].lower()
    if not choice.is_negotiated or host != service.settings.data_host or not isinstance(match.endpoint, ItemEndpoint):
        return None
    template = match.endpoint.item_template
    if template is None or template.expand(match.variables) != f"http://{host}{match.path_without_suffix}":
        return None
    return _to_document(service, match, choice)


def _document(service: Service, served: Served, path: str) -> Response | None:
    """303 from an identity to the document at this path, if an endpoint answers that."""
    try:
        match = served.router.match(path, {})
    except EndpointNotFound:
        return None
    name = dict(parameters(request)).get("_format", "")
    accept = request.headers.get("Accept", "")
    return _to_document(service, match, choose_format(match.endpoint, name=name, suffix=match.suffix, accept=accept))


def _to_document(service: Service, match: Match, choice: Choice) -> Response:
    pairs = tuple((name, value) for name, value in parameters(request) if name != "_format")
    url = RequestUrl(root(request, service.settings, match.api), match.path_without_suffix, pairs, choice.formatter.name)
    response = _see_other(str(url))
    if choice.is_negotiated:
        response.vary.add("Accept")
    return response


def _see_other(address: str) -> Response:
    """What is there tells of the thing that was asked for, and is not the thing (RFC 9110, 15.4.4)."""
    return Response(f"See {address}\n", status=303, headers={"Location": address}, mimetype="text/plain")


class _Document(NamedTuple):
    graph: Graph
    prefixes: dict[str, str]


@cache
def _read(file: str) -> _Document:
    reader = parse(path=str(asset(file)), format=RdfFormat.TURTLE)
    graph = Graph(quad.triple for quad in reader)
    return _Document(graph, reader.prefixes)


def _html(graph: Graph, prefixes: dict[str, str], formats: list[FormatLink]) -> str:
    items = graph_items(graph, prefixes)
    about = next((item for item in items if OWL.Ontology in graph.values(NamedNode(item.iri), RDF.type)), None)
    others = [item for item in items if item is not about]
    sections = [(heading, [item for item in others if _section(graph, item) == heading]) for heading, _ in SECTIONS]
    is_vocabulary = any(heading and items for heading, items in sections)
    return render_template(
        "graph.html", about=about, sections=sections, formats=formats, place_of=place_of, is_vocabulary=is_vocabulary
    )


def _section(graph: Graph, item: Item) -> str:
    types = graph.values(NamedNode(item.iri), RDF.type)
    return next(heading for heading, classes in SECTIONS if not classes or set(classes) & set(types))
