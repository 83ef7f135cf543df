"""What templates are told of an item: its values by property paths, and what it is called."""

from types import SimpleNamespace

import pytest

from pqlod.formatters.html.facts import ItemFacts
from pqlod.formatters.html.titles import title_of
from pqlod.lda.paths import parse_path
from pqlod.rdf import BlankNode

R = "http://x.example/id/"
DECLARED = " ".join(f'x:{name} a rdf:Property ; api:label "{name}" .' for name in ("by", "of", "name", "day", "is", "text"))
VIEW = """
r:q x:name "First" , "Second" ; x:by r:ann , r:bob ; x:day "2018-11-22"^^xsd:date ; x:is true ; x:of [ x:name "A part" ] .
r:ann x:name "Ann" ; rdfs:label "Ms Ann" . r:bob rdfs:label "Bob" . r:a x:of r:q ; x:text "An answer" .
r:h x:text "<p onclick='a()'>Hi<script>alert(1)</script></p>" ; x:of <javascript:a()> .
"""


@pytest.fixture
def facts(make_page):
    """The facts of a thing, where people call things by their names."""

    def facts(thing, titles=("name",)):
        page = make_page(VIEW, thing, declared=DECLARED)
        page.api.titles = [parse_path(path, page.api.vocabulary) for path in titles]
        return ItemFacts(page.items[0], page, SimpleNamespace(address=lambda iri: iri.replace(R, "../")))

    return facts


def test_texts_are_at_the_ends_of_paths(facts):
    assert set(facts("q").texts("name")) == {"First", "Second"}
    assert facts("q").texts("by.name") == ["Ann"]
    assert facts("q").text("of.name") == "A part"
    assert facts("q").text("~of.text") == "An answer"
    assert facts("a").text("of.by.name") == "Ann"


@pytest.mark.parametrize("path", ["text", "by.day", "name.name", "~by", "~of.by"], ids=str)
def test_what_the_page_does_not_tell_is_empty(facts, path):
    it = facts("q")

    assert (it.text(path), it.texts(path), it.day(path), it.shown(path), it.iri(path), it.address(path), it.each(path)) == (
        "", [], "", "", "", "", [],
    )  # fmt: skip
    assert not it.is_true(path)


def test_values_are_shown_as_what_they_are(facts):
    assert facts("q").day("day") == "22 November 2018"
    assert facts("q").shown("day") == '<time datetime="2018-11-22">22 November 2018</time>'
    assert facts("q").shown("by") == '<a href="../ann">Ann</a>'
    assert facts("q").shown("of") == "A part"
    assert facts("q").is_true("is")


def test_harm_is_taken_out_of_what_is_shown(facts):
    assert facts("h").shown("text") == '<div class="markup" dir="auto"><p>Hi</p></div>'
    assert facts("h").shown("of") == "javascript:a()"


def test_things_have_facts_of_their_own(facts):
    assert [(each.iri(), each.address(), each.title) for each in facts("q").each("by")] == [
        (f"{R}ann", "../ann", "Ann"),
        (f"{R}bob", "../bob", "Bob"),
    ]
    (part,) = facts("q").each("of")
    assert (part.iri(), part.address(), part.text("name")) == ("", "", "A part")


@pytest.mark.parametrize(
    ("thing", "titles", "expected"),
    [
        pytest.param("ann", ["name"], "Ann", id="a title"),
        pytest.param("ann", ["text", "name"], "Ann", id="the first title that there is"),
        pytest.param("a", ["of.by.name", "text"], "Ann", id="a title at the end of a path"),
        pytest.param("q", ["~of.text"], "An answer", id="a title backwards"),
        pytest.param("bob", ["name"], "Bob", id="a label"),
        pytest.param("nobody", ["name"], "nobody", id="the end of the IRI"),
    ],
)
def test_a_thing_has_a_title(facts, thing, titles, expected):
    assert facts(thing, titles).title == expected


def test_a_blank_node_without_a_label_has_no_title(make_page):
    page = make_page(VIEW, "q")
    page.api.titles = ()

    assert title_of(page, BlankNode("b")) == ""
