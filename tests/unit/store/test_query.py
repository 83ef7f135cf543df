"""Queries with parameters: values enter as terms, at every place where SPARQL has a variable."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from pqlod.errors import BadParameter, ConfigurationError
from pqlod.rdf import XSD, BlankNode, Literal, NamedNode, Term
from pqlod.store.query import KINDS, Parameter, Query, load_queries, read_query, substitute_variables

LATE = """# title: Questions that a department has not answered in time
# param department: iri   The answering department
# param since: date?      Tabled on or after

SELECT ?question WHERE { ?question <urn:department> $department ; <urn:tabled> ?tabled
  FILTER (!BOUND($since) || ?tabled >= $since) }
"""
DEPARTMENT = NamedNode("http://data.parliament.uk/departments/17")
X = NamedNode("urn:x")


def test_header_gives_title_and_parameters() -> None:
    query = read_query(LATE, "late.rq")

    assert (query.name, query.title) == ("late.rq", "Questions that a department has not answered in time")
    assert list(query.parameters.values()) == [
        Parameter("department", "iri", "The answering department"),
        Parameter("since", "date", "Tabled on or after", is_optional=True),
    ]


def test_bound_terms_stand_in_the_text() -> None:
    query = read_query(LATE, "late.rq").bind(department=DEPARTMENT, since=Literal("2017-06-21", datatype=XSD.date))

    assert f"<urn:department> {DEPARTMENT} ;" in query.text
    assert f'(!(true) || ?tabled >= "2017-06-21"^^{XSD.date})' in query.text
    assert not query.parameters
    Store().query(query.text)


def test_an_optional_parameter_left_out_stays_a_variable() -> None:
    query = read_query(LATE, "late.rq").bind(department=DEPARTMENT, since=None)

    assert "FILTER (!BOUND($since) || ?tabled >= $since)" in query.text


def test_a_header_may_describe_the_query_in_several_lines() -> None:
    query = read_query("# title: T\n# description: Longest\n# description: first.\nASK {}", "a.rq")

    assert query.description == "Longest first."


def test_a_header_names_the_group_and_is_no_part_of_the_body() -> None:
    query = read_query("# title: T\n# group: Answers\n\n# a remark\nASK {} # all\n", "a.rq")

    assert (query.group, query.body) == ("Answers", "ASK {} # all\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "x: string = social housing   The words", Parameter("x", "string", "The words", default="social housing"), id="words"
        ),
        pytest.param("x: integer=10  How many", Parameter("x", "integer", "How many", default="10"), id="close"),
        pytest.param("x: date? = 2024-01-01", Parameter("x", "date", "", True, "2024-01-01"), id="optional"),
    ],
)
def test_a_parameter_may_have_a_default(line: str, expected: Parameter) -> None:
    assert read_query(f"# param {line}\nASK {{ ?s ?p $x }}", "a.rq").parameters == {"x": expected}


def test_a_parameter_left_out_has_its_default() -> None:
    query = read_query("# param x: integer = 10  How many\nASK { ?s ?p $x }", "a.rq")

    assert f'ASK {{ ?s ?p "10"^^{XSD.integer} }}' in query.bind().text
    assert f'ASK {{ ?s ?p "3"^^{XSD.integer} }}' in query.bind(x=Literal(3)).text


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        pytest.param({}, "The query late.rq needs department. Expected: an absolute IRI.", id="missing"),
        pytest.param({"department": None}, "The query late.rq needs department.", id="none-for-a-required-one"),
        pytest.param({"departmnt": X}, "has no parameter 'departmnt'. Did you mean 'department'?", id="unknown"),
        pytest.param({"department": Literal("17")}, '"17" is not a value of department. Expected: an', id="mistyped"),
        pytest.param({"department": BlankNode("b")}, "_:b is not a value of department.", id="blank-node"),
        pytest.param({"department": X, "since": Literal("2017")}, "Expected: a date such as 2017-06-21.", id="mistyped-optional"),
    ],
)
def test_wrong_bindings_are_told(terms: Mapping[str, Term | None], message: str) -> None:
    with pytest.raises(BadParameter) as caught:
        read_query(LATE, "late.rq").bind(**terms)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("?s ?p ?x.", "?s ?p <urn:x> .", id="object"),
        pytest.param("$x ?p ?xx", "<urn:x> ?p ?xx", id="dollar-and-longer-name"),
        pytest.param("?a<?x", "?a< <urn:x>", id="less-than-keeps-its-distance"),
        pytest.param("?x-1", "<urn:x> -1", id="minus-keeps-its-distance"),
        pytest.param("f(?x,?x)", "f(<urn:x>,<urn:x>)", id="arguments"),
        pytest.param("'?x' \"?x\" '''\n?x''' <u:?x> a:\\?x #?x", "'?x' \"?x\" '''\n?x''' <u:?x> a:\\?x #?x", id="stepped-over"),
        pytest.param("SELECT ?x ?y {?x ?p ?y}", "SELECT (<urn:x> AS ?x) ?y {<urn:x> ?p ?y}", id="projection"),
        pytest.param("SELECT DISTINCT ?x WHERE {}", "SELECT DISTINCT (<urn:x> AS ?x) WHERE {}", id="distinct-projection"),
        pytest.param("SELECT (STR(?x) AS ?n) {}", "SELECT (STR(<urn:x>) AS ?n) {}", id="projected-expression"),
        pytest.param("{} ORDER BY ?x DESC(?x) LIMIT 1", "{} ORDER BY (<urn:x>) DESC(<urn:x>) LIMIT 1", id="order"),
        pytest.param("{} GROUP BY ?x HAVING(?x > 1)", "{} GROUP BY (<urn:x>) HAVING(<urn:x> > 1)", id="group"),
        pytest.param("bound( ?x )", "( true )", id="bound"),
        pytest.param("FILTER(EXISTS{SELECT ?x {}} && ?x)", "FILTER(EXISTS{SELECT (<urn:x> AS ?x) {}} && <urn:x>)", id="nested"),
        pytest.param("(?x)?", "(<urn:x>)?", id="path-modifier"),
    ],
)
def test_terms_are_written_where_variables_stand(text: str, expected: str) -> None:
    assert substitute_variables(text, {"x": X}) == expected


@pytest.mark.parametrize("text", ["BIND(1 AS ?x)", "SELECT (1 AS ?x) {}", "VALUES ?x {1}", "VALUES (?y ?x) {(1 2)}"])
def test_an_assigned_variable_is_no_parameter(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\?x: is a parameter, and is also assigned"):
        substitute_variables(text, {"x": X})


def test_a_blank_node_is_refused() -> None:
    with pytest.raises(BadParameter, match="an IRI or a literal"):
        substitute_variables("?s ?p ?x", {"x": BlankNode()})


@given(st.text(), st.sampled_from(["", "en", "en-GB"]))
def test_any_literal_comes_back_from_the_query_that_it_was_put_into(value: str, language: str) -> None:
    literal = Literal(value, language=language) if language else Literal(value)
    text = substitute_variables("SELECT (?x AS ?y) { VALUES ?z { 'z' } FILTER(?x = ?x) }", {"x": literal})

    (solution,) = Store().query(text)  # type: ignore[union-attr]

    assert solution["y"] == literal


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("iri", "urn:x", X),
        ("string", "a\n'b", Literal("a\n'b")),
        ("date", "2017-06-21", Literal("2017-06-21", datatype=XSD.date)),
        ("date|dateTime", "2017-06-21T09:30:00Z", Literal("2017-06-21T09:30:00Z", datatype=XSD.dateTime)),
        ("gYear", "2017", Literal("2017", datatype=XSD.gYear)),
        ("integer", "-07", Literal("-07", datatype=XSD.integer)),
        ("decimal", ".5", Literal(".5", datatype=XSD.decimal)),
        ("double", "1e3", Literal("1e3", datatype=XSD.double)),
        ("boolean", "true", Literal("true", datatype=XSD.boolean)),
    ],
)
def test_text_becomes_a_term_of_the_kind(kind: str, text: str, expected: Term) -> None:
    parameter = Parameter("x", kind)

    assert parameter.term(text) == expected
    assert parameter.accepts(expected)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("iri", "x y"),
        ("date", "2017-02-30"),
        ("date", "21/06/2017"),
        ("dateTime", "2017-06-21"),
        ("integer", "1.5"),
        ("boolean", "yes"),
    ],
)
def test_text_of_another_kind_is_told(kind: str, text: str) -> None:
    with pytest.raises(BadParameter, match=f"Expected: {KINDS[kind].expected}"):
        Parameter("x", kind).term(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("# param x iri\nASK {?s ?p ?x}", "a.rq # param: 'x iri' was found where", id="malformed"),
        pytest.param("# param x: dat\nASK {?s ?p ?x}", "has the unknown kind 'dat'; expected date", id="unknown-kind"),
        pytest.param("# param x: iri\nASK {?s ?p ?o}", "a.rq # param x: is not used in the query", id="unused"),
        pytest.param("# param x: integer = ten\nASK {?s ?p ?x}", "has a default of another kind: 'ten'", id="default"),
        pytest.param("# param x: iri\nASK {?x ?p $x}", "a.rq ?x: is the same variable as the parameter $x", id="both"),
        pytest.param("ASK {?s ?p $x}", "a.rq $x: is not declared", id="undeclared"),
        pytest.param("# filters without x: a=1\nASK {}", "a.rq # filters without x: x is not declared", id="filters"),
        pytest.param(
            "# param x: integer? = 7\n# filters without x: a=1\nASK {?s ?p $x}",
            "filters without x: x is not",
            id="never left out",
        ),
        pytest.param("ASK {", "a.rq: does not parse", id="syntax"),
        pytest.param("# param x: iri\nASK {BIND(1 AS $x)}", "a.rq $x: is a parameter, and is also assigned", id="assigned"),
    ],
)
def test_mistakes_of_a_file_are_told(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_query(text, "a.rq")

    assert message in str(caught.value)


def test_filters_of_the_header_are_read() -> None:
    query = read_query("# filters: a={x}&b=1 as the query\n# filters without x: b=1\n# param x: string?\nASK {?s ?p $x}", "a.rq")

    assert (query.filters, dict(query.filters_without)) == ("a={x}&b=1", {"x": "b=1"})


def test_a_folder_of_queries_tells_the_mistakes_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("ASK {")
    (tmp_path / "b.rq").write_text("ASK {?s ?p $x}")

    with pytest.raises(ConfigurationError) as caught:
        load_queries(tmp_path)

    assert [mistake.resource for mistake in caught.value.mistakes] == ["a.rq", "b.rq"]


def test_a_folder_of_queries_is_known_by_file_names(tmp_path: Path) -> None:
    (tmp_path / "late.rq").write_text(LATE)

    assert load_queries(tmp_path) == {"late.rq": read_query(LATE, "late.rq")}


def test_queries_can_be_compared_and_hashed() -> None:
    assert len({Query("ASK {}"), Query("ASK {}"), Query("ASK {}", is_trusted=False)}) == 2
