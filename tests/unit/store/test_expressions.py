"""Search expressions: the habits of Lucene are understood, and nothing that is written can break FTS5."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.errors import BadParameter
from pqlod.store.expressions import All, Any, Expression, Letters, Words, fts5_text, has_letters, parse_expression

A, B, C = Words("a"), Words("b"), Words("c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", None, id="empty"),
        pytest.param(" + ", None, id="only-spaces"),
        pytest.param("& - £", None, id="no-letters"),
        pytest.param("a", A, id="word"),
        pytest.param("a b", All((A, B)), id="words"),
        pytest.param("a+AND+b", All((A, B)), id="plus-for-space"),
        pytest.param("+a +b", All((A, B)), id="plus-for-must"),
        pytest.param("a && b", All((A, B)), id="ampersands"),
        pytest.param("a OR b", Any((A, B)), id="or"),
        pytest.param("a || b c", Any((A, All((B, C)))), id="or-binds-less-than-and"),
        pytest.param("a NOT b", All((A,), (B,)), id="not"),
        pytest.param("a AND NOT b", All((A,), (B,)), id="and-not"),
        pytest.param("-b a", All((A,), (B,)), id="minus-first"),
        pytest.param("a !b", All((A,), (B,)), id="exclamation-mark"),
        pytest.param("(a OR b) c", All((Any((A, B)), C)), id="parentheses"),
        pytest.param("a and not", All((A, Words("and"), Words("not"))), id="small-letters-are-words"),
        pytest.param('"a b"', Words("a b"), id="phrase"),
        pytest.param("“a b”", Words("a b"), id="curly-quotes"),
        pytest.param(r'"a \"b"', Words('a "b'), id="escaped-quote"),
        pytest.param('"a b"~5', Words("a b", distance=5), id="near"),
        pytest.param('a"b"', All((A, B)), id="phrase-next-to-word"),
        pytest.param("hous*", Words("hous", is_prefix=True), id="prefix"),
        pytest.param("*abbot*", Letters("abbot"), id="letters"),
        pytest.param("*abbot", Letters("abbot"), id="letters-at-the-end"),
        pytest.param("a^2", A, id="boost"),
        pytest.param("covid-19 o'brien", All((Words("covid-19"), Words("o'brien"))), id="marks-in-words"),
        pytest.param("why? Covid: 10:30", All((Words("why?"), Words("Covid:"), Words("10:30"))), id="marks-after-words"),
        pytest.param(r"a\:b \AND", All((Words("a:b"), Words("AND"))), id="escapes"),
        pytest.param("a AND & AND b", All((A, B)), id="operand-without-letters"),
        pytest.param("ANDOVER NOTe", All((Words("ANDOVER"), Words("NOTe"))), id="words-that-begin-as-operators"),
    ],
)
def test_expressions(text: str, expected: Expression | None) -> None:
    assert parse_expression(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('free "schools', '" at character 6 is a quotation mark that is not closed', id="open-quote"),
        pytest.param("(a b", "( at character 1 is not closed", id="open-parenthesis"),
        pytest.param("a b)", ") at character 4 closes nothing", id="closing-parenthesis"),
        pytest.param("a AND", "AND at character 3 has no word after it", id="operator-at-the-end"),
        pytest.param("a AND OR b", "AND at character 3 has no word after it", id="two-operators"),
        pytest.param("OR a", "OR at character 1 stands where a word was expected", id="operator-at-the-beginning"),
        pytest.param("()", ") at character 2 stands where a word was expected", id="nothing-in-parentheses"),
        pytest.param("a OR -b", "OR at character 3 has no word after it", id="or-not"),
        pytest.param("-a", "- at character 1 only says what is not wanted", id="only-unwanted"),
        pytest.param("a --b", "- at character 3 has no word after it", id="double-negation"),
        pytest.param("title:b", "title:b at character 1 names a field", id="field"),
        pytest.param("a roam~", "roam~ at character 3 asks for words that are spelt alike", id="fuzzy"),
        pytest.param("wom*n", "wom*n at character 1 has a wildcard inside", id="star-inside"),
        pytest.param("wom?n", "wom?n at character 1 has a wildcard inside", id="question-mark-inside"),
        pytest.param("h*", "at least 2 were expected", id="short-prefix"),
        pytest.param("*ab*", "at least 3 were expected", id="few-letters"),
        pytest.param("*", "* at character 1 has too few letters", id="star-alone"),
        pytest.param("(" * 21 + "a" + ")" * 21, "( at character 21 is nested deeper than 20", id="deep"),
        pytest.param("ab " * 41, "more than 40 words", id="many-words"),
        pytest.param("a" * 1001, "has 1,001 characters", id="long"),
    ],
)
def test_wrong_expressions_are_told_with_their_place(text: str, message: str) -> None:
    with pytest.raises(BadParameter) as caught:
        parse_expression(text)

    assert message in str(caught.value)
    assert (caught.value.parameter, caught.value.value) == ("_search", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'"say \"hi"', '"say ""hi"'),
        ("a OR (b -c)", '("a" OR (("b") NOT "c"))'),
        ("a b hous*", '(("a" AND "b" AND "hous"*))'),
        ('"a b"~3', 'NEAR("a" "b", 3)'),
    ],
)
def test_expressions_are_written_for_fts5(text: str, expected: str) -> None:
    expression = parse_expression(text)

    assert expression is not None
    assert fts5_text(expression) == expected


PIECES = st.sampled_from(
    ["a", "bc*", "*def", '"', "(", ")", " ", "AND", "OR", "NOT", "-", "+", "\\", "\0", "~", "^", ":", "é", "\ud800"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join), st.lists(PIECES).map(" ".join)))
def test_whatever_is_understood_is_valid_fts5(text: str) -> None:
    try:
        expression = parse_expression(text)
    except BadParameter:
        return
    if expression is not None and not has_letters(expression):
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
            connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (fts5_text(expression),)).fetchall()
        connection.close()
