import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from pqlod.app import running_app
from pqlod.rdf import API, ELDA, Graph, Literal, NamedNode, Triple
from pqlod.settings import Settings
from pqlod.web.description import public_statements


def graph(data: bytes) -> Graph:
    return Graph(quad.triple for quad in parse(data, RdfFormat.TURTLE))


def test_rt10_an_endpoint_tells_its_template_and_the_query_that_selects_its_items(client: FlaskClient) -> None:
    """The description of a list has the text of its SELECT."""
    response = client.get("/meta/answeredquestions")

    described = graph(response.data)
    endpoint = NamedNode("urn:pqlod:api:answeredQuestions")
    assert response.content_type.startswith("text/turtle")
    assert described.values(endpoint, API.uriTemplate) == (Literal("/answeredquestions"),)
    assert "SELECT DISTINCT ?item" in str(described.value(endpoint, ELDA.sparqlQuery))
    assert described.value(endpoint, ELDA.listURL) == NamedNode("http://localhost/answeredquestions")


@pytest.mark.parametrize("suffix", ["json", "xml", "ttl", "rdf", "nt", "jsonld", "csv", "html"])
def test_an_endpoint_is_described_in_every_format(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"/meta/members/_id.{suffix}")

    assert response.status_code == 200
    assert b"members" in response.data


def test_the_address_that_a_page_gives_for_its_definition_answers(client: FlaskClient) -> None:
    for path in ("/members.json", "/members/172.json", "/answeredquestions.json?uin=1"):
        definition = client.get(path).get_json()["result"]["definition"]
        assert client.get(definition.removeprefix("http://localhost")).status_code == 200


def test_no_endpoint_no_description(client: FlaskClient) -> None:
    assert client.get("/meta/nothing").status_code == 404


def test_rt11_the_configuration_is_a_page_that_lists_templates_and_shortnames(client: FlaskClient) -> None:
    text = client.get("/api-config", headers={"Accept": "text/html"}).text

    assert "<code>/commonswrittenquestions/{id}</code>" in text
    assert "<code>hansardHeading</code>" in text


def test_links_within_the_configuration_have_their_ends(client: FlaskClient) -> None:
    text = client.get("/api-config.html").text

    links = {unquote(each) for each in re.findall(r'href="#([^"]+)"', text)} - {"main"}
    assert len(links) > 40
    assert links <= set(re.findall(r'id="([^"]+)"', text))


def test_classes_in_the_configuration_lead_to_their_meaning(client: FlaskClient) -> None:
    names = set(re.findall(r'href="\./docs/vocabulary#([^"]+)"', client.get("/api-config.html").text))

    assert "Member" in names
    assert names <= set(re.findall(r'id="([^"]+)"', client.get("/docs/vocabulary").text))


def test_the_configuration_is_rdf_for_programs(client: FlaskClient) -> None:
    described = graph(client.get("/api-config.ttl").data)

    assert described.describes(NamedNode("urn:pqlod:api:questions"))


def test_paths_and_keys_of_the_machine_are_not_told(tmp_path: Path) -> None:
    (tmp_path / "api.ttl").write_text(
        "@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix : <urn:c:> .\n"
        ":api a api:API ; api:sparqlEndpoint <local:data.nt> ; api:endpoint :list .\n"
        ':list a api:ListEndpoint ; api:uriTemplate "/list" .\n'
    )
    (tmp_path / "data.nt").write_text("")

    with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
        client = app.test_client()
        told = [
            client.get(path).text for path in ("/api-config.ttl", "/api-config.html", "/meta/list", "/list.ttl?_metadata=all")
        ]

    assert all("data.nt" not in text and str(tmp_path) not in text for text in told)


def test_private_statements_are_left_out(client: FlaskClient) -> None:
    api = client.application.extensions["pqlod"].configuration.current().apis[0]
    secret = Graph([Triple(NamedNode("urn:e"), ELDA.authKey, Literal("key"))])

    assert not public_statements((replace(api, graph=api.graph | secret),)).describes(NamedNode("urn:e"))
