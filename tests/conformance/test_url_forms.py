"""Every form of URL that clients of Parliament's Linked Data API sent, asked of the sample: the right kind of items, or a 4xx."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import Client

Item = dict[str, Any]
DATA = "http://data.parliament.uk/"
EDUCATION, ZAHAWI, WALKER = DATA + "departments/60", DATA + "members/4113", DATA + "members/4649"


def items_of(client: Client, url: str) -> list[Item]:
    answer = client.get(url, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.get_json()["result"]["items"]


def values(item: Item, path: str) -> list[str]:
    """The texts at the end of a property path: of literals their text, of resources their IRI."""
    found: list[Any] = [item]
    for name in path.split("."):
        found = [value for each in found if isinstance(each, dict) for value in as_list(each.get(name, []))]
    return [each.get("_value", each.get("_about")) if isinstance(each, dict) else each for each in found]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def has(*names: str) -> Callable[[Item], bool]:
    return lambda item: all(name in item for name in names)


def of(path: str, expected: str) -> Callable[[Item], bool]:
    """Is a value at the end of the path matched, the whole of it, by a pattern?"""
    return lambda item: any(re.fullmatch(expected, value) for value in values(item, path))


def between(path: str, first: str, last: str) -> Callable[[Item], bool]:
    return lambda item: any(first <= value <= last for value in values(item, path))


QUESTION = has("questionText", "uin", "dateTabled", "AnsweringBody")
ANSWERED = has("questionText", "uin", "date", "answer", "houseId")
ANSWER = of("_about", r".*/answer")
ORAL = of("tablingMember.constituency.prefLabel", ".+")
TIME = has("AnswerBody", "AnswerDateTime", "QuestionType")
COMMONS, LORDS = of("uin", r"\d+"), of("uin", r"HL\d+")

# URL, and what each of the items must be; there must be some.
LISTS = [
    ("/answeredquestions", ANSWERED),
    ("/parliamentaryquestionsanswered", ANSWERED),
    ("/commonsansweredquestions", ANSWER),
    ("/commonsansweredquestions/answeringdepartment?q=educ", of("AnsweringBody", "Department for Education")),
    (f"/commonsansweredquestions?answeringMember={ZAHAWI}", of("answeringMember", ZAHAWI)),
    (
        "/commonsansweredquestions?min-dateOfAnswer=2018-01-01&max-dateOfAnswer=2018-12-31",
        between("dateOfAnswer", "2018-01-01", "2018-12-31"),
    ),
    ("/writtenquestions", QUESTION),
    ("/writtenquestions?legislature=lords", LORDS),
    ("/commonswrittenquestions", COMMONS),
    ("/commonswrittenquestions", QUESTION),
    ("/commonswrittenquestions/answeringdepartment?q=TREAS", of("AnsweringBody", "(HM )?Treasury")),
    ("/commonswrittenquestions?mnisId=4649", of("tablingMember", WALKER)),
    ("/commonswrittenquestions?answeringDepartment=justice", of("AnsweringBody", "Ministry of Justice")),
    (f"/commonswrittenquestions?answeringDepartment={EDUCATION}", of("AnsweringBody", "Department for Education")),
    ("/commonswrittenquestions?session=2015/16", between("dateTabled", "2015-05-18", "2016-05-12")),
    (
        "/commonswrittenquestions/tabled?startDate=2018-11-01&endDate=2018-11-30",
        between("dateTabled", "2018-11-01", "2018-11-30"),
    ),
    (
        "/commonswrittenquestions/tabled?startDate=2018-11-22T00:00:00&endDate=2018-11-22T00:00:00",
        of("dateTabled", "2018-11-22"),
    ),
    ("/commonswrittenquestions/tabled?startDate=2024-01-01", between("dateTabled", "2024-01-01", "9999")),
    ("/commonswrittenquestions/tabled?endDate=2014-12-31", between("dateTabled", "2014", "2014-12-31")),
    ("/commonswrittenquestions?uin=194746", of("_about", DATA + "resources/1012383")),
    ("/lordswrittenquestions", LORDS),
    ("/lordswrittenquestions", QUESTION),
    ("/lordswrittenquestions/answeringdepartment?q=transport", of("AnsweringBody", "Department for Transport")),
    ("/lordswrittenquestions?mnisId=2671", of("tablingMember", DATA + "members/2671")),
    ("/lordswrittenquestions?answeringDepartment=transport", of("AnsweringBody", "Department for Transport")),
    ("/lordswrittenquestions?session=2016/17", between("dateTabled", "2016-05-18", "2017-04-27")),
    ("/lordswrittenquestions/tabled?startDate=2017-04-01&endDate=2017-04-30", between("dateTabled", "2017-04-01", "2017-04-30")),
    ("/lordswrittenquestions?uin=HL6676", of("_about", DATA + "resources/717929")),
    ("/commonsoralquestions", ORAL),
    ("/commonsoralquestions/answeringdepartment?q=health", of("AnsweringBody", "Department of Health.*")),
    ("/commonsoralquestions?answeringDepartment=health", of("AnsweringBody", "Department of Health.*")),
    ("/commonsoralquestions/answerDate?startDate=2018-11-12&endDate=2018-11-12", of("AnswerDate", "2018-11-12")),
    ("/commonsoralquestions/tabled?startDate=2018-11-01&endDate=2018-11-30", between("dateTabled", "2018-11-01", "2018-11-30")),
    ("/commonsoralquestions/parent/9003001", of("CommonsQuestionTime", DATA + "resources/9003001")),
    ("/commonsoralquestions?session=2017/19", between("dateTabled", "2017-06-13", "2019-10-08")),
    ("/commonsoralquestions?CommonsQuestionTime.QuestionType=Topical", of("CommonsQuestionTime.QuestionType", "Topical")),
    ("/commonsoralquestions?mnisId=90001", of("tablingMember", DATA + "members/90001")),
    ("/commonsoralquestiontimes", TIME),
    ("/commonsoralquestiontimes?session=2017/19", of("session", "2017/19")),
    ("/members", has("label", "familyName", "fullName")),
    ("/commonsmembers", has("constituency", "party")),
    ("/commonsmembers?exists-party=true", has("party")),
    ("/lordsmembers", lambda item: "constituency" not in item and "party" not in item),
    ("/constituencies", has("label", "startedDate")),
    ("/constituencies?exists-endedDate=false", lambda item: "endedDate" not in item),
    ("/sessions", has("displayName", "startDate", "parliament")),
    ("/sessions/days", has("date", "session")),
    ("/seats", has("member", "constituency", "party", "startDate")),
    ("/seats?member=http://data.parliament.uk/members/4649", of("party", "Labour")),
    ("/terms", has("prefLabel")),
    ("/terms?class=ORG", of("class", "ORG")),
    ("/answeringbodies", has("label", "answeringDeptId")),
    ("/answeringbodies/60/questions", of("AnsweringBody", "Department for Education")),
    ("/answeredquestions?AnsweringBody.=Ministry+of+Justice", of("AnsweringBody", "Ministry of Justice")),
    (f"/answeredquestions?tablingMember={WALKER}", of("tablingMember", WALKER)),
    (f"/answeredquestions?tablingMember={quote(WALKER, safe='')}", of("tablingMember", WALKER)),
    ("/answeredquestions?legislature.prefLabel=House%20of%20Lords", of("houseId", "2")),
    ("/answeredquestions?answer.isMinisterialCorrection=true", of("answer.isMinisterialCorrection", "true")),
    ("/answeredquestions?max-answer.questionFirstAnswered.=2018-11-27", between("date", "2014", "2018-11-27")),
    (
        "/answeredquestions?min-answer.questionFirstAnswered=2018-11-27&max-answer.questionFirstAnswered=2018-11-27",
        of("answer.questionFirstAnswered", "2018-11-27T.*"),
    ),
    ("/answeredquestions?min-date=2018-11-22&max-date=2018-11-22", of("date", "2018-11-22")),
    ("/answeredquestions?minEx-date=2018-11-21&maxEx-date=2018-11-23", of("date", "2018-11-22")),
    ("/answeredquestions?uin=194746&uin=HL6676", of("uin", "194746|HL6676")),
    ("/answeredquestions?_search=drone", has("answer")),
    ("/answeredquestions?_search=%22special+educational%22", has("answer")),
    ("/answeredquestions?_search=free+AND+transport", has("answer")),
    ("/members?_search=*penhal*", of("familyName", "Penhallow")),
    (
        "/answeredquestions?_where="
        + quote('?item parl:answer ?a1 . ?a1 parl:dateOfAnswer ?dt . filter(str(?dt) >= "2024-01-01")'),
        between("answer.dateOfAnswer", "2024-01-01", "9999"),
    ),
    ("/answeredquestions?_view=basic&_properties=uin,date.", lambda item: {"uin", "date"} <= set(item) and "answer" not in item),
]


@pytest.mark.parametrize(("url", "is_right"), LISTS, ids=[url for url, _ in LISTS])
def test_a_list_has_items_of_its_kind(client: Client, url: str, is_right: Callable[[Item], bool]) -> None:
    items = items_of(client, url)

    assert items
    assert [item["_about"] for item in items if not is_right(item)] == []


# URL, IRI of its primary topic, a property that must be shown.
THINGS = [
    ("/commonswrittenquestions/1012383", "resources/1012383", "questionText"),
    ("/lordswrittenquestions/717929", "resources/717929", "questionText"),
    ("/commonsoralquestions/9002001", "resources/9002001", "questionText"),
    ("/commonsoralquestiontimes/9003001", "resources/9003001", "AnswerBody"),
    ("/commonsoralquestiontimes/9003001?session=2017/19", "resources/9003001", "AnswerBody"),
    ("/resources/9003001/QuestionTimeAnswerBody/1", "resources/9003001/QuestionTimeAnswerBody/1", "AnswerBodyName"),
    ("/members/4649", "members/4649", "fullName"),
    ("/constituencies/9004001", "resources/9004001", "label"),
    ("/constituencies/mnis/90106", "constituencies/mnis/90106", "label"),
    ("/terms/25259", "terms/25259", "prefLabel"),
    ("/resources/1012383", "resources/1012383", "answer"),
    ("/resources/1012383/answer", "resources/1012383/answer", "answerText"),
    ("/resources/64819/answer/attachment/1", "resources/64819/answer/attachment/1", "title"),
    ("/resources/64819/answer/previousversion/9230", "resources/64819/answer/previousversion/9230", "answeringMember"),
    ("/answeringbodies/60", "departments/60", "label"),
    ("/departments/60", "departments/60", "label"),
    ("/parties/15", "parties/15", "label"),
    ("/members/4649/seats/2017-06-08", "members/4649/seats/2017-06-08", "constituency"),
]


@pytest.mark.parametrize(("url", "iri", "name"), THINGS, ids=[url for url, *_ in THINGS])
def test_an_item_is_the_resource_that_it_names(client: Client, url: str, iri: str, name: str) -> None:
    topic = client.get(url, headers={"Accept": "application/json"}).get_json()["result"]["primaryTopic"]

    assert topic["_about"] == DATA + iri
    assert name in topic


@pytest.mark.parametrize("suffix", ["json", "text", "xml", "ttl", "rdf", "nt", "jsonld", "csv", "html"])
@pytest.mark.parametrize("path", ["/answeredquestions", "/commonswrittenquestions/tabled", "/resources/1012383", "/members/4649"])
def test_a_format_is_asked_for_by_suffix_or_by_parameter(client: Client, path: str, suffix: str) -> None:
    by_suffix = client.get(f"{path}.{suffix}")
    by_parameter = client.get(f"{path}?_format={suffix}")

    assert (by_suffix.status_code, by_parameter.status_code) == (200, 200)
    assert by_suffix.content_type == by_parameter.content_type


VIEWS = [
    "AnsweredQuestions",
    "Written Questions",
    "Commons Written Answers",
    "Commons Oral Questions",
    "members",
    "Constituencies",
    "Thesaurus",
]


@pytest.mark.parametrize("path", ["/answeredquestions", "/members", "/terms", "/commonsoralquestions"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_that_clients_name_is_the_lists_own(client: Client, path: str, view: str) -> None:
    plain = items_of(client, path)

    assert items_of(client, f"{path}?_view={quote(view)}") == plain
    assert items_of(client, f"{path}?_view={view.lower().replace(' ', '+')}") == plain


@pytest.mark.parametrize("view", ["basic", "description", "all"])
@pytest.mark.parametrize("path", ["/answeredquestions", "/members", "/sessions/days"])
def test_the_built_in_views_show_the_same_items(client: Client, path: str, view: str) -> None:
    addresses = [item["_about"] for item in items_of(client, path)]

    assert [item["_about"] for item in items_of(client, f"{path}?_view={view}")] == addresses


# A query as real clients have sent it, and the one that it means.
TOLERATED = [
    ("?&_pageSize=3", "?_pageSize=3"),
    ("?houseId=2&&_pageSize=3", "?houseId=2&_pageSize=3"),
    ("?", ""),
    ("?humanIndexable", ""),
    ("?pageSize=3", "?_pageSize=3"),
    ("?page=1&_pageSize=3", "?_page=1&_pageSize=3"),
    ("?AnsweringBody.=Home+Office", "?AnsweringBody=Home+Office"),
    ("?_search=", ""),
    ("?_search=&_search=drone", "?_search=drone"),
    ("?_properties=date&_properties=date", ""),
    ("?_properties=date.,uin", ""),
    ("?_page=0", ""),
    ("?_metadata=nonsense", ""),
]


@pytest.mark.parametrize(("sent", "meant"), TOLERATED, ids=[sent for sent, _ in TOLERATED])
def test_a_malformed_query_means_what_its_client_meant(client: Client, sent: str, meant: str) -> None:
    assert items_of(client, "/answeredquestions" + sent) == items_of(client, "/answeredquestions" + meant)


@pytest.mark.parametrize(
    "url",
    ["/members?_sort=-date", "/answeredquestions?_sort=dateOfAnswer", "/commonsmembers?_sort=-date,familyName"],
)
def test_a_sort_by_a_name_that_the_items_lack_leaves_all_of_them(client: Client, url: str) -> None:
    path = url.partition("?")[0]
    totals = [client.get(each).get_json()["result"]["totalResults"] for each in (f"{path}.json", url.replace("?", ".json?"))]

    assert totals[0] == totals[1] > 0


def test_a_page_size_over_the_maximum_is_the_maximum(client: Client) -> None:
    result = client.get("/answeredquestions.json?_pageSize=50000").get_json()["result"]

    assert result["itemsPerPage"] == 1000
    assert len(result["items"]) == result["totalResults"]


def test_sorting_by_a_chain_of_properties_puts_the_latest_answer_first(client: Client) -> None:
    items = items_of(client, "/answeredquestions?_sort=-answer.dateOfAnswer&_pageSize=500")
    days = [item["answer"]["dateOfAnswer"]["_value"] for item in items]

    assert days == sorted(days, reverse=True)


# A wrong request, its status, and a word that its body must say.
WRONG = [
    ("/nosuchlist.json", 404, "nosuchlist"),
    ("/commonswrittenquestion.json", 404, "commonswrittenquestions"),
    ("/resources/1.json", 404, "resources/1"),
    ("/members/999999999.json", 404, "members/999999999"),
    ("/constituencies/1.json", 404, ""),
    ("/answeredquestions.nosuch", 404, "nosuch"),
    ("/answeredquestions?_format=nosuch", 400, "nosuch"),
    ("/answeredquestions.json?uinn=1", 400, "uin"),
    ("/answeredquestions.json?answer.dateofanswer=2018-01-01", 400, "dateOfAnswer"),
    ("/answeredquestions.json?_sort=dat", 400, "date"),
    ("/answeredquestions.json?_view=nosuch", 400, "nosuch"),
    ("/answeredquestions.json?_page=-1", 400, "_page"),
    ("/answeredquestions.json?_page=x", 400, "_page"),
    ("/answeredquestions.json?_pageSize=0", 400, "_pageSize"),
    ("/answeredquestions.json?_page=1&_page=2", 400, "_page"),
    ("/answeredquestions.json?_view=basic&_view=all", 400, "_view"),
    ("/answeredquestions.json?callback=a&callback=b", 400, "callback"),
    ("/answeredquestions.json?callback=1x", 400, "callback"),
    ("/answeredquestions.json?date=abc", 400, "date"),
    ("/answeredquestions.json?min-date=2018-13-01", 400, "date"),
    ("/answeredquestions.json?registeredInterest=perhaps", 400, "registeredInterest"),
    ("/answeredquestions.json?exists-answer=perhaps", 400, "exists-answer"),
    ("/answeredquestions.json?tablingMember=<>", 400, "tablingMember"),
    ("/answeredquestions.json?most-date=2018-01-01", 400, "most"),
    ("/answeredquestions.json?_where=" + quote("?item parl:uin"), 400, ""),
    ("/commonswrittenquestions/tabled.json?startDate=yesterday", 400, "startDate"),
    ("/commonsoralquestions/answerDate.json?endDate=2018-02-30", 400, "endDate"),
]


@pytest.mark.parametrize(("url", "status", "word"), WRONG, ids=[url for url, *_ in WRONG])
def test_a_wrong_request_is_told_what_is_wrong(client: Client, url: str, status: int, word: str) -> None:
    answer = client.get(url)

    assert answer.status_code == status, answer.text
    assert word in answer.text


@pytest.mark.parametrize(
    "path",
    ["/meta/answeredquestions", "/meta/resources/_path", "/meta/commonswrittenquestions/_id", "/meta/members", "/api-config"],
)
def test_an_endpoint_is_described(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 200
