"""Makes the application: the only place that wires its parts."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask, Response, request

from pqlod.assets import asset
from pqlod.datasets import Datasets
from pqlod.formatters.html.frame import equip, kinds_of_pages, site_of, upwards
from pqlod.formatters.html.values import in_words
from pqlod.lda.config import Configuration, read_configuration
from pqlod.lda.model import Endpoint, ListEndpoint
from pqlod.live import LiveConfiguration
from pqlod.settings import Settings
from pqlod.store.generations import Generations
from pqlod.store.query import Query, load_queries
from pqlod.store.query_log import QueryLog
from pqlod.store.sandbox import Sandbox
from pqlod.store.screening import Limits
from pqlod.web import policies
from pqlod.web.api import api_blueprint
from pqlod.web.compression import compressed
from pqlod.web.crawlers import crawlers_blueprint
from pqlod.web.description import description_blueprint
from pqlod.web.docs import docs_blueprint
from pqlod.web.graph_store import graph_store_blueprint
from pqlod.web.problems import problem_response
from pqlod.web.published import published_blueprint
from pqlod.web.query_page import QueryPage
from pqlod.web.resources import resources_blueprint
from pqlod.web.service import Service
from pqlod.web.sparql import sparql_blueprint
from pqlod.web.static_files import static_blueprint
from pqlod.web.update import update_blueprint
from pqlod.web.vocabulary import vocabulary_blueprint
from pqlod.web.writing import open_writing

# Sent with every response. Nobody needs a session here, so any site may read (Fetch standard, CORS protocol).
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Location, Dataset-Generation, ETag, Link, Location, Retry-After, "
    "SPARQL-Row-Limit, SPARQL-Truncated, Vary",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    policies.HEADER: policies.POLICY,
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def create_app(settings: Settings) -> Flask:
    """The WSGI application of one process; ``running_app`` ends with it what it starts.

    Raises ConfigurationError if the configuration leaves nothing to serve, StoreError if the store cannot be read.
    """
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    log = QueryLog(settings.query_log, settings.slow_query_seconds)
    sandbox = Sandbox(limits(settings), log)
    pages = Sandbox(page_limits(settings), log)  # apart, so that a flood of SPARQL keeps no page waiting
    writing = open_writing(settings)
    generations = Generations(settings.store, sandbox=pages, kept=settings.generations_kept) if settings.store else None
    if generations:
        generations.current()
    configuration = LiveConfiguration(configuration_reader(settings.config))
    service = Service(settings, configuration, Datasets(generations, pages), sandbox, pages, writing)

    app = Flask("pqlod", template_folder="web/templates", static_folder=None)
    app.extensions["pqlod"] = service
    app.url_map.merge_slashes = False  # a template decides what its slashes are
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    equip(app.jinja_env)
    app.jinja_env.filters["in_words"] = in_words
    app.jinja_env.tests["list_endpoint"] = _is_list
    app.context_processor(lambda: _for_templates(configuration))
    published = published_queries(settings.config)
    for blueprint in (
        sparql_blueprint(service, sandbox, QueryPage(sandbox.limits, settings.data_host, configuration, published)),
        update_blueprint(service),
        graph_store_blueprint(service),
        description_blueprint(service),
        resources_blueprint(service),
        published_blueprint(service, published),
        docs_blueprint(service, published),
        vocabulary_blueprint(service),
        static_blueprint(),
        crawlers_blueprint(service),
        api_blueprint(service),
    ):
        app.register_blueprint(blueprint)
    app.register_error_handler(Exception, problem_response)
    app.after_request(_add_headers)
    app.after_request(compressed)
    return app


@contextmanager
def running_app(settings: Settings) -> Iterator[Flask]:
    """The application, for as long as the context lasts."""
    app = create_app(settings)
    try:
        yield app
    finally:
        app.extensions["pqlod"].close()


def configuration_reader(locations: tuple[str, ...]) -> Callable[[], Configuration]:
    """Reads the configuration at these locations (``[mount::]path``), or without any pqlod's own, as often as it is called.

    The queries that its selectors may name are those of queries/api, and of folders named queries beside its files.
    """
    places = locations or (str(asset("ontology/api.ttl")),)

    def read() -> Configuration:
        folders = [asset("queries/api"), *(Path(place.rpartition("::")[2]).parent / "queries" for place in locations)]
        queries = {name: query for folder in folders for name, query in load_queries(folder).items()}
        configuration = read_configuration(places, queries, templates=kinds_of_pages())
        return replace(configuration, files=(*configuration.files, *(file for folder in folders for file in folder.glob("*.rq"))))

    return read


def published_queries(locations: tuple[str, ...]) -> Mapping[str, Query]:
    """The queries that have pages, by name: pqlod's own, or those of the folders queries/published beside these configurations.

    Raises ConfigurationError for a query with mistakes.
    """
    beside = [Path(place.rpartition("::")[2]).parent / "queries/published" for place in locations]
    folders = beside if locations else [asset("queries/published")]
    return {name.removesuffix(".rq"): query for folder in folders for name, query in load_queries(folder).items()}


def limits(settings: Settings) -> Limits:
    """What queries of strangers may use."""
    return Limits(
        seconds=settings.query_seconds,
        rows=settings.query_rows,
        bytes=settings.query_bytes,
        memory=settings.query_memory,
        query_length=settings.query_length,
        nesting=settings.query_nesting,
        concurrent=settings.query_workers,
        waiting=settings.queries_waiting,
        waiting_seconds=settings.queries_waiting_seconds,
        concurrent_per_client=settings.queries_per_client,
        calls=frozenset(settings.query_calls),
    )


def page_limits(settings: Settings) -> Limits:
    """What the queries of pages may use that are not answered in the server's own process."""
    return replace(limits(settings), rows=settings.page_triples, waiting_seconds=settings.query_seconds)


def _for_templates(configuration: LiveConfiguration) -> dict[str, object]:
    site = site_of(configuration.current().apis)
    return {"up": upwards(request.path), "here": request.path, "site": site}


def _is_list(endpoint: Endpoint) -> bool:
    return isinstance(endpoint, ListEndpoint)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        response.headers.update(PREFLIGHT_HEADERS)
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
    return response
