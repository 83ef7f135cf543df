"""Searches inside SPARQL: calls of our own service, replaced by what they find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad, Store

from pqlod.errors import BadParameter, QueryRefused, QuerySyntaxError, QueryTooLarge
from pqlod.rdf import RDFS, Literal, NamedNode
from pqlod.store.dataset import Match, Matches
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.query import Query
from pqlod.store.screening import Limits, screen
from pqlod.store.searches import MOST_CALLS, SearchCall, search_calls, with_searches

PREFIX = "PREFIX pqlod: <urn:pqlod:vocab:> "
CALL = 'SERVICE pqlod:search { ?item pqlod:matches "schools" ; pqlod:score ?score }'
A, B = NamedNode("urn:a"), NamedNode("urn:b")


def search(expression: str) -> Matches:
    return Matches([Match(A, 2.5), Match(B, 1.25)], is_partial=expression == "the")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param('?i pqlod:matches "x"', ("?i", "x", "", None), id="words"),
        pytest.param('?i pqlod:matches "x" ; pqlod:score ?s ; pqlod:limit 9 .', ("?i", "x", "?s", 9), id="all"),
        pytest.param("$i pqlod:limit 9; pqlod:score $s; pqlod:matches '''x''';", ("$i", "x", "$s", 9), id="any order"),
        pytest.param('?i pqlod:matches "x" . ?i pqlod:score ?s', ("?i", "x", "?s", None), id="two triples"),
        pytest.param('?i <urn:pqlod:vocab:matches> "x" # }\n', ("?i", "x", "", None), id="IRI and comment"),
        pytest.param(r"?i pqlod:matches '\"caf\u00e9 } x\"'", ("?i", '"café } x"', "", None), id="escapes"),
    ],
)
def test_a_call_is_read(body: str, expected: tuple[str, str, str, int | None]) -> None:
    text = f"{PREFIX}SELECT * {{ SERVICE pqlod:search {{ {body} }} }}"

    assert search_calls(text) == (SearchCall(text.index("SERVICE"), len(text) - 2, *expected),)


@given(st.text())
def test_any_words_come_back_from_the_literal_that_they_were_written_as(words: str) -> None:
    (call,) = search_calls(f"{PREFIX}ASK {{ SERVICE pqlod:search {{ ?i pqlod:matches {Literal(words)} }} }}")

    assert call.expression == words


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <urn:other> { ?s ?p ?o } }",
        f"{PREFIX}SELECT * {{ SERVICE pqlod:other {{ ?i pqlod:matches 'x' }} }}",
        f"{PREFIX}SELECT * {{ SERVICE ?pqlod {{ ?i pqlod:matches 'x' }} }}",
        f"{PREFIX}SELECT ('{CALL}' AS ?x) {{ }}".replace('"', ""),
        "SELECT * { SERVICE pqlod:search { ?i pqlod:matches 'x' } }",
        f"{PREFIX}SELECT * {{ SERVICE SERVICE pqlod:search {{ ?i pqlod:matches 'x' }} }}",
    ],
    ids=["other service", "other name", "variable", "in a string", "undeclared prefix", "twice"],
)
def test_other_calls_are_left_alone(text: str) -> None:
    assert with_searches(text, search) == text


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        pytest.param("} }", "} was found in a search where a variable for the items", id="empty"),
        pytest.param("?i ?p 'x' } }", "?p was found in a search where a property", id="variable property"),
        pytest.param("?i pqlod:matches ?w } }", "?w was found in a search where a text in quotation marks", id="variable words"),
        pytest.param("?i pqlod:score ?s } }", "where pqlod:matches with words was expected", id="no words"),
        pytest.param("?i pqlod:matches 'x'@en } }", "@en was found", id="language"),
        pytest.param("?i pqlod:matches 'x' ; pqlod:limit 1.5 } }", "1.5 was found in a search where a whole number", id="limit"),
        pytest.param("?i pqlod:matches 'x', 'y' } }", ", was found", id="two texts"),
        pytest.param("?i pqlod:matches 'x' ; pqlod:matches 'y' } }", "each once at most", id="matches twice"),
        pytest.param("?i pqlod:matches 'x' . ?j pqlod:score ?s } }", "?j was found in a search where", id="two items"),
        pytest.param("?i pqlod:matches 'x' ; ", "the end was found", id="open"),
    ],
)
def test_a_call_that_is_not_understood_is_told_with_its_place(body: str, problem: str) -> None:
    text = f"{PREFIX}\nSELECT * {{ SERVICE pqlod:search {{ {body}"

    with pytest.raises(QuerySyntaxError) as caught:
        with_searches(text, search)

    assert problem in str(caught.value)
    assert caught.value.line == 2


def test_what_is_found_stands_in_place_of_the_call() -> None:
    text = f"{PREFIX}SELECT ?item {{ ?item a ?class . {CALL} }} # end"

    found = "{ SELECT ?item ?score { VALUES (?item ?score) { (<urn:a> 2.500000e+00) (<urn:b> 1.250000e+00) } } }"
    assert with_searches(text, search) == f"{PREFIX}SELECT ?item {{ ?item a ?class . {found} }} # end"


def test_a_limit_takes_the_best() -> None:
    text = with_searches(f"{PREFIX}ASK {{ SERVICE pqlod:search {{ ?i pqlod:matches 'x' ; pqlod:limit 1 }} }}", search)

    assert "(<urn:a>)" in text
    assert "urn:b" not in text


def test_lines_after_a_call_keep_their_numbers() -> None:
    text = f"{PREFIX}ASK {{ SERVICE pqlod:search {{\n ?i\n pqlod:matches\r\n 'x' }}\n ?i ?p ?o }}"

    assert with_searches(text, search).count("\n") == text.count("\n")


def test_matches_that_are_not_all_are_refused_unless_a_limit_asks_for_the_best() -> None:
    text = f"{PREFIX}ASK {{ SERVICE pqlod:search {{ ?i pqlod:matches 'the' ; pqlod:limit LIMIT }} }}"

    with pytest.raises(QueryTooLarge, match=r"more than 2 items match 'the'.*pqlod:limit"):
        with_searches(text.replace("; pqlod:limit LIMIT", ""), search)
    with pytest.raises(QueryTooLarge):
        with_searches(text.replace("LIMIT", "3"), search)
    assert "urn:b" in with_searches(text.replace("LIMIT", "2"), search)


def test_searches_of_one_query_are_few() -> None:
    with pytest.raises(QueryTooLarge, match="5 searches; 4 are allowed"):
        with_searches(f"{PREFIX}SELECT * {{ {CALL * (MOST_CALLS + 1)} }}", search)


def test_what_is_wrong_with_the_words_is_told_with_the_place() -> None:
    def fail(expression: str) -> Matches:
        raise BadParameter(f"{expression!r} is no search.")

    with pytest.raises(QuerySyntaxError, match=r"Line 1, column 51: 'schools' is no search"):
        with_searches(f"{PREFIX}SELECT * {{ ?s ?p {CALL} }}", fail)


@pytest.mark.parametrize(
    "other", ["SERVICE <http://127.0.0.1/> {}", r"SERV\u0049CE <http://127.0.0.1/> {}", "SERVICE pqlod:search"]
)
def test_all_that_is_no_search_is_screened(other: str) -> None:
    with pytest.raises(QueryRefused, match="SERVICE is not allowed"):
        with_searches(f"{PREFIX}SELECT * {{ {CALL} {other} }}", search, lambda text: screen(text, Limits()))


def test_a_dataset_answers_searches_in_its_own_queries() -> None:
    store = Store()
    store.extend([Quad(A, RDFS.label, Literal("Schools in Kent")), Quad(B, RDFS.label, Literal("Hospitals"))])

    solutions = EmbeddedDataset(store, "1").select(Query(f"{PREFIX}SELECT ?item {{ ?item ?p ?o . {CALL} }}"))

    assert solutions.values("item") == (A,)
