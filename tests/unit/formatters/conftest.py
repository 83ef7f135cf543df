"""Pages made by hand: declarations, a view and its metadata, each written as Turtle."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pyoxigraph
import pytest

from pqlod.lda.declarations import read_vocabulary
from pqlod.lda.model import FormatterDeclaration, FormatterKind
from pqlod.lda.naming import ShortnameMode
from pqlod.lda.reading import Report
from pqlod.rdf import Graph, NamedNode
from pqlod.store.deadline import NEVER, Deadline

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dct": "http://purl.org/dc/terms/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "api": "http://purl.org/linked-data/api/vocab#",
    "pqlod": "urn:pqlod:vocab:",
    "x": "http://x.example/def/",
    "y": "http://y.example/def#",
    "r": "http://x.example/id/",
}
PAGE = "http://h.example/list"


def read_graph(turtle: str) -> Graph:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    return Graph(quad.triple for quad in pyoxigraph.parse(prefixes + turtle, format=pyoxigraph.RdfFormat.TURTLE))


@pytest.fixture
def make_page() -> Callable[..., Any]:
    """Makes a page of items named ``r:…``; with ``is_item`` that of one item."""
    return _make_page


def _make_page(
    view: str,
    *items: str,
    declared: str = "",
    metadata: str = "",
    kind: FormatterKind = FormatterKind.JSON,
    mode: ShortnameMode = ShortnameMode.PREFER_LOCALNAMES,
    is_item: bool = False,
    callback: str = "",
    deadline: Deadline = NEVER,
    **options: Any,
) -> Any:
    names = " ".join(f"r:{item}" for item in items)
    shown = f"<{PAGE}> foaf:primaryTopic {names} ." if is_item else f"<{PAGE}> api:items ( {names} ) ."
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "y"}
    return SimpleNamespace(
        api=SimpleNamespace(
            label="Tests",
            vocabulary=read_vocabulary(read_graph(declared), [], prefixes, Report()),
            titles=(),
            untitled=None,
        ),
        request=SimpleNamespace(callback=callback),
        formatter=FormatterDeclaration(kind.value, kind, (f"test/{kind.value}",), mode, options),
        iri=NamedNode(PAGE),
        items=tuple(NamedNode(PREFIXES["r"] + item) for item in items),
        graph=read_graph(view),
        metadata=read_graph(shown + metadata),
        is_list=not is_item,
        first=f"{PAGE}?_page=0",
        previous=None,
        next=f"{PAGE}?_page=1",
        deadline=deadline,
    )
