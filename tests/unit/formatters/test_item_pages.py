"""Pages of items: a question as a document, a member, a department and others; on the sample, and with hostile texts."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

from pqlod.app import running_app
from pqlod.assets import asset
from pqlod.formatters.html.frame import environment
from pqlod.formatters.html.items import bibtex, days_between
from pqlod.lda.companions import fetch_companions
from pqlod.settings import Settings

ROOT = "http://localhost"
WALKER, CORRECTED, ORAL = "/members/4649.html", "/resources/9000158.html", "/commonsoralquestions/9002001.html"
SPECIAL_NEEDS = "/resources/1012383.html"


def page(client: FlaskClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section(found: html.HtmlElement, heading: str) -> html.HtmlElement:
    """The section of a page that has this heading."""
    (section,) = [each for each in found.iter("section") if [text(h2) for h2 in each.xpath("h2")] == [heading]]
    return section


def facts(found: html.HtmlElement) -> dict[str, str]:
    """What the box of facts says."""
    return {text(row.find("dt")): text(row.find("dd")) for row in found.find_class("facts")[0].iter("div")}


def links(element: html.HtmlElement) -> dict[str, str]:
    """The addresses of its links by what they say."""
    return {text(link): link.get("href").removeprefix(ROOT) for link in element.iter("a")}


def titles(element: html.HtmlElement) -> list[str]:
    """The titles of its cards."""
    return [text(heading) for heading in element.xpath(".//article[contains(@class, 'card')]/h3")]


def cells(element: html.HtmlElement) -> list[list[str]]:
    """The rows of its table."""
    return [[text(cell) for cell in row] for row in element.iter("tr")]


def data(found: html.HtmlElement) -> dict:
    """What the page tells machines in JSON-LD."""
    (script,) = found.xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


def copied(found: html.HtmlElement) -> dict[str, str]:
    """The texts that are there to be copied."""
    return {text(term): term.getnext().text_content() for term in found.xpath("//dl[@class='copies']/dt")}


# A question


def test_a_question_says_what_it_is_and_how_far_it_is(client: FlaskClient) -> None:
    found = page(client, SPECIAL_NEEDS)

    assert [text(each) for each in found.iter("h1")] == ["Special Educational Needs"]
    assert text(found.find_class("kind")[0]) == "House of Commons, written question 194746"
    assert [text(each) for each in found.find_class("tags")[0]] == ["Answered"]
    assert found.findtext(".//title") == "Special Educational Needs: written question 194746"


def test_a_question_says_who_asked_whom_and_when_and_who_answered(client: FlaskClient) -> None:
    question, answer = (section(page(client, SPECIAL_NEEDS), heading) for heading in ("Question", "Answer"))

    assert text(question.find_class("byline")[0]) == "Thelma Walker (Colne Valley) to Department for Education, 22 November 2018"
    assert links(question) == {"Thelma Walker": "../members/4649", "Department for Education": "../departments/60"}
    assert text(question.find_class("text")[0]).startswith("To ask the Secretary of State for Education, how much money")
    assert text(answer.find_class("byline")[0]) == (
        "Nadhim Zahawi (Stratford-on-Avon), Department for Education, 27 November 2018"
    )
    assert links(answer)["Nadhim Zahawi"] == "../members/4113"
    assert [text(each) for each in answer.iter("li")][1] == "autism;"


def test_the_facts_of_a_question_stand_in_a_box(client: FlaskClient) -> None:
    assert facts(page(client, SPECIAL_NEEDS)) == {
        "Number (UIN)": "194746",
        "House": "House of Commons",
        "Asked by": "Thelma Walker",
        "Constituency then": "Colne Valley",
        "Asked of": "Department for Education",
        "Tabled": "22 November 2018",
        "Answered": "27 November 2018",
        "Session": "2017/19",
        "At Parliament": "Questions and statements",
    }


def test_what_came_of_a_question_is_told_in_the_order_of_time(client: FlaskClient) -> None:
    history = section(page(client, CORRECTED), "History")

    assert [text(each) for each in history.iter("li")] == [
        "31 January 2018 Tabled",
        "6 February 2018 Answered, 6 days after it was tabled",
        "22 March 2018 Answer corrected",
    ]
    assert [text(each) for each in history.xpath("h3 | p")] == [
        "Earlier version of the answer",
        "By Sunita Rajamani (Ashdown Weald). The data do not have its text. Attached to it: "
        "Menopause: figures for 2016 Menopause figures 2016.xlsx.",
    ]


def test_a_correction_an_interest_and_attachments_are_told(client: FlaskClient) -> None:
    found = page(client, CORRECTED)

    assert [text(each) for each in found.find_class("tags")[0]] == ["Answered", "Answer corrected", "Interest declared"]
    assert "registered interest" in text(section(found, "Question"))
    answer = section(found, "Answer, corrected")
    assert [text(each) for each in answer.xpath("ul[@class='attachments']/li")] == [
        "Menopause: figures for 2016 Menopause figures 2016.xlsx",
        "Menopause: figures for 2016, by region Menopause figures 2016 by region.xlsx",
    ]
    assert [each.tag for each in answer.iter("del", "ins")] == ["del", "ins"]


@pytest.mark.parametrize(
    ("day", "status", "answer"),
    [
        (date(2000, 1, 1), "Awaiting an answer", "It is due on {} from {}."),
        (date(2100, 1, 1), "No answer here", "None is in the data. It was due on {} from {}."),
    ],
    ids=["before it is due", "after"],
)
def test_a_question_without_an_answer_says_when_it_is_due(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, day: date, status: str, answer: str
) -> None:
    monkeypatch.setitem(environment().globals, "today", lambda: day)
    address = "/writtenquestions.json?exists-answer=false&exists-AnswerDate=true&_pageSize=1&_properties=AnswerDate"
    (item,) = client.get(address).get_json()["result"]["items"]

    found = page(client, item["_about"].removeprefix("http://data.parliament.uk") + ".html")

    assert text(found.find_class("tags")[0][0]) == status
    due = facts(found)
    assert text(section(found, "Answer").find("p")) == answer.format(due["For answer on"], due["Asked of"])


def test_an_oral_question_leads_to_its_question_time_and_its_subjects(client: FlaskClient) -> None:
    found = page(client, ORAL)

    assert text(found.find_class("kind")[0]) == "House of Commons, oral question 901201"
    assert text(found.find_class("tags")[0]) == "Tabled"
    assert {name: facts(found)[name] for name in ("Question time", "Place in the ballot", "Subjects")} == {
        "Question time": "12 November 2018",
        "Place in the ballot": "1",
        "Subjects": "Schools",
    }
    assert "What recent assessment their Department has made of the supply of teachers of physics." in titles(
        section(found, "At the same question time")
    )


def test_a_person_is_called_by_a_name_that_is_not_turned_round(client: FlaskClient) -> None:
    assert facts(page(client, ORAL))["Asked by"] == "Aldous Penhallow"  # printed "Penhallow, Aldous"


def test_questions_that_were_answered_together_lead_to_each_other(client: FlaskClient) -> None:
    address = "/writtenquestions.json?exists-answer.groupedQuestionUIN=true&_pageSize=50&_properties=answer.groupedQuestionUIN"
    items = client.get(address).get_json()["result"]["items"]
    numbers = {item["uin"]: item for item in items}
    item = next(item for item in items if _grouped(item) & numbers.keys())

    found = page(client, item["_about"].removeprefix("http://data.parliament.uk") + ".html")

    others = {numbers[uin]["_about"] for uin in _grouped(item) & numbers.keys()}
    addresses = {each.replace("../", "") for each in links(section(found, "Answered together with")).values()}
    assert {other.removeprefix("http://data.parliament.uk/") for other in others} <= addresses


def _grouped(item: dict) -> set[str]:
    values = item["answer"]["groupedQuestionUIN"]
    return {each["_value"] for each in (values if isinstance(values, list) else [values])}


def test_similar_questions_are_shown_but_not_the_question_itself(client: FlaskClient) -> None:
    similar = section(page(client, SPECIAL_NEEDS), "Questions with the same words")

    assert set(titles(similar)) == {"Special Educational Needs: Transport"}
    assert (
        links(similar)["All 8: Questions with the same words"] == "/writtenquestions.html?_search=special%20educational%20needs"
    )


def test_a_question_leads_to_those_before_and_after_it_by_the_same_member(client: FlaskClient) -> None:
    address = "/writtenquestions.json?tablingMember=http://data.parliament.uk/members/90001&_sort=dateTabled,resourceNumber"
    first, second, third = (item["_about"] for item in client.get(address).get_json()["result"]["items"][:3])

    found = page(client, second.removeprefix("http://data.parliament.uk") + ".html")

    beside = found.find_class("beside")[0]
    assert [link.get("href").replace("../", "http://data.parliament.uk/") for link in beside.iter("a")] == [first, third]


def test_machines_read_a_question_as_one_with_its_answer(client: FlaskClient) -> None:
    told = data(page(client, SPECIAL_NEEDS))

    assert (told["@context"], told["@type"]) == ("https://schema.org", "QAPage")
    question = told["mainEntity"]
    assert (question["@type"], question["name"], question["dateCreated"]) == (
        "Question",
        "Special Educational Needs",
        "2018-11-22",
    )
    assert question["author"] == {"@type": "Person", "name": "Thelma Walker", "@id": "http://data.parliament.uk/members/4649"}
    answer = question["acceptedAnswer"]
    assert (answer["@type"], answer["dateCreated"], answer["author"]["name"]) == ("Answer", "2018-11-27", "Nadhim Zahawi")
    assert "<" not in answer["text"]


def test_a_question_is_cited_as_text_and_in_bibtex(client: FlaskClient) -> None:
    texts = copied(page(client, SPECIAL_NEEDS))

    assert texts["Text"] == (
        "Thelma Walker, “Special Educational Needs”, written question 194746, tabled 22 November 2018, "
        "answered 27 November 2018. House of Commons. http://data.parliament.uk/resources/1012383"
    )
    assert texts["BibTeX"].splitlines()[:4] == [
        "@misc{1012383,",
        "  title = {Special Educational Needs},",
        "  author = {Thelma Walker},",
        "  year = {2018},",
    ]


def test_a_page_tells_how_to_fetch_it_by_program(client: FlaskClient) -> None:
    texts = copied(page(client, SPECIAL_NEEDS))

    json_address = f"{ROOT}/resources/1012383.json"
    assert texts["URL"] == f"{ROOT}/resources/1012383"
    assert texts["curl"] == f"curl --location {json_address}"
    assert f'requests.get("{json_address}").json()["result"]["primaryTopic"]' in texts["Python"]
    assert f'fromJSON("{json_address}")$result$primaryTopic' in texts["R"]
    assert texts["SPARQL"] == "DESCRIBE <http://data.parliament.uk/resources/1012383>"
    assert client.get(json_address.removeprefix(ROOT)).get_json()["result"]["primaryTopic"]["uin"] == "194746"


def test_all_properties_are_there_with_the_names_that_requests_have_for_them(client: FlaskClient) -> None:
    (table,) = page(client, SPECIAL_NEEDS).find_class("properties")
    rows = {text(row[2]): (text(row[0]), text(row[1]), text(row[3])) for row in table.iter("tr")}

    assert rows["hansardHeading"] == (
        "hansard heading",
        "Special Educational Needs",
        "http://data.parliament.uk/schema/parl#hansardHeading",
    )
    assert rows["answer.answeringMember.label"][1] == "Biography information for Nadhim Zahawi"
    assert (
        client.get("/writtenquestions.json?answer.dateOfAnswer=2018-11-27&uin=194746").get_json()["result"]["totalResults"] == 1
    )
    assert "answer.dateOfAnswer" in rows
    assert "isPrimaryTopicOf" not in rows


# Others


def test_a_member_has_seats_questions_and_charts_of_them(client: FlaskClient) -> None:
    found = page(client, "/members/90001.html")

    name = text(found.find(".//h1"))
    assert name == "Aldous Penhallow"
    assert {"Party", "House"} <= facts(found).keys()
    asked = section(found, "Written questions asked")
    assert len(titles(asked)) == 5
    assert [text(each) for each in asked.iter("figcaption")] == ["Month tabled", "Department", "Days to the answer"]
    assert data(found)["@type"] == "Person"
    assert data(found)["name"] == name


def test_the_seats_of_a_member_say_where_for_whom_and_when(client: FlaskClient) -> None:
    seats = section(page(client, WALKER), "Seats in the Commons")

    assert cells(seats) == [
        ["Constituency", "From", "To", "Party", "Election"],
        ["Colne Valley", "8 June 2017", "5 November 2019", "Labour", "general"],
    ]
    assert links(seats)["Colne Valley"].startswith("../constituencies/")


def test_a_minister_has_the_questions_that_they_answered(client: FlaskClient) -> None:
    answered = section(page(client, "/members/4113.html"), "Questions answered as a minister")

    assert "Special Educational Needs" in titles(answered)


def test_a_department_has_its_questions_and_what_is_not_answered(client: FlaskClient) -> None:
    found = page(client, "/departments/60.html")

    assert text(found.find(".//h1")) == "Department for Education"
    asked = section(found, "Written questions")
    assert [text(each) for each in asked.iter("figcaption")] == [
        "Month tabled", "Days to the answer", "Asked by", "Party", "Answered by",
    ]  # fmt: skip
    assert data(found)["@type"] == "GovernmentOrganization"


def test_every_bar_of_a_chart_leads_to_a_list_of_what_it_counts(client: FlaskClient) -> None:
    figures = {text(each.find("figcaption")): each for each in page(client, "/departments/60.html").iter("figure")}

    for name in ("Days to the answer", "Party"):
        bar = figures[name].xpath(".//tbody/tr")[0]
        address = bar.find(".//a").get("href").removeprefix(ROOT).replace(".html", ".json")
        assert client.get(address).get_json()["result"]["totalResults"] == int(bar.find(".//data").get("value"))


def test_a_constituency_has_its_members(client: FlaskClient) -> None:
    address = links(section(page(client, WALKER), "Seats in the Commons"))["Colne Valley"].removeprefix("..")
    members = section(page(client, f"{address}.html"), "Its members")

    assert ["Thelma Walker", "8 June 2017", "5 November 2019", "Labour", "general"] in cells(members)


@pytest.mark.parametrize(
    ("path", "heading", "panels"),
    [
        pytest.param("/sessions/2017-19.html", "2017-19", ["Written questions", "Question times"], id="a session"),
        pytest.param("/parties/15.html", "Labour", ["Its members in the Commons now"], id="a party"),
        pytest.param("/terms/25259.html", "House of Commons", ["Written questions", "Members"], id="a House"),
        pytest.param("/terms/95002.html", "Schools", ["Oral questions on this subject"], id="a term"),
        pytest.param(
            "/commonsoralquestiontimes/9003001.html", "Education questions: substantive", ["Questions"], id="a question time"
        ),
        pytest.param("/parliaments/57.html", "57", ["Its sessions", "Seats"], id="a parliament"),
        pytest.param("/resources/1012383/answer.html", "Answer of 27 November 2018", ["The question"], id="an answer"),
        pytest.param(
            "/resources/9000158/answer/previousversion/9402.html",
            "Answer",
            ["The question"],
            id="an earlier version of an answer",
        ),
        pytest.param("/members/4649/seats/2017-06-08.html", "2017-06-08", ["Written questions asked by the member"], id="a seat"),
    ],
)
def test_other_things_have_pages_with_what_belongs_to_them(
    client: FlaskClient, path: str, heading: str, panels: list[str]
) -> None:
    found = page(client, path)

    assert text(found.find(".//h1")) == heading
    shown = [text(each) for each in found.xpath("//section[@class='panel']/h2")]
    assert [each for each in shown if each in panels] == panels
    assert found.find_class("missing") == []


@pytest.mark.parametrize("path", [SPECIAL_NEEDS, WALKER, "/departments/60.html", "/sessions/2017-19.html", ORAL], ids=str)
def test_no_id_is_there_twice_and_every_reference_has_its_element(client: FlaskClient, path: str) -> None:
    found = page(client, path)
    ids = found.xpath("//@id")

    assert sorted(set(ids)) == sorted(ids)
    referred = [each for ids in found.xpath("//@aria-labelledby | //@for") for each in ids.split()]
    assert [each for each in referred if each not in ids] == []


def test_what_links_to_a_thing_is_told_by_property(client: FlaskClient) -> None:
    found = page(client, "/departments/60.html")
    rows = {text(row.find("dt")): text(row.find("dd")) for row in found.xpath("//details[summary='What links here']//dl/div")}

    assert re.match(r"\d+: .+, more$", rows["answering department"])
    address = found.xpath("//details[summary='What links here']//a[text()='more']/@href")[0]
    asked = client.get("/" + address.removeprefix("../"), headers={"Accept": "application/sparql-results+json"})
    assert len(asked.get_json()["results"]["bindings"]) == int(rows["answering department"].partition(":")[0])


def test_a_page_of_which_a_view_is_asked_shows_its_properties_and_no_panels(client: FlaskClient) -> None:
    found = page(client, f"{SPECIAL_NEEDS}?_view=description")

    assert found.find_class("document") == []
    assert found.find_class("panel") == []
    assert "hansard heading" in text(found.find_class("rows")[0])


def test_a_page_that_is_not_whole_says_so_and_is_not_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get(SPECIAL_NEEDS).headers["ETag"]
    monkeypatch.setattr("pqlod.web.api.fetch_companions", lambda *arguments: fetch_companions(*arguments, seconds=0.0))
    answer = client.get(SPECIAL_NEEDS)

    missing = "Questions with the same heading, Questions with the same words, what is before and after, what links here"
    assert f"Missing: {missing}." in answer.text
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_page_that_says_what_is_overdue_is_another_tomorrow(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    today = client.get(SPECIAL_NEEDS).headers["ETag"]
    monkeypatch.setattr("pqlod.web.api.today", lambda: date(2100, 1, 1))

    assert client.get(SPECIAL_NEEDS, headers={"If-None-Match": today}).status_code == 200
    assert client.get("/resources/1012383.json").headers["ETag"] == client.get("/resources/1012383.json").headers["ETag"]


# Texts


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Health & Safety: 50% of {all}_x #1 $2", r"Health \& Safety: 50\% of \{all\}\_x \#1 \$2"),
        ("a\\b~c^d", r"a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d"),
    ],
    ids=["specials", "those without a backslash"],
)
def test_a_text_in_bibtex_is_read_as_it_was(given: str, expected: str) -> None:
    assert bibtex(given) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("2018-11-22", "2018-11-27", 5), ("2018-11-22", "2018-11-22T09:00:00Z", 0), ("", "2018-11-22", None), ("x", "y", None)],
)
def test_days_between(first: str, last: str, expected: int | None) -> None:
    assert days_between(first, last) == expected


# Hostile texts

EVIL = "</script><script>alert(1)</script>"
LONG = "<p>" + "long " * 11_000 + "</p>"
HOSTILE = f"""
PREFIX parl: <http://data.parliament.uk/schema/parl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
<http://data.parliament.uk/resources/1> a parl:WrittenParliamentaryQuestion ; parl:uin "1\\"}};{EVIL}" ; parl:hansardHeading "{
    EVIL
}" ;
    parl:questionText "To ask the Minister, \\u202Ewhy {EVIL} {"w" * 3000}" ; parl:dateTabled "2024-01-01"^^xsd:date ;
    parl:AnsweringBody "\\"><img src=x onerror=alert(1)>" ; parl:tablingMember <javascript:alert(1)> , <data:text/html,x> ;
    parl:tablingMemberPrinted "<b onclick='x()'>A</b>" ; parl:answer <http://data.parliament.uk/resources/1/answer> .
<http://data.parliament.uk/resources/1/answer> parl:dateOfAnswer "2024-01-02"^^xsd:date ; parl:answerText "{
    "<a href='javascript:alert(1)'>x</a><style>*{display:none}</style><table>" + "<tr><td>1</td></tr>" * 2500 + "</table>" + LONG
}" ; parl:attachment [ parl:fileName "{EVIL}" ] .
<http://data.parliament.uk/members/1> a parl:Member ; parl:fullName "{EVIL}" ; parl:homePage "javascript:alert(1)" ; parl:party "{
    EVIL
}" .
<http://data.parliament.uk/departments/1> a parl:Department ; rdfs:label "{EVIL}" .
<http://data.parliament.uk/parties/1> a parl:Party ; rdfs:label "{EVIL}" .
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Our own configuration over hostile data."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    (folder / "data.ttl").write_text(HOSTILE)
    configuration = asset("ontology/api.ttl").read_text()
    (folder / "api.ttl").write_text(
        configuration.replace("api:sparqlEndpoint  pqlod:store", "api:sparqlEndpoint <local:data.ttl>")
    )
    with running_app(Settings(store=None, config=(str(folder / "api.ttl"),))) as app:
        yield app.test_client()


@pytest.mark.parametrize("path", ["/resources/1", "/resources/1/answer", "/members/1", "/departments/1", "/parties/1"])
def test_hostile_texts_are_texts(hostile: FlaskClient, path: str) -> None:
    answer = hostile.get(f"{path}.html")
    found = html.fromstring(answer.text)

    assert answer.status_code == 200
    scripts = [each for each in found.iter("script") if each.get("type") != "application/ld+json"]
    assert [each.get("src") for each in scripts if not (each.get("src") or "").startswith("../")] == []
    assert [each.tag for each in found.iter("img", "style", "iframe", "object")] == []
    elements = [each for each in found.iter() if isinstance(each.tag, str)]
    assert [each.attrib for each in elements if any(name.startswith("on") or name == "style" for name in each.attrib)] == []
    addresses = found.xpath("//@href | //@action | //@src")
    assert [each for each in addresses if each.lower().startswith(("javascript:", "data:"))] == []
    for script in found.xpath("//script[@type='application/ld+json']"):
        assert EVIL in json.dumps(json.loads(script.text))


def test_a_name_is_told_to_machines_as_it_is_written(hostile: FlaskClient) -> None:
    found = page(hostile, "/resources/1.html")

    assert data(found)["mainEntity"]["author"]["name"] == "<b onclick='x()'>A</b>"
    assert "author = {<b onclick='x()'>A</b>}," in copied(found)["BibTeX"]


def test_a_very_long_answer_is_shown_whole_and_once(hostile: FlaskClient) -> None:
    answer = hostile.get("/resources/1.html")

    assert answer.text.count("long long long") < 2 * 11_000 / 3 + 1_000
    assert text(html.fromstring(answer.text).find_class("text")[1]).count("long") == 11_000
