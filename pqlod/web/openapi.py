"""The service described in OpenAPI 3.1, from its configuration: each list and item, what they take, and what they answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from pqlod import __version__
from pqlod.formatters.html.frame import site_of
from pqlod.lda.model import Api, Endpoint, ListEndpoint, selector_of
from pqlod.lda.parameters import RESERVED
from pqlod.store.query import Parameter, Query
from pqlod.web.negotiation import essence

Object = dict[str, Any]

# What anybody may need of a request; the rest of RESERVED is told in the documentation.
OF_LISTS = ("_page", "_pageSize", "_sort", "_search", "_view", "_properties", "_metadata", "_lang", "_format", "callback")
OF_ITEMS = ("_view", "_properties", "_metadata", "_lang", "_format", "callback")
SCHEMAS: Mapping[str, Object] = {
    "_page": {"type": "integer", "minimum": 0, "default": 0},
    "_pageSize": {"type": "integer", "minimum": 1},
}
# How JSON Schema says what a parameter of a query is; others are texts.
KINDS: Mapping[str, Object] = {
    "iri": {"type": "string", "format": "iri"},
    "date": {"type": "string", "format": "date"},
    "dateTime": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
}
RESULT_TYPES = ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
FILTERS: Object = {
    "name": "filters",
    "in": "query",
    "description": "Paths of properties and the values that they must have (tablingMember.label=…), with prefixes such as "
    "min-, max- and exists-; the documentation lists them.",
    "style": "form",
    "explode": True,
    "schema": {"type": "object", "additionalProperties": {"type": "string"}},
}


def openapi(apis: Iterable[Api], queries: Mapping[str, Query], root: str) -> Object:
    """The description (OpenAPI Specification 3.1.1), as what JSON is written of; ``root`` is the address of the service."""
    apis = tuple(apis)
    paths: dict[str, Object] = {}
    for api in apis:
        for endpoint in api.endpoints:
            _add(paths.setdefault(endpoint.template.path_part.replace("{+", "{"), {}), endpoint)
    for name, query in queries.items():
        paths[f"/queries/{name}"] = {"get": _query(name, query)}
    paths["/sparql"] = {"get": _sparql()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": site_of(apis).name,
            "description": next((api.comment for api in apis if api.comment), ""),
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root or "/"}],
        "externalDocs": {"url": f"{root}/docs"},
        "paths": paths,
        "components": {
            "parameters": {name: _reserved(name) for name in OF_LISTS},
            "schemas": {"Problem": PROBLEM, "ListPage": _page("items"), "ItemPage": _page("primaryTopic")},
            "responses": {
                name: {"description": said, "content": {"application/problem+json": {"schema": _reference("schemas", "Problem")}}}
                for name, said in PROBLEMS.items()
            },
        },
    }


PROBLEM: Object = {
    "type": "object",
    "description": "What is wrong with a request (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string", "description": "the parameter that is at fault"},
    },
    "required": ["title", "status"],
}
PROBLEMS = {
    "BadRequest": "A parameter is wrong: which one, what was expected, and what is near.",
    "NotFound": "There is no such item, or no such address.",
    "NotAcceptable": "There is no format that the client takes.",
    "Unavailable": "The request takes too long, or too many are running; Retry-After says when to try again.",
}
_STATUSES = {"400": "BadRequest", "404": "NotFound", "406": "NotAcceptable", "503": "Unavailable"}


def _page(content: str) -> Object:
    """The envelope of JSON: Linked Data API specification, "JSON Formatter"."""
    items: Object = {"type": "array", "items": {"type": "object"}} if content == "items" else {"type": "object"}
    return {
        "type": "object",
        "properties": {
            "format": {"const": "linked-data-api"},
            "version": {"type": "string"},
            "result": {"type": "object", "properties": {"_about": {"type": "string"}, content: items}, "required": ["_about"]},
        },
        "required": ["format", "version", "result"],
    }


def _add(path: Object, endpoint: Endpoint) -> None:
    """An endpoint as the operation of its path; one whose template asks for parameters is a further way to ask the path."""
    own = [
        {"name": name, "in": "query", "description": endpoint.label, "schema": {"type": "string"}}
        for name, _ in endpoint.template.query_part
    ]
    if "get" in path:
        path["get"]["parameters"] += own
        return
    is_list = isinstance(endpoint, ListEndpoint)
    named = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in _path_variables(endpoint)]
    selector = selector_of(endpoint)
    asked = [_parameter(each) for each in selector.query.parameters.values()] if selector.query else []
    reserved = [_reference("parameters", name) for name in (OF_LISTS if is_list else OF_ITEMS)]
    path["get"] = {
        "summary": endpoint.label or endpoint.template.text,
        "description": endpoint.comment,
        "tags": ["Lists" if is_list else "Items"],
        "parameters": [*named, *own, *asked, *([FILTERS] if is_list else []), *reserved],
        "responses": _responses(_contents(endpoint, "ListPage" if is_list else "ItemPage")),
    }


def _path_variables(endpoint: Endpoint) -> tuple[str, ...]:
    path = endpoint.template.path_part
    return tuple(name for name in endpoint.template.variables if f"{{{name}}}" in path or f"{{+{name}}}" in path)


def _contents(endpoint: Endpoint, schema: str) -> Object:
    """What a page can be answered as, by media type."""
    advertised = [each for each in endpoint.formatters.values() if each.is_advertised]
    types = dict.fromkeys(essence(media_type) for each in advertised for media_type in each.media_types[:1])
    return {each: {"schema": _reference("schemas", schema)} if each == "application/json" else {} for each in types}


def _responses(contents: Object) -> Object:
    problems = {status: _reference("responses", name) for status, name in _STATUSES.items()}
    return {"200": {"description": "The page.", "content": contents}, "304": {"description": "Nothing has changed."}, **problems}


def _query(name: str, query: Query) -> Object:
    return {
        "summary": query.title or name,
        "description": query.description,
        "tags": ["Queries"],
        "parameters": [_parameter(each) for each in query.parameters.values()],
        "responses": _responses({each: {} for each in (*RESULT_TYPES, "text/html")}),
    }


def _sparql() -> Object:
    text = {"type": "string"}
    return {
        "summary": "Ask in SPARQL",
        "description": "The query operation of the SPARQL 1.1 Protocol; queries may be sent by POST, too.",
        "tags": ["SPARQL"],
        "parameters": [
            {"name": "query", "in": "query", "required": True, "schema": text},
            {"name": "default-graph-uri", "in": "query", "schema": {"type": "array", "items": text}},
            {"name": "named-graph-uri", "in": "query", "schema": {"type": "array", "items": text}},
        ],
        "responses": _responses({each: {} for each in (*RESULT_TYPES, "text/turtle", "text/html")}),
    }


def _parameter(parameter: Parameter) -> Object:
    schema: Object = dict(KINDS.get(parameter.kinds[0], {"type": "string"})) if len(parameter.kinds) == 1 else {"type": "string"}
    if parameter.default:
        schema["default"] = int(parameter.default) if schema["type"] == "integer" else parameter.default
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description or parameter.expected,
        "required": not (parameter.is_optional or parameter.default),
        "schema": schema,
    }


def _reserved(name: str) -> Object:
    return {
        "name": name,
        "in": "query",
        "description": RESERVED[name].meaning,
        "schema": SCHEMAS.get(name, {"type": "string"}),
    }


def _reference(kind: str, name: str) -> Object:
    return {"$ref": f"#/components/{kind}/{name}"}
