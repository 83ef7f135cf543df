"""The process in which what a client sends is written: parses it, changes the store, publishes the next generation.

``updating.py`` starts it. A message on its pipes is as those of ``worker.py``: ``Q`` a request comes in, followed by
``D`` each of its documents; ``H`` goes out when the change is made and only its publication is left, then ``E`` with
the number of the generation, or at any time ``F`` a failure. Until ``H`` the kernel's alarm ends what takes too long,
and nothing is published; after it a write takes its time.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from pyoxigraph import Quad, RdfFormat, Store, Triple, parse

from pqlod.errors import StoreError
from pqlod.rdf import DefaultGraph, NamedNode, Resource
from pqlod.store.changes import changed_by
from pqlod.store.generations import Generations, Writing
from pqlod.store.operations import read_operations
from pqlod.store.worker import HEADER, Pipe, with_unknown_functions

LARGE = 4 * 2**20  # bytes of a document that is not worth knowing which resources it changes

Request = dict[str, Any]


def write(generations: Generations, request: Request, documents: list[bytes], pipe: Pipe) -> None:
    """Makes the change of a request, as one generation, and tells what became of it."""
    if request["operation"] == "update":
        with ended_after(request["seconds"]):
            check_syntax(request["text"], request["base_iri"])
    with generations.writing(patience=request["patience"], indexes_later=True) as writing:
        with ended_after(request["seconds"]):
            outcome = OPERATIONS[request["operation"]](writing, request, documents)
        number = writing.number - writing.is_unchanged
        pipe.tell(b"H")
    pipe.tell(b"E", outcome=outcome, generation=number)


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """The kernel ends this process if what is done in the context takes longer."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def check_syntax(text: str, base_iri: str) -> None:
    """SyntaxError if the update does not parse, found where nothing is: no store need be opened for that."""
    try:
        parse_update(text, base_iri)
    except SyntaxError as error:
        operations = list(read_operations(text))
        if len({operation.prologue for operation in operations}) < 2:
            raise
        # Oxigraph takes no declarations after a semicolon, where SPARQL 1.1 has them too (rule 29).
        with suppress(SyntaxError):
            parse_update(operations[-1].prologue + " ;\n".join(operation.text for operation in operations), base_iri)
            return
        raise error


def parse_update(text: str, base_iri: str) -> None:
    """Parses an update, and carries nothing out: an operation that fails is put before the others, since one is LOAD."""
    start = next((operation.start for operation in read_operations(text)), len(text))
    try:
        Store().update(f"{text[:start]} DROP GRAPH <urn:none> ; {text[start:]}", base_iri=base_iri)
    except RuntimeError:
        pass
    except SyntaxError:
        Store().update(text, base_iri=base_iri)  # which has the mistake at its own place
        raise


def begin(writing: Writing, request: Request, documents: list[bytes]) -> str:
    """The first generation of a store, without data."""
    if writing.number > 1:
        writing.unchanged()
    return "changed"


def update(writing: Writing, request: Request, documents: list[bytes]) -> str:
    """Runs the operations of a SPARQL update, one after the other, to know of each what it changes."""
    changed: set[Resource] | None = set()
    for operation in read_operations(request["text"]):
        changes = changed_by(operation, lambda query: select(writing.store, query, request["base_iri"]))
        changed = None if changed is None or changes is None else changed | changes
        run(writing.store, operation.prologue + operation.text, request["base_iri"])
    if changed is not None:
        writing.changed(changed)
    return "changed"


def put(writing: Writing, request: Request, documents: list[bytes]) -> str:
    """Makes the documents the contents of a graph."""
    graph, is_new = target(request), is_missing(writing.store, request)
    writing.store.clear_graph(graph)
    fill(writing.store, request, documents)
    if request["graph"]:
        writing.store.add_graph(graph)
        writing.changed([])
    return "created" if is_new else "changed"


def post(writing: Writing, request: Request, documents: list[bytes]) -> str:
    """Adds the documents to a graph."""
    is_new = is_missing(writing.store, request)
    changed = fill(writing.store, request, documents)
    if request["graph"]:
        writing.store.add_graph(target(request))
        writing.changed([])
    elif changed is not None:
        writing.changed(changed)
    return "created" if is_new else "changed"


def delete(writing: Writing, request: Request, documents: list[bytes]) -> str:
    """Removes a graph; the default graph is always there, and is emptied."""
    if is_missing(writing.store, request):
        writing.unchanged()
        return "missing"
    writing.store.remove_graph(target(request))
    if request["graph"]:
        writing.changed([])
    return "changed"


OPERATIONS = {"begin": begin, "update": update, "put": put, "post": post, "delete": delete}


def target(request: Request) -> NamedNode | DefaultGraph:
    return NamedNode(request["graph"]) if request["graph"] else DefaultGraph()


def is_missing(store: Store, request: Request) -> bool:
    return bool(request["graph"]) and not store.contains_named_graph(NamedNode(request["graph"]))


def fill(store: Store, request: Request, documents: list[bytes]) -> set[Resource] | None:
    """Adds the documents, each with blank nodes of its own; gives the subjects, if there are not too many to know."""
    graph, subjects = target(request), set[Resource]()
    is_known = True
    for about, document in zip(request["documents"], documents, strict=True):
        form, base_iri = RdfFormat.from_media_type(about["media_type"]), about["base_iri"]
        if len(document) > LARGE:
            store.bulk_load(document, form, base_iri=base_iri, to_graph=graph)
            is_known = False
        else:
            triples = parse(document, form, base_iri=base_iri, rename_blank_nodes=True)
            quads = [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in triples]
            store.extend(quads)
            subjects |= {quad.subject for quad in quads if not isinstance(quad.subject, Triple)}
    return subjects if is_known else None


def run(store: Store, text: str, base_iri: str) -> None:
    with_unknown_functions(lambda functions: store.update(text, base_iri=base_iri, custom_functions=functions))


def select(store: Store, text: str, base_iri: str) -> Any:  # solutions, each of which can be taken apart as terms
    return with_unknown_functions(lambda functions: store.query(text, base_iri=base_iri, custom_functions=functions))


def serve(file: IO[bytes], pipe: Pipe) -> None:
    """Carries out request after request, each alone."""
    generations: dict[str, Generations] = {}
    for request, documents in read_requests(file):
        folder = request["folder"]
        try:
            write(generations.setdefault(folder, Generations(Path(folder), kept=request["kept"])), request, documents, pipe)
        except SyntaxError as error:
            pipe.tell(b"F", kind="syntax", operation=request["operation"], message=str(error))
        except StoreError as error:
            pipe.tell(b"F", kind="store", message=str(error))
        except MemoryError:
            pipe.tell(b"F", kind="memory", message="")
        except (OSError, RuntimeError, ValueError) as error:  # an OSError is of what the update calls, or of the store
            pipe.tell(b"F", kind="evaluation", message=str(error))


def read_requests(file: IO[bytes]) -> Iterator[tuple[Request, list[bytes]]]:
    while header := file.read(HEADER.size):
        request = json.loads(file.read(HEADER.unpack(header)[1]))
        documents = [file.read(HEADER.unpack(file.read(HEADER.size))[1]) for _ in request["documents"]]
        yield request, documents


def main() -> None:
    memory = int(sys.argv[1])
    for name, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(name, (most, most))
    with suppress(BrokenPipeError):  # the parent died
        serve(sys.stdin.buffer, Pipe(sys.stdout.buffer))
    os._exit(0)


if __name__ == "__main__":
    main()
