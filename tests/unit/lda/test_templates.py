"""Which paths a URI template matches, and what it becomes when it is filled in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqlod.lda.templates import UriTemplate, quote_iri


@pytest.mark.parametrize(
    ("template", "path", "variables"),
    [
        pytest.param("/qs", "/qs", {}, id="literal"),
        pytest.param("/qs", "/qs/", None, id="RT04 a trailing slash counts"),
        pytest.param("/qs", "/QS", None, id="letter case counts"),
        pytest.param("/q.s", "/qxs", None, id="D14 a dot is a dot"),
        pytest.param("/id/{k}", "/id/q1", {"k": "q1"}, id="one segment"),
        pytest.param("/id/{k}", "/id/", None, id="not the empty segment"),
        pytest.param("/id/{k}", "/id/a/b", None, id="not two segments"),
        pytest.param("/{a}/{b}", "/x/y z", {"a": "x", "b": "y z"}, id="two segments"),
        pytest.param("/{a}-{b}", "/x-y-z", {"a": "x-y", "b": "z"}, id="two in a segment, greedy"),
        pytest.param("/{a}/{a}", "/x/x", {"a": "x"}, id="the same variable twice"),
        pytest.param("/{a}/{a}", "/x/y", None, id="the same variable with two values"),
        pytest.param("/resources/{+path}", "/resources/1/answer", {"path": "1/answer"}, id="several segments"),
    ],
)
def test_a_template_matches_whole_paths(template, path, variables):
    assert UriTemplate(template).match(path, {}) == variables


@pytest.mark.parametrize(
    ("template", "parameters", "variables"),
    [
        pytest.param("/about?resource={u}", {"resource": ("http://x/1",)}, {"u": "http://x/1"}, id="RT02 bound, slashes too"),
        pytest.param("/about?resource={u}", {}, None, id="RT02 missing"),
        pytest.param("/about?resource={u}", {"resource": ("a", "b")}, None, id="two values"),
        pytest.param("/about?resource={u}", {"resource": ("a", "a")}, {"u": "a"}, id="one value twice"),
        pytest.param("/about?mode=one", {"mode": ("one",)}, {}, id="a literal value"),
        pytest.param("/about?mode=one", {"mode": ("two",)}, None, id="another literal value"),
    ],
)
def test_a_query_part_asks_for_parameters(template, parameters, variables):
    assert UriTemplate(template).match("/about", parameters) == variables


def test_a_path_and_a_query_part_that_share_a_variable_must_agree():
    template = UriTemplate("/{a}?b={a}")

    assert template.match("/x", {"b": ("x",)}) == {"a": "x"}
    assert template.match("/x", {"b": ("y",)}) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("/s/primary/{b}", "/s/{a}/{b}", id="more literal text"),
        pytest.param("/resources/latest", "/resources/{id}", id="literal before variable"),
        pytest.param("/resources/{id}", "/resources/{+path}", id="one segment before many"),
        pytest.param("/about?resource={u}", "/about", id="with parameters before without"),
        pytest.param("/qp?n={z}", "/qp?mode=one", id="more variables"),
        pytest.param("/{a}", "/{b}", id="by text, when nothing else decides"),
    ],
)
def test_priority_puts_the_more_specific_template_first(first, second):
    assert UriTemplate(first).priority < UriTemplate(second).priority


@pytest.mark.parametrize(
    ("template", "bindings", "iri"),
    [
        pytest.param("http://x/id/{k}", {"k": "q 1"}, "http://x/id/q%201", id="what no IRI may hold is encoded"),
        pytest.param("http://x/id/{k}", {"k": "a%20b"}, "http://x/id/a%20b", id="what is encoded stays"),
        pytest.param("http://x/id/{k}", {"k": "100%"}, "http://x/id/100%25", id="a percent sign alone"),
        pytest.param("{u}", {"u": "http://x/é?a=1#b"}, "http://x/é?a=1#b", id="a whole IRI"),
        pytest.param("http://x/{k}", {}, "http://x/%7Bk%7D", id="a variable without a binding"),
    ],
)
def test_expanding_gives_an_iri(template, bindings, iri):
    assert UriTemplate(template).expand(bindings) == iri


def test_expanding_to_an_address_encodes_what_would_end_its_path():
    template = UriTemplate("/about/{a}?resource={u}")

    assert template.expand_url({"a": "x?#/y", "u": "a&b"}) == "/about/x%3F%23/y?resource=a%26b"


def test_the_text_for_descriptions_names_the_variables():
    assert UriTemplate("/s/{a}/{+b}?c={d}").meta_text == "/s/_a/_b"


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1))
def test_what_a_template_binds_it_gives_back(value):
    template = UriTemplate("/id/{k}/end")

    assert template.match(f"/id/{value}/end") == {"k": value}


@given(st.text(st.characters(max_codepoint=126)))
def test_quoting_an_iri_twice_changes_nothing_more(text):
    assert quote_iri(quote_iri(text)) == quote_iri(text)
