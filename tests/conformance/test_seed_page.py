"""The page of the old service that the project grew out of: question 1012383 as a list of properties, each with its links."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

QUESTION = "http://data.parliament.uk/resources/1012383"
LIST = "/answeredquestions.html?_view=answered+question&tablingMember=http://data.parliament.uk/members/4649&_pageSize=100"
LONGEST_LINKED = 1000  # characters
FIRST_ANSWERED, BIOGRAPHY = "2018-11-27T17:29:33.427Z", "Biography information for"

Links = list[tuple[str, str, str]]  # what each says, and the parameter that it adds


def like(name: str, value: str) -> Links:
    return [("more like this", name, value)]


def ranged(name: str, value: str) -> Links:
    return [("up to here", f"max-{name}", value), *like(name, value), ("from here", f"min-{name}", value)]


# Its rows in order: how deep, the label, what is shown, and the links. The old page's links of values of multi-valued
# properties had a dot behind the name, which said nothing. None: the text is too long to be told here.
ROWS: list[tuple[int, str, str | None, Links]] = [
    (0, "registered interest", "false", like("registeredInterest", "false")),
    (0, "date", "22 November 2018", ranged("date", "2018-11-22")),
    (0, "answering body", "Department for Education", like("AnsweringBody", "Department for Education")),
    (0, "answering dept id", "60", like("answeringDeptId", "60")),
    (0, "answering dept short name", "Education", like("answeringDeptShortName", "Education")),
    (0, "answering dept sort name", "Education", like("answeringDeptSortName", "Education")),
    (0, "hansard heading", "Special Educational Needs", like("hansardHeading", "Special Educational Needs")),
    (0, "house id", "1", like("houseId", "1")),
    (0, "legislature", "25259", []),
    (1, "pref label", "House of Commons", like("legislature.prefLabel", "House of Commons")),
    (0, "question text", None, []),
    (0, "tabling member constituency", "Colne Valley", like("tablingMemberConstituency", "Colne Valley")),
    (0, "tabling member printed", "Thelma Walker", like("tablingMemberPrinted", "Thelma Walker")),
    (0, "uin", "194746", like("uin", "194746")),
    (0, "answer", "answer", []),
    (1, "is ministerial correction", "false", like("answer.isMinisterialCorrection", "false")),
    (1, "date of answer", "27 November 2018", ranged("answer.dateOfAnswer", "2018-11-27")),
    (1, "answer text", None, []),
    (1, "answering member constituency", "Stratford-on-Avon", like("answer.answeringMemberConstituency", "Stratford-on-Avon")),
    (1, "answering member printed", "Nadhim Zahawi", like("answer.answeringMemberPrinted", "Nadhim Zahawi")),
    (1, "question first answered", "27 November 2018, 17:29 UTC", ranged("answer.questionFirstAnswered", FIRST_ANSWERED)),
    (1, "answering member", "4113", []),
    (2, "label", f"{BIOGRAPHY} Nadhim Zahawi", like("answer.answeringMember.label", f"{BIOGRAPHY} Nadhim Zahawi")),
    (0, "tabling member", "4649", []),
    (1, "label", f"{BIOGRAPHY} Thelma Walker", like("tablingMember.label", f"{BIOGRAPHY} Thelma Walker")),
]
DAYS = [
    ("date", "date"),
    ("date of answer", "answer.dateOfAnswer"),
    ("question first answered", "answer.questionFirstAnswered"),
]


def rows(table: html.HtmlElement, depth: int = 0) -> Iterator[tuple[int, str, html.HtmlElement]]:
    """The rows of a table of properties, and those of the tables in it, as people read them: depth, label, value."""
    for row in table.findall("div"):
        for value in row.findall("dd"):
            yield depth, row.findtext("dt") or "", value
            for inner in value.findall("dl"):
                yield from rows(inner, depth + 1)


def shown(value: html.HtmlElement) -> str:
    """What a value says itself, without its links and inner tables."""
    texts = [value.text or "", *(each.text_content() for each in value if each.tag != "dl" and each.get("class") != "likes")]
    return " ".join("".join(texts).split())


def links(value: html.HtmlElement) -> Links:
    """The links of a value: what they say, and the parameter that they add to the address of the list."""
    given = parse_qsl(urlsplit(LIST).query)
    found = [(link.text, parse_qsl(urlsplit(link.get("href")).query)) for link in value.xpath("span[@class='likes']/a")]
    return [(text, *pair) for text, pairs in found for pair in pairs if pair not in given]


@pytest.fixture
def table(client: FlaskClient) -> html.HtmlElement:
    """The table of the question's properties."""
    page = html.fromstring(client.get(LIST).text)
    (article,) = page.xpath("//article[.//h2/a[contains(@href, 'resources/1012383')]]")
    return article.find("dl")


def test_the_rows_of_the_old_page_are_there_in_its_order(table: html.HtmlElement) -> None:
    assert [(depth, label) for depth, label, _ in rows(table)] == [(depth, label) for depth, label, _, _ in ROWS]


@pytest.mark.parametrize("place", range(len(ROWS)), ids=lambda place: f"{place} {ROWS[place][1]}")
def test_a_row_of_the_old_page_says_what_it_said_and_has_its_links(table: html.HtmlElement, place: int) -> None:
    _, _, expected, expected_links = ROWS[place]
    value = list(rows(table))[place][2]

    if expected is not None:
        assert (shown(value), links(value)) == (expected, expected_links)


@pytest.mark.parametrize(("label", "path"), DAYS)
def test_days_and_instants_are_those_of_the_data(client: FlaskClient, table: html.HtmlElement, label: str, path: str) -> None:
    (value,) = [value for _, each, value in rows(table) if each == label]

    assert value.xpath("string(time/@datetime)") == told(client, path)


@pytest.mark.parametrize(("label", "path"), [("question text", "questionText"), ("answer text", "answer.answerText")])
def test_texts_are_whole_and_lead_to_their_likes_unless_they_are_long(
    client: FlaskClient, table: html.HtmlElement, label: str, path: str
) -> None:
    (value,) = [value for _, each, value in rows(table) if each == label]
    text = told(client, path)

    words = html.fragment_fromstring(text, create_parent="div").text_content().split()
    assert "".join(shown(value).split()) == "".join(words)
    assert links(value) == (like(path, text) if len(text) < LONGEST_LINKED else [])


def test_every_link_of_the_old_page_leads_to_a_list_that_has_the_question(client: FlaskClient) -> None:
    for _, name, value in (link for *_, found in ROWS for link in found):
        url = "/answeredquestions.json?" + urlencode({name: value, "_pageSize": 1000})
        assert QUESTION in {item["_about"] for item in client.get(url).get_json()["result"]["items"]}, url


def told(client: FlaskClient, path: str) -> str:
    """The text at the end of a path, as the whole description of the question tells it."""
    value = client.get("/answeredquestions.json?uin=194746&_view=answered+question").get_json()["result"]["items"][0]
    for name in path.split("."):
        value = value[name]
        value = value[0] if isinstance(value, list) else value
    text = value["_value"] if isinstance(value, dict) else value
    assert isinstance(text, str)
    return text
