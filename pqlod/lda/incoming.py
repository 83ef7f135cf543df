"""What links to an item: by which properties, how often, and from where. Bounded, however much does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import FOAF, NamedNode
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

MOST_LOOKED_AT = 1_000  # links, for the properties that no vocabulary declares
MOST_PROPERTIES = 60
MOST_COUNTED = 10_000  # links of one property
MOST_SHOWN = 5  # of one property
# A page says itself what it is about.
UNSHOWN = frozenset({FOAF.primaryTopic})


@dataclass(frozen=True)
class Incoming:
    """The links of one property: how many there are, or at least are (``is_more``), and where the first of them come from."""

    property: NamedNode
    count: int
    is_more: bool
    subjects: tuple[NamedNode, ...]


def fetch_incoming(item: NamedNode, vocabulary: Vocabulary, dataset: Dataset) -> tuple[Incoming, ...]:
    """The links to an item, by the IRIs of their properties."""
    seen = dataset.select(_properties_query(item)).values("property")
    declared = (iri for iri, declaration in vocabulary.properties.items() if declaration.is_resource)
    properties = list(dict.fromkeys(iri for iri in (*seen, *declared) if isinstance(iri, NamedNode) and iri not in UNSHOWN))
    return tuple(sorted(_by_property(item, properties[:MOST_PROPERTIES], dataset), key=lambda each: each.property.value))


def _by_property(item: NamedNode, properties: Sequence[NamedNode], dataset: Dataset) -> Iterator[Incoming]:
    counts = dataset.select(_counts_query(item, properties)).rows if properties else ()
    numbers = {row["property"]: int(row["count"].value) for row in counts}  # type: ignore[union-attr]  # a count is a literal
    found = [iri for iri in properties if numbers.get(iri)]
    starts = dataset.select(_starts_query(item, found)).rows if found else ()
    for iri in found:
        subjects = (row["subject"] for row in starts if row["property"] == iri)
        named = tuple(term for term in subjects if isinstance(term, NamedNode))
        yield Incoming(iri, min(numbers[iri], MOST_COUNTED), numbers[iri] > MOST_COUNTED, named)


def _properties_query(item: NamedNode) -> Query:
    links = f"{{ SELECT ?property {{ ?subject ?property {item} }} LIMIT {MOST_LOOKED_AT} }}"
    return Query(f"SELECT DISTINCT ?property {{ {links} }}", name="properties of incoming links", is_bounded=True)


def _counts_query(item: NamedNode, properties: Iterable[NamedNode]) -> Query:
    def count(iri: NamedNode) -> str:
        links = f"{{ SELECT ?subject {{ ?subject {iri} {item} }} LIMIT {MOST_COUNTED + 1} }}"
        return f"{{ SELECT ({iri} AS ?property) (COUNT(?subject) AS ?count) {{ {links} }} }}"

    return Query(
        f"SELECT ?property ?count {{ {_union(map(count, properties))} }}", name="counts of incoming links", is_bounded=True
    )


def _starts_query(item: NamedNode, properties: Iterable[NamedNode]) -> Query:
    def starts(iri: NamedNode) -> str:
        return f"{{ SELECT ({iri} AS ?property) ?subject {{ ?subject {iri} {item} }} LIMIT {MOST_SHOWN} }}"

    return Query(f"SELECT ?property ?subject {{ {_union(map(starts, properties))} }}", name="incoming links", is_bounded=True)


def _union(patterns: Iterable[str]) -> str:
    return " UNION ".join(patterns)
