"""The published queries over HTTP, without a network."""

import json
import re
from urllib.parse import unquote_plus

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from pqlod.app import published_queries
from pqlod.rdf import DCT, Graph, Literal, NamedNode
from pqlod.web.published import SH

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NAMES = sorted(published_queries(()))


@pytest.mark.parametrize("name", NAMES)
def test_each_query_finds_something_in_the_sample(client: FlaskClient, name: str) -> None:
    response = client.get(f"/queries/{name}.json")

    assert response.status_code == 200
    assert json.loads(response.data)["results"]["bindings"]


@pytest.mark.parametrize("name", NAMES)
def test_each_query_tells_what_it_is(name: str) -> None:
    query = published_queries(())[name]

    assert query.title
    assert query.description.endswith(".")
    assert all(parameter.description for parameter in query.parameters.values())


@pytest.mark.parametrize("name", NAMES)
def test_each_query_has_a_page_with_its_form_its_table_and_its_text(client: FlaskClient, name: str) -> None:
    query = published_queries(())[name]

    page = client.get(f"/queries/{name}", headers={"Accept": BROWSER}).get_data(as_text=True)

    assert f"<h1>{query.title}</h1>" in page
    assert all(f'<label for="{parameter}">' in page for parameter in query.parameters)
    assert "<tbody>" in page
    assert "SELECT" in page
    assert f'href="../queries/{name}.csv' in page


@pytest.mark.parametrize(
    ("suffix", "content_type", "beginning"),
    [
        ("json", "application/sparql-results+json", b'{"head"'),
        ("xml", "application/sparql-results+xml", b"<?xml"),
        ("csv", "text/csv; charset=utf-8", b"question,tabled"),
        ("tsv", "text/tab-separated-values; charset=utf-8", b"?question\t?tabled"),
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("rq", "application/sparql-query", b"# title: "),
    ],
)
def test_a_result_has_every_format(client: FlaskClient, suffix: str, content_type: str, beginning: bytes) -> None:
    response = client.get(f"/queries/questions-for-a-constituency.{suffix}")

    assert response.headers["Content-Type"] == content_type
    assert response.data.startswith(beginning)


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        pytest.param("", "text/csv", "text/csv; charset=utf-8", id="Accept"),
        pytest.param("?format=tsv", "text/csv", "text/tab-separated-values; charset=utf-8", id="format beats Accept"),
        pytest.param("", "*/*", "application/sparql-results+json", id="anything"),
    ],
)
def test_a_format_may_be_asked_for_as_at_sparql(client: FlaskClient, query: str, accept: str, content_type: str) -> None:
    response = client.get(f"/queries/parties{query}", headers={"Accept": accept})

    assert response.headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        pytest.param("questions-for-a-constituency?constituency=Darlington", 1, id="text"),
        pytest.param("questions-for-a-constituency?constituency=Darlingto", 0, id="another text"),
        pytest.param("questions-for-a-constituency?constituency=", 1, id="empty, as a form sends it"),
        pytest.param("unanswered-and-overdue?day=2015-01-01", 1, id="date"),
        pytest.param("grouped-answers?atLeast=3", 4, id="number"),
        pytest.param("holding-answers?department=cabinet", 1, id="part of a name"),
        pytest.param("what-a-member-asks-about?member=http://data.parliament.uk/members/3972", 1, id="IRI"),
        pytest.param("questions-about?words=%22farm%20shops%22%20OR%20housing", 17, id="words"),
    ],
)
def test_parameters_decide_the_result(client: FlaskClient, address: str, rows: int) -> None:
    response = client.get(f"/queries/{address}", headers={"Accept": "text/csv"})

    assert response.data.count(b"\r\n") - 1 == rows


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        pytest.param("topics?since=yesterday", "'yesterday' is not a value of since. Expected: a date such as", id="type"),
        pytest.param("topics?since=2018-02-30", "'2018-02-30' is not a value of since", id="no such day"),
        pytest.param("topics?sinc=2018-02-03", "no parameter 'sinc'. Expected: one of since, until. Did you mean", id="name"),
        pytest.param("topics?since=2018-01-01&since=2018-01-02", "since is given twice", id="twice"),
        pytest.param("what-a-member-asks-about?member=3972", "'3972' is not a value of member. Expected: an absolute", id="IRI"),
        pytest.param("who-asks-about?words=NOT", "In the search expression, NOT at character 1", id="search"),
        pytest.param("topics.docx", "There is no format 'docx' of results.", id="format"),
    ],
)
def test_a_mistake_is_told_with_a_400(client: FlaskClient, address: str, problem: str) -> None:
    response = client.get(f"/queries/{address}")

    assert response.status_code == 400
    assert problem in response.get_json()["detail"]


def test_a_mistake_of_a_person_is_told_on_the_page_with_what_was_written(client: FlaskClient) -> None:
    response = client.get("/queries/topics?since=yesterday&until=2018-01-01", headers={"Accept": BROWSER})

    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert "is not a value of since" in page
    assert 'value="yesterday"' in page
    assert 'value="2018-01-01"' in page


def test_values_are_terms_and_never_text_of_the_query(client: FlaskClient) -> None:
    text = '" } SERVICE <http://127.0.0.1/> { ?s ?p ?o } #'

    response = client.get("/queries/questions-for-a-constituency", query_string={"constituency": text, "format": "csv"})

    assert response.status_code == 200
    assert response.data.count(b"\r\n") == 1


def test_items_in_a_table_lead_to_their_pages_here(client: FlaskClient) -> None:
    page = client.get("/queries/questions-for-a-constituency.html").get_data(as_text=True)

    assert '<a href="../resources/64819">resources/64819</a>' in page


def test_days_and_numbers_are_as_people_write_them(client: FlaskClient) -> None:
    days = client.get("/queries/questions-for-a-constituency.html").get_data(as_text=True)
    numbers = client.get("/queries/parties.html").get_data(as_text=True)

    assert re.search(r'<td class="day"><time datetime="\d{4}-\d\d-\d\d">\d{1,2} [A-Z][a-z]+ \d{4}</time></td>', days)
    assert re.search(r'<td class="number">[\d,]+</td>', numbers)


@pytest.mark.parametrize("name", NAMES)
def test_the_editor_is_given_the_query_without_its_header(client: FlaskClient, name: str) -> None:
    page = client.get(f"/queries/{name}.html").get_data(as_text=True)
    (handed,) = re.findall(r'href="\.\./sparql#query=([^"&]+)"', page)

    text = unquote_plus(handed)
    assert text.startswith("PREFIX")
    assert client.get("/sparql", query_string={"query": text, "format": "json"}).status_code == 200


def test_queries_stand_in_their_groups(client: FlaskClient) -> None:
    page = client.get("/queries.html").get_data(as_text=True)

    groups = {query.group for query in published_queries(()).values()}
    assert "" not in groups
    assert re.findall(r'<h2 id="group-\d+">([^<]+)</h2>', page) == sorted(groups, key=page.index)
    assert page.index("How long answers take") < page.index('href="./queries/days-to-answer"') < page.index("Who asks")


def test_the_page_hands_the_query_with_its_values_to_the_page_of_sparql(client: FlaskClient) -> None:
    page = client.get("/queries/questions-for-a-constituency.html?constituency=Wrayton").get_data(as_text=True)

    assert 'href="../queries/questions-for-a-constituency.csv?constituency=Wrayton"' in page
    assert "%22Wrayton%22" in page


@pytest.mark.parametrize("suffix", ["csv", "html"])
def test_a_result_that_the_client_has_is_not_made_again(client: FlaskClient, suffix: str) -> None:
    tag = client.get(f"/queries/topics.{suffix}").headers["ETag"]

    again = client.get(f"/queries/topics.{suffix}", headers={"If-None-Match": tag})
    other = client.get(f"/queries/topics.{suffix}?since=2018-01-01", headers={"If-None-Match": tag})

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


def test_an_unknown_query_is_a_404_with_what_is_near(client: FlaskClient) -> None:
    response = client.get("/queries/topic")

    assert response.status_code == 404
    assert "Did you mean /queries/topics" in response.get_json()["detail"]


def test_the_list_tells_of_every_query_and_its_text(client: FlaskClient) -> None:
    page = client.get("/queries", headers={"Accept": BROWSER}).get_data(as_text=True)
    graph = Graph(quad.triple for quad in parse(client.get("/queries.ttl").data, RdfFormat.TURTLE))

    assert all(f'href="./queries/{name}"' in page for name in NAMES)
    topics = NamedNode("http://localhost/queries/topics")
    assert graph.value(topics, DCT.title) == Literal("What is asked about most", language="en")
    assert "?heading" in str(graph.value(topics, SH.select))
    assert len(graph.subjects()) == len(NAMES)
