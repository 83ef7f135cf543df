"""The features of the Linked Data API that are forms of a page: JSON, XML, HTML, CSV and Atom of the archive of letters."""

import csv
import io
import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from archive import AT, ID, Reader
from lxml import etree

from pqlod.rdf import RDF

KINDS, ONE = "/samples/kinds.json", "primaryTopic "

# URL, the way to a value in its JSON, and the value.
JSON = [
    pytest.param(
        "/letters?_pageSize=1&_view=brief",
        "items",
        [{"_about": ID.a.value, "sent": "Thu, 22 Nov 2018", "pages": 7}],
        id="JS01 an item",
    ),
    pytest.param("/letters", "items 0 topic", ["air", "wind"], id="JS02 several values, in the order of their texts"),
    pytest.param("/letters", "items 1 topic", "water", id="JS02 one value"),
    pytest.param(KINDS, ONE + "copies", ["one"], id="JS02 one value of a property that may have several"),
    pytest.param(KINDS, ONE + "plain", "text", id="JS03 text"),
    pytest.param(KINDS, ONE + "tagged", "texte", id="JS03 tagged text"),
    pytest.param(KINDS, ONE + "truth", True, id="JS03 a boolean"),
    pytest.param(KINDS, ONE + "noTruth", "perhaps", id="JS03 #94 no boolean"),
    pytest.param(KINDS, ONE + "l_integer", 7, id="JS03 an integer"),
    pytest.param(KINDS, ONE + "l_long", 123456789012345678901234567890, id="JS03 D19 an integer of any length"),
    pytest.param(KINDS, ONE + "l_decimal", Decimal("0.1"), id="JS03 D19 a decimal"),
    pytest.param(KINDS, ONE + "l_double", 150, id="JS03 D19 a double"),
    pytest.param(KINDS, ONE + "day", "Thu, 22 Nov 2018", id="JS03 a day"),
    pytest.param(KINDS, ONE + "noDay", "22/11/2018", id="JS03 #94 no day"),
    pytest.param(KINDS, ONE + "instant", "Tue, 27 Nov 2018 17:29:33 GMT+0000", id="JS03 an instant"),
    pytest.param(KINDS, ONE + "local", "Thu, 27 Sep 2018 17:29:33", id="JS03 D20 an instant without a zone, in English"),
    pytest.param(KINDS, ONE + "year", "2018", id="JS03 another datatype"),
    pytest.param(KINDS, ONE + "address", "http://a.example/", id="JS03 an address"),
    pytest.param(KINDS, ONE + "stampedNumber", {"_value": "5", "_datatype": "integer"}, id="JS04 a number is text"),
    pytest.param(KINDS, ONE + "stampedDay", {"_value": "2018-11-22", "_datatype": "date"}, id="JS04 a day as it is stored"),
    pytest.param(KINDS, ONE + "stampedTag", {"_value": "timbre", "_lang": "fr"}, id="JS04 JS05 a tagged text has its language"),
    pytest.param(KINDS, ONE + "stampedText", {"_value": "2nd class"}, id="JS05 a plain text has no datatype"),
    pytest.param(
        "/letters/a?_properties=from.label,from.friend.label,from.friend.friend",
        ONE + "from",
        {"_about": ID.ann.value, "label": "Ann", "friend": {"_about": ID.bob.value, "label": "Bob", "friend": ID.ann.value}},
        id="JS06 what leads back to itself is its IRI there",
    ),
    pytest.param("/letters?_properties=replyTo.subject", "items 2 replyTo", ID.a.value, id="JS06 another item is its IRI"),
    pytest.param(KINDS, ONE + "box", {"depth": 3}, id="JS07 a blank node that is mentioned once"),
    pytest.param(
        "/purged?exists-l_lid=true", "items 0 lid", {"_about": "_:1", "depth": 1}, id="JS07 a blank node that is mentioned twice"
    ),
    pytest.param("/purged?exists-l_lid=true", "items 1 lid", {"_about": "_:1", "depth": 1}, id="JS07 and is the same"),
    pytest.param(KINDS, ONE + "steps", ["first", "second"], id="JS07 a list in its order"),
    pytest.param(KINDS, ONE + "nothing", [], id="JS07 an empty list"),
    pytest.param(KINDS, ONE + "secret", None, id="JS08 a hidden property"),
    pytest.param("/letters?_format=iso", "items 0 sent", "2018-11-22", id="JS09 a day"),
    pytest.param("/samples/kinds?_format=iso", ONE + "instant", "2018-11-27T17:29:33Z", id="JS09 an instant"),
    pytest.param(KINDS, ONE + "colour", "red", id="JS10 D21 a local name that nothing else has"),
    pytest.param(KINDS, ONE + "l_size", 1, id="JS10 D21 a shared local name"),
    pytest.param(KINDS, ONE + "else_size", 2, id="JS10 D21 and the other"),
    pytest.param("/archive/samples", "items 0 size_e1e5", 2, id="JS10 D21 a namespace without a prefix"),
    pytest.param("/samples/kinds?_format=prefixed", ONE + "else_colour", "red", id="JS10 prefixes preferred"),
    pytest.param("/samples/kinds?_format=trip", ONE + "else_colour", "red", id="JS10 names that lead back"),
]


@pytest.mark.parametrize(("url", "way", "expected"), JSON)
def test_json_has_this_value(letters, url, way, expected):
    assert letters.at(url, way) == expected


def test_js01_the_envelope_comes_first_and_keys_are_in_order(letters):
    document = json.loads(letters.read("/letters.json?_pageSize=1").data)

    assert list(document) == ["format", "version", "result"]
    assert (document["format"], document["version"]) == ("linked-data-api", "0.2")
    for found in (document["result"], document["result"]["items"][0]):
        assert list(found) == ["_about", *sorted(found.keys() - {"_about"})]


def test_js08_a_hidden_property_is_in_the_graph(letters):
    assert "hidden" in {term.value for _, _, term in letters.graph("/samples/kinds.ttl") if hasattr(term, "datatype")}


def test_xm01_an_item_in_xml(letters):
    item = letters.xml("/letters.xml?_view=friends&_pageSize=1&_properties=sent,state,topic,subject").find("items/item")

    assert etree.tostring(item).decode() == (
        f'<item href="{ID.a.value}"><from href="{ID.ann.value}"><friend href="{ID.bob.value}"><label>Bob</label></friend>'
        '<label>Ann</label></from><sent datatype="date">2018-11-22</sent><state href="http://letters.example/def/Open"/>'
        '<subject><item lang="fr">cerfs-volants</item><item lang="en">kites</item></subject>'
        "<topic><item>air</item><item>wind</item></topic></item>"
    )


def test_xm01_a_page_in_xml_names_itself_and_its_types(letters):
    page = letters.xml("/letters.xml?_pageSize=2")

    assert dict(page.attrib) == {"format": "linked-data-api", "href": AT + "/letters.xml?_pageSize=2", "version": "0.2"}
    assert [element.tag for element in page] == sorted(element.tag for element in page)
    assert page.findtext("itemsPerPage") == "2"
    assert page.find("itemsPerPage").get("datatype") == "long"
    assert page.find("type/item").get("href") == "http://purl.org/linked-data/api/vocab#Page"


def test_xm02_a_style_sheet_that_is_not_ours_is_told_and_not_run(serve_text, caplog):
    served = serve_text(
        """:api a api:API ; api:sparqlEndpoint <local:data.ttl> ; api:endpoint :list ; api:formatter :kml .
        :list a api:ListEndpoint ; api:uriTemplate "/list" .
        :kml a api:XsltFormatter ; api:name "kml" ; api:stylesheet "kml.xsl" .""",
        "id:a l:pages 7 .",
    )

    assert "The style sheet 'kml.xsl' of 'kml' is not run" in caplog.text
    assert served.get("/list.json").status_code == 200
    assert served.get("/list.kml").status_code == 404


def links(page, path):
    """The words and the address of each link of a path in an HTML page."""
    return [(link.text_content().strip(), link.get("href")) for link in page.findall(path)]


def test_ht01_an_item_is_headed_by_its_name_and_its_rows_are_in_order(letters):
    page = letters.html("/letters.html?_pageSize=1&_properties=from.label")

    (article,) = page.findall(".//article")
    assert links(article, "h2/a") == [("a", "./letters/a")]
    labels = [term.text_content() for term in article.findall("dl/div/dt")]
    # by datatype, then texts and what has several values, then resources; each by name
    assert labels == ["sent", "weight", "pages", "seal", "shelfmark", "subject", "topic", "type", "from", "state"]
    assert article.xpath("string(dl/div[dt='sent']/dd/time)") == "22 November 2018"
    assert article.xpath("string(dl/div[dt='sent']/dd/time/@datetime)") == "2018-11-22"


def test_ht02_a_day_leads_to_those_up_to_it_of_it_and_from_it(letters):
    page = letters.html("/letters.html?pages=7&_page=0")
    address = AT + "/letters.html?pages=7&"

    assert links(page, ".//dl/div[dt='sent']/dd/span/a") == [
        ("up to here", address + "max-sent=2018-11-22"),
        ("more like this", address + "sent=2018-11-22"),
        ("from here", address + "min-sent=2018-11-22"),
    ]


def test_ht02_d71_the_links_of_several_values_have_no_dot_and_find_the_item(letters):
    found = links(letters.html("/letters.html?_pageSize=1"), ".//dl/div[dt='topic']/dd/span/a")

    assert found == [("more like this", f"{AT}/letters.html?_pageSize=1&topic={topic}") for topic in ("air", "wind")]
    assert letters.names("/letters?topic=air") == letters.names("/letters?topic.=air") == "a"


def test_ht03_filters_orders_views_and_sizes_are_links_that_change_one_thing(letters):
    page, address = letters.html("/counted.html?min-pages=7&_sort=-pages&_page=1"), AT + "/counted.html?min-pages=7&_sort=-pages"

    found = {address for _, address in links(page, ".//main//a")}
    assert {
        AT + "/counted.html?_sort=-pages",  # without the filter
        AT + "/counted.html?min-pages=7&_sort=pages",  # the other way round
        AT + "/counted.html?min-pages=7",  # without the order
        *(f"{address},sent", f"{address},-sent", f"{address}&_view=brief"),
    } <= found
    formats = {address for _, address in links(page, ".//nav[@class='formats']//a")}
    assert {url for url in found if "_page=1" in url} == formats  # all else leads to a first page


def test_ht03_sizes_are_offered_up_to_the_greatest(letters):
    page = letters.html("/archive/letters.html")

    assert [words for words, _ in links(page, ".//nav[@aria-label='Items on a page']//a")] == ["25", "50"]


def test_ht04_a_filled_in_form_is_a_list_of_what_was_sought(letters):
    page = letters.html("/letters.html?_view=brief&_sort=-pages")
    (form,) = (form for form in page.forms if "min-pages" in form.fields)

    form.fields["min-pages"] = "8"
    asked = "/letters.html?" + urlencode(form.form_values())

    assert form.action == AT + "/letters.html"
    assert [words for words, _ in links(letters.html(asked), ".//article/h2/a")] == ["b", "c", "d"]
    assert "_view=brief" in asked


def test_ht05_a_page_leads_to_those_beside_it_and_says_which_it_is(letters):
    page = letters.html("/counted.html?_pageSize=2&_page=1")
    first = AT + "/counted.html?_pageSize=2&_page=0"

    assert {
        link.get("rel"): link.get("href") for link in page.findall("head/link") if link.get("rel") in ("first", "prev", "next")
    } == {
        "first": first,
        "prev": first,
    }
    assert "Results 3 to 4 of 4" in " ".join(page.text_content().split())


def test_ht06_the_queries_of_a_page_are_those_that_were_run(letters):
    told = {term.value for _, p, term in letters.graph("/letters.ttl?_metadata=execution&pages=7") if p == RDF.value}

    shown = {each.text_content() for each in letters.html("/letters.html?pages=7").findall(".//pre")}

    assert told == shown
    assert len(shown) == 2


def test_ht06_a_query_of_our_own_store_can_be_run_again(client):
    served = Reader(client)
    page = served.html("/answeredquestions.html?uin=194746")

    forms = [form for form in page.forms if form.action.endswith("sparql")]
    answer = client.post("/sparql", data=dict(forms[0].form_values()), headers={"Accept": "text/html"})

    assert len(forms) == 2
    assert "resources/1012383" in answer.text


def test_cs01_a_table_has_a_row_for_each_item_and_headings_in_words(letters):
    text = letters.read("/letters.csv?_view=friends&_properties=sent,topic,replyTo&_pageSize=5").text

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        *("uri", "from", "from > uri", "from > label", "from > friend", "from > friend > uri", "from > friend > label"),
        *("from > friend > friend", "from > friend > friend > uri", "reply to", "reply to > uri", "sent", "topic"),
    ]
    assert rows[1] == [
        *(ID.a.value, "", ID.ann.value, "Ann", "", ID.bob.value, "Bob", "ann", ID.ann.value),
        *("", "", "2018-11-22", "air; wind"),
    ]
    assert [row[0] for row in rows[1:]] == [ID[name].value for name in "abcd"]


def test_at01_the_newest_entry_comes_first(letters):
    feed = letters.xml("/notices.atom")

    entries = [[entry.findtext(f"{{*}}{name}") for name in ("id", "title", "updated")] for entry in feed.findall("{*}entry")]
    assert feed.findtext("{*}title") == "News of the archive"
    assert feed.findtext("{*}id") == AT + "/notices.atom"
    assert entries[:2] == [
        [ID.notice2.value, 'Say "hello", please', "2021-06-01T00:00:00Z"],
        [ID.notice1.value, "Closed on Mondays", "2020-01-01T00:00:00Z"],
    ]
    assert entries[2][:2] == [ID.notice3.value, ID.notice3.value]
