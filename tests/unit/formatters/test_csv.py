import csv
import io
from typing import Any

import pytest

from pqlod.formatters.csv import write_csv, write_tsv
from pqlod.rdf import Literal


def table(page: Any) -> dict[str, str]:
    """The first row by its headings."""
    rows = list(csv.DictReader(io.StringIO(write_csv(page).decode(), newline="")))
    return rows[0]


def test_each_item_is_a_row_in_the_order_of_the_page(make_page: Any) -> None:
    page = make_page('r:b x:uin "2" . r:a x:answeringDeptId "60" .', "b", "a")

    assert write_csv(page).decode() == ("uri,answering dept id,uin\r\nhttp://x.example/id/b,,2\r\nhttp://x.example/id/a,60,\r\n")


def test_an_empty_list_is_a_heading(make_page: Any) -> None:
    assert write_csv(make_page("")) == b"uri\r\n"


def test_quotes_and_line_breaks_come_back_as_they_were(make_page: Any) -> None:
    text = 'He said "no", and\r\nleft.'

    assert table(make_page(f"r:a x:t {Literal(text)} .", "a"))["t"] == text


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ('r:a x:tag "b", "a" .', {"tag": "a; b"}),
        ("r:a x:by r:m .", {"by": "m", "by > uri": "http://x.example/id/m"}),
        (
            'r:a x:by r:m . r:m rdfs:label "Ann" .',
            {"by": "Ann", "by > uri": "http://x.example/id/m", "by > label": "Ann"},
        ),
        (
            'r:a x:by r:m . r:m rdfs:label "Ann" ; x:party "Red" .',
            {"by > uri": "http://x.example/id/m", "by > label": "Ann", "by > party": "Red"},
        ),
        ('r:a x:address [ x:town "Exeter" ] .', {"address > town": "Exeter"}),
        ("r:a x:steps ( 1 r:m ) .", {"steps": "1; m", "steps > uri": "http://x.example/id/m"}),
        ("r:a x:steps () .", {"steps": "", "steps > uri": "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"}),
    ],
    ids=["several", "IRI", "labelled", "described", "blank node", "list", "empty list"],
)
def test_a_value_fills_the_columns_of_its_paths(make_page: Any, view: str, expected: dict[str, str]) -> None:
    assert table(make_page(view, "a")) == {"uri": "http://x.example/id/a", **expected}


def test_labels_and_places_come_before_other_columns(make_page: Any) -> None:
    page = make_page('r:a x:a 1 ; geo:long 2.0 ; geo:lat 1.0 ; rdfs:label "L" ; skos:prefLabel "P" .', "a")

    assert list(table(page)) == ["uri", "pref label", "label", "lat", "geo_long", "a"]


def test_the_page_of_an_item_is_not_described_in_its_row(make_page: Any) -> None:
    page = make_page("r:a x:n 1 .", "a", is_item=True, metadata="r:a foaf:isPrimaryTopicOf <http://h.example/list> .")

    assert list(table(page)) == ["uri", "is primary topic of", "is primary topic of > uri", "n"]


def test_columns_that_read_the_same_are_headed_by_shortnames(make_page: Any) -> None:
    page = make_page("r:a x:answerText 1 ; x:AnswerText 2 .", "a")

    assert list(table(page)) == ["uri", "AnswerText", "answerText"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-x", "'-x"),
        ("+44 20 7219 3000", "'+44 20 7219 3000"),
        ("\t=1", "'\t=1"),
        ("-3", "-3"),
        ("+0.5e-3", "+0.5e-3"),
        ("a=b", "a=b"),
    ],
)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(make_page: Any, text: str, cell: str) -> None:
    assert table(make_page(f"r:a x:t {Literal(text)} .", "a"))["t"] == cell


def test_tab_separated_values_are_the_same_table(make_page: Any) -> None:
    page = make_page('r:a x:t "a\\tb" ; x:u "c" .', "a")

    assert write_tsv(page) == b'uri\tt\tu\r\nhttp://x.example/id/a\t"a\tb"\tc\r\n'
