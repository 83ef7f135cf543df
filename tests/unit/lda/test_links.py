"""The URL of a request, and those made from it."""

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.lda.links import RequestUrl
from pqlod.rdf import NamedNode

URL = RequestUrl("http://h.example", "/qs", (("_sort", "-a.b,c"), ("_page", "2"), ("n", "7"), ("_page", "2")), "json")


def test_the_order_of_the_client_is_kept_and_commas_stay_readable():
    assert str(URL) == "http://h.example/qs.json?_sort=-a.b,c&_page=2&n=7&_page=2"


def test_a_parameter_is_set_where_it_stands_and_once():
    assert str(URL.with_parameters(_page=3)) == "http://h.example/qs.json?_sort=-a.b,c&_page=3&n=7"


def test_a_parameter_that_is_not_there_is_added_at_the_end():
    assert str(RequestUrl("http://h.example", "/qs").with_parameters(_page=0)) == "http://h.example/qs?_page=0"


def test_parameters_are_taken_away_by_name():
    assert str(URL.without("_page", "n")) == "http://h.example/qs.json?_sort=-a.b,c"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param("http://x.example/id/m1", "http://x.example/id/m1", id="an IRI stays readable"),
        pytest.param("a b&c=d", "a%20b%26c%3Dd", id="what ends a value is encoded"),
        pytest.param("50% + #1", "50%25%20%2B%20%231", id="D26: a number sign too"),
        pytest.param("é", "%C3%A9", id="UTF-8"),
    ],
)
def test_values_are_encoded(value, written):
    assert str(RequestUrl("http://h", "/qs", (("p", value),))) == f"http://h/qs?p={written}"


@given(st.lists(st.tuples(st.text(min_size=1), st.text())), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_url_reads_back_as_what_it_was_made_from_and_is_an_iri(parameters, segment):
    parameters = [pair for pair in parameters if all(c < "\ud800" or c > "\udfff" for text in pair for c in text)]

    url = str(RequestUrl("http://h.example", "/" + segment, tuple(parameters)))

    assert NamedNode(url).value == url
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == parameters
    assert unquote(urlsplit(url).path) == "/" + segment


@pytest.mark.parametrize(
    ("by_suffix", "expected"),
    [
        pytest.param(True, "http://h.example/qs.csv?n=7", id="by suffix"),
        pytest.param(False, "http://h.example/qs.json?n=7&_format=csv", id="by parameter"),
    ],
)
def test_the_address_in_another_format_asks_for_that_format_alone(by_suffix, expected):
    url = RequestUrl("http://h.example", "/qs", (("_format", "json"), ("n", "7"), ("callback", "f")), "json")

    assert str(url.in_format("csv", by_suffix=by_suffix)) == expected


def test_empty_values_are_dropped_and_equal_ones_fall_together():
    url = RequestUrl("http://h", "/qs", (("n", "7"), ("n", ""), ("n", "9"), ("n", "7"), ("m", "")))

    assert url.values() == {"n": ("7", "9")}
