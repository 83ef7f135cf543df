from collections.abc import Callable
from typing import Any

import pytest
import rdflib
from lxml import etree
from rdflib.compare import isomorphic

from pqlod.formatters.jsonld import write_jsonld
from pqlod.formatters.rdf import write_ntriples, write_rdf_xml, write_turtle

VIEW = """
    r:a a x:Q ; x:title "kites"@en, "cerfs-volants"@fr ; x:n 7, "7" ; x:flag true ; x:price 12.5 ; x:by r:m ;
        x:steps ( "first" r:m 3 ) ;
        x:address _:s ; x:billing _:s ; x:empty () ; x:day "2018-11-22"^^xsd:date ; x:bad "seven"^^xsd:integer .
    _:s x:town "York" . r:m x:knows r:a ; rdfs:label "Ann" . r:z x:mentions r:a .
"""


@pytest.mark.parametrize(
    ("write", "syntax"),
    [(write_turtle, "turtle"), (write_rdf_xml, "xml"), (write_ntriples, "nt"), (write_jsonld, "json-ld")],
    ids=["Turtle", "RDF/XML", "N-Triples", "JSON-LD"],
)
@pytest.mark.filterwarnings("ignore")  # rdflib's own, on a malformed integer
def test_the_document_says_what_the_page_says(make_page: Any, write: Callable[[Any], bytes], syntax: str) -> None:
    page = make_page(VIEW, "a")
    expected = rdflib.Graph().parse(data="".join(f"{triple} .\n" for triple in page.graph | page.metadata), format="nt")

    actual = rdflib.Graph().parse(data=write(page), format=syntax)

    assert isomorphic(actual, expected)


def test_turtle_uses_the_prefixes_of_the_configuration(make_page: Any) -> None:
    text = write_turtle(make_page("r:a x:n 1 .", "a")).decode()

    assert "@prefix x: <http://x.example/def/> ." in text
    assert "r:a x:n 1" in text or 'r:a x:n "1"^^xsd:integer' in text


def test_only_prefixes_that_are_used_are_declared_in_alphabetical_order(make_page: Any) -> None:
    lines = write_turtle(make_page("r:a x:n 1 ; foaf:name 'Ann' .", "a")).decode().splitlines()

    declared = [line.split()[1] for line in lines if line.startswith("@prefix")]

    assert declared == ["api:", "foaf:", "r:", "rdf:", "x:", "xsd:"]


@pytest.mark.parametrize("write", [write_turtle, write_rdf_xml, write_ntriples, write_jsonld])
def test_the_same_page_is_the_same_bytes_whatever_its_blank_nodes_are_called(
    make_page: Any, write: Callable[[Any], bytes]
) -> None:
    pages = [make_page("r:a x:home [ x:n 1 ], [ x:n 2 ], [ x:n 3 ], [ x:n 4 ] .", "a") for _ in range(5)]

    assert len({write(page) for page in pages}) == 1


def test_rdf_xml_is_well_formed_whatever_characters_a_text_has(make_page: Any) -> None:
    page = make_page(r"r:a x:t 'a\u0000b\uFFFE', '\u0001'@en .", "a")

    texts = {element.text for element in etree.fromstring(write_rdf_xml(page)).iter("{http://x.example/def/}t")}

    assert texts == {"a\ufffdb\ufffd", "\ufffd"}


def test_rdf_xml_leaves_out_properties_that_no_element_can_name(make_page: Any) -> None:
    page = make_page("r:a <http://z.example/9> 1 ; <http://z.example/a9> 2 ; <http://z.example/> 3 .", "a")

    graph = rdflib.Graph().parse(data=write_rdf_xml(page), format="xml")

    assert {str(value) for value in graph.objects(rdflib.URIRef("http://x.example/id/a"))} == {"2"}
