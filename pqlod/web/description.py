"""What the service tells of itself: /api-config, the whole configuration, and /meta/…, each of its endpoints."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Quad, Store

from pqlod.errors import RequestError
from pqlod.formatters.html.frame import FormatLink
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import Api, Endpoint, ItemEndpoint, ListEndpoint, Viewer
from pqlod.lda.pages import fetch_page
from pqlod.lda.parameters import parse_parameters
from pqlod.lda.routing import META
from pqlod.lda.selection import selection_query
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import API, ELDA, RDF, RDFS, BlankNode, Graph, Literal, NamedNode, Term, Triple, local_name
from pqlod.store.embedded import EmbeddedDataset
from pqlod.web.addresses import parameters, root
from pqlod.web.documents import graph_response
from pqlod.web.negotiation import choose_format
from pqlod.web.responses import finish, page_response
from pqlod.web.service import Service

CONFIGURATION = "/api-config"
# Not for the world: what only the machine on which the service runs should know.
PRIVATE = frozenset({ELDA.authKey, ELDA.authFile})


def description_blueprint(service: Service) -> Blueprint:
    """The routes of self-description."""
    blueprint = Blueprint("description", __name__)

    @blueprint.get(CONFIGURATION, defaults={"suffix": ""})
    @blueprint.get(f"{CONFIGURATION}.<suffix>")
    def show_configuration(suffix: str) -> Response:
        apis = service.configuration.current().apis
        prefixes = {prefix: iri for api in apis for prefix, iri in api.vocabulary.prefixes.items()}
        return graph_response(public_statements(apis), prefixes, lambda formats: _configuration_html(apis, formats), suffix)

    @blueprint.get(f"{META}/<path:path>")
    def show_endpoint(path: str) -> Response:
        match = service.configuration.current().router.endpoint_of_meta(f"{META}/{path}")
        address = root(request, service.settings, match.api)
        return _endpoint_response(match.api, match.endpoint, address, META + match.path_without_suffix, match.suffix)

    return blueprint


def public_statements(apis: tuple[Api, ...]) -> Graph:
    """The configuration as it was read, without what is nobody's business: keys, and paths of this machine."""
    return Graph(triple for api in apis for triple in api.graph if not _is_private(triple))


def endpoint_graph(api: Api, endpoint: Endpoint, root: str) -> Graph:
    """What can be said of an endpoint: its kind, templates, views, variables, and the query that selects its items."""
    facts = [Triple(endpoint.iri, name, term) for name, term in _facts(api, endpoint, root)]
    for viewer, names in viewers_with_names(endpoint):
        node = BlankNode()
        facts += [Triple(endpoint.iri, API.viewer, node), *(Triple(node, API.name, Literal(name)) for name in names)]
        facts += [Triple(node, API.properties, Literal(path.text)) for path in viewer.paths]
    return Graph(facts)


def _endpoint_response(api: Api, endpoint: Endpoint, root: str, path: str, suffix: str) -> Response:
    """An endpoint described is an item like any other: its statements are the dataset, its address is the page's."""
    description = endpoint.viewers["description"]
    item = ItemEndpoint(
        **{each.name: getattr(endpoint, each.name) for each in fields(Endpoint)}
        | {
            "template": UriTemplate(path),
            "default_viewer": description,
            "default_formatter": endpoint.formatters["ttl"],
            "disables_default_metadata": True,  # a description is not described in its turn
        },
        item_template=UriTemplate(endpoint.iri.value),
    )
    name = dict(parameters(request)).get("_format", "")
    choice = choose_format(item, name=name, suffix=suffix, accept=request.headers.get("Accept", ""))
    page_request = parse_parameters(api, item, {}, RequestUrl(root, path))
    store = Store()
    store.extend(Quad(*triple) for triple in endpoint_graph(api, endpoint, root))
    page = fetch_page(api, item, page_request, choice.formatter, EmbeddedDataset(store, version=""))
    return finish(page_response(page, choice), is_negotiated=choice.is_negotiated)


def viewers_with_names(endpoint: Endpoint) -> list[tuple[Viewer, list[str]]]:
    """Each viewer of an endpoint once, with all the names that it goes by."""
    named: dict[int, tuple[Viewer, list[str]]] = {}
    for name, viewer in endpoint.viewers.items():
        named.setdefault(id(viewer), (viewer, []))[1].append(name)
    return list(named.values())


def _facts(api: Api, endpoint: Endpoint, root: str) -> Iterator[tuple[NamedNode, Term]]:
    is_list = isinstance(endpoint, ListEndpoint)
    yield RDF.type, API.ListEndpoint if is_list else API.ItemEndpoint
    yield API.uriTemplate, Literal(endpoint.template.text)
    if endpoint.label:
        yield RDFS.label, Literal(endpoint.label)
    if endpoint.comment:
        yield RDFS.comment, Literal(endpoint.comment)
    for path in endpoint.examples:
        yield API.exampleRequestPath, Literal(path)
    if isinstance(endpoint, ItemEndpoint) and endpoint.item_template:
        yield API.itemTemplate, Literal(endpoint.item_template.text)
    if is_list and not endpoint.template.variables:
        yield ELDA.listURL, NamedNode(root + endpoint.template.text)
    with suppress(RequestError):  # a selection that needs a value for a variable has no query without one
        request = parse_parameters(api, endpoint, {}, RequestUrl(root, endpoint.template.text))
        if is_list:
            yield ELDA.sparqlQuery, Literal(selection_query(api, request).text)


def _is_private(triple: Triple) -> bool:
    terms = (triple.subject, triple.object)
    is_local = any(isinstance(term, NamedNode) and term.value.startswith(("local:", "file:")) for term in terms)
    return is_local or triple.predicate in PRIVATE


def _configuration_html(apis: tuple[Api, ...], formats: list[FormatLink]) -> str:
    return render_template("api-config.html", apis=apis, formats=formats, names=_names, viewers=viewers_with_names)


def _names(api: Api) -> Iterator[tuple[str, str, str]]:
    """Each shortname with its IRI and the range of its property."""
    for name in api.vocabulary.names():
        iri = api.vocabulary.resolve(name)
        if iri is not None:
            declared = api.vocabulary.property(iri)
            kind = "resource" if declared.is_resource else local_name(declared.range.value) if declared.range else ""
            yield name, iri.value, kind
