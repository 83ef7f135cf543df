"""Writes all of a store to a file, and tells what a store holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from pyoxigraph import QuerySolutions, RdfFormat, Store

from pqlod.errors import SourceError
from pqlod.export_tables import write_questions, write_tables
from pqlod.packing import is_packing, written
from pqlod.rdf import DCT, PARL, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, DefaultGraph, Literal, NamedNode, local_name
from pqlod.sources.ledger import GRAPHS, RECORD
from pqlod.sources.records import MENTION
from pqlod.store.generations import Generations

PREFIXES = {
    name: namespace.iri
    for name, namespace in (
        ("dct", DCT), ("parl", PARL), ("prov", PROV), ("rdf", RDF), ("rdfs", RDFS), ("schema", SCHEMA), ("skos", SKOS),
        ("xsd", XSD),
    )
}  # fmt: skip

CLASSES = "SELECT ?name (COUNT(*) AS ?n) { ?item a ?name } GROUP BY ?name"
TOLD = f"SELECT ?name (COUNT(*) AS ?n) {{ GRAPH ?name {{ ?item {RECORD} ?record }} }} GROUP BY ?name"


def export(folder: Path, output: Path) -> int:
    """Writes the current generation of the store in ``folder``; gives the number of statements, lines or rows.

    The suffix of ``output`` says the form: a row of FORMS, each also with ``.gz`` or ``.zst``. The file is there whole or not
    at all. SourceError for another suffix, or if the file cannot be written; StoreError for the store.
    """
    write = FORMS[_form(output)]
    store = Generations(folder).dataset().store
    with written(output) as file:
        return write(store, file)


@dataclass(frozen=True)
class Holdings:
    """What a store holds: triples, resources by class, and of each source how many resources it told of; ``size`` in bytes."""

    generation: int
    loaded: datetime
    size: int
    triples: int
    classes: Mapping[str, int]
    sources: Mapping[str, int]

    def __str__(self) -> str:
        lines = [
            f"generation {self.generation}, loaded {self.loaded:%Y-%m-%d %H:%M:%S %Z}",
            f"{self.triples:,} triples, {self.size / 1e6:,.1f} MB",
            *_listed("resources by class", self.classes),
            *_listed("resources told of by source", self.sources),
        ]
        return "\n".join(lines) + "\n"


def info(folder: Path) -> Holdings:
    """What the current generation of the store in ``folder`` holds; StoreError if it cannot be read."""
    generations = Generations(folder)
    number = generations.current()
    store = generations.dataset(number).store
    return Holdings(
        generation=number, loaded=generations.loaded(number), size=_size(generations.path(number).parent),
        triples=_triples(store),
        classes={local_name(name): count for name, count in _counted(store, CLASSES).items()},
        sources={name.removeprefix(GRAPHS): count for name, count in _counted(store, TOLD).items() if MENTION not in name},
    )  # fmt: skip


def _quads(store: Store, file: IO[bytes]) -> int:
    store.dump(file, RdfFormat.N_QUADS)
    return len(store)


def _default_graph(syntax: RdfFormat) -> Callable[[Store, IO[bytes]], int]:
    def write(store: Store, file: IO[bytes]) -> int:
        prefixes = PREFIXES if syntax == RdfFormat.TURTLE else None
        store.dump(file, syntax, from_graph=DefaultGraph(), prefixes=prefixes)
        return _triples(store)

    return write


# What the suffixes of an export mean. N-Quads has every graph, all others are of the default graph only.
FORMS: Mapping[str, Callable[[Store, IO[bytes]], int]] = {
    ".nq": _quads,
    ".nt": _default_graph(RdfFormat.N_TRIPLES),
    ".ttl": _default_graph(RdfFormat.TURTLE),
    ".jsonl": write_questions,
    ".zip": write_tables,
}


def _form(output: Path) -> str:
    suffixes = [suffix.lower() for suffix in output.suffixes]
    suffix = suffixes[-2] if len(suffixes) > 1 and is_packing(suffixes[-1]) else (suffixes or [""])[-1]
    if suffix not in FORMS:
        known = ", ".join(FORMS)
        raise SourceError(f"The suffix of an export is one of {known}, or one of them with .gz or .zst.", source=str(output))
    return suffix


def _triples(store: Store) -> int:
    return _counted(store, 'SELECT ("" AS ?name) (COUNT(*) AS ?n) { ?s ?p ?o }')[""]


def _counted(store: Store, query: str) -> Mapping[str, int]:
    """The counts that a query gives as ?n, each by its ?name, the greatest first."""
    solutions = cast(QuerySolutions, store.query(query))
    counts = {cast(Literal | NamedNode, row["name"]).value: int(cast(Literal, row["n"]).value) for row in solutions}
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _listed(title: str, counts: Mapping[str, int]) -> list[str]:
    width = max(map(len, counts), default=0)
    return ["", f"{title}:", *(f"  {name:<{width}}  {count:>9,}" for name, count in counts.items())] if counts else []
