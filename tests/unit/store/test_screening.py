import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Store

from pqlod.errors import PqlodError, QueryRefused, QuerySyntaxError, QueryTooLarge
from pqlod.store.screening import Limits, called_in, declared_prefixes, screen

LIMITS = Limits(query_length=5000, nesting=20)

CALLS = {
    "plain": "SELECT * { SERVICE <http://h/> { ?s ?p ?o } }",
    "small letters": "SELECT * { service <http://h/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://h/> { ?s ?p ?o } }",
    "by a variable": "SELECT * { VALUES ?x { <http://h/> } SERVICE ?x { ?s ?p ?o } }",
    "by a prefixed name": "PREFIX h: <http://h/> SELECT * { SERVICE h:x { ?s ?p ?o } }",
    "without spaces": "PREFIX : <http://h/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "grown together with the word before": "PREFIX : <http://h/> SELECT * { ?s ?p trueSERVICE:x { ?s ?p ?o } }",
    "after a comment": "SELECT * { # nothing\nSERVICE <http://h/> { ?s ?p ?o } }",
    "after an IRI with a fragment": "SELECT * { ?s <http://h/#> ?o SERVICE <http://h/> { ?s ?p ?o } }",
    "after an escape in an IRI": "SELECT * { ?s <http://h\\u0041#> ?o SERVICE <http://h/> { ?s ?p ?o } }",
    "with an escaped letter": "SELECT * { \\u0053ERVICE <http://h/> { ?s ?p ?o } }",
    "in a subquery": "SELECT * { { SELECT * { SERVICE <http://h/> { ?s ?p ?o } } } }",
    "where a comment seems to be an IRI": "PREFIX : <http://h/> SELECT * { FILTER(1<2)SERVICE:x#>\n{ ?s ?p ?o } }",
    "where a string begins in a comment": 'PREFIX : <http://h/> SELECT * { FILTER(1<2)#>"""\nSERVICE:x { ?s ?p ?o } } #"""',
    "load": "LOAD <http://h/> INTO GRAPH <http://g/>",
    "load silently": "INSERT DATA {}; load silent <http://h/>",
}
NO_CALLS = {
    "in a string": "SELECT * { ?s ?p 'SERVICE <http://h/> {' }",
    "in a long string": 'SELECT * { ?s ?p """\nSERVICE\n""" }',
    "in a comment": "SELECT * { ?s ?p ?o # SERVICE <http://h/>\n}",
    "in an IRI": "SELECT * { ?s <http://h/SERVICE> ?o }",
    "a variable": "SELECT ?service { ?service ?LOAD ?o }",
    "a prefix": "PREFIX service: <http://h/> SELECT * { ?s service:of ?o }",
    "a local name": "PREFIX h: <http://h/> SELECT * { ?s h:SERVICE ?o ; h:LOAD ?x }",
    "a comparison that looks like an IRI": "SELECT * { ?s ?a ?b FILTER((?a<?b)&&(?c>?d)) }",
    "comparisons that close brackets": "SELECT * { FILTER((1<2)=(3>2)) FILTER(1<(2)) BIND((3>2) AS ?x) }",
    "an IRI with a parenthesis": "SELECT * { ?s ?p <http://h/Foo_(bar)#baz> }",
    "an escape in an IRI": "SELECT * { ?s ?p <http://h\\u0041#x> }",
    "a bracket in a string": "SELECT * { ?s ?p '{[(' }",
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_a_call_of_another_host_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        screen(text, LIMITS)


@pytest.mark.parametrize("text", NO_CALLS.values(), ids=NO_CALLS)
def test_what_only_looks_like_a_call_is_left_alone(text: str) -> None:
    screened = screen(text, LIMITS)

    assert len(screened) == len(text)
    assert screened.replace(" ", "") == text.replace("# SERVICE <http://h/>", "").replace(" ", "")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        pytest.param("SELECT * {\n  ?s ?p ?o", 1, 10, id="brace never closed"),
        pytest.param("SELECT * { ?s ?p ?o }\n}", 2, 1, id="brace closes nothing"),
        pytest.param("SELECT * { (?s }", 1, 16, id="brace closes a parenthesis"),
        pytest.param("SELECT * { ?s ?p 'x }", 1, 18, id="string never closed"),
    ],
)
def test_what_is_open_is_a_syntax_error_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        screen(text, LIMITS)

    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        pytest.param("SELECT * { ?s ?p '" + "x" * 5000 + "' }", "query length", id="long"),
        pytest.param("SELECT * " + "{" * 21 + "}" * 21, "nesting", id="nested"),
    ],
)
def test_a_text_above_a_limit_is_refused_by_the_name_of_the_limit(text: str, limit: str) -> None:
    with pytest.raises(QueryTooLarge) as caught:
        screen(text, LIMITS)

    assert caught.value.limit == limit


def test_comments_are_blanked_and_places_stay() -> None:
    assert screen("SELECT * # all\n{ }", LIMITS) == "SELECT *      \n{ }"


OWN = "VALUES ?s { " + "<urn:x> " * 1000 + "}"


def test_what_is_our_own_does_not_count_and_stays_as_it_is() -> None:
    text = f"SELECT * {{\n{OWN}\n?s ?p ?o # all\n}}"

    assert screen(text, LIMITS, OWN) == text.replace("# all", "     ")
    with pytest.raises(QueryTooLarge):
        screen(text, LIMITS)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"SELECT * {{ {OWN} SERVICE <http://h/> {{ ?s ?p ?o }} }}", id="after it"),
        pytest.param(f"SELECT * {{ ?s ?p ?o{OWN}SERVICE <http://h/> {{ ?s ?p ?o }} }}", id="at once after it"),
        pytest.param(f"SELECT * {{ {OWN} {OWN.replace('urn:x', 'urn:y')} }}", id="too long beside it"),
        pytest.param(f"SELECT * {{ {OWN} '{OWN}' }}", id="again in a string, too long"),
        pytest.param(f"SELECT * {{ {OWN} ", id="open"),
    ],
)
def test_all_else_is_screened(text: str) -> None:
    with pytest.raises(PqlodError):
        screen(text, LIMITS, OWN)


def test_declared_prefixes_are_those_of_the_prologue_with_absolute_iris() -> None:
    text = "BASE <http://b/> PREFIX a: <http://a/> prefix : <http://c/> PREFIX r: <rel> SELECT * { ?s a:p <http://x/> }"

    assert declared_prefixes(text) == {"a": "http://a/", "": "http://c/"}


LISTED = Limits(calls=frozenset({"http://listed/sparql"}))
LISTED_CALLS = {
    "plain": "SELECT * { SERVICE <http://listed/sparql> { ?s ?p ?o } }",
    "silent, in small letters": "SELECT * { service silent <http://listed/sparql> { ?s ?p ?o } }",
    "twice": "SELECT * { SERVICE <http://listed/sparql> { ?s ?p ?o SERVICE <http://listed/sparql> { ?p ?q ?r } } }",
    "load": "LOAD <http://listed/sparql>",
}
UNLISTED_CALLS = {
    "another": "SELECT * { SERVICE <http://h/> { ?s ?p ?o } }",
    "below it": "SELECT * { SERVICE <http://listed/sparql/> { ?s ?p ?o } }",
    "another after it": "SELECT * { SERVICE <http://listed/sparql> { ?s ?p ?o } SERVICE <http://h/> { ?s ?p ?o } }",
    "another within it": "SELECT * { SERVICE <http://listed/sparql> { SERVICE <http://h/> { ?s ?p ?o } } }",
    "by a variable": "SELECT * { VALUES ?x { <http://listed/sparql> } SERVICE ?x { ?s ?p ?o } }",
    "by a prefixed name": "PREFIX l: <http://listed/> SELECT * { SERVICE l:sparql { ?s ?p ?o } }",
    "by a relative IRI": "BASE <http://listed/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
    "with an escape": "SELECT * { SERVICE <http://listed/sparq\\u006C> { ?s ?p ?o } }",
    "grown together": "SELECT * { ?s ?p trueSERVICE <http://listed/sparql> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("text", LISTED_CALLS.values(), ids=LISTED_CALLS)
def test_a_call_of_what_is_listed_is_let_through(text: str) -> None:
    assert screen(text, LISTED) == text


@pytest.mark.parametrize("text", [*CALLS.values(), *UNLISTED_CALLS.values()], ids=[*CALLS, *UNLISTED_CALLS])
def test_any_other_call_is_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        screen(text, LISTED)


def test_who_is_refused_is_told_what_is_listed() -> None:
    with pytest.raises(QueryRefused, match="written out: http://listed/sparql"):
        screen(CALLS["plain"], LISTED)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param("LOAD ;", 1, id="load and no more of the operation"),
        pytest.param("LOAD", 1, id="load and no more of the text"),
        pytest.param("CLEAR ALL ; LOAD SILENT ?x", 13, id="load of a variable"),
        pytest.param("SELECT * { SERVICE { ?s ?p ?o } }", 12, id="service of nothing"),
        pytest.param("SELECT * { SERVICE SILENT 'x' { ?s ?p ?o } }", 12, id="service of a text"),
    ],
)
@pytest.mark.parametrize("limits", [LIMITS, LISTED], ids=["none listed", "one listed"])
def test_a_call_of_nothing_is_a_syntax_error(text: str, column: int, limits: Limits) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        screen(text, limits)

    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        pytest.param("SELECT * { ?s ?p 'SERVICE' }", (), id="none"),
        pytest.param(
            "SELECT * { SERVICE SILENT <urn:x> {} service <urn:y> {} SERVICE <urn:x> {} }", ("urn:x", "urn:y"), id="IRIs"
        ),
        pytest.param("PREFIX h: <http://h/> SELECT * { SERVICE h:x {} SERVICE ?y {} }", ("http://h/x", "?y"), id="others"),
        pytest.param("LOAD <urn:x> INTO GRAPH <urn:g> ; LOAD", ("urn:x",), id="load"),
    ],
)
def test_what_a_text_calls_is_known(text: str, called: tuple[str, ...]) -> None:
    assert called_in(text) == called


# Oxigraph's own list of forbidden ports makes it say at once that it would have called this one.
CALL = "The port 9 is not allowed"
PIECES = st.sampled_from([
    "SERVICE <http://listed/sparql>", "<http://listed/sparql>",
    "SERVICE", "service", "SILENT", "<http://127.0.0.1:9/>", ":x", "h:x", "?x", "{", "}", "(", ")", "<", ">", "#", "#>", "\n",
    " ", "1", "2", "1<2", "FILTER", "BIND", "AS", "true", "'", '"', "'''", '"""', "\\u0041", "\\u003E", "\\", "@en", "^^",
    ".", ";", ",", "a", "_:b", "<u:x", "||", "&&", "=", "!", "[", "]", "{ ?s ?p ?o }", "EXISTS", "VALUES", "é", "·", "\u200c",
    "-", "_", "<<", ">>", "OPTIONAL", "UNION", "GRAPH", "SELECT *", "+", "*", "/", "|", "%41",
])  # fmt: skip


@given(before=st.lists(PIECES, max_size=8).map("".join), after=st.lists(PIECES, max_size=6).map("".join))
@example(before="FILTER(1<2)", after="#>\n{ ?s ?p ?o }")
@example(before='FILTER(1<2)#>"""\n', after='{ ?s ?p ?o } } #"""')
def test_whatever_makes_oxigraph_call_is_refused(before: str, after: str) -> None:
    text = f"PREFIX : <http://127.0.0.1:9/> PREFIX h: <http://127.0.0.1:9/> SELECT * {{ {before} SERVICE:x {after} }}"

    if calls(text):
        with pytest.raises(PqlodError):
            screen(text, LIMITS)
        with pytest.raises(PqlodError):
            screen(text, LISTED)


def calls(text: str) -> bool:
    """Does Oxigraph call the forbidden port for this text?"""
    try:
        list(Store().query(text))  # type: ignore[arg-type]  # it is a SELECT
    except (SyntaxError, ValueError, RuntimeError):
        return False
    except OSError as error:
        return CALL in str(error)
    return False
