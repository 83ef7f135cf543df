"""What things are called: by the titles of the configuration, or their labels."""

from collections.abc import Iterable, Mapping, Sequence

from pqlod.lda.model import Api
from pqlod.rdf import RDFS, SKOS, Graph, Literal, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

LABELS = (RDFS.label, SKOS.prefLabel)


def titles_of(api: Api, things: Sequence[NamedNode], dataset: Dataset) -> Mapping[Term, str]:
    """The titles of those things that have one: without a language or in English, if they are."""
    if not things:
        return {}
    titles = [path.last.property for path in api.titles if len(path.steps) == 1]
    ranks = {property: rank for rank, property in enumerate((*titles, *LABELS)) if property}
    found: dict[Term, list[tuple[int, bool, str]]] = {}
    for thing, property, title in _said(things, ranks, dataset):
        if isinstance(title, Literal):
            found.setdefault(thing, []).append((ranks[property], (title.language or "en") != "en", title.value))
    return {thing: min(titles)[2] for thing, titles in found.items()}


def _said(things: Sequence[NamedNode], properties: Iterable[NamedNode], dataset: Dataset) -> Graph:
    """What the properties say of the things."""
    followed = dataset.follow(things, {property: {} for property in properties})
    if followed is not None:
        return followed
    values, wanted = " ".join(map(str, things)), ", ".join(map(str, properties))
    pattern = f"VALUES ?thing {{ {values} }} ?thing ?property ?title FILTER (?property IN ({wanted}))"
    query = f"CONSTRUCT {{ ?thing ?property ?title }} WHERE {{ {pattern} }}"
    return dataset.construct(Query(query, name="titles", is_bounded=True))
