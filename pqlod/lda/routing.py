"""Which endpoint answers a path, and which address shows a resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from pqlod.errors import EndpointNotFound, near
from pqlod.lda.model import Api, Endpoint, ItemEndpoint
from pqlod.lda.templates import UriTemplate

META = "/meta"  # what the path of an endpoint's description starts with

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Match:
    """The endpoint of a request: the values of its template's variables, and the parameters that these used up.

    ``suffix`` is a name of a format of the endpoint, or empty.
    """

    api: Api
    endpoint: Endpoint
    variables: Mapping[str, str]
    suffix: str
    path_without_suffix: str
    consumed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Redirect:
    """Where a resource is shown: a path with its query, to be put behind the API's base or the root of the request."""

    api: Api
    location: str


@dataclass(frozen=True)
class _Route:
    api: Api
    endpoint: Endpoint
    template: UriTemplate

    @property
    def priority(self) -> tuple[object, ...]:
        return *self.template.priority, self.endpoint.iri.value


class Router:
    """The templates of several APIs, tried in the order of their priority (``UriTemplate.priority``)."""

    def __init__(self, apis: Iterable[Api]) -> None:
        endpoints = [(api, endpoint) for api in apis for endpoint in api.endpoints]
        self._routes = _in_order(_Route(api, endpoint, endpoint.template) for api, endpoint in endpoints)
        items = [
            (api, endpoint, endpoint.item_template)
            for api, endpoint in endpoints
            if isinstance(endpoint, ItemEndpoint) and endpoint.item_template
        ]
        self._by_iri = _own_path_first(_Route(*item) for item in items)
        self._by_path = _own_path_first(
            _Route(api, endpoint, UriTemplate(path)) for api, endpoint, template in items for path in _item_paths(api, template)
        )

    def match(self, path: str, parameters: Mapping[str, tuple[str, ...]]) -> Match:
        """The endpoint of a percent-decoded path; the suffix counts only where the endpoint has a format of that name.

        Raises EndpointNotFound.
        """
        stem, suffix = split_suffix(path)
        trimmed = self._best(stem, parameters) if suffix else None
        if trimmed and suffix in trimmed[0].endpoint.formatters:
            return _match(*trimmed, suffix, stem)
        whole = self._best(path, parameters)
        if whole:
            return _match(*whole, "", path)
        raise self._not_found(path, suffix, trimmed[0].endpoint if trimmed else None)

    def redirect(self, path: str, query: str = "") -> Redirect | None:
        """Where to look for the resource whose IRI has this path, by the item templates; the suffix is kept."""
        stem, suffix = split_suffix(path)
        for candidate, kept in ((stem, suffix), (path, "")):
            for route in self._by_path:
                variables = _filling(route, candidate)
                if variables is not None and (not kept or kept in route.endpoint.formatters):
                    return Redirect(route.api, _location(route.endpoint, variables, kept, query))
        return None

    def document(self, iri: str) -> Redirect | None:
        """Where the resource with this IRI is shown, by the item templates."""
        for route in self._by_iri:
            variables = _filling(route, iri)
            if variables is not None:
                return Redirect(route.api, _location(route.endpoint, variables, "", ""))
        return None

    def endpoint_of_meta(self, path: str) -> Match:
        """The endpoint that a path like ``/meta/qs/_k.ttl`` describes; a path with real values in it does as well.

        Parameters that its template asks for need not be there. Raises EndpointNotFound.
        """
        path = path.removeprefix(META)
        stem, suffix = split_suffix(path)
        for candidate, kept in ((stem, suffix), (path, "")):
            for route in [*self._written(candidate), *self._filled(candidate)]:
                if not kept or kept in route.endpoint.formatters:
                    return Match(route.api, route.endpoint, _NONE, kept, candidate)
        raise self._not_found(path, suffix, None)

    def _written(self, path: str) -> Iterable[_Route]:
        return (route for route in self._routes if route.template.meta_text == path)

    def _filled(self, path: str) -> Iterable[_Route]:
        return (route for route in self._routes if route.template.match_path(path) is not None)

    def _best(self, path: str, parameters: Mapping[str, tuple[str, ...]]) -> tuple[_Route, Mapping[str, str]] | None:
        matches = ((route, route.template.match(path, parameters)) for route in self._routes)
        return next(((route, variables) for route, variables in matches if variables is not None), None)

    def _not_found(self, path: str, suffix: str, trimmed: Endpoint | None) -> EndpointNotFound:
        problem = f"No endpoint answers the path {path!r}."
        if trimmed:
            formats = ", ".join(trimmed.formatters)
            found = (f"{split_suffix(path)[0]}.{name}" for name in near(suffix, trimmed.formatters))
            return EndpointNotFound(f"{problem} {suffix!r} is none of its formats: {formats}.", found)
        wanting = self._wanting_parameters(path)
        if wanting:
            return EndpointNotFound(f"{problem} It wants parameters: {' or '.join(wanting)}.")
        return EndpointNotFound(problem, near(path, (route.template.path_part for route in self._routes)))

    def _wanting_parameters(self, path: str) -> tuple[str, ...]:
        """The templates that would have matched with the parameters that they ask for."""
        routes = (route for stem in (split_suffix(path)[0], path) for route in self._filled(stem))
        return tuple(dict.fromkeys(route.template.text for route in routes if route.template.query_part))


def split_suffix(path: str) -> tuple[str, str]:
    """A path as its stem and what follows the last dot of its last segment, which may be empty."""
    folder, slash, segment = path.rpartition("/")
    stem, dot, suffix = segment.rpartition(".")
    return (folder + slash + stem, suffix) if dot else (path, "")


def _in_order(routes: Iterable[_Route]) -> tuple[_Route, ...]:
    return tuple(sorted(routes, key=lambda route: route.priority))


def _own_path_first(routes: Iterable[_Route]) -> tuple[_Route, ...]:
    """Routes to resources: the address with the path of the IRI itself is the one to show, if there are several."""

    def is_elsewhere(route: _Route) -> bool:
        return _path_of(route.template.text, route.api.base) != route.endpoint.template.path_part

    return tuple(sorted(_in_order(routes), key=is_elsewhere))


def _match(route: _Route, variables: Mapping[str, str], suffix: str, path: str) -> Match:
    consumed = frozenset(name for name, _ in route.template.query_part)
    return Match(route.api, route.endpoint, MappingProxyType(dict(variables)), suffix, path, consumed)


def _filling(route: _Route, text: str) -> Mapping[str, str] | None:
    """What an item template binds, if that fills the template of its endpoint's address."""
    variables = route.template.match_path(text)
    return variables if variables is not None and variables.keys() >= set(route.endpoint.template.variables) else None


def _location(endpoint: Endpoint, variables: Mapping[str, str], suffix: str, query: str) -> str:
    path, _, own_query = endpoint.template.expand_url(variables).partition("?")
    queries = "&".join(part for part in (own_query, query) if part)
    return path + (f".{suffix}" if suffix else "") + (f"?{queries}" if queries else "")


def _item_paths(api: Api, template: UriTemplate) -> Iterable[str]:
    """The paths at which the resources of an item template are looked for: without and with the API's mount."""
    path = _path_of(template.text, api.base)
    if path.startswith("/"):
        yield path
        if api.prefix:
            yield api.prefix.rstrip("/") + path


def _path_of(text: str, base: str) -> str:
    if base and text.startswith(base):
        return "/" + text.removeprefix(base).lstrip("/")
    if "://" not in text.partition("{")[0]:
        return text
    path = "/" + text.partition("://")[2].partition("/")[2]
    base_path = urlsplit(base).path.rstrip("/")
    return path.removeprefix(base_path) if base_path and path.startswith(base_path + "/") else path
