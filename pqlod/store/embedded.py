"""The dataset in this process: an Oxigraph store that is asked directly, and for strangers' queries through the sandbox."""

import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store

from pqlod.errors import DatasetError, QueryRefused, QuerySyntaxError, StoreError
from pqlod.rdf import BlankNode, DefaultGraph, Graph, NamedNode, Resource, Term, Triple
from pqlod.store.dataset import Branches, Matches, Solutions
from pqlod.store.deadline import NEVER, Deadline
from pqlod.store.index import WordIndex, remove_with, temporary_folder
from pqlod.store.query import Query
from pqlod.store.searches import with_searches
from pqlod.store.values import ValueIndex


class Evaluator(Protocol):
    """What evaluates queries over a store's folder in processes that can be ended: the sandbox."""

    def evaluate(
        self, location: Path, text: str, *, deadline: Deadline = NEVER, is_trusted: bool = False, own: str = ""
    ) -> Solutions | Graph | bool: ...


Made = TypeVar("Made")


class Once(Generic[Made]):
    """What is made when it is first needed, by whichever thread that is, and then kept."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make, self._made, self._lock = make, list[Made](), threading.Lock()

    def __call__(self) -> Made:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class EmbeddedDataset:
    """A Dataset over a pyoxigraph Store that nobody changes any more.

    ``location`` is the folder of the store, which the sandbox opens; without one (a store in memory) a copy is
    written to a temporary folder when the first query comes that is for it: any of a stranger, and before a deadline
    any that is not bounded. Without a sandbox strangers' queries are refused, and others run here.
    ``open_index`` gives the index of words of the store, when the first search comes; ``open_values`` that of values.
    """

    def __init__(
        self,
        store: Store,
        version: str,
        sandbox: Evaluator | None = None,
        open_index: Callable[[Store], WordIndex] = WordIndex.of_store,
        location: Path | None = None,
        open_values: Callable[[Store], ValueIndex | None] = lambda store: None,
        generation: int | None = None,
    ) -> None:
        self._store, self._version, self._generation, self._sandbox = store, version, generation, sandbox
        self._index = Once(lambda: open_index(store))
        self._values = Once(lambda: open_values(store))
        self._folder = Once(lambda: StoreFolder(store, location))
        self._deadline = NEVER

    def until(self, deadline: Deadline) -> "EmbeddedDataset":
        """The same dataset, for a request that must be answered by then."""
        dataset = copy(self)
        dataset._deadline = deadline
        return dataset

    @property
    def version(self) -> str:
        return self._version

    @property
    def generation(self) -> int | None:
        return self._generation

    @property
    def store(self) -> Store:
        """The store itself, for whoever counts or exports; not to be changed."""
        return self._store

    @property
    def location(self) -> Path:
        """The folder of a store with these contents, which other processes may open read-only."""
        return self._folder().path

    def select(self, query: Query) -> Solutions:
        return _expect(self._evaluate(query), Solutions, query, "SELECT")

    def construct(self, query: Query) -> Graph:
        return _expect(self._evaluate(query), Graph, query, "CONSTRUCT or DESCRIBE")

    def ask(self, query: Query) -> bool:
        return _expect(self._evaluate(query), bool, query, "ASK")

    def describe(self, resources: Iterable[Resource], graph: NamedNode | None = None) -> Graph:
        self._deadline.check()
        with _told():
            return Graph(_described(self._store, resources, graph or DefaultGraph()))

    def follow(self, resources: Iterable[Resource], branches: Branches, graph: NamedNode | None = None) -> Graph:
        # A tenth of what the same costs as a CONSTRUCT, most of which goes into its text and its plan (measured).
        with _told():
            return Graph(_followed(self._store, resources, branches, graph or DefaultGraph(), self._deadline))

    def search(self, expression: str) -> Matches:
        return self._index().search(expression, self._deadline)

    @property
    def values(self) -> ValueIndex | None:
        return self._values()

    def _evaluate(self, query: Query) -> Solutions | Graph | bool:
        self._deadline.check()
        text = with_searches(query.text, self.search) if query.is_trusted else query.text
        needs_no_end = query.is_bounded or self._deadline is NEVER or self._sandbox is None
        if query.is_trusted and needs_no_end:
            return _evaluate(self._store, text)
        if self._sandbox is None:
            raise QueryRefused("SPARQL of clients is not run here.")
        return self._sandbox.evaluate(self.location, text, deadline=self._deadline, is_trusted=query.is_trusted, own=query.own)


class StoreFolder:
    """The folder of a store; where it has none, a temporary one with a copy, which goes when this object goes."""

    def __init__(self, store: Store, location: Path | None) -> None:
        self.path = location or temporary_folder()
        if location is None:
            remove_with(self, self.path)
            copied = Store(str(self.path))
            copied.bulk_extend(store)
            copied.flush()


def dataset_from_files(paths: Iterable[Path], sandbox: Evaluator | None = None) -> EmbeddedDataset:
    """A dataset in memory of the RDF files of these (absolute) paths, plain or gzipped; the suffix tells the syntax.

    Its version follows from the files' times and sizes. Raises StoreError for a file that is missing, damaged, or no RDF.
    """
    store, version = Store(), hashlib.sha256()
    for path in map(Path, paths):
        _load_file(store, path)
        status = path.stat()
        version.update(f"{path} {status.st_mtime_ns} {status.st_size}\n".encode())
    return EmbeddedDataset(store, version.hexdigest()[:16], sandbox)


Result = TypeVar("Result", Solutions, Graph, bool)

_PLACE = re.compile(r"error at (\d+):(\d+): ")
_MOST_SHOWN = 300  # of what the parser expected, which can be every keyword there is


def syntax_error(message: str) -> QuerySyntaxError:
    """What pyoxigraph says of a query that does not parse, with line and column."""
    place = _PLACE.match(message)
    if place is None:
        return QuerySyntaxError(f"The query does not parse: {message}")
    line, column = int(place[1]), int(place[2])
    expected = " ".join(message[place.end() :].split())
    if len(expected) > _MOST_SHOWN:
        expected = expected[:_MOST_SHOWN].rsplit(" ", 1)[0] + " …"
    return QuerySyntaxError(f"The query does not parse at line {line}, column {column}: {expected}", line, column)


@contextmanager
def _told() -> Iterator[None]:
    """Turns what pyoxigraph raises while it evaluates into errors of the dataset."""
    try:
        yield
    except SyntaxError as error:
        raise syntax_error(str(error)) from error
    except RuntimeError as error:
        if "is not supported" in str(error):
            raise QueryRefused(f"{error}.") from error
        raise DatasetError(f"The query could not be evaluated: {error}") from error
    except OSError as error:
        raise StoreError(f"The store could not be read: {error}") from error


def _evaluate(store: Store, text: str) -> Solutions | Graph | bool:
    with _told():
        result = store.query(text)
        if isinstance(result, QueryBoolean):
            return bool(result)
        if isinstance(result, QueryTriples):
            return Graph(result)
        return solutions_of(result)


def solutions_of(result: QuerySolutions) -> Solutions:
    """What pyoxigraph found, as rows of bound variables."""
    variables = tuple(variable.value for variable in result.variables)
    rows = ({name: term for name, term in zip(variables, row, strict=True) if term is not None} for row in result)
    return Solutions(variables, tuple(rows))


def _expect(result: Solutions | Graph | bool, kind: type[Result], query: Query, form: str) -> Result:
    if not isinstance(result, kind):
        raise DatasetError(f"The query {query.name or query.text!r} was expected to be a {form}.")
    return result


def _described(store: Store, resources: Iterable[Resource], graph: NamedNode | DefaultGraph) -> Iterator[Triple]:
    seen: set[Resource] = set()
    left = list(reversed(list(resources)))
    while left:
        resource = left.pop()
        if resource in seen:
            continue
        seen.add(resource)
        for quad in store.quads_for_pattern(resource, None, None, graph):
            yield quad.triple
            if isinstance(quad.object, BlankNode):
                left.append(quad.object)


# Up to so many properties are each looked for; for more of them all that is told of a resource is read.
FEW = 3


def _followed(
    store: Store, resources: Iterable[Resource], branches: Branches, graph: NamedNode | DefaultGraph, deadline: Deadline
) -> Iterator[tuple[Resource, NamedNode, Term]]:
    seen: set[tuple[Resource, int]] = set()
    left: list[tuple[Resource, Branches]] = [(resource, branches) for resource in resources]
    while left:
        deadline.check()
        resource, wanted = left.pop()
        if (resource, id(wanted)) in seen:
            continue
        seen.add((resource, id(wanted)))
        any_property = wanted.get(None)
        for property in wanted if any_property is None and len(wanted) <= FEW else (None,):
            for quad in store.quads_for_pattern(resource, property, None, graph):
                predicate = quad.predicate  # each look at a part of a quad makes a new object
                following = [found for found in (wanted.get(predicate), any_property) if found is not None]
                if following:
                    end = quad.object
                    yield resource, predicate, end
                    if isinstance(end, NamedNode | BlankNode):
                        left.extend((end, each) for each in following if each)


def _load_file(store: Store, path: Path) -> None:
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    syntax = RdfFormat.from_extension(plain.suffix.lstrip("."))
    if syntax is None:
        raise StoreError(f"{path}: the suffix names no RDF syntax. Expected: .ttl, .nt, .nq, .trig, .rdf, .jsonld or .n3.")
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        store.load(content, syntax, base_iri=path.absolute().as_uri())
    except SyntaxError as error:
        raise StoreError(f"{path}: {error}") from error
    except (OSError, EOFError) as error:
        raise StoreError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
