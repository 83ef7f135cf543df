"""What a page tells of its items, read from each of its formats: facts that can be compared.

A fact is an item, the shortnames of a property path, and a text or an IRI that is at its end.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree
from pyoxigraph import RdfFormat, parse

from pqlod.formatters.words import words
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import BlankNode, Graph, Literal, NamedNode

Facts = Counter[tuple[str, ...]]


def json_facts(body: bytes) -> Facts:
    def walk(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if isinstance(value, list):
            yield from (fact for each in value for fact in walk(each, path))
        elif isinstance(value, dict):
            own = value.get("_value", value.get("_about"))
            yield from [(*path, text_of(own))] if own is not None else []
            yield from (fact for name, each in value.items() if name[0] != "_" for fact in walk(each, (*path, name)))
        else:
            yield (*path, text_of(value))

    result = json.loads(body, parse_int=str, parse_float=str)["result"]
    items = result["items"] if "items" in result else [result["primaryTopic"]]
    return Counter(
        fact for item in items for name, value in item.items() if name[0] != "_" for fact in walk(value, (item["_about"], name))
    )


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def xml_facts(body: bytes) -> Facts:
    def walk(element: etree._Element, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if element.get("href") is not None:
            yield (*path, element.get("href", ""))
        elif not len(element):
            yield (*path, element.text or "")
        for child in element:
            yield from walk(child, path if child.tag == "item" else (*path, str(child.tag)))

    root = etree.fromstring(body)
    items = root.findall("items/item") or root.findall("primaryTopic")
    return Counter(fact for item in items for child in item for fact in walk(child, (item.get("href", ""), str(child.tag))))


def turtle_facts(body: bytes, items: Iterable[str], vocabulary: Vocabulary) -> Facts:
    """The facts of a graph; a resource inside of its own description is only mentioned, and so is another item."""
    graph, iris = Graph(quad.triple for quad in parse(body, RdfFormat.TURTLE)), {NamedNode(item) for item in items}

    def walk(resource: Any, path: tuple[str, ...], opened: frozenset[Any]) -> Iterator[tuple[str, ...]]:
        for property_iri, values in graph.properties(resource).items():
            step = (*path, vocabulary.shortname(property_iri) or property_iri.value)
            for value in values:
                if not isinstance(value, BlankNode):
                    yield (*step, value.value)
                if not isinstance(value, Literal) and value not in opened and value not in iris:
                    yield from walk(value, step, opened | {value})

    return Counter(fact for item in iris for fact in walk(item, (item.value,), frozenset({item})))


def of_the_items(facts: Facts) -> Facts:
    """All but of which page an item is the topic: that has the format in its address."""
    return Counter({fact: count for fact, count in facts.items() if fact[1] != "isPrimaryTopicOf"})


def cells_of(facts: Facts, vocabulary: Vocabulary) -> dict[tuple[str, str], Counter[str]]:
    """What the cells of a table must hold, by item and heading, of the columns that have either IRIs or texts."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    for (item, *path, text), count in facts.items():
        is_resource = vocabulary.property(vocabulary.inputs[path[-1]]).is_resource
        heading = " > ".join(map(words, path)) + (" > uri" if is_resource else "")
        cells.setdefault((item, heading), Counter())[text] += count
    return {key: texts for key, texts in cells.items() if (key[0], key[1] + " > uri") not in cells}


def read_table(body: bytes) -> dict[tuple[str, str], str]:
    """The cells of a CSV page, by item and heading."""
    heading, *rows = csv.reader(io.StringIO(body.decode(), newline=""))
    return {(row[0], name): cell for row in rows for name, cell in zip(heading, row, strict=True)}


def holds(cell: str, texts: Counter[str]) -> bool:
    """Are these the texts of the cell, in whatever order?"""
    for text in texts.elements():
        if text not in cell:
            return False
        cell = cell.replace(text, "", 1)
    return not cell.strip("; '")
