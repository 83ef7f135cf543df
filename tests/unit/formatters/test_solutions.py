import pytest

from pqlod.formatters.solutions import Cell, Table, format_named, table
from pqlod.rdf import RDF, XSD, BlankNode, Graph, Literal, NamedNode, Triple
from pqlod.store.dataset import Solutions
from pqlod.store.sandbox import Kind

THING = NamedNode("http://example.com/thing")


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        pytest.param("solutions", "json", "application/sparql-results+json", id="JSON of solutions"),
        pytest.param("graph", "json", "application/ld+json", id="JSON of a graph"),
        pytest.param("boolean", "xml", "application/sparql-results+xml", id="XML of a boolean"),
        pytest.param("graph", "xml", "application/rdf+xml", id="XML of a graph"),
        pytest.param("graph", "Turtle", "text/turtle", id="another name, in capitals"),
        pytest.param("graph", "application/n-quads", "application/n-quads", id="a media type"),
        pytest.param("graph", "csv", None, id="a graph has no CSV"),
        pytest.param("solutions", "ttl", None, id="solutions have no Turtle"),
    ],
)
def test_a_format_is_found_by_name_within_its_kind(kind: Kind, name: str, expected: str | None) -> None:
    found = format_named(kind, name)

    assert (found and found.media_types[0]) == expected


def test_solutions_have_a_column_for_each_variable_and_gaps_where_nothing_is_bound() -> None:
    solutions = Solutions(("a", "b"), ({"b": Literal("x")}, {"a": THING}))

    shown = table(solutions)

    assert shown == Table(("a", "b"), ((None, Cell("x")), (Cell(THING.value, THING.value), None)))


def test_a_resource_leads_to_where_it_is_shown() -> None:
    (row,) = table(Solutions(("x",), ({"x": THING},)), lambda iri: "things/1").rows

    assert row == (Cell(THING.value, "things/1"),)


def test_a_graph_has_a_row_for_each_triple() -> None:
    shown = table(Graph([Triple(THING, RDF.type, BlankNode("b"))]))

    assert shown.columns == ("subject", "predicate", "object")
    assert [cell and cell.text for cell in shown.rows[0]] == [THING.value, RDF.type.value, "_:b"]


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false")])
def test_a_boolean_is_one_cell(value: bool, text: str) -> None:
    assert table(value) == Table(("answer",), ((Cell(text),),))


@pytest.mark.parametrize(
    ("term", "cell"),
    [
        pytest.param(NamedNode("urn:x"), Cell("urn:x"), id="an IRI that is no address"),
        pytest.param(Literal("chat", language="fr"), Cell("chat", language="fr"), id="a language"),
        pytest.param(Literal("1", datatype=XSD.integer), Cell("1", datatype=XSD.integer.value), id="a datatype"),
        pytest.param(Literal("<b>"), Cell("<b>"), id="a string"),
    ],
)
def test_a_cell_tells_of_its_term(term: Literal | NamedNode, cell: Cell) -> None:
    (row,) = table(Solutions(("x",), ({"x": term},))).rows

    assert row == (cell,)
