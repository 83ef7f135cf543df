"""Pages of lists: cards, filters in words, facets, orders, numbered pages; on the sample, and with hostile texts."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from pqlod.app import running_app
from pqlod.assets import asset
from pqlod.formatters.html.frame import environment, today
from pqlod.formatters.html.texts import beginning, excerpt, plain_text
from pqlod.settings import Settings

LIST = "/writtenquestions.html"
WALKER = "http://data.parliament.uk/members/4649"


def page(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def links(element: html.HtmlElement, path: str) -> dict[str, str]:
    """The addresses of links by what they say, without host."""
    return {text(link): link.get("href").removeprefix("http://localhost") for link in element.xpath(path)}


def total(client: FlaskClient, address: str) -> int:
    """How many items a list has."""
    return client.get(address.replace(".html", ".json")).get_json()["result"]["totalResults"]


# Cards


def test_a_question_is_a_card_that_says_who_asked_whom_what_and_when_and_what_the_answer_was(client: FlaskClient) -> None:
    (card,) = page(client, f"{LIST}?uin=194746").find_class("card")

    assert links(card, "h2/a") == {"Special Educational Needs": "./resources/1012383"}
    assert text(card.find_class("by")[0]) == "Thelma Walker (Labour, Colne Valley) to Department for Education · 22 November 2018"
    assert links(card, "p[@class='by']/a") == {
        "Thelma Walker": "./members/4649",
        "Department for Education": "./departments/60",
    }
    assert text(card.find_class("said")[0]).startswith("To ask the Secretary of State for Education, how much money")
    assert text(card.find_class("state")[0]) == "Answered by Nadhim Zahawi on 27 November 2018"
    assert text(card.find_class("answer")[0]).startswith("Money for children with high needs")
    assert text(card.find_class("notes")[0]) == "UIN 194746 · House of Commons"


def test_a_card_has_every_value_with_its_links(client: FlaskClient) -> None:
    (card,) = page(client, f"{LIST}?uin=194746").find_class("card")

    assert links(card, ".//details//div[dt='date tabled']/dd/span/a") == {
        "up to here": f"{LIST}?uin=194746&max-dateTabled=2018-11-22",
        "more like this": f"{LIST}?uin=194746&dateTabled=2018-11-22",
        "from here": f"{LIST}?uin=194746&min-dateTabled=2018-11-22",
    }


def test_a_view_that_is_asked_for_is_shown_as_a_table_of_properties(client: FlaskClient) -> None:
    (item,) = page(client, f"{LIST}?uin=194746&_view=written+question").find_class("card")

    assert [text(label) for label in item.findall("dl/div/dt")][:3] == ["date tabled", "answering body", "question text"]
    assert item.find("details") is None


def test_formats_for_programs_have_the_view_of_the_list_and_nothing_of_the_cards(client: FlaskClient) -> None:
    (item,) = client.get("/writtenquestions.json?uin=194746").get_json()["result"]["items"]

    assert sorted(item) == [
        "AnsweringBody",
        "_about",
        "dateTabled",
        "questionText",
        "tablingMember",
        "tablingMemberPrinted",
        "uin",
    ]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        pytest.param("/commonsansweredquestions.html", None, id="answers"),
        pytest.param("/commonsoralquestions.html", None, id="oral questions"),
        pytest.param("/commonsoralquestiontimes.html", None, id="question times"),
        pytest.param("/members.html?familyName=Walker", "Thelma Walker", id="members"),
        pytest.param("/answeringbodies.html?answeringDeptId=60", "Department for Education", id="departments"),
        pytest.param("/constituencies.html", "Ashdown Weald", id="constituencies"),
        pytest.param("/sessions.html", None, id="sessions"),
        pytest.param("/sessions/days.html", None, id="sitting days, which have no card"),
        pytest.param("/terms.html", None, id="terms"),
    ],
)
def test_lists_of_all_kinds_show_something_of_each_item(client: FlaskClient, path: str, title: str | None) -> None:
    found = page(client, path).find_class("card")

    assert found
    assert all(text(card) != text(card.find("h2")) for card in found)
    assert title is None or title in text(found[0].find("h2"))


def test_the_words_that_are_sought_are_marked(client: FlaskClient) -> None:
    cards = page(client, f"{LIST}?_search=educational+needs").find_class("card")

    marked = {text(mark).lower() for card in cards for mark in card.iter("mark")}
    assert marked
    assert marked <= {"educational", "needs"}


class Facts:
    """What a card may know of a question, by paths."""

    def __init__(self, **facts: str) -> None:
        self._facts = {name.replace("__", "."): value for name, value in facts.items()}

    def text(self, path: str) -> str:
        return self._facts.get(path, "")

    shown = text

    def is_true(self, path: str) -> bool:
        return self.text(path) == "true"

    def address(self, path: str) -> str:
        return ""


ANSWERED = {"answer__dateOfAnswer": "2018-11-27", "answer__answeringMemberPrinted": "Zahawi, Nadhim"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({}, "No answer here", id="nothing is known"),
        pytest.param({"AnswerDate": "2999-01-01"}, "Awaiting answer due on 2999-01-01", id="not due yet"),
        pytest.param({"AnswerDate": today().isoformat()}, f"Awaiting answer due on {today()}", id="due today"),
        pytest.param({"AnswerDate": "2018-11-27"}, "No answer here it was due on 2018-11-27", id="overdue"),
        pytest.param({"isWithdrawn": "true", "AnswerDate": "2018-11-27"}, "Withdrawn", id="withdrawn"),
        pytest.param(ANSWERED, "Answered by Zahawi, Nadhim on 2018-11-27", id="answered"),
        pytest.param(
            {**ANSWERED, "answer__answeringMember.label": "Biography information for Nadhim Zahawi"},
            "Answered by Nadhim Zahawi on 2018-11-27",
            id="a name that was printed the other way round",
        ),
        pytest.param({**ANSWERED, "answer__isHolding": "true"}, "Holding answer by Zahawi, Nadhim on 2018-11-27", id="holding"),
        pytest.param(
            {**ANSWERED, "answer__dateOfCorrection": "2018-12-01"},
            "Answered, corrected by Zahawi, Nadhim on 2018-11-27, corrected on 2018-12-01",
            id="corrected",
        ),
    ],
)
def test_a_card_says_how_far_the_answer_is(facts: dict[str, str], expected: str) -> None:
    template = environment().from_string("{% from 'card_parts.html' import status_of %}<p>{{ status_of(facts) }}</p>")

    assert text(html.fromstring(template.render(facts=Facts(**facts)))) == expected


# Around the cards


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        pytest.param("AnsweringBody=Home+Office", "Department Home Office", id="a facet's label"),
        pytest.param(f"tablingMember={WALKER}", "Asked by Thelma Walker", id="a resource by its title"),
        pytest.param("legislature=commons", "House House of Commons", id="a resource by a shortname"),
        pytest.param("min-dateTabled=2018-11-01", "date tabled from 1 November 2018", id="from"),
        pytest.param("max-answer.dateOfAnswer=2018-11-01", "answer › date of answer up to 1 November 2018", id="up to"),
        pytest.param("minEx-dateTabled=2018-11-01", "date tabled after 1 November 2018", id="after"),
        pytest.param("exists-answer=false", "Answered no", id="existence of which there is a facet"),
        pytest.param("exists-uin=true", "has uin yes", id="existence"),
        pytest.param("isNamedDay=true", "For a named day yes", id="true or false"),
        pytest.param("_search=special+needs", "with the words special needs", id="words"),
        pytest.param("uin.=194746", "uin 194746", id="with a dot"),
    ],
)
def test_a_filter_is_told_in_words_and_can_be_removed(client: FlaskClient, parameters: str, words: str) -> None:
    (tag,) = page(client, f"{LIST}?_pageSize=5&{parameters}").xpath("//section[@class='filters']//li")

    assert text(tag).removesuffix(f" ✕Remove the filter: {words}") == words
    assert tag.find("a").get("href") == f"http://localhost{LIST}?_pageSize=5"


def test_all_filters_are_removed_at_once_and_order_and_view_stay(client: FlaskClient) -> None:
    found = page(client, f"{LIST}?houseId=1&_search=needs&_sort=dateTabled&legislature=commons")

    assert links(found, "//li[@class='every']/a") == {"Remove all filters": f"{LIST}?_sort=dateTabled"}


def test_a_search_keeps_the_filters_and_begins_at_the_first_page(client: FlaskClient) -> None:
    (form,) = (each for each in page(client, f"{LIST}?houseId=1&_page=2&_search=x").forms if each.get("role") == "search")

    assert form.form_values() == [("houseId", "1"), ("_search", "x")]


def test_each_choice_of_a_facet_leads_to_as_many_items_as_it_says(client: FlaskClient) -> None:
    facets = page(client, f"{LIST}?houseId=1").xpath("//details[@class='facet']")

    assert [text(facet.find("summary")) for facet in facets][:3] == ["Department", "Asked by", "Party"]
    for choice in (choice for facet in facets for choice in facet.findall(".//li")[:2]):
        assert total(client, choice.find("a").get("href")) == int(choice.findtext("span")), html.tostring(choice)


def test_a_choice_that_is_made_leads_to_the_list_without_it(client: FlaskClient) -> None:
    (chosen,) = page(client, f"{LIST}?AnsweringBody=Home+Office").xpath("//a[@aria-current='true'][contains(., 'Home Office')]")

    assert chosen.get("href") == f"http://localhost{LIST}"


def test_all_choices_of_a_facet_are_on_a_page_of_their_own(client: FlaskClient) -> None:
    (more,) = page(client, LIST).xpath("//details[@class='facet'][contains(summary, 'Department')]//p/a")
    (every,) = page(client, more.get("href")).find_class("every")

    counts = {text(choice.find("a")): int(choice.findtext("span")) for choice in every.iter("li")}
    assert len(counts) == 8 + int(more.text.removesuffix(" more"))
    assert total(client, "/writtenquestions.json?AnsweringBody=Treasury") == counts["Treasury"]


def test_the_order_of_a_list_is_chosen_by_its_name(client: FlaskClient) -> None:
    def offered(path: str) -> tuple[str, dict[str, str]]:
        (nav,) = page(client, path).xpath("//nav[@aria-label='Sorted']")
        return text(nav.find(".//b")), links(nav, ".//a")

    assert offered(LIST)[0] == "newest first"
    assert offered(LIST)[1]["oldest first"] == f"{LIST}?_sort=dateTabled"
    assert offered(f"{LIST}?_sort=dateTabled") == (
        "oldest first",
        {**offered(f"{LIST}?_sort=dateTabled")[1], "newest first": LIST},
    )
    assert offered(f"{LIST}?_search=x")[0] == "best match first"
    assert offered(f"{LIST}?_search=x")[1]["newest first"] == f"{LIST}?_search=x&_sort=-dateTabled"
    assert offered(f"{LIST}?_search=x&_sort=-dateTabled")[1]["best match first"] == f"{LIST}?_search=x"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "[1] 2 3 … 8"), (1, "1 [2] 3 4 … 8"), (4, "1 … 3 4 [5] 6 7 8"), (7, "1 … 6 7 [8]")],
)
def test_pages_are_numbered_around_the_one_that_is_shown(client: FlaskClient, number: int, expected: str) -> None:
    (nav,) = page(client, f"/members.html?_pageSize=5&_page={number}").find_class("paging")

    numbers = nav.find_class("number")
    shown = [f"[{text(each)}]" if each.find("b") is not None else text(each) for each in numbers]
    assert " ".join(shown).replace("Page ", "") == expected
    assert [dict(parse_qsl(urlsplit(link.get("href")).query))["_page"] for link in nav.xpath(".//li[@class='number']/a")] == [
        str(int(each) - 1) for each in expected.split() if each.isdigit()
    ]


def test_a_list_without_items_says_so_and_leads_back(client: FlaskClient) -> None:
    found = page(client, f"{LIST}?uin=nosuch")

    assert "No results" in text(found)
    assert links(found, "//div[@class='results']/p/a") == {"See the whole list": LIST}


# Texts


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("plain  text\n", "plain text", id="plain"),
        pytest.param("<p>One</p><p>two <b>bo</b>ld</p>", "One two bold", id="paragraphs are apart, words are whole"),
        pytest.param("a &amp; b <br>&lt;c&gt;", "a & b <c>", id="entities"),
        pytest.param("5 < 6 &amp; 7", "5 < 6 &amp; 7", id="no markup"),
        pytest.param("<p>a<script>alert(1)</script></p>", "a", id="scripts"),
        pytest.param("<script>alert(1)</script>", "<script>alert(1)</script>", id="a text about scripts"),
    ],
)
def test_a_text_is_shown_without_its_markup(given: str, expected: str) -> None:
    assert plain_text(given) == expected


@pytest.mark.parametrize(
    ("length", "expected"), [(20, "one two, three"), (13, "one two…"), (8, "one two…"), (7, "one…"), (2, "on…")]
)
def test_a_text_is_cut_at_the_end_of_a_word(length: int, expected: str) -> None:
    assert beginning("one two, three", length) == expected


def test_an_excerpt_is_of_harmless_text_around_the_words_that_are_sought() -> None:
    found = excerpt("<img src=x> & " * 200 + "needle " + "hay " * 200, ("needle",), 100)

    assert "<mark>needle</mark>" in found
    assert "&lt;img" in found
    assert "<img" not in found
    assert (found[0], found[-1]) == ("…", "…")


# Hostile texts

EVIL = "<script>alert(1)</script>"
HOSTILE = f"""
PREFIX parl: <http://data.parliament.uk/schema/parl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
<http://data.parliament.uk/resources/1> a parl:WrittenParliamentaryQuestion ; parl:uin "{EVIL}" ; parl:hansardHeading "{EVIL}" ;
    parl:questionText "To ask the Minister, \\u202Ewhy {EVIL} {"w" * 3000}" ; parl:dateTabled "2024-01-01"^^xsd:date ;
    parl:AnsweringBody "\\"><img src=x onerror=alert(1)>" ; parl:tablingMember <javascript:alert(1)> ;
    parl:tablingMemberPrinted "<b onclick='x()'>A</b>" ; parl:answer <http://data.parliament.uk/resources/1/answer> .
<http://data.parliament.uk/resources/1/answer> parl:dateOfAnswer "2024-01-02"^^xsd:date ; parl:answerText "{
    "<a href='javascript:alert(1)'>x</a><style>*{display:none}</style><table>" + "<tr><td>1</td></tr>" * 2500 + "</table>"
}" .
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Our own configuration over hostile data."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    (folder / "data.ttl").write_text(HOSTILE)
    configuration = (
        asset("ontology/api.ttl").read_text().replace("api:sparqlEndpoint  pqlod:store", "api:sparqlEndpoint <local:data.ttl>")
    )
    (folder / "api.ttl").write_text(configuration)
    with running_app(Settings(store=None, config=(str(folder / "api.ttl"),))) as app:
        yield app.test_client()


@pytest.mark.parametrize("view", ["", "?_view=written+question", "?_view=all", "?_search=why"])
def test_hostile_texts_are_texts(hostile: FlaskClient, view: str) -> None:
    answer = hostile.get(LIST + view)
    found = html.fromstring(answer.text)

    assert found.find_class("card")
    assert [
        each.tag for each in found.iter("script", "img", "style", "iframe", "object") if each.get("src", "static") == "x"
    ] == []
    assert [
        each for each in found.iter() if isinstance(each.tag, str) and any(name.startswith("on") for name in each.attrib)
    ] == []
    assert [
        link for link in found.xpath("//@href | //@action | //@src") if link.lower().startswith(("javascript:", "data:"))
    ] == []
    assert EVIL not in answer.text
    assert EVIL in text(found.find_class("card")[0].find("h2"))
    assert len(answer.data) < (100_000 if view in ("", "?_search=why") else 500_000)


def test_a_long_answer_is_cut_on_a_card(hostile: FlaskClient) -> None:
    (card,) = page(hostile, LIST).find_class("card")

    assert len(text(card.find_class("answer")[0])) < 300
    assert len(text(card.find_class("said")[0])) < 700
