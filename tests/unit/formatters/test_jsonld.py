import json
from typing import Any

import pyoxigraph
import pytest

from pqlod.formatters.jsonld import write_jsonld
from pqlod.rdf import Graph


def document(page: Any) -> Any:
    return json.loads(write_jsonld(page))


def canonical(triples: Any) -> set[str]:
    dataset = pyoxigraph.Dataset(pyoxigraph.Quad(*triple) for triple in triples)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


@pytest.mark.parametrize(
    "view",
    [
        "r:a x:p r:b . r:b x:p r:a .",
        "r:a x:p _:b . _:b x:p _:b .",
        "_:b x:p _:c . _:c x:p _:b .",
        "r:a x:p ( 1 ( 2 ) r:a ) .",
        "r:a x:p _:l ; x:q _:l . _:l rdf:first 1 ; rdf:rest () .",
        "r:a x:p _:l . _:l rdf:first 1 ; rdf:rest () ; x:extra 2 .",
        "r:a x:p _:l . _:l rdf:first 1 ; rdf:rest _:l .",
        "r:a x:p [ rdf:first 1 ] .",
        "_:l rdf:first _:m ; rdf:rest () . _:m rdf:first _:l ; rdf:rest () .",
        "_:l rdf:first 1 ; rdf:rest () .",
        "r:a a [ x:n 1 ], x:Q . x:Q rdfs:label 'Q' .",
        "r:a x:p '1'^^xsd:boolean, true, '07'^^xsd:integer, 7, '9007199254740993'^^xsd:integer, 1.5e0, '5'^^xsd:long .",
        "r:a x:p 'a'@en, 'a', '{}'^^rdf:JSON, 'http://x.example/', <http://x.example/> .",
        "r:a x:p '3'^^xsd:byte . r:b x:p '-0'^^xsd:byte .",
        "r:a x:p r:n0 . " + "".join(f"r:n{n} x:p r:n{n + 1} . " for n in range(300)),
        f"r:a x:p {'(' * 150}{')' * 150} .",
    ],
)
def test_expanding_the_document_gives_the_graph_of_the_page(make_page: Any, view: str) -> None:
    page = make_page(view, "a")

    quads = pyoxigraph.parse(write_jsonld(page), format=pyoxigraph.RdfFormat.JSON_LD)

    assert canonical(Graph(quad.triple for quad in quads)) == canonical(page.graph | page.metadata)


def test_the_page_comes_first_with_its_items_inside(make_page: Any) -> None:
    page = make_page("r:a x:n 7 ; x:by r:m ; x:day '2018-11-22'^^xsd:date .", "a")

    assert document(page)["@graph"] == [
        {
            "@id": "http://h.example/list",
            "items": {
                "@list": [
                    {
                        "@id": "http://x.example/id/a",
                        "by": "http://x.example/id/m",
                        "day": "2018-11-22",
                        "n": 7,
                    }
                ]
            },
        }
    ]


def test_the_context_explains_every_name(make_page: Any) -> None:
    page = make_page("r:a a x:Q ; x:by r:m ; x:day '2018-11-22'^^xsd:date ; x:title 'kites' .", "a")

    assert document(page)["@context"] == {
        "@version": 1.1,
        "by": {"@id": "http://x.example/def/by", "@type": "@id"},
        "day": {"@id": "http://x.example/def/day", "@type": "http://www.w3.org/2001/XMLSchema#date"},
        "items": {"@id": "http://purl.org/linked-data/api/vocab#items", "@type": "@id"},
        "title": {"@id": "http://x.example/def/title"},
        "type": "@type",
    }


def test_a_tagged_text_has_its_language(make_page: Any) -> None:
    page = make_page("r:a x:title 'kites'@en .", "a", is_item=True)

    assert document(page)["@graph"][0]["primaryTopic"]["title"] == {"@value": "kites", "@language": "en"}
