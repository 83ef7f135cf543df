"""Pieces of SPARQL: what they may be, and how they fit into a query."""

import pytest

from pqlod.errors import BadParameter
from pqlod.lda.fragments import check_fragment, closed, split_select


@pytest.mark.parametrize(
    "text",
    [
        "?item x:n ?v . FILTER (?v > 50)",
        "{ ?item x:a 1 } UNION { ?item x:b [ x:c 2 ] }",
        'FILTER (CONTAINS(?t, "}"))',
        "?item x:n ?v # }\n",
        "",
    ],
    ids=["triples", "groups", "brackets in strings", "brackets in comments", "nothing"],
)
def test_a_piece_that_closes_what_it_opens_is_sound(text):
    check_fragment(text, "_where")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "?item x:n 1 } UNION { ?item x:n 2", "'}' is out of place in _where, line 1, column 13", id="leaves its group"
        ),
        pytest.param("FILTER (?v > 1", "not closed", id="leaves a bracket open"),
        pytest.param("FILTER (?v > 1]", "']' is out of place", id="closes another"),
        pytest.param("?item x:t 'open", "out of place", id="leaves a string open"),
        pytest.param("?item\nx:n 7 )", "line 2, column 7", id="says where"),
    ],
)
def test_a_piece_that_could_leave_its_place_is_refused(text, problem):
    with pytest.raises(BadParameter, match=problem.replace("(", r"\(")) as caught:
        check_fragment(text, "_where")
    assert caught.value.parameter == "_where"


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        pytest.param("?item x:n 7", "?item x:n 7\n.", id="D39: without a stop"),
        pytest.param(" ?item x:n 7 . ", "?item x:n 7 .", id="with one"),
        pytest.param("?item x:n ?name", "?item x:n ?name\n.", id="ending in a variable"),
        pytest.param("?item x:n 7 # why", "?item x:n 7 # why\n.", id="ending in a comment"),
        pytest.param("?item x:n 7 . # why", "?item x:n 7 . # why", id="a stop before a comment"),
    ],
)
def test_a_piece_ends_before_the_next_begins(text, ended):
    assert closed(text) == ended


def test_a_select_loses_its_prologue_and_its_order_moves_out():
    found = split_select("PREFIX x: <http://x/>\nSELECT ?item WHERE { ?item x:n ?n ; x:m ?m } ORDER BY DESC(?n) ?m")

    assert found.prefixes == {"x": "http://x/"}
    assert found.text == "SELECT ?item ?n ?m WHERE { ?item x:n ?n ; x:m ?m }"
    assert found.order_by == "DESC(?n) ?m"


def test_an_order_that_a_limit_needs_stays_inside_as_well():
    found = split_select("SELECT ?item { ?item <p> ?n } ORDER BY ?n LIMIT 3")

    assert found.text == "SELECT ?item ?n { ?item <p> ?n } ORDER BY ?n LIMIT 3"
    assert found.order_by == "?n"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?item <p> ?n }",
        "SELECT ?item (COUNT(*) AS ?n) { ?item <p> ?o } GROUP BY ?item ORDER BY COUNT(*)",
        "SELECT ?item { { SELECT ?item { ?item <p> ?o } ORDER BY ?o } }",
    ],
    ids=["no order", "an order by aggregates", "an inner order"],
)
def test_other_selects_stay_whole(text):
    assert (split_select(text).text, split_select(text).order_by) == (text, "")


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?item ?p ?o }",
        "SELECT ?x { ?x ?p ?o }",
        "INSERT DATA { }",
        "BASE <http://x/> SELECT ?item { ?item ?p ?o }",
        "",
        "SELECT",
    ],
    ids=["ASK", "no ?item", "an update", "BASE", "nothing", "one word"],
)
def test_what_does_not_select_items_is_refused(text):
    with pytest.raises(BadParameter, match="no query for") as caught:
        split_select(text, "_select")
    assert caught.value.parameter == "_select"
