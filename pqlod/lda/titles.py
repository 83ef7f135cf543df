"""What things are called: by the titles of the configuration, or their labels."""

from collections.abc import Mapping, Sequence

from pqlod.lda.model import Api
from pqlod.rdf import RDFS, SKOS, Literal, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

LABELS = (RDFS.label, SKOS.prefLabel)


def titles_of(api: Api, things: Sequence[NamedNode], dataset: Dataset) -> Mapping[Term, str]:
    """The titles of those things that have one: without a language or in English, if they are."""
    if not things:
        return {}
    titles = [path.last.property for path in api.titles if len(path.steps) == 1]
    ranks = {property: rank for rank, property in enumerate((*titles, *LABELS)) if property}
    values, properties = (" ".join(map(str, terms)) for terms in (things, ranks))
    pattern = f"VALUES ?thing {{ {values} }} VALUES ?property {{ {properties} }} ?thing ?property ?label"
    rows = dataset.select(Query(f"SELECT * WHERE {{ {pattern} }}", name="labels", is_bounded=True))
    found: dict[Term, list[tuple[int, bool, str]]] = {}
    for row in rows:
        label, property = row["label"], row["property"]
        if isinstance(label, Literal) and isinstance(property, NamedNode):
            found.setdefault(row["thing"], []).append((ranks[property], (label.language or "en") != "en", label.value))
    return {thing: min(labels)[2] for thing, labels in found.items()}
