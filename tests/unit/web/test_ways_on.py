"""Pages of problems lead on: names that are near are links to the address with these in it, and each is right."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pqlod import errors
from pqlod.web.problems import Problem, problem_response
from pqlod.web.ways_on import Way, WaysOn, ways_on

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
BASE = "http://localhost"


def near(page: str) -> list[str]:
    """The addresses that a page takes to be meant."""
    listed = re.search(r'<ul class="near">(.*?)</ul>', page, re.DOTALL)
    return [unescape(each) for each in re.findall(r'href="([^"]+)"', listed[1])] if listed else []


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        pytest.param("/writtenquestions?tablingMembr=x&_page=2", "/writtenquestions?tablingMember=x&_page=2", id="a property"),
        pytest.param("/writtenquestions?answer.answerTxt=x", "/writtenquestions?answer.answerText=x", id="a property in a path"),
        pytest.param("/writtenquestions?mn-AnswerDate=2018-01-01", "/writtenquestions?min-AnswerDate=2018-01-01", id="a prefix"),
        pytest.param("/writtenquestions?_veiw=all", "/writtenquestions?_view=all", id="a reserved parameter"),
        pytest.param("/writtenquestions?_view=basik", "/writtenquestions?_view=basic", id="a view"),
        pytest.param("/writtenquestions?_sort=-dateTabld", "/writtenquestions?_sort=-dateTabled", id="a property in a value"),
        pytest.param("/writtenquestions.jsn?_page=1", "/writtenquestions.json?_page=1", id="a suffix"),
        pytest.param("/writtenquestions?_format=jsn", "/writtenquestions?_format=json", id="a format"),
        pytest.param("/writenquestions?_page=1", "/writtenquestions?_page=1", id="a path"),
        pytest.param("/queries/topic?since=2018-01-01", "/queries/topics?since=2018-01-01", id="a query"),
        pytest.param("/queries.htm", "/queries.html", id="a suffix of a document"),
    ],
)
def test_what_is_near_is_a_link_to_the_address_put_right(client: FlaskClient, asked: str, meant: str) -> None:
    response = client.get(asked, headers=BROWSER)

    found = [urljoin(BASE + asked, address).removeprefix(BASE) for address in near(response.text)]
    assert response.status_code in (400, 404)
    assert meant in found
    assert client.get(meant, headers=BROWSER).status_code == 200


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("/writtenquestions?AnswerDate=soon&_page=1", "writtenquestions?_page=1"),
        ("/writtenquestions?nothing=1", "writtenquestions"),
        ("/writtenquestions?_pageSize=ten", "writtenquestions"),
    ],
)
def test_what_is_wrong_can_be_left_out(client: FlaskClient, asked: str, left: str) -> None:
    page = client.get(asked, headers=BROWSER).text

    assert f'<a href="{left}" rel="nofollow">Leave it out</a>' in page
    assert client.get(f"/{left}", headers=BROWSER).status_code == 200


def test_all_known_names_are_listed_as_addresses(client: FlaskClient) -> None:
    page = client.get("/writtenquestions?tablingMembr=x", headers=BROWSER).text

    known = re.search(r'<ul class="known">(.*?)</ul>', page, re.DOTALL)
    assert known
    assert known[1].count("<li>") > 100
    assert 'href="writtenquestions?uin=x"' in known[1]


def test_a_problem_says_what_is_wrong_once_and_what_can_stand_there(client: FlaskClient) -> None:
    page = client.get("/writtenquestions?AnswerDate=soon", headers=BROWSER).text

    assert "There is a mistake in what you asked" in page
    assert page.count("a date such as") == 1


def test_every_link_of_a_page_of_a_problem_leads_somewhere(client: FlaskClient) -> None:
    asked = "/resources/99999999"
    response = client.get(asked, headers=BROWSER)
    links = {urljoin(BASE + asked, unescape(each)).removeprefix(BASE) for each in re.findall(r'<a href="([^"#]+)', response.text)}

    assert response.status_code == 404
    assert {"/", "/docs", "/queries"} <= links
    here = [link for link in links if link.startswith("/")]  # the licence is elsewhere
    assert [link for link in here if client.get(link, headers=BROWSER).status_code != 200] == []


def test_an_item_that_is_not_known_leads_to_the_search(client: FlaskClient) -> None:
    page = client.get("/resources/99999999", headers=BROWSER).text

    assert "Check the number" in page
    assert re.search(r'<form class="search"[^>]*action="\.\./writtenquestions"', page)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (errors.QueryLimitExceeded("It takes too long.", limit="time", retry_after=5), 503, "Try again</a> in 5 seconds."),
        (errors.TooManyQueries("Too many.", limit="queries", retry_after=1), 429, "Try again</a> in 1 second."),
        (errors.DatasetUnavailable("It does not answer."), 503, "Try again</a> a little later."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_when_to_try_again_is_told_to_people(app: Flask, error: Exception, status: int, said: str) -> None:
    with app.test_request_context("/writtenquestions", headers=BROWSER):
        response = problem_response(error)

    assert response.status_code == status
    assert said in response.get_data(as_text=True)


def test_programs_are_told_of_paths_that_are_near(client: FlaskClient) -> None:
    document = client.get("/writenquestions", headers={"Accept": "application/json"}).get_json()

    assert document["near"][0] == "/writtenquestions"
    assert "Did you mean /writtenquestions" in document["detail"]


def test_a_name_that_looks_like_a_scheme_stays_an_address_of_ours() -> None:
    problem = Problem(400, "Bad Request", "", members={"parameter": "x", "near": ["y"]})

    found = ways_on(problem, "/javascript:alert(1)", (("x", "1"),))

    assert found.near == (Way("y", "javascript%3Aalert%281%29?y=1"),)


def test_a_path_that_still_has_variables_is_told_and_no_link() -> None:
    problem = Problem(404, "Not Found", "", members={"near": ["/members/{id}"]})

    assert ways_on(problem, "/member/1", ()) == WaysOn(near=(Way("/members/{id}", ""),))


def test_what_stands_nowhere_in_the_address_is_told_and_no_link() -> None:
    problem = Problem(400, "Bad Request", "", members={"parameter": "x", "near": ["y"]})

    assert ways_on(problem, "/a", (("b", "c"),)) == WaysOn(near=(Way("y", ""),))
