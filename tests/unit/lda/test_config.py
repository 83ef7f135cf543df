"""Configurations: what is read from them, and what is said of their mistakes."""

import re
from itertools import chain
from pathlib import Path

import pytest

from pqlod.errors import ConfigurationError
from pqlod.lda.config import read_configuration
from pqlod.lda.known import INERT, UNDERSTOOD
from pqlod.lda.model import (
    Behaviour,
    Counting,
    FormatterKind,
    ListOrder,
    MetadataBlock,
    Rewrite,
    Selector,
    ShortnameMode,
    SparqlMap,
    TextSearch,
    Variable,
    ViewKind,
)  # fmt: skip
from pqlod.lda.reading import show
from pqlod.rdf import RDFS, XSD, Literal, NamedNode, Namespace
from pqlod.store.query import read_query

X = Namespace("http://x.example/def/")
C = Namespace("http://x.example/config#")
PREFIXES = {
    "api": "http://purl.org/linked-data/api/vocab#",
    "elda": "http://www.epimorphics.com/vocabularies/lda#",
    "pqlod": "urn:pqlod:vocab:",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": RDFS.iri,
    "xsd": XSD.iri,
    "owl": "http://www.w3.org/2002/07/owl#",
    "x": X.iri,
    "": C.iri,
}
API = ":api a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint :qs . "
LIST = ':qs a api:ListEndpoint ; api:uriTemplate "/qs" . '
NAMES = 'x:n api:label "n" ; rdfs:range xsd:integer . x:by a owl:ObjectProperty ; api:label "by" . x:Q api:label "Q" . '
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "configuration.md"
VALUES = {"elda:preferLocalnames", "elda:preferPrefixes", "elda:roundTrip", "pqlod:store"}  # named there, and no properties
QUERIES = {"tabled": read_query("# title: Tabled\n# param since: date?  Since\nSELECT ?item { ?item ?p $since }", "tabled")}


@pytest.fixture
def read(tmp_path):
    """Reads a configuration from its text, to which the API, its list and some names are added."""

    def read(text="", whole=False):
        path = tmp_path / "api.ttl"
        path.write_text(text if whole else API + LIST + NAMES + text)
        return read_configuration(path, QUERIES, prefixes=PREFIXES)

    return read


@pytest.fixture
def endpoint(read):
    """The list endpoint of a configuration that has no mistakes."""

    def endpoint(text=""):
        configuration = read(text)
        assert configuration.mistakes == ()
        return configuration.apis[0].endpoints[0]

    return endpoint


def mistakes(configuration):
    return [str(mistake) for mistake in configuration.mistakes]


def test_an_endpoint_without_settings_has_the_defaults(endpoint):
    qs = endpoint()

    assert (qs.default_page_size, qs.max_page_size, qs.counting, qs.languages) == (10, 250, Counting.NEVER, ())
    assert (qs.default_viewer.name, list(qs.viewers)) == ("description", ["default", "basic", "description", "all"])
    assert list(qs.formatters)[:5] == ["json", "text", "xml", "ttl", "rdf"]
    assert (qs.default_formatter.name, qs.selector, qs.behaviour, qs.text_search) == ("json", Selector(), Behaviour(), None)


@pytest.mark.parametrize(
    ("statement", "attribute", "value"),
    [
        pytest.param("api:defaultPageSize 4", "default_page_size", 4, id="a number"),
        pytest.param('api:maxPageSize "20"', "max_page_size", 20, id="a number as text"),
        pytest.param('api:lang "en, none"', "languages", ("en", "none"), id="languages"),
        pytest.param('elda:enableCounting "optional"', "counting", Counting.OPTIONAL, id="PG07 optional counting"),
        pytest.param('elda:enableCounting "YES"', "counting", Counting.ALWAYS, id="PG07 counting"),
        pytest.param('elda:cacheExpiryTime "10m"', "expires_after", 600, id="OP02 a duration"),
        pytest.param("elda:cacheExpiryTime 5", "expires_after", 5, id="OP02 seconds"),
        pytest.param("elda:cacheExpiryTime -1", "expires_after", None, id="OP02 never"),
        pytest.param("elda:purgeFilterValues true", "purges_filter_values", True, id="FL19"),
        pytest.param("elda:encloseDescribe true", "encloses_describe", True, id="VW08"),
        pytest.param('elda:graphTemplate "http://x/{g}"', "graph_template", "http://x/{g}", id="VW09"),
        pytest.param('elda:allowReserved "_x"', "allowed_reserved", {"_x"}, id="FL14"),
        pytest.param("elda:license x:l", "licences", (X.l,), id="MD05 a licence"),
        pytest.param("elda:notice x:notice", "notices", (X.notice,), id="MD05 a notice"),
        pytest.param("elda:disable-default-metadata true", "disables_default_metadata", True, id="MD04"),
        pytest.param("elda:enable-default-metadata ( x:a x:b )", "kept_default_metadata", {X.a, X.b}, id="MD04 exceptions"),
        pytest.param("pqlod:tieBreak x:n", "behaviour", Behaviour(tie_break=X.n), id="tie break"),
        pytest.param("pqlod:strictValues true", "behaviour", Behaviour(strict_values=True), id="strict values"),
        pytest.param("pqlod:gone x:Q , x:Old", "behaviour", Behaviour(gone={X.Q: "", X.Old: "It was old."}), id="what is gone"),
    ],
)
@pytest.mark.parametrize("owner", [":api", ":qs"])
def test_a_setting_counts_on_the_api_and_on_the_endpoint(endpoint, statement, attribute, value, owner):
    assert getattr(endpoint(f'{owner} {statement} . x:Old rdfs:comment "It was old." .'), attribute) == value


def test_the_setting_of_an_endpoint_replaces_that_of_its_api(endpoint):
    qs = endpoint(':api api:defaultPageSize 4 ; pqlod:wholeDays true . :qs api:defaultPageSize 5 ; pqlod:wholeDays "no" .')

    assert (qs.default_page_size, qs.behaviour.whole_days) == (5, False)


def test_md05_licences_of_api_and_endpoint_are_united(endpoint):
    qs = endpoint(':api elda:license x:a . :qs elda:license x:b , "by.n" .')

    assert (qs.licences, [path.text for path in qs.licence_paths]) == ((X.a, X.b), ["by.n"])


def test_md04_d35_metadata_blocks_are_inherited(endpoint):
    qs = endpoint(
        ':api elda:metadata [ api:name "-a" ; x:n "{v}" ] , [ api:name "b" ; x:n 1 ] .'
        ' :qs elda:metadata [ api:name "+b" ; x:n 2 ] .'
    )

    assert dict(qs.metadata_blocks) == {
        "a": MetadataBlock("a", False, ((X.n, Literal("{v}")),)),
        "b": MetadataBlock("b", True, ((X.n, Literal(2)),)),
    }


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        pytest.param(
            'api:filter "n=7&by.n=a=b%26c"', Selector(filters=(("n", "7"), ("by.n", "a=b&c"))), id="D15 filters are decoded"
        ),
        pytest.param('api:filter "min-n={low}"', Selector(filters=(("min-n", "{low}"),)), id="CF10 a filter with a variable"),
        pytest.param("api:type x:Q", Selector(types=(X.Q,)), id="CF13 a class"),
        pytest.param('api:type "Q"', Selector(types=(X.Q,)), id="CF13 the shortname of a class"),
        pytest.param('api:where "?item x:n ?n" ; api:orderBy "?n"', Selector(where=("?item x:n ?n",), order_by="?n"), id="CF11"),
        pytest.param('api:select "SELECT ?item { ?item a x:Q }"', Selector(select="SELECT ?item { ?item a x:Q }"), id="CF12"),
        pytest.param('pqlod:query "tabled.rq"', Selector(query=QUERIES["tabled"]), id="a query of a file"),
        pytest.param(
            'api:filter "n=1" ; api:sort "n" ; api:parent [ api:filter "n=2" ; api:orderBy "?n" ; api:parent [ api:type x:Q ] ]',
            Selector(types=(X.Q,), filters=(("n", "2"), ("n", "1")), sort="n"),
            id="CF09 D15 parents and grandparents",
        ),
        pytest.param(
            'api:orderBy "?item" ; api:parent [ api:sort "-n" ]',
            Selector(order_by="?item"),
            id="an own order replaces the parent's",
        ),
        pytest.param('api:parent [ api:sort "-n" ]', Selector(sort="-n"), id="the parent's order is inherited"),
    ],
)
def test_a_selector_says_which_items(endpoint, selector, expected):
    assert endpoint(f":qs api:selector [ {selector} ] .").selector == expected


@pytest.mark.parametrize(
    ("viewer", "kind", "paths"),
    [
        pytest.param("api:property x:n , ( x:by x:n )", ViewKind.CHAINS, ["n", "by.n"], id="properties and chains"),
        pytest.param('api:properties "n, by.~by.*"', ViewKind.CHAINS, ["n", "by.~by.*"], id="VW04 VW05 texts"),
        pytest.param("api:include :other", ViewKind.CHAINS, ["by"], id="CF15 another viewer, which includes itself"),
        pytest.param("api:include api:basicViewer", ViewKind.CHAINS, ["type", "label"], id="CF15 a built-in viewer"),
        pytest.param("elda:describeAllLabel x:n", ViewKind.LABELLED_DESCRIBE, [], id="CF16"),
        pytest.param('api:template "?item x:n ?n"', ViewKind.TEMPLATE, [], id="CF14"),
    ],
)
def test_a_viewer_says_which_triples(endpoint, viewer, kind, paths):
    qs = endpoint(f':qs api:defaultViewer [ api:name "v" ; {viewer} ] . :other api:property x:by ; api:include :other .')

    assert (qs.default_viewer.kind, [path.text for path in qs.default_viewer.paths]) == (kind, paths)
    assert qs.viewers["v"] is qs.viewers["default"] is qs.default_viewer


def test_a_selector_says_what_people_see_of_its_items_and_by_what_they_may_sort_them(endpoint):
    parent = """[ pqlod:cardViewer [ api:name "card" ; api:properties "n,by.n" ] ;
        pqlod:orders ( [ rdfs:label "most first" ; api:sort "-n" ] [ rdfs:label "by maker" ; api:sort "by.n,n" ] ) ]"""
    selector = endpoint(f":qs api:selector [ api:parent {parent} ] .").selector

    assert [path.text for path in selector.card_viewer.paths] == ["n", "by.n"]
    assert selector.orders == (ListOrder("most first", "-n"), ListOrder("by maker", "by.n,n"))


def test_an_order_or_a_viewer_for_people_with_a_mistake_is_told_and_left_out(read):
    configuration = read(
        """:qs api:selector [ pqlod:cardViewer [ api:properties "m" ] ; pqlod:orders ( [ rdfs:label "a" ] "b" ) ] .
        :api pqlod:titles ( "n" "m" ) ."""
    )

    (api,) = configuration.apis
    assert (api.endpoints[0].selector.card_viewer, api.endpoints[0].selector.orders) == (None, ())
    assert [path.text for path in api.titles] == ["n"]
    assert {(mistake.resource, mistake.property) for mistake in configuration.mistakes} == {
        (":api", "pqlod:titles"),
        (":qs api:selector", "pqlod:cardViewer"),
        (":qs api:selector", "pqlod:orders"),
        (":qs api:selector pqlod:cardViewer", "api:properties"),
    }


def test_vw02_viewers_of_the_endpoint_go_before_those_of_the_api(endpoint):
    qs = endpoint(
        ':api api:viewer [ api:name "v" ; api:property x:n ] , [ api:name "w" ; api:property x:n ] .'
        ' :qs api:viewer [ api:name "v" ; api:property x:by ] ; pqlod:defaultViewName "Old Name" , "w" .'
    )

    assert [qs.viewers[name].paths[0].text for name in ("v", "w")] == ["by", "n"]
    assert qs.viewers["Old Name"] is qs.default_viewer


@pytest.mark.parametrize(
    ("formatter", "name", "kind"),
    [
        pytest.param('a api:XsltFormatter ; api:name "html"', "html", FormatterKind.HTML, id="a style sheet for HTML"),
        pytest.param(
            'a api:XsltFormatter ; api:name "page" ; api:mimeType "text/html; charset=utf-8"',
            "page",
            FormatterKind.HTML,
            id="by type",
        ),
        pytest.param('a api:XsltFormatter ; api:name "csv" ; api:stylesheet "csv.xsl"', "csv", FormatterKind.CSV, id="FM10 CSV"),
        pytest.param('a elda:VelocityFormatter ; api:name "vhtml"', "vhtml", FormatterKind.HTML, id="Velocity"),
        pytest.param('a elda:FeedFormatter ; api:name "atom"', "atom", FormatterKind.ATOM, id="FM10 Atom"),
        pytest.param(
            'a api:JsonFormatter ; api:name "ld" ; elda:className "JSONLD"',
            "json-ld",
            FormatterKind.JSON_LD,
            id="FM10 JSON-LD",
        ),
        pytest.param('a api:JsonFormatter ; api:name "iso"', "iso", FormatterKind.JSON, id="JSON"),
    ],
)
def test_a_formatter_is_one_of_ours(endpoint, formatter, name, kind):
    assert endpoint(f":qs api:formatter [ {formatter} ] .").formatters[name].kind is kind


def test_a_formatter_has_options(endpoint):
    qs = endpoint(
        ':qs api:defaultFormatter [ a api:JsonFormatter ; api:name "iso" ; api:mimeType "application/x" ;'
        " elda:jsonUsesISOdate true ;"
        " elda:feedAuthors ( x:a ) ; elda:shortnameMode elda:roundTrip ] ."
    )

    iso = qs.default_formatter
    assert qs.formatters["iso"] is iso
    assert (iso.media_types, iso.shortname_mode) == (("application/x",), ShortnameMode.ROUND_TRIP)
    assert dict(iso.options) == {"jsonUsesISOdate": Literal(True), "feedAuthors": (X.a,)}


def test_a_ready_made_formatter_needs_no_description(endpoint):
    assert endpoint(":qs api:defaultFormatter api:csvFormatter .").default_formatter.name == "csv"


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        pytest.param('api:value "hello {w}"', Variable("v", Literal("hello {w}")), id="CF07 text"),
        pytest.param("api:value x:n", Variable("v", X.n), id="D40 an IRI"),
        pytest.param('api:value "kites"@en', Variable("v", Literal("kites", language="en")), id="D40 tagged text"),
        pytest.param("api:type rdfs:Resource", Variable("v", type=RDFS.Resource), id="CF07 a type for the template"),
        pytest.param(
            'api:value [ elda:mapFrom "{w}" ; elda:mapWith [ elda:mapQuery "SELECT ?result { ?result ?p ?input }" ] ]',
            Variable("v", argument="{w}", map=SparqlMap("SELECT ?result { ?result ?p ?input }")),
            id="CF08 computed",
        ),
    ],
)
def test_a_variable_has_a_value_or_a_type(endpoint, variable, expected):
    assert endpoint(f':api api:variable [ api:name "v" ; {variable} ] .').variables == {"v": expected}


@pytest.mark.parametrize("place", [":api", ":qs", "pqlod:store"])
def test_fl17_a_text_index_is_described_on_source_api_or_endpoint(endpoint, place):
    qs = endpoint(f'{place} elda:textSearchOperand ( x:n "?_search" 200 ) .')

    jena = NamedNode("http://jena.apache.org/text#query")
    assert qs.text_search == TextSearch(jena, RDFS.label, (X.n, Literal("?_search"), Literal(200)))


def test_an_api_has_settings_of_its_own(read):
    api = read(
        ':api api:base "http://h.example/" ; api:contentNegotiation api:parameterBased ; elda:enableForwardHeaders false ;'
        ' elda:rewriteResultURIs [ elda:ifStarts "http://a/" ; elda:replaceStartBy "http://b/" ] ;'
        ' pqlod:textIndex ( "n" "by.n" ) ;'
        ' api:prefixMapping [ api:prefix "z" ; api:namespace "http://z.example/" ] ; rdfs:label "An API" .'
    ).apis[0]

    assert (api.base, api.label, api.negotiates_by_suffix, api.honours_forwarded) == ("http://h.example/", "An API", False, False)
    assert (api.rewrites, [path.text for path in api.text_index]) == ((Rewrite("http://a/", "http://b/"),), ["n", "by.n"])
    assert api.vocabulary.resolve("z_local") == NamedNode("http://z.example/local")


def test_item_endpoints_have_an_item_template_or_a_selector(read):
    configuration = read(
        ":api api:endpoint :one , :newest , :any ."
        ' :one a api:ItemEndpoint ; api:uriTemplate "/id/{k}" ; api:itemTemplate "http://x/{k}" .'
        ':newest a api:ItemEndpoint ; api:uriTemplate "/newest" ; api:selector [ api:sort "-n" ] .'
        ':any a api:ItemEndpoint ; api:uriTemplate "/any" .'
    )

    _, one, newest, any_item = configuration.apis[0].endpoints
    assert (one.item_template.text, one.selector) == ("http://x/{k}", None)
    assert (newest.item_template, newest.selector, any_item.selector) == (None, Selector(sort="-n"), Selector())


@pytest.mark.parametrize(
    ("source", "files"),
    [
        pytest.param("<local:data.ttl>", ["data.ttl"], id="local, beside the configuration"),
        pytest.param("<local:data.ttl,more%20data.ttl>", ["data.ttl", "more data.ttl"], id="several"),
        pytest.param("<data.ttl>", ["data.ttl"], id="a relative IRI"),
        pytest.param("<here:>", ["api.ttl"], id="the configuration itself"),
        pytest.param("pqlod:store", [], id="the embedded store"),
    ],
)
def test_a_source_is_files_or_the_store(read, tmp_path, source, files):
    (tmp_path / "data.ttl").touch()
    (tmp_path / "more data.ttl").touch()

    configuration = read(f":api a api:API ; api:sparqlEndpoint {source} ; api:endpoint :qs . {LIST}", whole=True)

    assert list(configuration.apis[0].source.files) == [str(tmp_path / name) for name in files]


def test_cf17_another_source_is_asked_for_views(read):
    api = read(":api elda:enhanceViewWith [ api:sparqlEndpoint <http://other.example/sparql> ] .").apis[0]

    assert [source.iri.value for source in api.view_sources] == ["http://other.example/sparql"]


def test_a_remote_endpoint_is_searched_by_its_text_index(read):
    api = read(f":api a api:API ; api:sparqlEndpoint <http://x/sparql> ; api:endpoint :qs . {LIST}", whole=True).apis[0]

    assert api.endpoints[0].text_search == TextSearch(NamedNode("http://jena.apache.org/text#query"), RDFS.label)


def test_cf02_an_included_file_is_as_if_it_stood_there(read, tmp_path):
    (tmp_path / "part.ttl").write_text(LIST)

    configuration = read(API + "\n#include part.ttl\n" + NAMES, whole=True)

    assert [endpoint.template.text for endpoint in configuration.apis[0].endpoints] == ["/qs"]
    assert [path.name for path in configuration.files] == ["api.ttl", "part.ttl"]


def test_cf03_a_vocabulary_declares_names(read, tmp_path):
    (tmp_path / "words.ttl").write_text(f'<{X.m.value}> <{RDFS.label.value}> "m" .')

    configuration = read(':api api:vocabulary <words.ttl> . :qs api:selector [ api:filter "m=1" ] .')

    assert (configuration.mistakes, configuration.apis[0].vocabulary.resolve("m")) == ((), X.m)
    assert [path.name for path in configuration.files] == ["api.ttl", "words.ttl"]


def test_cf01_several_apis_stand_in_one_file_and_a_broken_one_is_left_out(read):
    configuration = read(":broken a api:API ; api:endpoint :other . :other a api:ListEndpoint ; api:uriTemplate '/other' .")

    assert [api.iri for api in configuration.apis] == [C.api]
    assert mistakes(configuration) == [
        ":broken api:sparqlEndpoint: There is none. Expected: pqlod:store, <local:FILE> or the URL of a SPARQL endpoint."
    ]


def test_endpoints_come_in_the_order_of_the_file(read):
    others = "".join(f':e{n} a api:ListEndpoint ; api:uriTemplate "/e{n}" . :api api:endpoint :e{n} . ' for n in range(20))

    endpoints = read(others).apis[0].endpoints

    assert [endpoint.template.text for endpoint in endpoints] == ["/qs", *(f"/e{n}" for n in range(20))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            ':qs api:selector [ api:filter "m=7" ] .',
            ":qs api:selector api:filter: Unknown property 'm'.",
            id="an unknown filter",
        ),
        pytest.param(
            ':qs api:selector [ api:filter "n" ] .',
            ":qs api:selector api:filter: 'n' is no filter. Expected: name=value, with & between several.",
            id="a filter without a value",
        ),
        pytest.param(
            ':qs api:selector [ api:sort "-m" ] .', ":qs api:selector api:sort: Unknown property 'm'.", id="an unknown sort"
        ),
        pytest.param(
            ':qs api:selector [ api:type "q" ] .',
            ":qs api:selector api:type: Unknown class \"q\". Did you mean 'Q'?",
            id="an unknown class",
        ),
        pytest.param(
            ":qs api:selector :s . :s api:parent :s .", ":s api:parent: :s is its own parent.", id="a selector in a circle"
        ),
        pytest.param(
            ':qs api:selector [ pqlod:query "table" ] .',
            ":qs api:selector pqlod:query: There is no query 'table'. Did you mean 'tabled'?",
            id="an unknown query",
        ),
        pytest.param(
            ":qs api:defaultViewer [ api:properties 'by.m' ] .",
            ":qs api:defaultViewer api:properties: Unknown property 'm' in 'by.m'.",
            id="an unknown property in a viewer",
        ),
        pytest.param(
            ":qs api:defaultViewer [ api:property 'n' ] .",
            ":qs api:defaultViewer api:property: Expected: a property, or a list of properties; names are for api:properties.",
            id="text for a property",
        ),
        pytest.param(
            ":qs api:selector 'n=7' .", ':qs api:selector: "n=7" is text. Expected: a resource.', id="text for a resource"
        ),
        pytest.param(
            ":qs api:uriTemplate '/other' .",
            ':qs api:uriTemplate: 2 values, of which only "/qs" counts. Expected: one.',
            id="two values",
        ),
        pytest.param(
            ":qs api:variable [ api:value 1 ] .", ":qs api:variable api:name: The variable has no name.", id="a nameless variable"
        ),
        pytest.param(
            ":api api:endpoint :nothing .",
            ":api api:endpoint: There is no endpoint :nothing in the file.",
            id="a missing endpoint",
        ),
        pytest.param(
            ":api api:endpoint :untyped . :untyped api:uriTemplate '/untyped' .",
            ":untyped: Expected: a api:ListEndpoint or a api:ItemEndpoint.",
            id="an endpoint without a class",
        ),
        pytest.param(
            ":lost a api:ListEndpoint ; api:uriTemplate '/lost' .",
            ":lost api:endpoint: No API has this endpoint. Expected: one.",
            id="an endpoint without an API",
        ),
        pytest.param(
            ":api api:endpoint :bad . :bad a api:ListEndpoint ; api:uriTemplate '/bad/{a-b}' .",
            ":bad api:uriTemplate: A brace of '/bad/{a-b}' belongs to no variable. Expected: {name}, of letters, digits and _.",
            id="a malformed template",
        ),
        pytest.param(
            ":api api:endpoint :twin . :twin a api:ListEndpoint ; api:uriTemplate '/qs' .",
            ":twin api:uriTemplate: '/qs' is the template of :qs too. Expected: one of its own.",
            id="two endpoints of one template",
        ),
        pytest.param(
            ":qs api:defaultPageSize 'ten' .",
            ":qs api:defaultPageSize: 'ten' is ignored. Expected: a whole number, 1 or more.",
            id="no number",
        ),
        pytest.param(
            ":qs elda:cacheExpiryTime '10 years' .",
            ":qs elda:cacheExpiryTime: '10 years' is ignored. Expected: seconds, or a number with s, m, h, d or w.",
            id="no duration",
        ),
        pytest.param(
            ":qs api:formatter [ a api:XsltFormatter ; api:name 'kml' ; api:stylesheet 'kml.xsl' ] .",
            ":qs api:formatter api:stylesheet: The style sheet 'kml.xsl' of 'kml' is not run, and the formatter is left out."
            " Expected: a formatter named html or csv, or of one of those media types.",
            id="a style sheet that is not ours",
        ),
        pytest.param(
            ":qs api:formatter [ a api:JsonFormatter ] .",
            ":qs api:formatter api:name: The formatter has no name, and is left out. Expected: the suffix that asks for it.",
            id="D12 a formatter without a name",
        ),
        pytest.param(
            ":qs api:variable [ api:name 'a' ; api:value '{b}' ] , [ api:name 'b' ; api:value '{a}' ] .",
            ":qs api:variable: Circular, and left as it is: {a} is {b} is {a}.",
            id="D41 circular variables",
        ),
        pytest.param(
            ":api api:defaultPagesize 5 .",
            ":api api:defaultPagesize: Unknown property. Did you mean api:defaultPageSize",
            id="a slip",
        ),
        pytest.param(
            ":qs api:filter 'n=7' .",
            ":qs api:filter: This is a property of a selector, not of an endpoint.",
            id="a property on the wrong resource",
        ),
        pytest.param(
            ":api api:vocabulary <http://x.example/words.ttl> .",
            ":api api:vocabulary: <http://x.example/words.ttl> is not fetched. Expected: a file, such as a copy of it.",
            id="a vocabulary on the Web",
        ),
        pytest.param(
            'x:m api:label "n" .',
            "x:n api:label: 'n' is the name of x:m already. Expected: a name of its own.",
            id="CF05 a clash",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(read, text, message):
    told = mistakes(read(text))

    assert any(line.startswith(message) for line in told), told


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(':qs api:selector [ api:where "?item x:n" ] .', id="where"),
        pytest.param(':qs api:selector [ api:select "SELECT ?item { ?item" ] .', id="select"),
        pytest.param(':qs api:selector [ api:orderBy "DESC(?n" ] .', id="orderBy"),
        pytest.param(':qs api:defaultViewer [ api:template "?item x:n ?n }" ] .', id="template"),
    ],
)
def test_sparql_text_is_read_when_the_configuration_is(read, statement):
    configuration = read(statement)

    assert "Not SPARQL" in "".join(mistakes(configuration))
    assert configuration.apis[0].endpoints == ()


def test_all_mistakes_are_told_together_and_d43_good_endpoints_are_served(read):
    configuration = read(
        ":api api:endpoint :bad , :worse ."
        ' :bad a api:ListEndpoint ; api:uriTemplate "/bad" ; api:selector [ api:filter "m=1" ; api:sort "m" ] .'
        ':worse a api:ListEndpoint ; api:selector [ api:type "m" ] .'
    )

    assert [endpoint.template.text for endpoint in configuration.apis[0].endpoints] == ["/qs"]
    assert {(mistake.resource, mistake.property) for mistake in configuration.mistakes} == {
        (":bad api:selector", "api:filter"),
        (":bad api:selector", "api:sort"),
        (":worse", "api:uriTemplate"),
    }


def test_d43_a_broken_viewer_is_left_out_where_it_is_no_default(read):
    configuration = read(':api api:viewer [ api:name "v" ; api:properties "m" ] .')

    assert len(configuration.mistakes) == 1
    assert "v" not in configuration.apis[0].endpoints[0].viewers


def test_an_iri_that_is_none_is_told(read):
    assert mistakes(read(":api elda:license <http://x/{y}> ."))[0].endswith("Invalid IRI code point '{' in 'http://x/{y}'.")


def test_terms_without_effect_are_no_mistakes(read):
    text = ":qs elda:enableETags true . :api elda:wantsContext true ; elda:supportsNestedSelect true ."

    assert read(text).mistakes == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(API + "\n:qs a api:ListEndpoint\n:qs x:n 1 .", "api.ttl, line 3: Not Turtle", id="a syntax error"),
        pytest.param("\n:qs a nope:Thing .", "api.ttl, line 2: Not Turtle", id="an undeclared prefix"),
        pytest.param("\n#include nothing.ttl", "nothing.ttl, which api.ttl includes: No such file", id="a missing include"),
        pytest.param("#include api.ttl", "api.ttl #include: api.ttl includes itself", id="CF02 a circle of includes"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(read, text, message):
    with pytest.raises(ConfigurationError) as caught:
        read(text, whole=True)

    assert message in str(caught.value)


def test_a_syntax_error_in_an_included_file_names_that_file(read, tmp_path):
    (tmp_path / "part.ttl").write_text("\n:qs a .\n")

    with pytest.raises(ConfigurationError, match=r"part\.ttl, line 2: Not Turtle"):
        read(API + "\n#include part.ttl\n", whole=True)


def test_a_file_without_an_api_says_so(read):
    configuration = read("x:n x:n x:n .", whole=True)

    assert (configuration.apis, len(configuration.mistakes)) == ((), 1)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ConfigurationError, match="No such file"):
        read_configuration(tmp_path / "nothing.ttl")
    with pytest.raises(ConfigurationError, match="No file matches"):
        read_configuration(f"{tmp_path}/*.ttl")


@pytest.mark.parametrize("kind", UNDERSTOOD)
def test_the_documentation_explains_each_property(kind):
    rows = re.findall(r"^\| `(\w+:[\w-]+)`", DOCUMENTATION.read_text(), re.MULTILINE)

    assert {show(prop, PREFIXES) for prop in UNDERSTOOD[kind]} <= set(rows)


def test_the_documentation_explains_no_other_property():
    named = set(re.findall(r"`((?:api|elda|pqlod):[a-z][\w-]*)`", DOCUMENTATION.read_text()))

    properties = {show(prop, PREFIXES) for prop in {*INERT, *chain.from_iterable(UNDERSTOOD.values())}}
    assert {name for name in named - properties if not name.endswith(("Formatter", "Viewer", "Based"))} <= VALUES


def test_the_example_of_the_documentation_has_no_mistakes(tmp_path):
    example = re.search(r"```turtle\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
    (tmp_path / "schools.ttl").touch()
    (tmp_path / "config.ttl").write_text(example[1])

    configuration = read_configuration(tmp_path / "config.ttl")

    assert configuration.mistakes == ()
    assert [endpoint.template.text for endpoint in configuration.apis[0].endpoints] == ["/schools", "/schools/{id}"]


def test_the_golden_configuration_has_no_mistakes(shared, tmp_path):
    golden = shared / "golden"
    (tmp_path / "config.ttl").write_text((golden / "config.ttl").read_text().replace("@SOURCE@", f"local:{golden}/data.ttl"))

    configuration = read_configuration(tmp_path / "config.ttl")

    assert configuration.mistakes == ()
    assert len(configuration.apis[0].endpoints) == 39
