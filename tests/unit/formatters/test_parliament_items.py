"""The items of the service that pqlod succeeds come back as they were: the declarations of ontology/api.ttl give their form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from pqlod.assets import asset
from pqlod.formatters.items import Shape
from pqlod.formatters.json import JsonWriter
from pqlod.lda.config import read_configuration
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import XSD, Graph, Literal, NamedNode, Triple
from pqlod.store.query import load_queries

DATA = "http://data.parliament.uk/"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    queries = load_queries(asset("queries") / "api")
    return read_configuration(asset("ontology") / "api.ttl", queries).apis[0].vocabulary


@pytest.mark.parametrize(
    "name",
    ["lda-answeredquestions.json", "lda-answeredquestions-lords.json", "lda-commonsmembers-items.json"],
)
def test_items_have_the_form_that_the_original_service_gave_them(
    shared: Path, vocabulary: Vocabulary, make_page: Any, name: str
) -> None:
    document = json.loads((shared / "data" / "api-samples" / name).read_bytes())
    originals = document["result"]["items"] if isinstance(document, dict) else document
    page = make_page("")
    page.api.vocabulary = vocabulary
    page.items = tuple(NamedNode(original["_about"]) for original in originals)
    page.graph = Graph(triple for original in originals for triple in said_of(original, vocabulary))

    shape = Shape(page)
    written = [JsonWriter(page, shape.names).resource(item) for item in shape.items()]

    assert len(originals) > 5
    assert [unordered(item) for item in json.loads(orjson.dumps(written))] == [unordered(item) for item in originals]
    assert [list(item) for item in written] == [list(item) for item in originals]


def said_of(item: dict[str, Any], vocabulary: Vocabulary) -> Iterator[Triple]:
    """The triples from which an object of the original service was written; its days are stored as what they are."""
    for name, given in item.items():
        for value in given if isinstance(given, list) else [given]:
            if name != "_about":
                yield Triple(NamedNode(item["_about"]), vocabulary.resolve(name), term(value))
            if isinstance(value, dict) and "_about" in value:
                yield from said_of(value, vocabulary)


def term(value: Any) -> NamedNode | Literal:
    if isinstance(value, str):
        return NamedNode(value) if value.startswith(DATA) else Literal(value)
    if "_about" in value:
        return NamedNode(value["_about"])
    datatype = value.get("_datatype", "string")
    is_day = datatype == "dateTime" and "T" not in value["_value"]
    return Literal(value["_value"], datatype=XSD["date" if is_day else datatype])


def unordered(value: Any) -> Any:
    """The same with arrays in one order, since that of the original service was none."""
    if isinstance(value, dict):
        return {key: unordered(member) for key, member in value.items()}
    return sorted(map(unordered, value), key=str) if isinstance(value, list) else value
