import json
import shutil
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from pqlod.app import running_app
from pqlod.loading import load
from pqlod.settings import Settings
from pqlod.store.generations import Generations

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

SCHOOLS = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix elda: <http://www.epimorphics.com/vocabularies/lda#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix s: <http://schools.example/def/> . @prefix : <http://schools.example/config#> .

:api a api:API ; rdfs:label "Schools" ; api:sparqlEndpoint <local:schools.nt> ; api:endpoint :list , :fresh , :item .
:list a api:ListEndpoint ; api:uriTemplate "/schools" ; api:selector [ api:where "?item s:name ?n" ] .
:fresh a api:ListEndpoint ; api:uriTemplate "/fresh" ; elda:cacheExpiryTime "10m" ; api:selector [ api:where "?item s:name ?n" ] .
:item a api:ItemEndpoint ; api:uriTemplate "/school/{id}" ; api:itemTemplate "http://schools.example/id/{id}" .
s:name a rdf:Property ; api:label "name" .
"""


@pytest.fixture
def schools(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of a configuration with files in memory, which the test may change."""
    (tmp_path / "schools.ttl").write_text(SCHOOLS)
    write_schools(tmp_path, "Ash", "Beech")
    with running_app(Settings(config=(str(tmp_path / "schools.ttl"),), max_age=30)) as app:
        yield app.test_client()


def write_schools(folder: Path, *names: str) -> None:
    lines = (f'<http://schools.example/id/{name.lower()}> <http://schools.example/def/name> "{name}" .\n' for name in names)
    (folder / "schools.nt").write_text("".join(lines))


def links(response: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for link in response.headers.getlist("Link"):  # type: ignore[attr-defined]  # a response of the client
        address, _, parameters = link.partition("; ")
        found.setdefault(parameters.split('"')[1], []).append(address.strip("<>"))
    return found


def test_a_list_is_json_by_default_and_says_where_it_is(client: FlaskClient) -> None:
    response = client.get("/answeredquestions?_pageSize=2")

    assert response.status_code == 200
    assert response.content_type == "application/json"
    assert response.headers["Content-Location"] == "http://localhost/answeredquestions.json?_pageSize=2"
    assert response.headers["Vary"] == "Accept, Accept-Encoding"
    assert len(response.get_json()["result"]["items"]) == 2


def test_a_format_that_the_url_names_does_not_vary_by_accept(client: FlaskClient) -> None:
    assert "Accept" not in client.get("/answeredquestions.json?_pageSize=1").vary


def test_a_browser_gets_html(client: FlaskClient) -> None:
    response = client.get("/answeredquestions?_pageSize=1", headers={"Accept": BROWSER})

    assert response.content_type == "text/html; charset=utf-8"
    assert response.text.startswith("<!doctype html>")


def test_links_lead_to_the_other_pages_and_formats(client: FlaskClient) -> None:
    found = links(client.get("/members.json?_pageSize=2&_page=1"))

    assert found["first"] == ["http://localhost/members.json?_pageSize=2&_page=0"]
    assert found["prev"] == ["http://localhost/members.json?_pageSize=2&_page=0"]
    assert found["next"][0].startswith("http://localhost/members.json?_pageSize=2&_page=2")
    assert found["canonical"] == ["http://localhost/members.json?_pageSize=2&_page=1"]
    assert "http://localhost/members.ttl?_pageSize=2&_page=1" in found["alternate"]


def test_links_of_the_last_page_lead_no_further(client: FlaskClient) -> None:
    assert "next" not in links(client.get("/members.json?_pageSize=1000"))


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    got, head = client.get("/members.json"), client.head("/members.json")

    assert head.data == b""
    assert head.headers == got.headers


def test_options_tells_the_methods_and_answers_preflight(client: FlaskClient) -> None:
    response = client.options("/members.json", headers={"Origin": "http://o.example", "Access-Control-Request-Method": "GET"})

    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_405_with_allow(client: FlaskClient, method: str) -> None:
    response = client.open("/members.json", method=method)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/members.json", "", 200),
        ("/nothing", "", 404),
        ("/members.json?nosuch=1", "", 400),
        ("/members", "image/png", 406),
        ("/resources/nothing.json", "", 404),
        ("/id/members/172", "", 303),
        ("/static/css/base.css", "", 200),
    ],
)
def test_any_site_may_read_any_response(client: FlaskClient, path: str, accept: str, status: int) -> None:
    with client.get(path, headers={"Accept": accept} if accept else {}) as response:
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Link" in response.headers["Access-Control-Expose-Headers"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_what_is_on_offer_is_told_to_whom_nothing_suits(client: FlaskClient) -> None:
    response = client.get("/members", headers={"Accept": "image/png"})

    assert "text/turtle" in json.loads(response.data)["offered"]


def test_a_client_that_has_the_page_gets_304_with_the_same_headers(client: FlaskClient) -> None:
    first = client.get("/members")

    again = client.get("/members", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert again.data == b""
    assert all(again.headers[name] == first.headers[name] for name in ("ETag", "Cache-Control", "Content-Location", "Vary"))


@pytest.mark.parametrize("other", ["/members.xml", "/members.json?_page=1", "/members.json?callback=f", "/constituencies.json"])
def test_another_representation_has_another_tag(client: FlaskClient, other: str) -> None:
    tag = client.get("/members.json").headers["ETag"]

    assert client.get(other, headers={"If-None-Match": tag}).status_code == 200


def test_a_tag_that_is_known_does_not_make_a_wrong_request_right(client: FlaskClient) -> None:
    tag = client.get("/members.json").headers["ETag"]

    assert client.get("/members.json?nosuch=1", headers={"If-None-Match": tag}).status_code == 400


def test_any_tag_will_do_if_the_client_says_so(client: FlaskClient) -> None:
    assert client.get("/members.json", headers={"If-None-Match": "*"}).status_code == 304
    assert client.get("/resources/nothing.json", headers={"If-None-Match": "*"}).status_code == 404


def test_a_client_is_told_if_nothing_was_loaded_since(client: FlaskClient) -> None:
    loaded = client.get("/members.json").headers["Last-Modified"]

    assert client.get("/members.json", headers={"If-Modified-Since": loaded}).status_code == 304
    assert client.get("/members.json", headers={"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}).status_code == 200


def test_changed_data_have_another_tag(schools: FlaskClient, tmp_path: Path) -> None:
    tag = schools.get("/schools.json").headers["ETag"]

    write_schools(tmp_path, "Ash", "Beech", "Cedar")
    changed = schools.get("/schools.json", headers={"If-None-Match": tag})

    assert changed.status_code == 200
    assert len(changed.get_json()["result"]["items"]) == 3


def test_a_cache_may_keep_a_page_as_long_as_the_settings_say(schools: FlaskClient) -> None:
    response = schools.get("/schools.json")

    assert response.headers["Cache-Control"] == "public, max-age=30"
    assert "Expires" not in response.headers


def test_a_configured_time_of_expiry_comes_first(schools: FlaskClient) -> None:
    response = schools.get("/fresh.json")

    assert response.headers["Cache-Control"] == "public, max-age=600"
    assert response.headers["Expires"].endswith("GMT")


def test_caches_ask_each_time_where_nothing_else_is_set(client: FlaskClient) -> None:
    assert client.get("/members.json").headers["Cache-Control"] == "no-cache"


def test_the_generation_of_the_data_is_told(client: FlaskClient, schools: FlaskClient) -> None:
    assert client.get("/members.json").headers["Dataset-Generation"] == "1"
    assert "Dataset-Generation" not in schools.get("/schools.json").headers


def test_a_generation_that_is_gone_answers_from_the_current_one(client: FlaskClient) -> None:
    response = client.get("/members.json?_generation=77")

    assert response.status_code == 200
    assert response.headers["Dataset-Generation"] == "1"


def test_a_script_gets_json_in_a_call(client: FlaskClient) -> None:
    response = client.get("/members?callback=show", headers={"Accept": "*/*"})

    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.text.startswith("show({")


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("json", "application/json"),
        ("text", "text/plain; charset=utf-8"),
        ("xml", "application/xml; charset=utf-8"),
        ("ttl", "text/turtle; charset=utf-8"),
        ("rdf", "application/rdf+xml; charset=utf-8"),
        ("nt", "application/n-triples; charset=utf-8"),
        ("jsonld", "application/ld+json"),
        ("csv", "text/csv; charset=utf-8"),
        ("html", "text/html; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
    ],
)
def test_every_format_says_what_it_is(client: FlaskClient, suffix: str, expected: str) -> None:
    assert client.get(f"/members.{suffix}").content_type == expected


def test_addresses_in_a_page_are_those_that_the_client_can_ask(client: FlaskClient) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "lda.example", "X-Forwarded-Prefix": "/data"}

    page = client.get("/members.json?_pageSize=1", headers=headers).get_json()["result"]

    assert page["next"].startswith("https://lda.example/data/members.json?")


@pytest.mark.parametrize("path", ["/members/", "/members//", "/members.JSON", "/Members"])
def test_a_path_is_matched_as_it_stands(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_changed_configuration_is_taken_up_and_a_broken_one_is_not(schools: FlaskClient, tmp_path: Path) -> None:
    live = schools.application.extensions["pqlod"].configuration
    live._clock = count(10**9, 10).__next__  # time passes between requests
    file = tmp_path / "schools.ttl"

    file.write_text(SCHOOLS.replace('"/schools"', '"/academies"'))
    taken_up = [schools.get(path).status_code for path in ("/academies.json", "/schools.json")]
    file.write_text("@prefix")
    kept = schools.get("/academies.json").status_code

    assert (taken_up, kept) == ([200, 404], 200)


def test_a_store_that_is_removed_and_loaded_anew_is_shown_as_it_is(tmp_path: Path) -> None:
    """Its generations are numbered as before: neither a page that a client has nor a total is taken for the new one."""
    store, file = tmp_path / "store", tmp_path / "members.csv"
    header = "mnis_id,display_name,house\n"
    file.write_text(header + "1,Ann,Commons\n")
    load([file], store)

    with running_app(Settings(store=store)) as app:
        before = app.test_client().get("/members.json")
        shutil.rmtree(store)
        file.write_text(header + "1,Ann,Commons\n2,Ben,Lords\n")
        load([file], store)
        after = app.test_client().get("/members.json", headers={"If-None-Match": before.headers["ETag"]})

    assert before.headers["Dataset-Generation"] == after.headers["Dataset-Generation"] == "1"
    assert (after.status_code, after.get_json()["result"]["totalResults"]) == (200, 2)


BACK_AND_FORTH = ".".join(["legislature", "~legislature"] * 5)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(f"exists-{BACK_AND_FORTH}=true", id="exists"),
        pytest.param(f"_sort={BACK_AND_FORTH}.questionText", id="sort"),
        pytest.param(f"_properties={BACK_AND_FORTH}", id="properties"),
        pytest.param("_where=?a ?b ?c . ?d ?e ?f . ?g ?h ?i", id="where"),
    ],
)
def test_a_list_that_takes_too_long_is_ended_and_the_limit_named(sample: Path, query: str) -> None:
    with running_app(Settings(store=sample, query_seconds=0.5, query_log="off")) as app:
        begin = time.monotonic()
        answer = app.test_client().get(f"/answeredquestions.json?{query}")
        seconds = time.monotonic() - begin

    assert (answer.status_code, answer.headers["Retry-After"], answer.get_json()["limit"]) == (503, "5", "time")
    assert seconds < 1.5


def test_what_a_search_finds_does_not_count_to_the_length_of_a_query(sample: Path) -> None:
    searched = "/commonswrittenquestions.json?_pageSize=1&_search=the"
    assert len(Generations(sample).dataset().search("the")) > 200
    with running_app(Settings(store=sample, query_length=1500, query_log="off")) as app:
        found = app.test_client().get(f"{searched}&_where={quote('?item ?p ?o')}")
        refused = app.test_client().get(f"{searched}&_where={quote('?item ?p ?o .' * 100)}")

    assert found.status_code == 200
    assert found.get_json()["result"]["items"]
    assert (refused.status_code, refused.get_json()["limit"]) == (400, "query length")


def test_a_page_may_have_only_so_many_triples(sample: Path) -> None:
    with running_app(Settings(store=sample, page_triples=50)) as app:
        answer = app.test_client().get("/answeredquestions.json?_properties=legislature.~legislature")

    assert (answer.status_code, answer.get_json()["limit"]) == (503, "rows")
