"""The token walk, on which it rests that no text of a value is ever read as SPARQL."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.rdf import Literal
from pqlod.store.tokens import Kind, Token, decode_codepoints, line_and_column, may_be_keyword, tokenize

PIECES = st.sampled_from(["'", '"', "'''", '"""', "\\", "\\'", "\n", " ", "#", "<", ">", "<a:b>", "?x", "SERVICE", "{", "a:b"])


def kinds(text: str) -> list[str]:
    return [f"{token.kind.value} {token.text}" for token in tokenize(text) if token.kind is not Kind.SPACE]


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_joined_tokens_are_the_text(text: str) -> None:
    tokens = list(tokenize(text))

    assert "".join(token.text for token in tokens) == text
    assert all(text.startswith(token.text, token.start) for token in tokens)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_a_literal_is_one_string_token_whatever_its_text(value: str) -> None:
    literal = str(Literal(value))

    assert kinds(f"FILTER(?x = {literal})") == [
        "word FILTER",
        "punctuation (",
        "variable ?x",
        "punctuation =",
        f"string {literal}",
        "punctuation )",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("?a <b:c>", ["variable ?a", "iri <b:c>"], id="iri"),
        pytest.param("?a < ?b", ["variable ?a", "punctuation <", "variable ?b"], id="less-than"),
        pytest.param("?a<?b", ["variable ?a", "punctuation <", "variable ?b"], id="less-than-without-space"),
        pytest.param("'it''s'", ["string 'it'", "string 's'"], id="adjacent-strings"),
        pytest.param("'''a'b''c'''", ["string '''a'b''c'''"], id="long-string"),
        pytest.param('"""a\n"b" \\""""', ['string """a\n"b" \\""""'], id="long-string-with-escape"),
        pytest.param("'' ?x", ["string ''", "variable ?x"], id="empty-string"),
        pytest.param("'a ?x\n?y", ["other 'a ?x\n?y"], id="open-string-takes-the-rest"),
        pytest.param("'''a' ?y", ["other '''a' ?y"], id="open-long-string-takes-the-rest"),
        pytest.param("#?x 'a\n?y", ["comment #?x 'a", "variable ?y"], id="comment-ends-with-the-line"),
        pytest.param("#?x\r?y", ["comment #?x", "variable ?y"], id="comment-ends-at-carriage-return"),
        pytest.param("<a:b#c>?x", ["iri <a:b#c>", "variable ?x"], id="hash-in-iri"),
        pytest.param("a.b:c.d. ?x", ["prefixed a.b:c.d", "punctuation .", "variable ?x"], id="dots-in-names"),
        pytest.param(r"a:b\'c?d", [r"prefixed a:b\'c", "variable ?d"], id="escaped-quote-in-name"),
        pytest.param("a:b%41:c", ["prefixed a:b%41:c"], id="percent-in-name"),
        pytest.param(":x : é-x:y", ["prefixed :x", "prefixed :", "prefixed é-x:y"], id="empty-and-accented-prefix"),
        pytest.param("_:b1.", ["blank _:b1", "punctuation ."], id="blank"),
        pytest.param("'x'@en-GB", ["string 'x'", "language @en-GB"], id="language"),
        pytest.param("-1.5e3 .5 1.", ["punctuation -", "number 1.5e3", "number .5", "number 1", "punctuation ."], id="numbers"),
        pytest.param(
            "(a:p)?/a:q?",
            ["punctuation (", "prefixed a:p", "punctuation )", "punctuation ?", "punctuation /", "prefixed a:q", "punctuation ?"],
            id="path-modifiers",
        ),
        pytest.param("$x ?1é", ["variable $x", "variable ?1é"], id="variables"),
        pytest.param("1SERVICE`", ["number 1", "word SERVICE", "other `"], id="word-after-number"),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000,
        '"\\' * 50_000,
        "'''\\" * 25_000,
        "<a" * 50_000,
        "1e" * 50_000,
        "a:." * 30_000,
        "'" * 100_000,
        "?" * 100_000,
        "@a-" * 30_000,
    ],
    ids=lambda text: text[:4],
)
def test_hostile_text_takes_time_in_proportion(text: str) -> None:
    started = time.process_time()

    list(tokenize(text))

    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SERVICE <a:b> {}", True),
        ("service\n?x {}", True),
        ("trueSERVICE <a:b> {}", True),
        ("SERVICESILENT <a:b> {}", True),
        ("SERVICE:x {}", True),
        ("'open SERVICE", True),
        ("a:service ?service <service:x> 'SERVICE' _:service #SERVICE", False),
    ],
)
def test_keywords_are_seen_outside_names_and_strings_only(text: str, found: bool) -> None:
    assert any(may_be_keyword(token, "SERVICE") for token in tokenize(text)) is found


def test_codepoints_are_decoded_and_impossible_ones_left() -> None:
    assert decode_codepoints(r"\u0053ERVICE \U0001F600 \U00110000 \u12") == "SERVICE \U0001f600 \\U00110000 \\u12"


def test_lines_and_columns_count_from_one() -> None:
    assert line_and_column("ab\ncd", 4) == (2, 2)
    assert line_and_column("", 0) == (1, 1)


def test_a_token_tells_its_place() -> None:
    assert list(tokenize("?x\n")) == [Token(Kind.VARIABLE, "?x", 0), Token(Kind.SPACE, "\n", 2)]
