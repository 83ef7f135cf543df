from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree

from pqlod.formatters.atom import write_atom
from pqlod.rdf import DCT, Literal, NamedNode

NAMES = {"a": "http://www.w3.org/2005/Atom"}


def feed(page: Any) -> Any:
    return etree.fromstring(write_atom(page))


def texts(page: Any, path: str) -> list[str]:
    return [element.text for element in feed(page).iterfind(path, NAMES)]


def test_a_feed_has_what_every_feed_must_have(make_page: Any) -> None:
    page = make_page("r:a dct:date '2019-01-01'^^xsd:date .", "a")

    assert texts(page, "a:id") == ["http://h.example/list"]
    assert texts(page, "a:title") == ["Tests"]
    assert texts(page, "a:author/a:name") == ["Tests"]
    assert texts(page, "a:updated") == ["2019-01-01T00:00:00Z"]


def test_a_feed_links_to_itself_and_to_the_pages_beside_it(make_page: Any) -> None:
    links = {link.get("rel"): link.get("href") for link in feed(make_page("")).iterfind("a:link", NAMES)}

    assert links == {
        "self": "http://h.example/list",
        "first": "http://h.example/list?_page=0",
        "next": "http://h.example/list?_page=1",
    }


def test_an_empty_list_is_a_feed_without_entries(make_page: Any) -> None:
    assert texts(make_page(""), "a:entry") == []


def test_entries_are_sorted_by_date_the_newest_first(make_page: Any) -> None:
    view = "r:a dct:date '2019-01-01'^^xsd:date . r:b x:n 1 . r:c dct:modified '2019-01-01T10:00:00'^^xsd:dateTime ."
    page = make_page(view, "a", "b", "c")

    assert texts(page, "a:entry/a:id") == [f"http://x.example/id/{name}" for name in "cab"]
    assert texts(page, "a:entry/a:updated") == ["2019-01-01T10:00:00Z", "2019-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-01-01T10:00:00+01:00", "2019-01-01T10:00:00+01:00"),
        ("2019-01-01T10:00:00.5Z", "2019-01-01T10:00:00.5Z"),
        ("yesterday", "1970-01-01T00:00:00Z"),
    ],
)
def test_dates_are_those_of_rfc_3339(make_page: Any, text: str, expected: str) -> None:
    assert texts(make_page(f"r:a dct:date '{text}' .", "a"), "a:updated") == [expected]


def test_an_entry_is_titled_by_its_label_or_else_by_its_iri(make_page: Any) -> None:
    assert texts(make_page("r:a rdfs:label 'Ann' . r:b x:n 1 .", "a", "b"), "a:entry/a:title") == [
        "Ann",
        "http://x.example/id/b",
    ]


def test_the_options_of_the_formatter_choose_the_properties(make_page: Any) -> None:
    page = make_page(
        "r:a x:heading 'Roads' ; x:by r:m ; dct:rights 'Free' . r:m rdfs:label 'Ann' .",
        "a",
        feedTitle=Literal("Questions"),
        feedAuthors=(Literal("Parliament"),),
        feedRights=Literal("Open"),
        feedLabelProperties=(NamedNode("http://x.example/def/heading"),),
        feedAuthorProperties=(NamedNode("http://x.example/def/by"),),
        feedRightsProperties=(DCT.rights,),
    )

    assert texts(page, "a:title") == ["Questions"]
    assert texts(page, "a:author/a:name") == ["Parliament"]
    assert texts(page, "a:rights") == ["Open"]
    assert texts(page, "a:entry/a:title") == ["Roads"]
    assert texts(page, "a:entry/a:author/a:name") == ["Ann"]
    assert texts(page, "a:entry/a:author/a:uri") == ["http://x.example/id/m"]
    assert texts(page, "a:entry/a:rights") == ["Free"]


def test_the_content_of_an_entry_is_the_item_as_xml_in_the_feeds_namespace(make_page: Any) -> None:
    page = make_page("r:a x:size 'big' .", "a", feedNamespace=Literal("http://n.example/"))

    content = feed(page).find("a:entry/a:content", NAMES)

    assert content.get("type") == "application/xml"
    assert content[0].prefix is None
    assert content.findtext("{http://n.example/}item/{http://n.example/}x_size") == "big"


def test_control_characters_are_replaced(make_page: Any) -> None:
    assert texts(make_page(r"r:a rdfs:label 'a\u0001b' .", "a"), "a:entry/a:title") == ["a\ufffdb"]


def test_entries_are_called_by_the_titles_of_the_api_and_feeds_by_their_lists(client: FlaskClient) -> None:
    root = etree.fromstring(client.get("/writtenquestions.atom?uin=194746").data)

    assert root.findtext("a:title", namespaces=NAMES) == "Written questions"
    assert root.findtext("a:entry/a:title", namespaces=NAMES) == "Special Educational Needs"
    assert root.findtext("a:entry/a:updated", namespaces=NAMES) == "2018-11-22T00:00:00Z"
    assert root.findtext("a:entry/a:author/a:name", namespaces=NAMES) == "Thelma Walker"
