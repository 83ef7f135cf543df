"""How much a dataset uses of a vocabulary: the items of each class and the statements of each property, with examples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pqlod.rdf import NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

MOST_EXAMPLES = 20  # of each term, so that one may have a page

# Reads the whole default graph: a second or so for each million statements.
PROPERTIES = Query(
    "SELECT ?property (COUNT(*) AS ?uses) WHERE { ?item ?property ?value } GROUP BY ?property", "statements of each property"
)
CLASS = Query("SELECT (COUNT(*) AS ?uses) WHERE { ?item a ?class }", "items of a class")
ITEMS = Query(f"SELECT ?item WHERE {{ ?item a ?class }} LIMIT {MOST_EXAMPLES}", "items of a class")
STATEMENTS = Query(f"SELECT ?item ?value WHERE {{ ?item ?property ?value }} LIMIT {MOST_EXAMPLES}", "statements of a property")


class Example(NamedTuple):
    """An item of a class, or one that has a property, with a value of that."""

    item: NamedNode
    value: Term | None = None


@dataclass(frozen=True)
class Usage:
    """How often each term is used, and some examples of that; terms that are not there are not used."""

    counts: Mapping[NamedNode, int]
    examples: Mapping[NamedNode, tuple[Example, ...]]


def usage(dataset: Dataset, classes: Iterable[NamedNode], properties: Iterable[NamedNode]) -> Usage:
    """What the default graph of a dataset has of these classes and properties."""
    counts = {each: _items(dataset, each) for each in classes}
    examples = {each: _examples(dataset, ITEMS.substitute({"class": each})) for each in counts}
    used = {row["property"]: int(row["uses"].value) for row in dataset.select(PROPERTIES)}  # type: ignore[union-attr]  # a count is a literal
    for each in properties:
        counts[each] = used.get(each, 0)
        examples[each] = _examples(dataset, STATEMENTS.substitute({"property": each})) if counts[each] else ()
    return Usage(
        {term: count for term, count in counts.items() if count}, {term: some for term, some in examples.items() if some}
    )


def _items(dataset: Dataset, type: NamedNode) -> int:
    """How many items a class has: by the index, if it knows the class."""
    if dataset.values and type in dataset.values.types:
        return dataset.values.all_of(type).total
    (row,) = dataset.select(CLASS.substitute({"class": type}))
    return int(row["uses"].value)  # type: ignore[union-attr]  # likewise


def _examples(dataset: Dataset, query: Query) -> tuple[Example, ...]:
    rows = dataset.select(query)
    return tuple(Example(row["item"], row.get("value")) for row in rows if isinstance(row["item"], NamedNode))
