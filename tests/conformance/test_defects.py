"""What Elda does wrong or its users missed, and what is done here instead: a test carries the ids that it shows."""

import csv
import io
import time
from decimal import Decimal
from urllib.parse import quote

import pytest
from archive import AT, ID, L, Reader
from pyoxigraph import RdfFormat, parse

from pqlod.formatters.words import words
from pqlod.rdf import API, FOAF, RDF, RDFS, Literal, NamedNode

KINDS = "/samples/kinds.json"

# URL, and the items of its list in their order.
ITEMS = [
    pytest.param("/letters?_pageSize=5", "a b c d", id="#18 #214 no blank node, and no gap in the page"),
    pytest.param("/letters?_pageSize=5&_sort=topic", "c d a b", id="#173 each item once, sorted"),
    pytest.param("/topics", "a b", id="#173 each item once, of a select"),
    pytest.param("/replies?pages=9&_sort=sent", "c d", id="#28 a select is filtered and sorted"),
    pytest.param("/letters?_pageSize=5&_page=0", "a b c d", id="D02 an order without being asked"),
    pytest.param("/letters/long?_sort=pages", "c d b", id="D03 the request's order before the configuration's"),
    pytest.param("/later?_orderBy=DESC(?item)", "d c b", id="D03 in SPARQL too"),
    pytest.param("/letters?~replyTo=http://letters.example/id/c", "a", id="D04 backwards at the end"),
    pytest.param("/letters?exists-~replyTo=false", "c d", id="D04 nothing leads to it"),
    pytest.param("/letters?_sort=-~replyTo.sent&_pageSize=5", "b a c d", id="D05 an order backwards"),
    pytest.param("/from/ann?_sort=pages", "a c", id="D06 a declared variable is substituted"),
    pytest.param("/from/x%3E%20%7D%20%23", "", id="D06 no text gets out of an IRI"),
    pytest.param("/letters?subject={x", "", id="D08 an opened brace is text"),
    pytest.param("/letters?subject=?x", "", id="D08 a question mark is text"),
    pytest.param("/letters?min-shelfmark=9", "a", id="D18 digits in texts are text"),
    pytest.param("/samples?min-l_decimal=0.05&max-l_decimal=0.1", "kinds", id="D18 undeclared numbers are numbers"),
    pytest.param("/samples?min-l_day=2018-11-21", "kinds", id="D18 undeclared days are days"),
    pytest.param("/letters?min-subject=r&_lang=en,none", "b c", id="D18 D49 in each of the languages"),
    pytest.param("/letters?min-subject=r&lang-subject=en", "b", id="D38 the languages of one parameter, for bounds too"),
    pytest.param("/subjects/rivers", "b", id="D39 a where that ends in a variable"),
    pytest.param("/letters?_where=?item l:topic ?t&_sort=sent", "a b", id="D39 a fragment without a stop"),
    pytest.param("/from-home/Atlantis", "", id="D42 a variable without a value selects nothing"),
    pytest.param("/letters?shelfmark.=9", "a", id="D71 a dot at the end"),
]

# URL, the way to a value in its JSON, and the value.
VALUES = [
    pytest.param("/letters?_pageSize=2&_page=1&_view=brief", "next", None, id="D01 a full last page is the last"),
    pytest.param("/topics?_pageSize=1", "totalResults", 2, id="D17 the items of a select, each once"),
    pytest.param("/letters/c?_view=basic&_properties=l_seal", "primaryTopic type", L.Letter.value, id="D16 an item"),
    pytest.param(
        "/letters/ann?_view=brief", "primaryTopic _about", ID.ann.value, id="D16 an item is there whatever its view shows"
    ),
    pytest.param(KINDS, "primaryTopic l_decimal", Decimal("0.1"), id="D19 a decimal is its digits"),
    pytest.param(KINDS, "primaryTopic local", "Thu, 27 Sep 2018 17:29:33", id="D20 months are English"),
    pytest.param(KINDS, "primaryTopic type", L.Sample.value, id="D51 no other property takes a built-in name"),
    pytest.param("/letters?_view=nothing", "items", [ID[name].value for name in "abc"], id="D36 a viewer of nothing shows IRIs"),
    pytest.param("/letters?_view=description", "items 0 from", ID.ann.value, id="#190 a view says how deep it goes"),
    pytest.param("/registers/2018?_lang=de", "items 0 received", 18, id="D23 other values stay"),
    pytest.param("/letters?_lang=de&_view=all", "items 1 subject", None, id="D23 a language that is not there"),
    pytest.param("/letters?_lang=de,none", "items 2 subject", "roads", id="D23 a fallback that is asked for"),
    pytest.param("/blocks/1999", "comment", None, id="D35 a block that is off"),
    pytest.param(
        "/letters?_sort=-sent,pages",
        "first",
        AT + "/letters.json?_sort=-sent,pages&_page=0",
        id="D25 D63 commas and order are kept",
    ),
    pytest.param(
        "/letters?l_seal=oak%20gall%20%23%262",
        "first",
        AT + "/letters.json?l_seal=oak%20gall%20%23%262&_page=0",
        id="D26 all is encoded",
    ),
]

# URL, the status of its answer, and a word of what it says.
REFUSED = [
    pytest.param("/letters?exists-from=maybe", 400, "exists-from", id="D09 existence is true or false"),
    pytest.param("/letters?near-lat=1&near-long=2", 400, "_distance", id="D09 part of a place"),
    pytest.param("/letters?near-lat=100&near-long=2&_distance=3", 400, "near-lat", id="D09 no latitude"),
    pytest.param("/letters?_select=SELECT", 400, "_select", id="D09 no SPARQL"),
    pytest.param(
        "/letters?_where=SERVICE <http://a.example/> { ?item ?p ?o }",
        403,
        "SERVICE",
        id="D07 a fragment that would lead elsewhere",
    ),
    pytest.param("/letters?item=5", 400, "item", id="D06 the name of the query's own variable"),
    pytest.param("/letters?_sort=n-pages", 400, "n-pages", id="D48 a hyphen in a key"),
    pytest.param("/letters?_page=99999999999", 400, "_page", id="D34 a page beyond numbers"),
    pytest.param("/counted?_count=yes", 400, "_count", id="#198 counting is not the client's choice"),
    pytest.param("/control/show-cache", 404, "", id="D27 no page of a cache"),
]


@pytest.mark.parametrize(("url", "expected"), ITEMS)
def test_a_list_has_these_items(letters, url, expected):
    assert letters.names(url) == expected


@pytest.mark.parametrize(("url", "way", "expected"), VALUES)
def test_a_page_has_this_value(letters, url, way, expected):
    assert letters.at(url, way) == expected


@pytest.mark.parametrize(("url", "status", "word"), REFUSED)
def test_a_wrong_request_is_told_so(letters, url, status, word):
    answer = letters.get(url)

    assert answer.status_code == status, answer.text
    assert word in answer.text


# One list of everything, and one item, for what a test wants to say of its own data.
PLAIN = """
:api a api:API ; api:sparqlEndpoint <local:data.ttl> ; api:endpoint :list , :item .
:list a api:ListEndpoint ; api:uriTemplate "/list" .
:item a api:ItemEndpoint ; api:uriTemplate "/item/{name}" ; api:itemTemplate "http://letters.example/id/{name}" .
"""


# Routes and addresses


def test_d14_a_dot_in_a_template_is_a_dot(serve_text):
    served = serve_text(PLAIN.replace('"/list"', '"/all.lists"'), "id:a l:pages 7 .")

    assert served.names("/all.lists") == "a"
    assert served.get("/allxlists").status_code == 404


def test_d15_a_value_of_a_filter_may_have_any_sign(serve_text):
    selector = 'api:selector [ api:parent [ api:parent [ api:filter "pages=7" ] ] ; api:filter "seal=a=b%26c" ]'
    served = serve_text(
        PLAIN.replace('"/list"', f'"/list" ; {selector}') + 'l:seal api:label "seal" . l:pages rdfs:range xsd:integer .',
        'id:a l:pages 7 ; l:seal "a=b&c" . id:b l:pages 8 ; l:seal "a=b&c" . id:c l:pages 7 ; l:seal "a" .',
    )

    assert served.names("/list") == "a"


@pytest.mark.parametrize("query", ["", "?_view=all"], ids=["D32 #141", "D32 the query is kept"])
def test_an_items_iri_leads_to_its_page_in_a_mounted_api_too(letters, query):
    answer = letters.get(f"/archive/things/a.ttl{query}")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"http://localhost/archive/documents/a.ttl{query}")


def test_issue_7_a_path_that_a_proxy_strips_is_in_every_link(letters):
    page = letters.read("/archive/letters.html", X_Forwarded_Prefix="/data")

    assert 'href="http://localhost/data/archive/letters.html?_format=json"' in page.text
    assert 'href="../static/css/base.css?v=' in page.text  # relative, so right behind any proxy


def test_issue_70_the_item_and_its_page_are_two_things_even_where_their_addresses_are_one(serve_text):
    served = serve_text(PLAIN.replace("letters.example/id", "localhost/item"), "<http://localhost/item/a> l:pages 7 .")

    graph = served.graph("/item/a", Accept="text/turtle")
    item, page = NamedNode("http://localhost/item/a"), NamedNode("http://localhost/item/a.ttl")
    assert RDF.type not in graph.properties(item)
    assert set(graph.values(page, RDF.type)) == {API.Page, API.ItemEndpoint}


def test_issue_164_an_item_that_a_selector_does_not_find_is_not_there(serve_text):
    served = serve_text(PLAIN.replace('api:itemTemplate "http://letters.example/id/{name}"', "api:selector [ api:type l:Card ]"))

    assert served.get("/item/a").status_code == 404


def test_issue_131_the_definition_of_a_page_leads_to_the_description_of_its_endpoint(letters):
    definition = letters.at("/letters", "definition")

    described = letters.graph(definition.removeprefix(AT).replace(".json", ".ttl"))
    assert described.values(NamedNode("http://letters.example/config#list"), RDF.type) == (API.ListEndpoint,)


# Formats and headers


@pytest.mark.parametrize("suffix", ["", ".ttl", ".rdf", ".json", ".jsonld", ".html"], ids=lambda suffix: f"D45 {suffix}")
def test_an_endpoint_is_described_in_every_format(letters, suffix):
    assert letters.read(f"/meta/letters{suffix}").mimetype.rpartition("/")[2] != "problem+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("application/json", "application/json"), ("text/html", "text/html"), ("*/*", "application/problem+json")],
    ids=["D10 JSON", "D10 HTML", "D10 whatever"],
)
def test_an_error_is_in_a_format_that_the_client_reads(letters, accept, media_type):
    answer = letters.get("/letters?nosuch=1", Accept=accept)

    assert answer.mimetype in (media_type, "application/problem+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_d13_a_quality_of_nothing_refuses(letters):
    assert letters.get("/letters", Accept="text/html;q=0").status_code == 406


@pytest.mark.parametrize("order", [("json", "turtle"), ("turtle", "json")], ids=["D47 JSON first", "D47 Turtle first"])
def test_where_a_page_is_for_good_does_not_depend_on_earlier_answers(letters, order):
    places = {"json": ("application/json", "json"), "turtle": ("text/turtle", "ttl")}

    for media_type, suffix in map(places.get, order):
        answer = letters.read("/letters?_pageSize=4", Accept=media_type)
        assert answer.headers["Content-Location"] == f"{AT}/letters.{suffix}?_pageSize=4"


def test_d24_the_languages_of_a_browser_have_no_influence(letters):
    plain = letters.read("/letters.json")

    french = letters.read("/letters.json", Accept_Language="fr")

    assert french.data == plain.data
    assert "Accept-Language" not in french.headers.get("Vary", "")


def test_d73_a_browser_may_ask_first(letters):
    answer = letters.client.options("/letters", headers={"Origin": "http://o.example"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(("method", "accept"), [("POST", "*/*"), ("GET", "image/png")], ids=["D73 405", "D73 406"])
def test_any_site_may_read_a_refusal(letters, method, accept):
    answer = letters.client.open("/letters", method=method, headers={"Accept": accept})

    assert answer.status_code in (405, 406)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_issue_14_a_cache_can_ask_whether_a_page_has_changed(letters):
    page = letters.read("/letters")

    assert letters.get("/letters", If_None_Match=page.headers["ETag"]).status_code == 304
    assert letters.get("/letters", If_Modified_Since=page.headers["Last-Modified"]).status_code == 304


# Queries and limits


def test_d07_a_configuration_may_switch_fragments_off(serve_text):
    served = serve_text(PLAIN.replace('"/list"', '"/list" ; pqlod:allowFragments false'), "id:a l:pages 7 .")

    assert served.get("/list?_where=?item ?p ?o").status_code == 400


def test_d37_a_query_without_an_end_is_ended(serve_text):
    data = "".join(f"id:n{number} l:pages {number} ." for number in range(200))
    served = serve_text(PLAIN, data, query_seconds=1.0)
    endless = quote("?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(?c + ?f + ?i + ?l < 0)")

    begin = time.monotonic()
    answer = served.get(f"/list?_where={endless}")

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert time.monotonic() - begin < 5


def test_issue_31_a_deep_page_runs_no_query_for_its_items(client):
    plan = Reader(client).at("/answeredquestions?_page=20&_metadata=execution", "wasResultOf plan")

    assert plan.startswith("index: ")
    assert "SPARQL" not in plan


def test_issue_167_what_leaves_fewest_items_comes_first_in_a_query(letters):
    query = letters.at("/letters?l_seal=oak&from=id_ann&_metadata=execution", "wasResultOf selectionResult query value")

    places = [query.index(pattern) for pattern in ('l:seal "oak"', "l:from id:ann", "a l:Letter", "FILTER")]
    assert places == sorted(places)


def test_d46_an_item_by_a_selector_is_one_item(letters):
    graph = letters.graph("/first.ttl")

    assert graph.values(NamedNode(AT + "/first.ttl"), FOAF.primaryTopic) == (ID.a,)
    assert not graph.describes(ID.b)


def test_issue_186_a_source_that_does_not_answer_is_the_cause(serve_text):
    served = serve_text(PLAIN.replace("<local:data.ttl>", "<http://127.0.0.1:9/sparql>"))

    answer = served.get("/list.json")

    assert answer.status_code == 502
    assert "cannot be reached" in answer.get_json()["detail"]


def test_issue_277_what_leads_to_an_item_is_not_in_its_description(letters):
    graph = letters.graph("/letters/a.ttl")

    assert {subject for subject in graph.subjects() if isinstance(subject, NamedNode)} == {ID.a, NamedNode(AT + "/letters/a.ttl")}


def test_issue_159_a_template_may_have_variables_that_nothing_declares(serve_text):
    selector = 'api:selector [ api:where "?item l:pages ?n" ; api:orderBy "{direction}(?n)" ]'
    served = serve_text(PLAIN.replace('"/list"', f'"/list/{{direction}}" ; {selector}'), "id:a l:pages 7 . id:b l:pages 8 .")

    assert (served.names("/list/ASC"), served.names("/list/DESC")) == ("a b", "b a")


def test_issue_153_nothing_found_is_told_as_that(letters):
    text = " ".join(letters.html("/counted.html?pages=1000").text_content().split())

    assert "No results" in text
    assert "Results 1 to" not in text


# Configuration


def test_d12_a_formatter_without_a_name_is_told_and_takes_nothing_over(serve_text, caplog):
    served = serve_text(PLAIN + ":api api:formatter [ a api:TurtleFormatter ] .", "id:a l:pages 7 .")

    assert "The formatter has no name" in caplog.text
    assert served.read("/list", Accept="text/plain").text.startswith("{")


def test_d33_a_variable_makes_the_accept_header_count_for_nothing(serve_text):
    for spelling in ("_suppress_media_type", "_supress_media_type"):
        variable = f'api:variable [ api:name "{spelling}" ; api:value "yes" ]'
        served = serve_text(PLAIN.replace('"/list"', f'"/list" ; {variable}'), "id:a l:pages 7 .")
        assert served.read("/list", Accept="text/turtle").mimetype == "application/json"


def test_d35_metadata_blocks_of_an_api_are_those_of_its_endpoints(serve_text):
    block = '[ api:name "-about" ; rdfs:comment "All of it." ]'
    served = serve_text(PLAIN + f":api elda:metadata {block} .", "id:a l:pages 7 .")

    assert served.at("/list", "comment") is None
    assert served.at("/list?_metadata=%2Babout", "comment") == "All of it."


def test_d40_variables_are_iris_or_tagged_texts_as_well(serve_text):
    variables = '[ api:name "kind" ; api:value l:Card ] , [ api:name "subject" ; api:value "kites"@en ]'
    selector = 'api:selector [ api:where "?item a ?kind ; l:subject ?subject" ]'
    served = serve_text(
        PLAIN.replace('"/list"', f'"/list" ; {selector} ; api:variable {variables}'),
        'id:a a l:Card ; l:subject "kites"@en . id:b a l:Card ; l:subject "kites" . id:c a l:Letter ; l:subject "kites"@en .',
    )

    assert served.names("/list") == "a"


def test_d41_a_circular_variable_is_told_and_harms_no_page_that_does_not_use_it(serve_text, caplog):
    circle = 'api:variable [ api:name "x" ; api:value "{y}" ] , [ api:name "y" ; api:value "{x}" ]'
    served = serve_text(PLAIN + f":api {circle} .", "id:a l:pages 7 .")

    assert "Circular" in caplog.text
    assert served.names("/list") == "a"
    assert served.get("/api-config").status_code == 200


def test_d43_of_several_endpoints_the_good_ones_are_served_and_the_mistakes_told(serve_text, caplog):
    bad = ':api api:endpoint [ a api:ListEndpoint ; api:uriTemplate "/bad" ; api:selector [ api:type "Nothing" ] ] .'
    served = serve_text(PLAIN + bad, "id:a l:pages 7 .")

    assert served.names("/list") == "a"
    assert served.get("/bad").status_code == 404
    assert "Nothing" in caplog.text


def test_issue_39_a_shortname_that_is_none_is_told_and_not_used(serve_text, caplog):
    served = serve_text(PLAIN + 'l:pages api:label "how-many" .', "id:a l:pages 7 .")

    assert "'how-many' is no shortname" in caplog.text
    assert served.at("/list", "items 0 pages") == 7


def test_d66_a_file_that_is_broken_while_running_changes_nothing(serve_text, tmp_path):
    served = serve_text(PLAIN, "id:a l:pages 7 .")

    with (tmp_path / "config.ttl").open("a") as file:
        file.write("this is not Turtle")
    time.sleep(1.1)  # files are looked at once a second

    assert served.names("/list") == "a"


def test_issue_65_two_formats_may_be_of_one_kind(serve_text):
    formatters = """[ a api:JsonFormatter ; api:name "plain" ] ,
      [ a elda:VelocityFormatter ; api:name "vhtml" ; api:mimeType "text/html" ]"""
    served = serve_text(PLAIN + f":api api:formatter {formatters} .", "id:a l:pages 7 .")

    assert [served.read(f"/list.{name}").mimetype for name in ("html", "vhtml", "json", "plain")] == [
        *("text/html", "text/html"),
        *("application/json", "application/json"),
    ]


# JSON, XML, CSV, Atom, RDF


def test_d50_any_text_is_written(serve_text):
    served = serve_text(PLAIN, r'id:a l:note "a\\@b" .')

    assert served.at("/list", "items 0 note") == "a\\@b"


def test_d52_the_names_of_a_page_do_not_depend_on_earlier_pages(letters):
    before = letters.result(KINDS)["primaryTopic"].keys()
    letters.read("/samples/kinds.prefixed")

    assert letters.result(KINDS)["primaryTopic"].keys() == before
    element = letters.xml("/samples/kinds.xml").find("primaryTopic")
    assert before - {"_about"} == {child.tag for child in element} - {"secret"}  # hidden in JSON alone


def test_issue_43_a_datatype_has_one_name_in_all_formats(serve_text):
    served = serve_text(PLAIN + 'l:date api:label "date" ; api:structured true .', 'id:a l:date "2018-11-22"^^xsd:date .')

    assert served.at("/list", "items 0 date _datatype") == "xsd_date"
    assert served.xml("/list.xml").find("items/item/date").get("datatype") == "xsd_date"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"2018-11-22+01:00"^^xsd:date', "Thu, 22 Nov 2018 GMT+0100"),
        ('"2018-11-22T00:30:00+01:00"^^xsd:dateTime', "Wed, 21 Nov 2018 23:30:00 GMT+0000"),
    ],
    ids=["D54 a day stays the day", "D54 an instant has its zone"],
)
def test_zones_are_told(serve_text, value, shown):
    assert serve_text(PLAIN, f"id:a l:when {value} .").at("/list", "items 0 when") == shown


@pytest.mark.parametrize("suffix", ["xml", "rdf", "atom"], ids=lambda suffix: f"D55 D28 {suffix}")
def test_what_xml_cannot_say_is_replaced_and_nothing_is_cut_off(serve_text, suffix):
    served = serve_text(PLAIN, 'id:a l:note "a\\u0007b" ; <http://elsewhere.example/terms/9> "nine" .')

    assert "a\ufffdb" in " ".join(served.xml(f"/list.{suffix}").itertext())


def test_d56_a_row_for_each_item_and_no_column_twice(letters):
    rows = list(csv.reader(io.StringIO(letters.read("/letters.csv?_pageSize=5&_properties=from.label").text)))

    assert [row[0] for row in rows[1:]] == [ID[name].value for name in "abcd"]
    assert len(set(rows[0])) == len(rows[0])
    assert rows[4][rows[0].index("type")] == "Card; Letter"


def test_d30_quotes_in_a_table_come_back(letters):
    rows = csv.DictReader(io.StringIO(letters.read("/notices.csv").text))

    assert [row["label"] for row in rows] == ["Closed on Mondays", 'Say "hello", please', ""]


def test_issue_38_every_property_has_its_column(letters):
    (heading, *_) = csv.reader(io.StringIO(letters.read("/letters.csv?_pageSize=5").text))

    assert {"pages", "seal", "sent", "shelfmark", "subject", "topic", "weight", "reply to"} <= set(heading)


def test_d29_an_empty_list_is_a_feed(letters):
    feed = letters.xml("/notices.atom?exists-subject=true")

    assert feed.findall("{*}entry") == []
    assert feed.findtext("{*}author/{*}name") == "Letters"  # the API, where the configuration names nobody


def test_d29_a_feed_leads_to_its_further_pages(letters):
    feed = letters.xml("/letters.atom?_pageSize=2")

    assert AT + "/letters.atom?_pageSize=2&_page=1" in [link.get("href") for link in feed.findall("{*}link[@rel='next']")]


@pytest.mark.parametrize(
    "url", ["/letters/a", "/samples/kinds", "/letters"], ids=["D57 #77 an item", "D57 D31 #77 all kinds", "#77 a list"]
)
def test_json_ld_says_what_turtle_says(letters, url):
    """Read by a standard processor of JSON-LD."""
    document = letters.read(url + ".jsonld").data
    said = {quad.triple for quad in parse(document, RdfFormat.JSON_LD)}

    literals = {triple.object for triple in said if isinstance(triple.object, Literal)}
    expected = {triple.object for triple in letters.graph(url + ".ttl") if isinstance(triple.object, Literal)}
    assert literals == expected
    assert b'@lang"' not in document


def test_d58_a_blank_node_that_is_mentioned_twice_is_known_again(serve_text):
    served = serve_text(PLAIN, "id:a l:one _:x ; l:two _:x . _:x l:pages 7 ; l:self _:x .")

    item = served.at("/item/a", "primaryTopic")
    assert item["one"]["_about"] == item["two"]["_about"] == "_:1"


def test_d59_licences_are_told_of(letters):
    graph = letters.graph("/licensed.ttl")

    licence = NamedNode("http://letters.example/config#licence")
    assert graph.value(licence, RDFS.label) == Literal("Open licence")
    assert graph.value(licence, RDFS.seeAlso) == NamedNode("http://licences.example/open")


def test_issue_171_every_name_of_a_page_is_bound(letters):
    result = letters.result("/samples/kinds?_metadata=bindings")

    bound = {binding["label"] for binding in result["wasResultOf"]["termBinding"]}
    assert {*result["primaryTopic"]} - {"_about"} <= bound


# Pages for people


def links(page, path=".//a"):
    return [link.get("href") for link in page.findall(path)]


def test_d60_a_resource_is_sought_by_its_best_label(serve_text):
    served = serve_text(
        PLAIN.replace('"/list"', '"/list" ; api:selector [ api:where "?item l:dept ?any" ]')
        + ":api api:defaultViewer api:labelledDescribeViewer . l:dept a owl:ObjectProperty . rdfs:label a rdf:Property .",
        'id:a l:dept id:d . id:d rdfs:label "Education" , "Addysg" ; l:pages 60 .',
    )

    found = [url for url in links(served.html("/list.html"), ".//dl/div[dt='dept']/dd//span/a") if "dept" in url]
    assert found
    assert [served.names(url.removeprefix("http://localhost").replace("/list.html", "/list")) for url in found] == ["a"] * len(
        found
    )


def test_d61_every_link_into_a_page_has_its_place_there(letters):
    page = letters.html("/letters/a.html")

    places = {element.get("id") for element in page.iter() if element.get("id")}
    assert {url[1:] for url in links(page) if url.startswith("#")} <= places


def test_issue_188_no_link_is_without_words(serve_text):
    page = serve_text(PLAIN, "id:a l:see <http://a.example/-> , <http://a.example/> , <urn:x> .").html("/list.html")

    assert [link.get("href") for link in page.iter("a") if not link.text_content().strip()] == []


def test_d64_a_property_called_date_has_the_links_of_a_day(serve_text):
    served = serve_text(PLAIN + 'l:sent api:label "date" ; rdfs:range xsd:date .', 'id:a l:sent "2018-11-22"^^xsd:date .')

    page = served.html("/list.html")
    found = links(page, ".//dl/div[dt='date']/dd/span/a")
    assert [url.partition("?")[2] for url in found] == ["max-date=2018-11-22", "date=2018-11-22", "min-date=2018-11-22"]
    assert page.xpath("//input[@name='date']/@type") == ["date"]


@pytest.mark.parametrize("suffix", ["html", "ttl", "json"], ids=lambda suffix: f"D68 {suffix}")
def test_nothing_tells_where_the_files_are(serve_text, tmp_path, suffix):
    served = serve_text(PLAIN, "id:a l:pages 7 .")

    for url in (f"/list.{suffix}?_metadata=all", f"/meta/list.{suffix}", "/api-config"):
        text = served.read(url).text
        assert str(tmp_path) not in text
        assert "local:" not in text


def test_d69_what_changes_a_list_leads_to_its_first_page(letters):
    page = letters.html("/counted.html?_pageSize=2&_page=1")

    changing = [url for url in links(page) if any(name in url for name in ("_sort=", "_view=", "topic=", "subject="))]
    assert changing
    assert [url for url in changing if "_page=" in url] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [("unknownAuthor", "unknown author"), ("unknown_writer", "unknown_writer")],
    ids=["D70 in capitals", "D70 with a line"],
)
def test_a_name_that_begins_with_unknown_keeps_its_words(name, expected):
    assert words(name) == expected


# What the service tells of itself


def test_issue_1_the_dataset_is_described(client):
    graph = Reader(client).graph("/.well-known/void.ttl")

    assert NamedNode("http://rdfs.org/ns/void#Dataset") in {term for _, p, term in graph if p == RDF.type}


def test_issue_200_the_vocabulary_is_served(client):
    graph = Reader(client).graph("/schema/parl.ttl")

    assert graph.describes(NamedNode("http://data.parliament.uk/schema/parl#tablingMember"))
