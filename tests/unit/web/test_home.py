"""The first page: what it tells of the data, where it leads, and that it is there whatever the configuration and the store."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pqlod.app import running_app
from pqlod.settings import Settings

PREFIXES = """@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix pqlod: <urn:pqlod:vocab:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix : <http://x.example/> .
"""
PLAIN = (
    PREFIXES
    + """
:api a api:API ; rdfs:label "Letters" ; rdfs:comment "Old letters </script><script>alert(1)</script>" ;
    api:sparqlEndpoint SOURCE ; api:endpoint :letters , :letter .
:letters a api:ListEndpoint ; api:uriTemplate "/letters" ; rdfs:label "All letters" ; rdfs:comment "By day" .
:letter a api:ItemEndpoint ; api:uriTemplate "/letters/{id}" ; api:itemTemplate "http://x.example/{id}" ; rdfs:label "A letter" .
"""
)


@pytest.fixture
def first_page(tmp_path):
    """The first page of a configuration, whose list has two letters."""

    def get(text: str) -> TestResponse:
        (tmp_path / "api.ttl").write_text(text.replace("SOURCE", "<local:data.ttl>"))
        (tmp_path / "data.ttl").write_text(PREFIXES + ":one rdfs:label 'One' . :two rdfs:label 'Two' .")
        with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
            response = app.test_client().get("/")
        assert response.status_code == 200
        return response

    return get


def numbers(text: str) -> dict[str, tuple[str, str]]:
    """What there is: label to address and number."""
    found = re.findall(r'<li><a href="([^"]+)"><b>([\d,]+)</b> ([^<]+)</a></li>', text)
    return {label: (unescape(address), number) for address, number, label in found}


def test_it_tells_how_many_of_what_there_are(client: FlaskClient) -> None:
    counts = numbers(client.get("/").text)

    assert {"written questions", "members", "constituencies"} <= counts.keys()
    for address, number in counts.values():
        answer = client.get(address.removeprefix("."), headers={"Accept": "application/json"}).get_json()
        assert f"{answer['result']['totalResults']:,}" == number


def test_it_shows_the_newest_answers(client: FlaskClient) -> None:
    text = client.get("/").text
    newest = client.get("/answeredquestions.json?_sort=-answer.dateOfAnswer&_pageSize=5").get_json()["result"]["items"]

    positions = [text.find(f'href=".{urlsplit(item["_about"]).path}"') for item in newest]
    assert -1 not in positions
    assert positions == sorted(positions)


def test_every_bar_leads_to_a_list_of_as_many_items(client: FlaskClient) -> None:
    figures = re.findall("<figure.*?</figure>", client.get("/").text, re.DOTALL)
    text = "".join(figure for figure in figures if "Number</th>" in figure)  # others have medians
    bars = re.findall(r'<th scope="row"><a href="([^"]+)"[^>]*>.*?</th><td><data value="(\d+)">', text)

    assert len(bars) > 50
    for address, count in bars[::12]:
        answer = client.get(unescape(address).replace(".html?", ".json?")).get_json()
        assert answer["result"]["totalResults"] == int(count), address


def test_it_says_how_fresh_the_data_is_to_people_and_machines(client: FlaskClient) -> None:
    text = client.get("/").text
    dataset = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)[0])

    assert re.search(r"From \w+ \d{4} to \w+ \d{4}\. Loaded on <time datetime=", text)
    assert dataset["@type"] == "Dataset"
    assert dataset["url"] == "http://localhost/"
    assert dataset["dateModified"] in text
    assert re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d", dataset["temporalCoverage"])


def test_it_leads_to_each_list_with_an_address_to_try(client: FlaskClient) -> None:
    text = client.get("/").text

    assert "<code>/answeredquestions</code>" in text
    assert '<a href="./commonswrittenquestions?mnisId=4649">' in text
    assert 'href="./sparql"' in text
    assert "curl &#39;http://localhost/writtenquestions.json" in text or "curl 'http://localhost/writtenquestions.json" in text


def test_the_page_that_a_client_has_is_304(client: FlaskClient) -> None:
    first = client.get("/")

    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_without_a_word_of_the_configuration_it_has_the_lists(first_page) -> None:
    text = first_page(PLAIN).text

    assert '<h3><a href="./letters">All letters</a></h3>' in text
    assert "<code>/letters/{id}</code>" in text
    assert "static/vendor" not in text  # no charts, no scripts


def test_texts_of_the_configuration_are_text(first_page) -> None:
    text = first_page(PLAIN).text

    assert "<script>alert" not in text
    assert json.loads(re.findall(r"ld\+json\">(.*?)</script>", text)[0])["description"].endswith(
        "</script><script>alert(1)</script>"
    )


def test_a_panel_that_fails_is_left_out_and_named(first_page) -> None:
    failing = '[ rdfs:label "Newest" ; pqlod:list "/letters?nosuch=1" ]'

    page = first_page(PLAIN + f':api pqlod:home ( {failing} [ rdfs:label "letters" ; pqlod:list "/letters" ; pqlod:size 0 ] ) .')

    assert "failed: Newest." in page.text
    assert '<li><a href="./letters">letters</a></li>' in page.text
    assert "ETag" not in page.headers  # the next time it may be there


def test_a_store_that_cannot_be_read_leaves_out_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "api.ttl").write_text(PLAIN.replace("SOURCE", "pqlod:store"))
    with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
        response = app.test_client().get("/")

    assert response.status_code == 200
    assert "All letters" in response.text
    assert "failed: Letters." in response.text


def test_every_page_says_below_what_rights_there_are_in_the_data(client: FlaskClient) -> None:
    for path in ("/", "/members.html", "/docs", "/nothing-here"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert re.search(r'<footer.*?<a href="[^"]+open-parliament-licence/" rel="license">Contains Parl', page, re.DOTALL), path
