"""Every feature of the Linked Data API, asked for over HTTP: a test carries the ids of features.toml that it shows.

What formats make of a page is in test_feature_formats.py.
"""

import json
import time

import pytest
from archive import AT, ID, PREFIXES, L, Reader

from pqlod.app import running_app
from pqlod.rdf import API, DCT, ELDA, FOAF, RDF, RDFS, XSD, Literal, NamedNode, Triple
from pqlod.settings import Settings

IRI = ID.iri

# URL, and the items of its list in their order.
ITEMS = [
    pytest.param("/letters?weight=12.5", "a", id="CF03 a name that only a vocabulary declares"),
    pytest.param("/letters?else_size=2", "", id="CF04 a prefix of the configuration"),
    pytest.param("/letters?l_shelfmark=10", "b", id="CF04 a prefix of the file"),
    pytest.param("/archive/samples?items=mine", "kinds", id="CF06 a reserved name that is freed"),
    pytest.param("/from/ann", "a c", id="CF07 a variable in a variable, as an IRI"),
    pytest.param("/from-home/Ely", "c d", id="CF08 a variable that a query computes"),
    pytest.param("/letters/long", "b c d", id="CF09 filters of a selector and of its parent"),
    pytest.param("/pages/9", "c d", id="CF10 a variable in a filter"),
    pytest.param("/subjects/rivers", "b", id="CF11 a variable in a where"),
    pytest.param("/subjects/roads", "", id="CF07 D40 a tagged variable keeps its tag"),
    pytest.param("/replies", "d c", id="CF12 a select in its own order"),
    pytest.param("/topics?_pageSize=1&_page=1", "b", id="CF12 a page of a select"),
    pytest.param("/cards", "d", id="CF13 instances of a class"),
    pytest.param("/pages/ten", "b", id="RT01 a literal path before a variable"),
    pytest.param(f"/about?resource={IRI}a", "c", id="RT02 a parameter of the template"),
    pytest.param("/from/ann.zzz", "", id="RT03 an unknown suffix is part of the value"),
    pytest.param("/archive/letters?_page=0", "a b c d", id="RT06 a prefix of all templates"),
    pytest.param("/letters?_pageSize=2&_page=1", "c d", id="PG01 the second page"),
    pytest.param("/letters?_pageSize=2&_page=9", "", id="PG06 a page beyond the end"),
    pytest.param("/letters?pages=&_page=&nosuch=", "a b c", id="PG08 empty parameters are none"),
    pytest.param("/letters?sent=2018-11-23", "b", id="FL01 a value of the declared range"),
    pytest.param("/letters?subject=roads", "c", id="FL01 a text where nothing is declared"),
    pytest.param("/letters?_lang=en,fr&subject=kites", "a", id="FL02 one of several languages"),
    pytest.param("/letters?_lang=fr&subject=kites", "", id="FL02 another language"),
    pytest.param("/letters?_lang=none&subject=roads", "c", id="FL02 no language"),
    pytest.param("/letters?lang-subject=en&subject=rivers", "b", id="FL03 the language of one parameter"),
    pytest.param("/letters?state=open", "a", id="FL04 a shortname"),
    pytest.param("/letters?state=l_Open", "a", id="FL04 a prefix and a local name"),
    pytest.param(f"/letters?state={L.iri}Open", "a", id="FL04 an IRI"),
    pytest.param("/letters?min-pages=9", "b c d", id="FL05 min"),
    pytest.param("/letters?max-pages=9", "a c d", id="FL05 max"),
    pytest.param("/letters?minEx-pages=9", "b", id="FL05 minEx"),
    pytest.param("/letters?maxEx-pages=9", "a", id="FL05 maxEx"),
    pytest.param("/letters?min-subject=s", "", id="FL06 an undeclared range compares texts"),
    pytest.param("/letters?min-subject=r", "c", id="FL06 texts without a language"),
    pytest.param("/letters?exists-replyTo=true", "c d", id="FL07 there"),
    pytest.param("/letters?exists-replyTo=false", "a b", id="FL07 not there"),
    pytest.param("/letters?exists-from.home.region=false", "c d", id="FL07 a chain that ends early"),
    pytest.param("/letters?name-from=Ann", "a c", id="FL08 what is called so"),
    pytest.param("/letters?from.label=Ann&from.home.label=York", "a c", id="FL09 chains go the same way"),
    pytest.param("/letters?from.label=Ann&from.home.label=Ely", "", id="FL09 and not two ways"),
    pytest.param("/letters?~replyTo.pages=9", "a b", id="FL10 against the direction"),
    pytest.param("/letters?pages=7&pages=10", "a b", id="FL11 given twice: either"),
    pytest.param("/letters?_session=x&_=1", "a b c", id="FL14 parameters that are allowed"),
    pytest.param(f"/letters?_subject={IRI}c", "c", id="FL18 a subject by its IRI"),
    pytest.param("/places?near-lat=53.9&near-long=-1&_distance=120", "ely york", id="FL16 near a point"),
    pytest.param("/places?near-lat=53.9&near-long=-1&_distance=120km", "york", id="FL16 kilometres"),
    pytest.param("/letters?_where=?item <http://letters.example/def/topic> ?t", "a b", id="FL18 where"),
    pytest.param("/letters?_select=SELECT ?item { ?item l:replyTo ?other }", "c d", id="FL18 select"),
    pytest.param("/letters?_orderBy=DESC(?p)&_where=?item l:pages ?p", "b c d", id="FL18 orderBy"),
    pytest.param("/purged?_graph=http://letters.example/graph/2018", "a b", id="FL18 graph"),
    pytest.param("/letters?_subject=Letter", "Letter", id="FL18 a subject by its shortname"),
    pytest.param("/purged?l_seal=oak<gall", "a", id="FL19 a sign becomes a blank"),
    pytest.param("/letters?l_seal=oak<gall", "", id="FL19 elsewhere it does not"),
    pytest.param("/letters?_sort=-pages,-sent", "b d c", id="SO01 several keys, one descending"),
    pytest.param("/letters?_sort=from.label", "d a c", id="SO01 a chain"),
    pytest.param("/letters?_sort=sent&_pageSize=5", "c a b d", id="SO02 without a value: first"),
    pytest.param("/letters?_sort=-sent&_pageSize=5", "d b a c", id="SO02 without a value: last if descending"),
    pytest.param("/letters?_sort=topic&_pageSize=5", "c d a b", id="SO03 several values, one item"),
    pytest.param("/letters?_sort=pages&_pageSize=5", "a c d b", id="SO04 equal keys by the IRI"),
    pytest.param("/registers/2018", "a b", id="VW09 a named graph"),
    pytest.param("/registers/2019", "d", id="VW09 another named graph"),
    pytest.param("/registers/2018?_graph=http://letters.example/graph/2019", "d", id="VW09 a graph that the request names"),
]

# URL, the way to a value in its JSON, and the value.
VALUES = [
    pytest.param("/letters?_properties=rdf_type,else_size&_view=nothing", "items 0 type", L.Letter.value, id="CF04 a step"),
    pytest.param("/samples/kinds", "primaryTopic items", "mine", id="CF06 the own label in results"),
    pytest.param("/letters?_view=shown", "items 2", {"_about": ID.c.value, "pages": 9}, id="CF14 the triples of a template"),
    pytest.param(
        "/letters?_view=named",
        "items 1",
        {"_about": ID.b.value, "sent": "Fri, 23 Nov 2018", "pages": 10, "from": {"_about": ID.bob.value, "label": "Bob"}},
        id="CF15 the paths of an included viewer",
    ),
    pytest.param(
        "/letters?_view=preferred",
        "items 0 from",
        {"_about": ID.ann.value, "prefLabel": "Ann Archer"},
        id="CF16 the labels that the viewer names",
    ),
    pytest.param("/archive/persons", "items 0 born", 1901, id="CF17 what another source knows"),
    pytest.param("/archive/letters", "items 0 _about", "http://new.example/a", id="CF18 the beginning of an IRI"),
    pytest.param("/archive/persons", "items 0 _about", "http://new.example/person/ann", id="CF18 the longest rule"),
    pytest.param("/letters/a", "primaryTopic _about", ID.a.value, id="RT03 a name without a suffix"),
    pytest.param("/letters", "first", AT + "/letters.json?_page=0", id="RT08 the base is what URLs start with"),
    pytest.param("/letters?_pageSize=9999", "itemsPerPage", 5, id="PG02 the greatest page"),
    pytest.param("/letters?_pageSize=2&_page=1", "startIndex", 3, id="PG01 where a page starts"),
    pytest.param("/letters?_pageSize=3&_page=1", "next", None, id="PG05 a short page is the last"),
    pytest.param("/letters?_pageSize=3&_page=7", "prev", AT + "/letters.json?_pageSize=3&_page=6", id="PG06 the way back"),
    pytest.param("/letters?_pageSize=3&_page=7", "items", [], id="PG06 no items"),
    pytest.param("/counted", "totalResults", 4, id="PG07 always counted"),
    pytest.param("/letters?_count=yes&_pageSize=1", "totalResults", 4, id="PG07 counted when asked"),
    pytest.param("/letters", "totalResults", None, id="PG07 not counted unasked"),
    pytest.param("/letters?_template=?item l:pages ?p", "items 0", {"_about": ID.a.value, "pages": 7}, id="FL18 template"),
    pytest.param("/letters?_view=basic", "items 0", {"_about": ID.a.value, "type": L.Letter.value}, id="VW01 basic"),
    pytest.param("/letters?_view=description", "items 0 from", ID.ann.value, id="VW01 description"),
    pytest.param("/letters?_view=all", "items 1 from", {"_about": ID.bob.value, "label": "Bob"}, id="VW01 all"),
    pytest.param(
        "/fresh?_view=default", "items 0", {"_about": ID.a.value, "sent": "Thu, 22 Nov 2018", "pages": 7}, id="VW01 default"
    ),
    pytest.param("/letters", "items 1 topic", "water", id="VW02 everything, by default"),
    pytest.param(
        "/archive/letters",
        "items 0",
        {"_about": "http://new.example/a", "sent": "Thu, 22 Nov 2018", "pages": 7},
        id="VW02 the API's viewer",
    ),
    pytest.param("/archive/persons", "items 0 label", "Ann", id="VW02 the endpoint's viewer"),
    pytest.param(
        "/letters?_view=brief&_properties=from.label,topic",
        "items 1",
        {
            "_about": ID.b.value,
            "sent": "Fri, 23 Nov 2018",
            "pages": 10,
            "topic": "water",
            "from": {"_about": ID.bob.value, "label": "Bob"},
        },
        id="VW03 paths besides the view",
    ),
    pytest.param(f"/letters?_view=homes&from.home={IRI}york", "items 0 from home region", ID.north.value, id="VW04 any property"),
    pytest.param(
        "/letters?_view=friends&_pageSize=5",
        "items 3",
        {"_about": ID.d.value, "from": ID.dee.value},
        id="VW06 what there is of a chain",
    ),
    pytest.param("/letters?_lang=fr", "items 0 subject", "cerfs-volants", id="VW07 the languages asked for"),
    pytest.param("/letters?_lang=fr", "items 2 subject", "roads", id="VW07 no language, for want of a better one"),
    pytest.param("/letters?_lang=fr", "items 1 subject", None, id="VW07 no other language"),
    pytest.param("/later?_view=description", "items 0 subject", None, id="VW07 the languages of the configuration"),
    pytest.param(
        "/registers/2019",
        "items 0",
        {"_about": ID.d.value, "received": 19, "subject": "isle, filed"},
        id="VW09 nothing from other graphs",
    ),
    pytest.param("/letters/a", "primaryTopic isPrimaryTopicOf", AT + "/letters/a.json", id="IT01 from the item to its page"),
    pytest.param("/quiet/a", "primaryTopic isPrimaryTopicOf", None, id="IT01 not where a variable says so"),
    pytest.param("/quiet/nobody", "primaryTopic", ID.nobody.value, id="IT03 nothing is known, and no error"),
    pytest.param("/bare", "page", 0, id="MD04 what is kept"),
    pytest.param("/bare", "itemsPerPage", None, id="MD04 what is switched off"),
    pytest.param("/blocks/1999", "source", "the register of 1999", id="MD04 a block"),
    pytest.param("/blocks/1999", "comment", None, id="MD04 a block that is off"),
    pytest.param("/blocks/1999?_metadata=%2Bcontact", "comment", "Ask the desk.", id="MD04 a block that is asked for"),
]

# URL, the status of its answer, and a word of what it says.
REFUSED = [
    pytest.param("/about", 404, "resource", id="RT02 a parameter that is missing"),
    pytest.param("/letters/", 404, "/letters", id="RT04 a slash too many"),
    pytest.param("/letters/a.zzz", 404, "zzz", id="RT03 an item of that name"),
    pytest.param("/p9/letters", 404, "/p9/letters", id="RT05 an unknown mount"),
    pytest.param("/lettres", 404, "letters", id="RT12 no such path, and what is near"),
    pytest.param("/letters?_format=zzz", 400, "zzz", id="FM04 an unknown format"),
    pytest.param("/letters?callback=1x", 400, "callback", id="FM09 no name of a function"),
    pytest.param("/letters.ttl?callback=f", 400, "callback", id="FM09 a callback in another format"),
    pytest.param("/letters?_page=-1", 400, "_page", id="PG03 a negative page"),
    pytest.param("/letters?_page=abc", 400, "_page", id="PG03 a word for a page"),
    pytest.param("/letters?_pageSize=0", 400, "_pageSize", id="PG03 a page of nothing"),
    pytest.param("/letters/a?_page=0", 400, "_page", id="PG04 pages of an item"),
    pytest.param("/counted?_count=no", 400, "_count", id="PG07 counting is not the client's choice"),
    pytest.param("/letters?_count=maybe", 400, "_count", id="PG07 neither yes nor no"),
    pytest.param("/letters?exists-from=maybe", 400, "exists-from", id="FL07 neither true nor false"),
    pytest.param("/letters?items=mine", 400, "items", id="CF06 a reserved name, in a request"),
    pytest.param("/letters?pagse=1", 400, "pages", id="FL12 an unknown shortname, and what is near"),
    pytest.param("/letters?foo-pages=1", 400, "foo", id="FL13 an unknown prefix"),
    pytest.param("/letters?_x=1", 400, "_x", id="FL14 an unknown reserved name"),
    pytest.param("/letters?from=<x>", 400, "from", id="FL15 no IRI"),
    pytest.param("/letters?near-lat=1", 400, "near-long", id="FL16 part of a place"),
    pytest.param("/letters?_where=?item l:pages", 400, "_where", id="FL18 a fragment that does not parse"),
    pytest.param("/letters?_view=nosuch", 400, "nosuch", id="VW01 an unknown view"),
    pytest.param("/letters/nobody", 404, "nobody", id="IT02 an item of which nothing is known"),
    pytest.param("/bare?pages=1000", 404, "", id="IT03 an empty list that may not be empty"),
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


# Configuration

ONE_LIST = """
:good a api:API ; api:sparqlEndpoint <local:data.ttl> ; api:endpoint :list .
:list a api:ListEndpoint ; api:uriTemplate "/list" .
"""
ONE_LETTER = "id:a l:pages 7 . "


def test_cf01_of_several_apis_the_good_ones_are_served(serve_text):
    served = serve_text(ONE_LIST + ':bad a api:API ; api:endpoint [ a api:ListEndpoint ; api:uriTemplate "/bad" ] .', ONE_LETTER)

    assert served.names("/list") == "a"
    assert served.get("/bad").status_code == 404


def test_cf02_an_included_file_is_as_if_it_stood_there(letters):
    """The viewers of the archive stand in a file of their own."""
    assert letters.at("/letters?_view=brief", "items 1") == {"_about": ID.b.value, "sent": "Fri, 23 Nov 2018", "pages": 10}


def test_cf05_the_first_to_take_a_shortname_has_it_and_the_clash_is_told(serve_text, tmp_path, caplog):
    (tmp_path / "names.ttl").write_text(f'{L.leaves} {API.label} "pages" .')
    configuration = ONE_LIST.replace("api:endpoint", "api:vocabulary <names.ttl> ; api:endpoint") + 'l:pages api:label "pages" .'

    served = serve_text(configuration, "id:a l:pages 7 ; l:leaves 4 .")

    assert served.at("/list", "items 0") == {"_about": ID.a.value, "pages": 7, "leaves": 4}
    assert "'pages' is the name of l:pages already" in caplog.text


def test_cf19_a_changed_file_is_taken_up(serve_text, tmp_path):
    served = serve_text(ONE_LIST, ONE_LETTER)
    assert served.get("/list").status_code == 200

    config = tmp_path / "config.ttl"
    config.write_text(config.read_text().replace('"/list"', '"/other"'))

    assert becomes(lambda: served.get("/other").status_code, 200)
    assert served.get("/list").status_code == 404


def becomes(look, expected, seconds=5.0):
    """Is something so, within some seconds?"""
    deadline = time.monotonic() + seconds
    while (found := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return found == expected


# Routes


def test_rt05_files_are_mounted_side_by_side(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.nt").write_text(f'{ID[name]} {L.seal} "oak" .')
        (tmp_path / f"{name}.ttl").write_text(PREFIXES + ONE_LIST.replace("data.ttl", f"{name}.nt"))
    mounted = tuple(f"{mount}::{tmp_path / name}.ttl" for mount, name in (("p1", "one"), ("p2", "two")))

    with running_app(Settings(config=mounted)) as app:
        served = Reader(app.test_client())
        assert (served.names("/p1/list"), served.names("/p2/list")) == ("one", "two")
        assert served.get("/list").status_code == 404


@pytest.mark.parametrize(
    ("path", "location"), [("/id/a", "/letters/a"), ("/id/a.ttl", "/letters/a.ttl")], ids=["RT07", "RT07 suffix"]
)
def test_the_path_of_an_items_iri_leads_to_its_page(letters, path, location):
    answer = letters.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, AT + location)


FORWARDED = [
    pytest.param(
        {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "lda.example"}, "https://lda.example", id="RT09 scheme and host"
    ),
    pytest.param({"X_Forwarded_Proto": "https"}, "https://localhost", id="RT09 D44 scheme alone"),
    pytest.param({"X_Forwarded_Host": "lda.example"}, "http://lda.example", id="RT09 host alone"),
    pytest.param({"Forwarded": "proto=https;host=lda.example"}, "https://lda.example", id="RT09 #185 RFC 7239"),
    pytest.param({}, "http://localhost", id="RT08 #220 without a base the request says it"),
]


@pytest.mark.parametrize(("headers", "root"), FORWARDED)
def test_links_have_the_address_that_the_client_asked(letters, headers, root):
    assert letters.result("/archive/letters", **headers)["first"] == f"{root}/archive/letters.json?_page=0"


def test_rt08_forwarded_headers_do_not_change_a_base(letters):
    assert letters.result("/letters", X_Forwarded_Host="lda.example")["first"].startswith(AT)


@pytest.mark.parametrize(
    "path", ["/meta/letters", "/meta/letters.ttl", "/meta/letters/long"], ids=lambda path: f"RT10 D45 {path}"
)
def test_a_list_is_described_with_its_query(letters, path):
    described = letters.graph(path)

    (query,) = (term for _, predicate, term in described if predicate == ELDA.sparqlQuery)
    assert "SELECT DISTINCT ?item" in query.value
    assert "l:Letter" in query.value


def test_rt11_the_configuration_is_a_page_of_templates_and_shortnames(letters):
    page = letters.read("/api-config", Accept="text/html").text

    assert all(text in page for text in ("/letters/long", "/pages/{number}", "shelfmark", "replyTo", "preferred"))


def test_rt12_a_person_is_told_the_path_that_is_not_there(letters):
    answer = letters.get("/lettres<", Accept="text/html")

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "/lettres&lt;" in answer.text


# Formats

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
NEGOTIATED = [
    pytest.param("/letters.xml?_format=json", "", "application/json", id="FM01 the parameter before the suffix"),
    pytest.param("/letters.xml", "text/turtle", "application/xml", id="FM01 the suffix before the header"),
    pytest.param("/letters", BROWSER, "text/html", id="FM02 a browser"),
    pytest.param("/letters", "text/turtle, text/html;q=0.1", "text/turtle", id="FM02 D13 the quality counts"),
    pytest.param("/letters", "text/html;q=0, */*", "application/json", id="D13 a quality of nothing"),
    pytest.param("/letters", "text/*", "text/plain", id="D13 a wildcard"),
    pytest.param("/letters", "", "application/json", id="FM03 no header"),
    pytest.param("/letters", "*/*", "application/json", id="FM03 anything"),
    pytest.param("/letters", "text/xml", "text/xml", id="FM07 XML as text"),
    pytest.param("/letters", "text/csv", "text/csv", id="D11 a style sheet's type alone"),
    pytest.param("/letters.json?callback=cb", "", "text/javascript", id="FM08"),
    pytest.param("/letters.csv", "", "text/csv", id="FM10 csv"),
    pytest.param("/letters.html", "", "text/html", id="FM10 html"),
    pytest.param("/letters.atom", "", "application/atom+xml", id="FM10 atom"),
    pytest.param("/letters.json-ld", "", "application/ld+json", id="FM10 json-ld"),
]


@pytest.mark.parametrize(("url", "accept", "media_type"), NEGOTIATED)
def test_a_page_comes_in_this_format(letters, url, accept, media_type):
    assert letters.read(url, **({"Accept": accept} if accept else {})).mimetype == media_type


def test_fm05_what_is_negotiated_says_so_and_where_it_is_for_good(letters):
    answer = letters.read("/letters?_pageSize=1")

    assert answer.headers["Vary"] == "Accept, Accept-Encoding"
    assert answer.headers["Content-Location"] == AT + "/letters.json?_pageSize=1"


def test_fm06_an_api_may_lead_to_its_formats_by_parameter(letters):
    page = "http://localhost/archive/letters.ttl?_metadata=formats"

    formats = letters.graph("/archive/letters.ttl?_metadata=formats").values(NamedNode(page), DCT.hasFormat)

    assert NamedNode(page + "&_format=json") in formats


def test_fm08_a_callback_is_called_with_the_page(letters):
    text = letters.read("/letters.json?callback=cb").text.rstrip(";\n")

    assert (text[:3], text[-1]) == ("cb(", ")")
    assert json.loads(text[3:-1])["result"]["page"] == 0


def test_fm09_any_json_formatter_takes_a_callback(letters):
    """Elda refuses one for all but its own ``json``."""
    assert letters.read("/letters.iso?callback=cb").text.startswith("cb({")


# Pages


def test_pg01_the_query_tells_the_page(letters):
    texts = [term.value for _, p, term in letters.graph("/letters.ttl?_pageSize=2&_page=3&_metadata=execution") if p == RDF.value]

    assert any("OFFSET 6 LIMIT 3" in text for text in texts)  # one more than a page, to see if there is a next


# Search


def test_fl17_words_are_searched_for_by_the_operand_of_the_configuration(letters):
    (query,) = (
        term.value
        for _, p, term in letters.graph("/searched.ttl?_search=kites&_metadata=execution")
        if p == RDF.value and "SELECT" in term.value
    )

    assert '?item <http://jena.apache.org/text#query> (l:subject "kites" 20)' in query


def test_fl18_a_fragment_that_is_wrong_shows_nothing_of_the_program(letters):
    answer = letters.get("/letters?_where=?item l:pages")

    assert answer.status_code == 400
    assert not any(word in answer.text for word in ("Traceback", ".py", "pyoxigraph"))


# Views


def test_vw05_what_leads_to_an_item_is_in_the_graph(letters):
    graph = letters.graph("/letters.ttl?_view=back")

    assert Triple(ID.c, L.replyTo, ID.a) in set(graph)
    assert Triple(ID.c, L.pages, Literal("9", datatype=XSD.integer)) in set(graph)


# Items


def test_it01_a_page_and_its_item_lead_to_each_other(letters):
    page, graph = NamedNode(AT + "/letters/a.ttl"), set(letters.graph("/letters/a.ttl"))

    assert {Triple(page, FOAF.primaryTopic, ID.a), Triple(ID.a, FOAF.isPrimaryTopicOf, page)} <= graph


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [("text/plain", "text/plain"), ("text/html", "text/html"), ("*/*", "application/problem+json")],
    ids=["IT02 plain text", "IT02 D10 HTML", "IT02 D10 a problem"],
)
def test_a_missing_item_is_told_in_words_that_the_client_reads(letters, accept, media_type):
    answer = letters.get("/letters/nobody", Accept=accept)

    assert (answer.status_code, answer.mimetype) == (404, media_type)
    assert ID.nobody.value in answer.text


# What a page says of itself


def test_md01_a_list_says_where_it_is_and_no_more(letters):
    url = AT + "/letters.ttl?_pageSize=2&_page=1"
    page, whole = NamedNode(url), NamedNode(AT + "/letters.ttl")

    graph = letters.graph("/letters.ttl?_pageSize=2&_page=1")

    assert {p.value.rpartition("/")[2].rpartition("#")[2] for p in graph.properties(page)} == {
        *("type", "definition", "extendedMetadataVersion", "page", "itemsPerPage", "startIndex", "items"),
        *("first", "prev", "isPartOf"),
    }
    assert graph.value(page, API.page) == Literal("1", datatype=XSD.long)
    assert set(graph.properties(whole)) == {DCT.hasPart, API.definition, RDF.type}


def test_md01_an_item_says_what_it_is_about(letters):
    page, graph = NamedNode(AT + "/letters/a.ttl"), letters.graph("/letters/a.ttl")

    assert set(graph.properties(page)) == {RDF.type, API.definition, API.extendedMetadataVersion, FOAF.primaryTopic}


GROUPS = {"versions": "hasVersion", "formats": "hasFormat", "bindings": "variableBinding", "execution": "selectionResult"}


@pytest.mark.parametrize("asked", ["", *GROUPS, "all"], ids=lambda name: f"MD02 {name or 'none'}")
def test_a_page_tells_more_of_itself_when_asked(letters, asked):
    told = letters.result(f"/letters?_metadata={asked}")
    told |= told.get("wasResultOf", {})

    assert {group for group, key in GROUPS.items() if key in told} == ({*GROUPS} if asked == "all" else {asked} - {""})


def test_md03_a_page_for_people_shows_formats_and_filters_without_being_asked(letters):
    links = {link.get("href") for link in letters.html("/letters.html?pages=7").iter("a")}

    assert {AT + "/letters.ttl?pages=7", AT + "/letters.html"} <= links


def test_md04_a_page_may_keep_silent_of_itself(letters):
    page, graph = NamedNode(AT + "/bare.ttl?_page=0"), letters.graph("/bare.ttl?_page=0")

    assert set(graph.properties(page)) == {API.items, API.page}


def test_md05_licences_and_notices_come_with_what_is_told_of_them(letters):
    page, graph = NamedNode(AT + "/licensed.ttl"), letters.graph("/licensed.ttl")

    labels = {graph.value(licence, RDFS.label) for licence in graph.values(page, DCT.license)}
    (notice,) = graph.values(page, ELDA.notice)
    assert Literal("Open licence") in labels
    assert L.Open in graph.values(page, DCT.license)  # where a path from the items leads
    assert graph.value(notice, RDFS.label) == Literal("Ask the desk.")


# Operations


@pytest.mark.parametrize(
    ("url", "status"),
    [("/letters", 200), ("/letters?nosuch=1", 400), ("/letters/nobody", 404), ("/nowhere", 404), ("/id/a", 303)],
    ids=lambda value: f"OP01 D10 {value}" if isinstance(value, str) else str(value),
)
def test_any_site_may_read_any_answer(letters, url, status):
    answer = letters.get(url)

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")


@pytest.mark.parametrize(
    ("url", "seconds"),
    [("/fresh", 600), ("/fresh?_view=all", 600), ("/fresh?_view=basic", 3600), ("/letters?_view=basic", None)],
    ids=["OP02 the least of endpoint and properties", "OP02 of all properties", "OP02 the endpoint", "OP02 never"],
)
def test_a_page_expires_when_the_first_of_its_parts_does(letters, url, seconds):
    answer = letters.read(url)

    assert answer.headers["Cache-Control"] == (f"public, max-age={seconds}" if seconds else "no-cache")
    assert ("Expires" in answer.headers) == bool(seconds)


def test_op03_a_tag_stays_while_the_page_does(letters):
    tag = letters.read("/letters").headers["ETag"]

    assert letters.read("/letters").headers["ETag"] == tag
    assert letters.read("/letters?pages=7").headers["ETag"] != tag
    assert letters.get("/letters", If_None_Match=tag).status_code == 304  # #14: Elda never says so


def test_op04_changed_data_are_seen_at_once(serve_text, tmp_path):
    """There is no cache of results that would have to be emptied (D27)."""
    served = serve_text(ONE_LIST, ONE_LETTER)
    assert served.names("/list") == "a"

    (tmp_path / "data.ttl").write_text(PREFIXES + "id:b l:pages 7 . id:c l:pages 8 .")

    assert served.names("/list") == "b c"


@pytest.mark.parametrize("path", ["show-stats", "show-cache", "clear-cache", "reset-counts"], ids=lambda name: f"OP05 D27 {name}")
def test_there_are_no_pages_of_administration(letters, path):
    assert letters.get(f"/control/{path}").status_code == 404
    assert letters.client.post(f"/control/{path}").status_code == 405


def test_op07_a_page_of_errors_is_in_the_looks_of_the_site(letters):
    page = letters.get("/nowhere", Accept="text/html")

    assert page.status_code == 404
    assert "Letters" in page.text  # the name of the site, as on every page
