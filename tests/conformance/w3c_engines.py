"""Two engines that the suites are put to: pqlod over HTTP, and pyoxigraph itself, without HTTP."""

from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from pyoxigraph import QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store, parse_query_results
from w3c_suites import Contents

from pqlod.rdf import DefaultGraph, NamedNode, Quad, Triple

ALL = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
JSON, GRAPH = "application/sparql-results+json", "application/n-triples"


class NotValid(Exception):
    """The engine says that the text is no SPARQL."""


class Refused(Exception):
    """The service does not do such a thing for anybody."""


class Failed(Exception):
    """The text is valid, but what it calls or names is not there."""


class Broken(Exception):
    """The service is at fault."""


FAILURES = {400: NotValid, 403: Refused, 409: Failed, 502: Failed}


class Engine(Protocol):
    """What a case is put to."""

    def load(self, contents: Contents) -> None:
        """Makes this all that the store holds."""

    def query(self, text: str, media_type: str) -> bytes:
        """The result: a graph as N-Triples, any other in the format of this media type."""

    def update(self, text: str) -> None:
        """Changes what the store holds."""

    def contents(self) -> Contents:
        """What the store holds, without its empty graphs."""


class Oxigraph:
    """pyoxigraph itself."""

    def __init__(self) -> None:
        self._store = Store()

    def load(self, contents: Contents) -> None:
        self._store = store_of(contents)

    def query(self, text: str, media_type: str) -> bytes:
        try:
            results = self._store.query(text, base_iri="http://example/sparql")
            if isinstance(results, QueryTriples):
                return results.serialize(format=RdfFormat.N_TRIPLES) or b""
            return results.serialize(format=QueryResultsFormat.from_media_type(media_type)) or b""
        except SyntaxError as error:
            raise NotValid(error) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise Failed(error) from error

    def update(self, text: str) -> None:
        try:
            self._store.update(text, base_iri="http://example/update")
        except SyntaxError as error:
            raise NotValid(error) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise Failed(error) from error

    def contents(self) -> Contents:
        return by_graph(self._store)


class Server:
    """A server of pqlod that takes updates from anybody. ``redirect`` changes what a text calls."""

    def __init__(self, root: str, redirect: Callable[[str], str] = str) -> None:
        self._root, self._redirect = root, redirect
        self._loaded: Contents | None = None

    def load(self, contents: Contents) -> None:
        if contents != self._loaded:
            self.update(replacement(contents))
            self._loaded = contents

    def query(self, text: str, media_type: str) -> bytes:
        return self._post("/sparql", text, "application/sparql-query", f"{media_type}, {GRAPH}")

    def update(self, text: str) -> None:
        self._loaded = None
        self._post("/update", text, "application/sparql-update", "*/*")

    def contents(self) -> Contents:
        rows = parse_query_results(self.query(ALL, JSON), QueryResultsFormat.JSON)
        assert isinstance(rows, QuerySolutions)
        return by_graph(Quad(s, p, o, g or DefaultGraph()) for g, s, p, o in rows)

    def _post(self, path: str, text: str, content_type: str, accept: str) -> bytes:
        request = Request(self._root + path, self._redirect(text).encode(), {"Content-Type": content_type, "Accept": accept})
        try:
            with urlopen(request) as response:
                return response.read()  # type: ignore[no-any-return]  # urlopen has no type
        except HTTPError as error:
            with error:
                raise FAILURES.get(error.code, Broken)(error.code, error.read()) from None


def store_of(contents: Contents) -> Store:
    """A store in memory that holds this."""
    store = Store()
    for name, triples in contents.items():
        if name:
            store.add_graph(NamedNode(name))
        graph = NamedNode(name) if name else DefaultGraph()
        store.extend(Quad(s, p, o, graph) for s, p, o in triples)
    return store


def by_graph(quads: Iterable[Quad]) -> Contents:
    """Quads by the names of their graphs; the default graph is always there."""
    found: dict[str, set[Triple]] = {"": set()}
    for quad in quads:
        name = "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value
        found.setdefault(name, set()).add(quad.triple)
    return {name: frozenset(triples) for name, triples in found.items()}


def replacement(contents: Contents) -> str:
    """An update after which the store holds this, and no more. Blank nodes may be shared only within one operation."""
    names = [name for name in contents if name]
    graphs = (f"GRAPH <{name}> {{\n{_statements(contents[name])}}}\n" for name in names)
    inserted = "".join((_statements(contents.get("", ())), *graphs))
    return " ;\n".join(("DROP ALL", *(f"CREATE GRAPH <{name}>" for name in names), f"INSERT DATA {{\n{inserted}}}"))


def _statements(triples: Iterable[Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in triples)
