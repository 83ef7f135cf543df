"""Facets of a configuration: what is read of them, and what is said of their mistakes."""

from pathlib import Path

import pytest

from pqlod.lda.config import read_configuration
from pqlod.lda.model import FacetKind

HEAD = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix pqlod: <urn:pqlod:vocab:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix : <urn:x:> .
:n api:label "n" ; rdfs:range xsd:integer . :day api:label "day" ; rdfs:range xsd:date .
:by a owl:ObjectProperty ; api:label "by" .
:api a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint :qs .
:qs a api:ListEndpoint ; api:uriTemplate "/qs" ; api:selector :s .
"""


@pytest.fixture
def read(tmp_path: Path):
    """Reads a configuration with these members of the facets of its selector, and more."""

    def read(members: str, more: str = ""):
        path = tmp_path / "api.ttl"
        path.write_text(f"{HEAD} :s pqlod:facets ( {members} ) . {more}")
        return read_configuration(path)

    return read


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        pytest.param('[ pqlod:property "by" ]', ("by", "by", FacetKind.VALUE, ()), id="values"),
        pytest.param('[ rdfs:label "By" ; pqlod:property "by.n" ]', ("by.n", "By", FacetKind.VALUE, ()), id="a path"),
        pytest.param('[ pqlod:property "day" ; pqlod:by pqlod:Year ]', ("day-year", "day", FacetKind.YEAR, ()), id="years"),
        pytest.param('[ pqlod:property "day" ; pqlod:by pqlod:Month ]', ("day-month", "day", FacetKind.MONTH, ()), id="months"),
        pytest.param('[ pqlod:property "n" ; pqlod:steps ( 1 5 ) ]', ("n-step", "n", FacetKind.STEP, (1, 5)), id="steps"),
        pytest.param(
            '[ pqlod:property "~by" ; pqlod:by pqlod:Existence ]',
            ("~by-existence", "~by", FacetKind.EXISTENCE, ()),
            id="existence",
        ),
    ],
)
def test_a_facet(read, member, expected):
    configuration = read(member)

    assert configuration.mistakes == ()
    (facet,) = configuration.apis[0].endpoints[0].selector.facets
    assert (facet.name, facet.label, facet.kind, facet.steps) == expected


def test_facets_are_inherited_unless_a_selector_has_its_own(read):
    children = """
        :api api:endpoint :one , :two .
        :one a api:ListEndpoint ; api:uriTemplate "/one" ; api:selector [ api:parent :s ; api:sort "n" ] .
        :two a api:ListEndpoint ; api:uriTemplate "/two" ;
            api:selector [ api:parent :s ; pqlod:facets ( [ pqlod:property "n" ] ) ] .
    """
    endpoints = read('[ pqlod:property "by" ]', children).apis[0].endpoints

    names = {endpoint.template.text: [facet.name for facet in endpoint.selector.facets] for endpoint in endpoints}
    assert names == {"/qs": ["by"], "/one": ["by"], "/two": ["n"]}


@pytest.mark.parametrize(
    ("member", "mistake"),
    [
        pytest.param("[]", "pqlod:property: There is none. Expected: a property path such as by.label.", id="no property"),
        pytest.param('[ pqlod:property "m" ]', "pqlod:property: Unknown property 'm'.", id="an unknown property"),
        pytest.param('[ pqlod:property "by.*" ]', "'by.*' goes along any property.", id="any property"),
        pytest.param(
            '[ pqlod:property "n" ; pqlod:by pqlod:Day ]', "pqlod:by: pqlod:Day is unknown. Expected: pqlod:Value, ", id="a kind"
        ),
        pytest.param('[ pqlod:property "n" ; pqlod:by pqlod:Year ]', "'n' is not declared to have days.", id="years of numbers"),
        pytest.param(
            '[ pqlod:property "day" ; pqlod:steps ( 1 ) ]', "'day' is not declared to have numbers.", id="steps of days"
        ),
        pytest.param('[ pqlod:property "n" ; pqlod:by pqlod:Step ]', "Expected: a list of whole numbers", id="no steps"),
        pytest.param('[ pqlod:property "n" ; pqlod:steps ( 5 1 ) ]', "Expected: a list of whole numbers", id="steps descending"),
        pytest.param('[ pqlod:property "n" ; pqlod:steps ( "x" ) ]', '"x" is no whole number.', id="a step that is no number"),
        pytest.param(
            '[ pqlod:property "by" ; pqlod:steps ( 1 ) ; pqlod:by pqlod:Value ]', "has no steps; they are ignored.", id="steps"
        ),
        pytest.param('[ pqlod:property "by" ] [ pqlod:property "by" ]', "There is a facet 'by' already.", id="two alike"),
        pytest.param('"by"', '"by" is text. Expected: a resource with pqlod:property.', id="a text"),
        pytest.param(
            '[ pqlod:property "by" ; pqlod:of "x" ]', "This is a property of a page, not of a facet.", id="another's property"
        ),
    ],
)
def test_a_mistake_is_told_and_the_list_is_served(read, member, mistake):
    configuration = read(f'{member} [ pqlod:property "by.n" ]')

    assert mistake in " ".join(map(str, configuration.mistakes))
    assert "by.n" in [facet.name for facet in configuration.apis[0].endpoints[0].selector.facets]
