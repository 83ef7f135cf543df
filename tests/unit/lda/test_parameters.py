"""The parameters of a URL: what is read, and what is refused."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pqlod.errors import BadParameter
from pqlod.lda.filters import Box
from pqlod.lda.model import ViewKind
from pqlod.lda.parameters import OPERATORS, RESERVED, parse_parameters
from pqlod.rdf import XSD, Literal, NamedNode

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "url-parameters.md"


@pytest.mark.parametrize(
    ("address", "field", "value"),
    [
        pytest.param("/books?_page=%2B3", "page", 3, id="PG01 page, with a sign"),
        pytest.param("/books?_pageSize=5", "page_size", 5, id="PG01 size"),
        pytest.param("/books?_pageSize=9999", "page_size", 20, id="PG02 clamped"),
        pytest.param("/books", "page_size", 10, id="default size"),
        pytest.param("/books?_page=&_pageSize=", "page_size", 10, id="PG08 empty values are none"),
        pytest.param("/strict?pageSize=5", "page_size", 5, id="tolerated name"),
        pytest.param("/books?_count=yes", "is_counted", True, id="PG07 counted"),
        pytest.param("/books?_count=no", "is_counted", False, id="PG07 not counted"),
        pytest.param("/books?_lang=en,none", "languages", ("en", "none"), id="languages"),
        pytest.param("/english", "languages", ("en",), id="languages of the configuration"),
        pytest.param("/books?_search=a&_search=&_search=b", "search", ("a", "b"), id="several searches"),
        pytest.param("/books?_subject=r_b1", "subject", NamedNode("http://books.example/id/b1"), id="subject by name"),
        pytest.param("/books?_graph=urn:g", "graph", NamedNode("urn:g"), id="graph"),
        pytest.param("/graph/one", "graph", NamedNode("http://books.example/graph/one"), id="VW09 graph of a template"),
        pytest.param("/books?_metadata=Formats,x", "metadata", frozenset({"formats", "x"}), id="metadata in any case"),
        pytest.param("/licensed?_metadata=%2Bmore, about", "metadata", frozenset({"more", "about"}), id="metadata blocks"),
        pytest.param("/books?callback=cb_1", "callback", "cb_1", id="FM08 callback"),
        pytest.param("/books?_format=ttl", "format_name", "ttl", id="format"),
        pytest.param("/strict?_generation=7", "generation", 7, id="generation"),
        pytest.param("/books?_where=?item b:pages 7", "where", ("?item b:pages 7",), id="FL18 where"),
        pytest.param("/books?_mark=1&_query-id=2&_=3", "filters", (), id="without effect"),
        pytest.param("/books?nosuch=&_x=", "filters", (), id="unknown but empty"),
    ],
)
def test_a_reserved_parameter_is_read(parse, address, field, value):
    assert getattr(parse(address), field) == value


@pytest.mark.parametrize(
    ("address", "parameter", "message"),
    [
        pytest.param("/books?nosuch=1", "nosuch", "Unknown property 'nosuch'", id="FL12 unknown"),
        pytest.param("/books?nuber=1", "nuber", "Did you mean 'number'?", id="what is near"),
        pytest.param("/books?by.nosuch=1", "nosuch", "Unknown property", id="FL12 in a chain"),
        pytest.param("/books?foo-number=1", "foo-number", "Unknown prefix 'foo'", id="FL13 prefix"),
        pytest.param("/books?mn-number=1", "mn-number", "Did you mean 'min'", id="a prefix that is near"),
        pytest.param("/books?number-=1", "number-", "Unknown prefix", id="a tail"),
        pytest.param("/books?-number=1", "-number", "Unknown prefix", id="no prefix before a hyphen"),
        pytest.param("/books?_x=1", "_x", "Unknown reserved parameter", id="FL14 reserved"),
        pytest.param("/books?_pagesize=1", "_pagesize", "Did you mean '_pageSize'", id="a reserved one that is near"),
        pytest.param("/books?_generation=1", "_generation", "Unknown reserved", id="generation only where it is kept"),
        pytest.param("/books?item=5", "item", "Unknown property 'item'", id="D06 the variable of the selection"),
        pytest.param("/books?type=a b", "type", "Illegal IRI", id="FL15 no IRI"),
        pytest.param("/books?exists-tag=maybe", "exists-tag", "true or false", id="D09 existence"),
        pytest.param("/books?_page=-1", "_page", "Expected: a whole number", id="PG03 negative"),
        pytest.param("/books?_page=x", "_page", "'x' is not a value", id="PG03 no number"),
        pytest.param("/books?_page=99999999999", "_page", "to 2147483647", id="D34 too great"),
        pytest.param("/books?_page=\u0663", "_page", "is not a value", id="digits of another script"),
        pytest.param("/books?_pageSize=0", "_pageSize", "from 1", id="PG03 no size"),
        pytest.param("/book/b1?_page=0", "_page", "only be used with a list", id="PG04 item"),
        pytest.param("/books?_page=1&_page=2", "_page", "more than once", id="page twice"),
        pytest.param("/books?_view=short&_view=full", "_view", "more than once", id="view twice"),
        pytest.param("/books?_view=nosuch", "_view", "Unknown view", id="VW01 view"),
        pytest.param("/books?_view=Short", "_view", "Did you mean 'short'", id="a view in another case"),
        pytest.param("/books?_properties=nosuch", "nosuch", "Unknown property", id="VW03 properties"),
        pytest.param("/books?_count=maybe", "_count", "yes or no", id="PG07 count"),
        pytest.param("/books?callback=1x", "callback", "no name of a function", id="FM09 callback"),
        pytest.param("/books?_lang=e_n", "_lang", "no language tag", id="language"),
        pytest.param("/books?title=a&lang-title=**", "lang-title", "no language tag", id="language of a path"),
        pytest.param("/books?_chart=nosuch", "_chart", "There is no chart 'nosuch'", id="chart"),
        pytest.param("/books?_facet=nosuch", "_facet", "There is no facet 'nosuch'", id="facet"),
        pytest.param("/book/b1?_chart=pages", "_chart", "only be used with a list", id="chart of an item"),
        pytest.param("/books?_subject=nosuch", "_subject", "not an IRI", id="subject"),
        pytest.param("/books?_graph=a b", "_graph", "not an IRI", id="graph"),
        pytest.param("/books?near-lat=51", "near-lat", "go together", id="D09 geo alone"),
        pytest.param("/books?near-lat=x&near-long=0&_distance=1", "near-lat", "degrees", id="D09 geo no number"),
        pytest.param("/books?near-lat=151&near-long=0&_distance=1", "near-lat", "from -90 to 90", id="D09 geo out of range"),
        pytest.param("/books?near-lat=1&near-long=0&_distance=1nm", "_distance", "mi or km", id="geo unit"),
        pytest.param("/books?_where=?a } { ?b", "_where", "out of place", id="D09 a fragment that leaves its place"),
        pytest.param("/books?_select=ASK {}", "_select", "no query for", id="a fragment that is no SELECT"),
        pytest.param("/closed?_where=?item b:pages 7", "_where", "switched off", id="D07 fragments switched off"),
        pytest.param("/chosen?than=many", "than", "a whole number", id="parameter of a query"),
        pytest.param("/chosen?than=1&than=2", "than", "more than once", id="parameter of a query twice"),
        pytest.param("/about?resource=no", "u", "not an IRI", id="variable that is a resource"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(parse, address, parameter, message):
    with pytest.raises(BadParameter, match=re.escape(message)) as caught:
        parse(address)
    assert caught.value.parameter == parameter


def test_views_are_found_in_any_letter_case_where_the_configuration_is_tolerant(parse):
    assert parse("/strict?_view=FULL").viewer.name == "full"


def test_properties_are_added_to_the_view(parse):
    assert [path.text for path in parse("/books?_properties=pages,by.label,pages.").viewer.paths] == [
        "number",
        "title",
        "pages",
        "by.label",
    ]


def test_a_template_takes_the_place_of_the_view(parse):
    assert parse("/books?_view=full&_template=?item b:pages ?n").viewer.kind is ViewKind.TEMPLATE


def test_parameters_that_the_path_of_an_endpoint_used_up_are_no_filters(parse):
    assert parse("/since?year=2019").filters == ()


def test_a_declared_variable_may_be_given_in_the_request(parse):
    request = parse("/narrow/8?high=9")

    assert (request.filters, request.bindings["high"]) == ((), Literal("9"))


def test_the_parameters_of_a_named_query_are_terms_and_no_filters(parse):
    request = parse("/chosen?than=8&pages=9")

    assert request.query_terms == {"than": Literal("8", datatype=XSD.integer)}
    assert [one.path.text for one in request.filters] == ["pages"]


def test_fl19_values_are_purged_of_markup_where_the_configuration_asks(api, match, parse):
    found, url = match("/books?tag=<a>%26b%25")
    request = parse_parameters(api, replace(found.endpoint, purges_filter_values=True), {}, url)

    assert request.filters[0].values == (Literal(" a  b "),)


@pytest.mark.parametrize(("distance", "degrees"), [("7", 0.1), ("7mi", 0.1), ("11.2km", 0.1)])
def test_fl16_a_distance_is_a_box_of_degrees(parse, distance, degrees):
    box = parse(f"/places?near-lat=60&near-long=-0.12&_distance={distance}").box

    assert box == Box(60, -0.12, pytest.approx(degrees), pytest.approx(2 * degrees))


@pytest.mark.parametrize("name", [*(prefix + "-" for prefix in OPERATORS if prefix), *RESERVED])
def test_every_parameter_is_documented(name):
    headings = [line for line in DOCUMENTATION.read_text("utf-8").splitlines() if line.startswith("#")]

    assert any(f"`{name}" in heading for heading in headings)
