"""Withdrawn questions: their URIs answer 410 with what is known of them, and no list has them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient

from pqlod.app import running_app
from pqlod.loading import load
from pqlod.settings import Settings

QUESTION = {
    "house": "Commons", "date_tabled": "2026-11-02", "source": "wq-api", "asking_member_id": 172, "asking_member_name": "Ms A",
    "answering_body_id": 60, "answering_body_name": "Department for Education", "question_text": "To ask about zebras.",
}  # fmt: skip
URI = "http://data.parliament.uk/resources/2"
WHY = "The member who tabled this question has withdrawn it."


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(QUESTION | record) for record in records))
    return path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Of two questions the second was withdrawn after it had been loaded."""
    folder = tmp_path_factory.mktemp("withdrawn")
    both = ({"uin": str(n), "source_id": n, "as_of": "2026-11-03", "withdrawn": False} for n in (1, 2))
    load([write(folder / "1", *both)], folder / "store")
    withdrawn = {"uin": "2", "source_id": 2, "as_of": "2026-11-09", "withdrawn": True}
    assert load([write(folder / "2", withdrawn)], folder / "store").rows["written question"].changed == 1
    with running_app(Settings(store=folder / "store")) as app:
        yield app.test_client()


def test_its_identity_leads_to_its_document(client: FlaskClient) -> None:
    response = client.get("/id/resources/2", headers={"Accept": "text/turtle"})

    assert (response.status_code, response.location) == (303, "http://localhost/resources/2.ttl")


def test_json_is_a_problem_with_what_is_known(client: FlaskClient) -> None:
    response = client.get("/resources/2.json")

    problem = response.get_json(force=True)
    assert (response.status_code, response.mimetype) == (410, "application/problem+json")
    assert (problem["status"], problem["title"], problem["detail"], problem["iri"]) == (410, "Gone", WHY, URI)
    assert problem["known"]["questionText"] == "To ask about zebras."
    assert problem["known"]["withdrawnAsOf"]["_value"] == "2026-11-09"


def test_the_page_says_that_and_when(client: FlaskClient) -> None:
    response = client.get("/resources/2", headers={"Accept": "text/html"})

    assert response.status_code == 410
    assert WHY in response.text
    assert "To ask about zebras." in response.text
    assert "withdrawn as of" in response.text.lower()
    assert "9 November 2026" in response.text or "2026-11-09" in response.text


@pytest.mark.parametrize(("suffix", "syntax"), [("ttl", "turtle"), ("rdf", "xml"), ("nt", "nt")])
def test_rdf_is_the_graph_of_what_is_known(client: FlaskClient, suffix: str, syntax: str) -> None:
    response = client.get(f"/resources/2.{suffix}")

    graph = rdflib.Graph().parse(data=response.data, format=syntax)
    parl = rdflib.Namespace("http://data.parliament.uk/schema/parl#")
    assert response.status_code == 410
    assert (rdflib.URIRef(URI), rdflib.RDF.type, parl.WithdrawnParliamentaryQuestion) in graph
    assert (rdflib.URIRef(URI), parl.withdrawnAsOf, rdflib.Literal("2026-11-09", datatype=rdflib.XSD.date)) in graph


@pytest.mark.parametrize(
    "path", ["/resources/2.csv", "/resources/2.xml", "/resources/2.jsonld", "/commonswrittenquestions/2.json"]
)
def test_every_document_of_it_is_gone(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response.headers["Cache-Control"]) == (410, "no-cache")
    assert "ETag" not in response.headers


def test_head_is_as_get(client: FlaskClient) -> None:
    response = client.head("/resources/2.json")

    assert (response.status_code, response.data) == (410, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/commonswrittenquestions.json",
        "/commonswrittenquestions.json?_search=zebras",
        "/commonswrittenquestions.json?mnisId=172",
        "/answeringbodies/60/questions.json",
        "/commonswrittenquestions/answeringdepartment.json?q=education",
        "/commonswrittenquestions/tabled.json?startDate=2026-11-01&endDate=2026-11-30",
    ],
)
def test_lists_have_only_the_other_question(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 200, response.text
    result = response.get_json()["result"]
    assert [item["_about"] for item in result["items"]] == ["http://data.parliament.uk/resources/1"]
    assert result.get("totalResults", 1) == 1
    assert client.get("/resources/1.json").status_code == 200


def test_people_see_the_question_as_any_other_and_that_it_was_withdrawn(client: FlaskClient) -> None:
    response = client.get("/resources/2.html")

    assert response.status_code == 410
    assert WHY in response.text
    assert '<span class="status bad">Withdrawn</span>' in response.text
