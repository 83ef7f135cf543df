from typing import Any

import pytest
from lxml import etree

from pqlod.formatters.xml import cyclic_resources, write_xml
from pqlod.rdf import Graph, NamedNode, Triple

R = "http://x.example/id/"


def item(page: Any) -> str:
    """The first item as text without spaces between its elements, and without its own tag."""
    root = etree.fromstring(write_xml(page), etree.XMLParser(remove_blank_text=True))
    return "".join(etree.tostring(child, encoding="unicode") for child in root.find("items/item"))


def test_the_document_is_a_result_that_names_its_page(make_page: Any) -> None:
    lines = write_xml(make_page("r:a x:n 1 .", "a")).decode().splitlines()

    assert lines == [
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>',
        '<result format="linked-data-api" href="http://h.example/list" version="0.2">',
        "  <items>",
        f'    <item href="{R}a">',
        '      <n datatype="integer">1</n>',
        "    </item>",
        "  </items>",
        "</result>",
    ]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ('r:a x:t "text" .', "<t>text</t>"),
        ('r:a x:t "buses"@en-GB .', '<t lang="en-GB">buses</t>'),
        ('r:a x:t "2"^^xsd:gYear .', '<t datatype="gYear">2</t>'),
        ('r:a x:t "b", "a" .', "<t><item>a</item><item>b</item></t>"),
        ("r:a a x:Q .", '<type><item href="http://x.example/def/Q"/></type>'),
        ("r:a x:t r:m .", f'<t href="{R}m"/>'),
        ("r:a x:t r:m . r:m x:n 1 .", f'<t href="{R}m"><n datatype="integer">1</n></t>'),
        ("r:a x:t [] .", "<t/>"),
        ("r:a x:t [ x:s 'y' ] .", '<t id="_:t-1001"><s>y</s></t>'),
        (
            "r:a x:t _:b ; x:u _:b . _:b x:s 'y' .",
            '<t id="_:t-1001"><s>y</s></t><u ref="_:t-1001"><s>y</s></u>',
        ),
        ("r:a x:t ( 1 r:m ) .", f'<t><item datatype="integer">1</item><item href="{R}m"/></t>'),
        ("r:a x:t () .", '<t href="http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"/>'),
        (
            "r:a x:t [ a rdf:List ; rdf:first 'y' ] .",
            '<t><item>y</item><item href="http://www.epimorphics.com/vocabularies/lda#missingListTail"/></t>',
        ),
        ("r:a x:t r:m . r:m x:k r:m .", f'<t href="{R}m"><k href="{R}m"/></t>'),
    ],
    ids=[
        *("plain", "tagged", "typed", "several", "type", "IRI", "described", "empty blank node", "blank node"),
        *("shared blank node", "list", "empty list", "broken list", "itself"),
    ],
)
def test_a_value_is_an_element(make_page: Any, view: str, expected: str) -> None:
    assert item(make_page(view, "a")) == expected


def test_a_resource_of_a_cycle_is_described_once_and_another_every_time(make_page: Any) -> None:
    page = make_page("r:a x:p r:m, r:n ; x:q r:m, r:n . r:m x:k r:o . r:o x:k r:m . r:n x:s 'y' .", "a")

    assert item(page).count("<k href") == 2
    assert item(page).count("<s>y</s>") == 2


def test_what_the_metadata_says_of_an_item_comes_first(make_page: Any) -> None:
    page = make_page("r:a x:a 1 .", "a", is_item=True, metadata="r:a foaf:isPrimaryTopicOf <http://h.example/list> .")

    topic = etree.fromstring(write_xml(page)).find("primaryTopic")

    assert [child.tag for child in topic] == ["isPrimaryTopicOf", "a"]


def test_hidden_properties_are_there(make_page: Any) -> None:
    assert item(make_page("r:a x:s 'y' .", "a", declared="x:s a api:Hidden .")) == "<s>y</s>"


def test_the_printed_datatype_is_the_declared_one(make_page: Any) -> None:
    page = make_page(
        'r:a x:day "2018-11-22"^^xsd:date .',
        "a",
        declared="x:day pqlod:printedDatatype xsd:dateTime .",
    )

    assert item(page) == '<day datatype="dateTime">2018-11-22</day>'


def test_control_characters_are_replaced(make_page: Any) -> None:
    page = make_page(r"r:a x:t 'a\u0000b\u000bc\u0085d\uFFFEe\r\tf' .", "a")

    assert etree.fromstring(write_xml(page)).findtext("items/item/t") == "a\ufffdb\ufffdc\x85d\ufffde\r\tf"


@pytest.mark.parametrize("local", ["2018x", "a,b", "-", "café", "x.y"])
def test_any_property_gets_the_name_of_an_element(make_page: Any, local: str) -> None:
    page = make_page(f"r:a <http://z.example/{local}> 'y' .", "a")

    assert ">y</" in item(page)


def test_an_item_in_the_list_is_described_even_if_its_elements_are_declared_multivalued(make_page: Any) -> None:
    page = make_page("r:a x:n 1 .", "a", declared='api:items api:label "items" ; api:multiValued true .')

    assert b'<n datatype="integer">1</n>' in write_xml(page)


def test_cyclic_resources_are_those_that_lead_back_to_themselves() -> None:
    nodes = {name: NamedNode(R + name) for name in "abcdefg"}
    edges = ["ab", "bc", "cb", "cd", "de", "ed", "ff", "ag"]
    graph = Graph(Triple(nodes[start], NamedNode(R + "p"), nodes[end]) for start, end in edges)

    assert cyclic_resources(graph) == {nodes[name] for name in "bcdef"}


def test_a_long_cycle_is_found_without_recursion() -> None:
    nodes = [NamedNode(f"{R}{number}") for number in range(5000)]
    graph = Graph(Triple(start, NamedNode(R + "p"), end) for start, end in zip(nodes, nodes[1:] + nodes[:1], strict=True))

    assert len(cyclic_resources(graph)) == 5000
