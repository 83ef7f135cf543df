"""Marks in texts are where FTS5 finds the words, and excerpts are pieces around them."""

import re
import sqlite3

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pqlod.errors import BadParameter
from pqlod.store.excerpts import Excerpt, Marker
from pqlod.store.expressions import fts5_text, parse_expression

TEXT = "The Secretary of State for Health: what plans he has to build homes, and whether a home-building target is met."


def marked(text: str, *searches: str) -> str:
    return shown(Excerpt(text, Marker(searches).marks(text)))


def shown(excerpt: Excerpt) -> str:
    return "".join(f"[{piece}]" if is_marked else piece for piece, is_marked in excerpt.pieces())


@pytest.mark.parametrize(
    ("search", "text", "expected"),
    [
        pytest.param("health", "Health, healthy HEALTH", "[Health], healthy [HEALTH]", id="a word in any letter case"),
        pytest.param("health*", "Health, healthy", "[Health], [healthy]", id="a beginning"),
        pytest.param("café", "A cafe, a CAFÉ, a cafe\u0301.", "A [cafe], a [CAFÉ], a [cafe\u0301].", id="without diacritics"),
        pytest.param('"state for"', "state for State, FOR: for", "[state for] [State, FOR]: for", id="a phrase"),
        pytest.param("home-building", "home building home", "[home building] home", id="a word with a hyphen is a phrase"),
        pytest.param("*althy*", "Unhealthy", "Unhe[althy]", id="letters"),
        pytest.param('"plans homes"~5', "homes, plans, plan", "[homes], [plans], plan", id="words near"),
        pytest.param("tax NOT income", "income tax", "income [tax]", id="not what must not be there"),
        pytest.param("(tax OR duty) AND rate", "rate of duty", "[rate] of [duty]", id="both, or one of two"),
        pytest.param('"a b a"', "a b a b a", "[a b a b a]", id="overlapping ones are one"),
        pytest.param("housing", "hous\N{SOFT HYPHEN}ing", "[hous\N{SOFT HYPHEN}ing]", id="a soft hyphen"),
        pytest.param("nothing", TEXT, TEXT, id="nothing"),
        pytest.param("", TEXT, TEXT, id="an empty search"),
        pytest.param("a", "", "", id="an empty text"),
    ],
)
def test_marks(search, text, expected):
    assert marked(text, search) == expected


def test_several_searches_are_marked_together():
    assert marked("health and homes", "health", "homes") == "[health] and [homes]"


def test_a_search_that_is_not_understood_is_told():
    with pytest.raises(BadParameter):
        Marker(['"open'])


WORDS = st.text("abAé1_-.’ ", min_size=1, max_size=4)
LATIN = st.text(st.characters(max_codepoint=0x24F, exclude_characters="\N{SOFT HYPHEN}\0İǠǡ"), max_size=6)


@given(st.text("abAé1_-.’e\u0301 ", max_size=30) | st.lists(LATIN).map(" ".join), st.lists(WORDS | LATIN, min_size=1, max_size=3))
def test_marks_are_those_of_fts5(text: str, words: list[str]):
    search = " OR ".join('"' + re.sub(r'["“”„\\]', " ", word) + '"' for word in words)
    expression = parse_expression(search)
    assume(expression)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')")
    connection.execute("INSERT INTO texts VALUES (?)", (text,))
    rows = connection.execute(
        "SELECT highlight(texts, 0, char(1), char(2)) FROM texts WHERE texts MATCH ?", (fts5_text(expression),)
    ).fetchall()

    expected = rows[0][0].replace("\x01", "[").replace("\x02", "]") if rows else text
    assume(not set("[]\x01\x02") & set(text))
    assert marked(text, search) == expected


@pytest.mark.parametrize(
    ("search", "expected", "ends"),
    [
        pytest.param("target", "and whether a home-building [target] is met.", (True, False), id="the end"),
        pytest.param("secretary", "The [Secretary] of State for Health: what plans he", (False, True), id="the beginning"),
        pytest.param("plans homes target", "what [plans] he has to build [homes], and whether a", (True, True), id="most marks"),
        pytest.param("nothing", "The Secretary of State for Health: what plans he", (False, True), id="no marks"),
    ],
)
def test_an_excerpt_is_the_piece_with_most_marks(search, expected, ends):
    excerpt = Marker([search]).excerpt(TEXT, 48)

    assert shown(excerpt) == expected
    assert (excerpt.begins_inside, excerpt.ends_inside) == ends


def test_a_short_text_is_its_own_excerpt():
    assert Marker(["health"]).excerpt("public health", 20) == Excerpt("public health", ((7, 13),))


@given(st.text("ab  ", max_size=120), st.integers(1, 60), st.sampled_from(["a", "ab", "ab*", "a b"]))
def test_an_excerpt_is_a_piece_of_its_text(text: str, length: int, search: str):
    marker = Marker([search])
    excerpt = marker.excerpt(text, length)

    assert len(excerpt.text) <= length
    assert excerpt.text in text
    assert "".join(piece for piece, _ in excerpt.pieces()) == excerpt.text
    if all(end - start <= length / 2 for start, end in marker.marks(text)):
        assert bool(excerpt.marks) == bool(marker.marks(text))
