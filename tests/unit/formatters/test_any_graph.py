"""Whatever triples a view holds, every formatter writes a document that its readers can read."""

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pqlod.formatters import FORMATTERS
from pqlod.lda.model import FormatterKind
from pqlod.rdf import RDF, XSD, BlankNode, Graph, Literal, NamedNode, Triple

R, X = "http://x.example/id/", "http://x.example/def/"

resources = st.sampled_from([NamedNode(R + name) for name in "abcd"]) | st.sampled_from([BlankNode(name) for name in "xyz"])
properties = st.sampled_from([NamedNode(X + name) for name in ("p", "q", "9", "a-b", "café")] + [RDF.first, RDF.rest, RDF.type])
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["1e9", "-0", "2018-11-22", "1", "INF"])
datatypes = st.sampled_from([XSD.integer, XSD.long, XSD.double, XSD.decimal, XSD.date, XSD.dateTime, XSD.boolean, XSD.string])
literals = st.builds(Literal, texts) | st.builds(lambda text, datatype: Literal(text, datatype=datatype), texts, datatypes)
tagged = st.builds(lambda text: Literal(text, language="en"), texts)
objects = resources | st.just(RDF.nil) | literals | tagged
graphs = st.lists(st.builds(Triple, resources, properties, objects), max_size=25).map(Graph)

any_graph = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def written(make_page: Any, graph: Graph, kind: FormatterKind) -> tuple[bytes, SimpleNamespace]:
    page = make_page("", "a", "b", kind=kind)
    page.graph = graph
    return FORMATTERS[kind].write(page), page


@any_graph
@given(graph=graphs)
def test_json_and_geojson_are_json(make_page: Any, graph: Graph) -> None:
    assert json.loads(written(make_page, graph, FormatterKind.JSON)[0])["result"]["_about"]
    assert len(json.loads(written(make_page, graph, FormatterKind.GEOJSON)[0])["features"]) == 2


@any_graph
@given(graph=graphs)
@pytest.mark.parametrize("kind", [FormatterKind.XML, FormatterKind.ATOM, FormatterKind.RDF_XML])
def test_xml_is_well_formed(make_page: Any, graph: Graph, kind: FormatterKind) -> None:
    assert len(etree.fromstring(written(make_page, graph, kind)[0])) > 0


@any_graph
@given(graph=graphs)
def test_csv_has_a_row_for_each_item_and_all_rows_are_of_one_length(make_page: Any, graph: Graph) -> None:
    body, page = written(make_page, graph, FormatterKind.CSV)

    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))

    assert [row[0] for row in rows] == ["uri", *(item.value for item in page.items)]
    assert {len(row) for row in rows} == {len(rows[0])}


@any_graph
@given(graph=graphs)
@pytest.mark.parametrize(
    ("kind", "syntax"),
    [
        (FormatterKind.TURTLE, pyoxigraph.RdfFormat.TURTLE),
        (FormatterKind.NTRIPLES, pyoxigraph.RdfFormat.N_TRIPLES),
        (FormatterKind.JSON_LD, pyoxigraph.RdfFormat.JSON_LD),
    ],
)
def test_rdf_says_what_the_page_says(make_page: Any, graph: Graph, kind: FormatterKind, syntax: pyoxigraph.RdfFormat) -> None:
    body, page = written(make_page, graph, kind)

    actual = canonical(quad.triple for quad in pyoxigraph.parse(body, format=syntax))

    assert actual == canonical(page.graph | page.metadata)


def canonical(triples: Any) -> set[str]:
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, dataset))
