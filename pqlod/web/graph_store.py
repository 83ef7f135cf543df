"""SPARQL 1.1 Graph Store HTTP Protocol, at /store: whole graphs are read, replaced, added to, removed."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request
from pyoxigraph import RdfFormat
from werkzeug.datastructures import Headers
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from pqlod.datasets import Opened
from pqlod.errors import BadParameter, ItemNotFound, NotAcceptable, QueryLimitExceeded
from pqlod.formatters.solutions import GRAPH_FORMATS, PAGE, format_named
from pqlod.rdf import NamedNode
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.pool import Client
from pqlod.store.sandbox import Sandbox
from pqlod.store.updating import Document, Written
from pqlod.web.addresses import parameters, root
from pqlod.web.clients import client_of
from pqlod.web.negotiation import best_offer, essence
from pqlod.web.protocol import absolute_iri
from pqlod.web.responses import with_charset
from pqlod.web.service import Service
from pqlod.web.sparql import queryable
from pqlod.web.writing import Writing, writing_off, written_response

PATH = "/store"
METHODS = ["GET", "PUT", "POST", "DELETE"]
ALL_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
MULTIPART = "multipart/form-data"
# What is read: the syntaxes of one graph, under every name that clients have for them.
SYNTAXES = (RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML, RdfFormat.JSON_LD)
# What is written, in order of preference.
OFFERS = tuple((form.name, media_type) for form in GRAPH_FORMATS if form is not PAGE for media_type in form.media_types)


@dataclass(frozen=True)
class Target:
    """The graph that a request is about: its IRI, or None for the default graph."""

    iri: str | None
    base_iri: str


def graph_store_blueprint(service: Service) -> Blueprint:
    """The routes of the graph store, which can always be read, and written where writing is on."""
    blueprint, writing = Blueprint("graph_store", __name__), service.writing

    @blueprint.route(PATH, methods=METHODS)
    @blueprint.route(f"{PATH}/", methods=METHODS)
    @blueprint.route(f"{PATH}/<path:name>", methods=METHODS)
    def answer(name: str = "") -> Response:
        store = root(request, service.settings) + PATH
        if request.method in {"GET", "HEAD"}:
            target = find_target(store, name)
            return graph_response(queryable(service), service.sandbox, target, client_of(request, service.settings))
        if writing is None:
            raise writing_off()
        writer = writing.writer()
        return write_graph(writing, writer, find_target(store, name, is_new=request.method == "POST"))

    return blueprint


def find_target(store: str, name: str, *, is_new: bool = False) -> Target:
    """The graph of the request that is being answered (section 4), with ``is_new`` one of its own if it names none.

    Raises BadParameter unless it names one graph, by an absolute IRI.
    """
    given = [value for parameter, value in parameters(request) if parameter == "graph"]
    is_default = any(part.partition(b"=")[0] == b"default" for part in request.query_string.split(b"&"))
    if len(given) + is_default + bool(name) > 1:
        raise BadParameter("The request names more than one graph.", parameter="graph", expected=_EXPECTED)
    if is_default:
        return Target(None, store)
    if given:
        iri = absolute_iri(given[0], "graph")
    elif name:
        iri = absolute_iri(f"{store}/{quote(name, safe=_PATH_CHARACTERS)}", "graph")
    elif is_new and b"graph" not in request.query_string:
        iri = f"{store}/{uuid.uuid4()}"
    else:
        raise BadParameter("The request names no graph.", parameter="graph", expected=_EXPECTED)
    return Target(iri, iri)


_EXPECTED = "?default, or ?graph= with an absolute IRI, or the graph's own address below /store/"
_PATH_CHARACTERS = "/~!$&'()*+,;=:@"


def graph_response(opened: Opened, sandbox: Sandbox, target: Target, client: Client) -> Response:
    """A graph as it is now (section 5.2). Raises ItemNotFound; QueryLimitExceeded if it is too large to be given at once."""
    media_type = choose_media_type()
    dataset = opened.dataset
    assert isinstance(dataset, EmbeddedDataset)  # whatever is queryable
    if target.iri and not dataset.store.contains_named_graph(NamedNode(target.iri)):
        raise ItemNotFound(target.iri)
    graphs = [target.iri] if target.iri else []
    result = sandbox.query(dataset.location, ALL_TRIPLES, {"graph": media_type}, default_graphs=graphs, client=client)
    if result.is_cut:
        problem = f"The graph has more than {sandbox.limits.rows} triples. Ask for parts of it in SPARQL."
        raise QueryLimitExceeded(problem, limit="rows")
    response = Response(result.read() if result.is_complete else iter(result), content_type=with_charset(media_type))
    response.call_on_close(result.close)
    response.headers["Cache-Control"] = "no-cache"
    if opened.generation is not None:
        response.headers["Dataset-Generation"] = str(opened.generation)
    response.vary.add("Accept")
    return response


def choose_media_type() -> str:
    """The media type in which the graph is asked for, by ``format`` or by Accept."""
    if name := request.args.get("format", ""):
        form = format_named("graph", name)
        if form is None or form is PAGE:
            known = list(dict.fromkeys(name for name, _ in OFFERS))
            problem = f"There is no format {name!r} of graphs."
            raise BadParameter(problem, parameter="format", value=name, expected=f"one of {', '.join(known)}", known=known)
        return form.media_types[0]
    accept, media_types = request.headers.get("Accept", ""), [media_type for _, media_type in OFFERS]
    best = best_offer(accept, media_types)
    if best is None:
        raise NotAcceptable(accept, media_types)
    return media_types[best]


def write_graph(writing: Writing, writer: str, target: Target) -> Response:
    """Carries out PUT, POST or DELETE (sections 5.3 to 5.5)."""
    operation = request.method.lower()
    documents = [] if operation == "delete" else read_documents(target.base_iri)
    writes: dict[str, Callable[[], Written]] = {
        "put": lambda: writing.updater.put(target.iri, documents),
        "post": lambda: writing.updater.post(target.iri, documents),
        "delete": lambda: writing.updater.delete(target.iri),
    }
    size = sum(len(document.body) for document in documents)
    written = writing.perform(writer, operation, target.iri or "default", size, writes[operation])
    if written.outcome == "missing":
        raise ItemNotFound(target.iri or "")
    response = written_response(written, 201 if written.outcome == "created" else 204)
    if written.outcome == "created":
        response.headers["Location"] = target.iri or ""
    return response


def read_documents(base_iri: str) -> Sequence[Document]:
    """What the body of the request holds; 415 for a media type that is no syntax of a graph."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("The body is to be sent as it is, without a Content-Encoding.")
    media_type, options = parse_options_header(request.content_type or "")
    if media_type != MULTIPART:
        return [Document(request.get_data(cache=False), read_syntax(media_type, options), base_iri)]
    boundary = options.get("boundary", "")
    if not boundary:
        raise BadParameter("The Content-Type tells no boundary.", parameter="Content-Type", expected=f"{MULTIPART}; boundary=…")
    return [_part_document(headers, filename, body, base_iri) for headers, filename, body in _parts(boundary)]


def read_syntax(media_type: str, options: dict[str, str]) -> str:
    """The media type by which the writer knows the syntax; 415 if it is none of SYNTAXES, or not in UTF-8."""
    syntax = RdfFormat.from_media_type(essence(media_type))
    if syntax not in SYNTAXES:
        known = ", ".join(each.media_type for each in SYNTAXES)
        given = f"not {media_type}" if media_type else "and says so in Content-Type"
        raise UnsupportedMediaType(f"A graph is sent as {known} or {MULTIPART}, {given}.")
    if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType("A graph is sent in UTF-8.")
    return syntax.media_type


def _part_document(headers: Headers, filename: str, body: bytes, base_iri: str) -> Document:
    media_type, options = parse_options_header(headers.get("Content-Type", ""))
    by_name = RdfFormat.from_extension(filename.rpartition(".")[2]) if filename else None
    if by_name and media_type in {"", "application/octet-stream"}:
        media_type = by_name.media_type
    return Document(body, read_syntax(media_type, options), base_iri)


def _parts(boundary: str) -> Iterator[tuple[Headers, str, bytes]]:
    """Headers, file name and body of each part (RFC 7578)."""
    decoder = MultipartDecoder(boundary.encode())
    headers, filename, body = Headers(), "", b""
    try:
        decoder.receive_data(request.get_data(cache=False))
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, Field | File):
                headers, filename, body = event.headers, getattr(event, "filename", ""), b""
            elif isinstance(event, Data):
                body += event.data
                if not event.more_data:
                    yield headers, filename, body
    except ValueError as error:
        raise BadParameter(f"The body is no {MULTIPART}: {error}.", parameter="Content-Type") from error
