import re
from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from pqlod.app import running_app
from pqlod.settings import Settings

DATA_HOST = {"Host": "data.parliament.uk"}


@pytest.mark.parametrize(
    ("path", "accept", "location"),
    [
        ("/id/resources/1012383", "text/turtle", "http://localhost/resources/1012383.ttl"),
        ("/id/resources/1012383", "text/html", "http://localhost/resources/1012383.html"),
        ("/id/resources/1012383.csv", "text/html", "http://localhost/resources/1012383.csv"),
        ("/id/resources/1012383?_format=xml&_view=all", "", "http://localhost/resources/1012383.xml?_view=all"),
        ("/id/members/172", "", "http://localhost/members/172.json"),
    ],
)
def test_an_identity_leads_to_its_document_in_the_format_asked_for(
    client: FlaskClient, path: str, accept: str, location: str
) -> None:
    response = client.get(path, headers={"Accept": accept} if accept else {})

    assert (response.status_code, response.headers["Location"]) == (303, location)


def test_an_identity_varies_where_its_format_was_negotiated(client: FlaskClient) -> None:
    assert client.get("/id/members/172").headers["Vary"] == "Accept"
    assert "Vary" not in client.get("/id/members/172.ttl").headers


@pytest.mark.parametrize("path", ["/id/", "/id/nothing/here", "/id"])
def test_an_identity_without_a_document_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert "No endpoint answers" in response.get_json(force=True)["detail"]


@pytest.mark.parametrize("path", ["/resources/1012383", "/members/172", "/terms/25259", "/resources/1012383/answer"])
def test_the_host_of_the_data_leads_from_the_thing_to_its_document(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={**DATA_HOST, "Accept": "text/turtle"})

    assert (response.status_code, response.headers["Location"]) == (303, f"http://data.parliament.uk{path}.ttl")
    assert response.headers["Vary"] == "Accept"


def test_the_document_on_the_host_of_the_data_is_served_there(client: FlaskClient) -> None:
    response = client.get("/members/172.ttl", headers=DATA_HOST)

    assert response.status_code == 200
    assert response.content_type.startswith("text/turtle")


def test_lists_on_the_host_of_the_data_are_no_things(client: FlaskClient) -> None:
    assert client.get("/members", headers=DATA_HOST).status_code == 200


@pytest.mark.parametrize("path", ["/resources/1012383", "/resources/1012383/answer", "/members/172", "/terms/25259"])
def test_every_resource_of_the_data_has_a_document_at_its_own_path(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}.json").get_json()["result"]

    assert page["primaryTopic"]["_about"] == f"http://data.parliament.uk{path}"


def test_nothing_known_of_a_resource_is_404_and_says_so(client: FlaskClient) -> None:
    response = client.get("/resources/0")

    assert response.status_code == 404
    assert response.get_json(force=True)["iri"] == "http://data.parliament.uk/resources/0"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/id/q/7", "http://localhost/q/7"),
        ("/id/q/7.ttl?_view=basic", "http://localhost/q/7.ttl?_view=basic"),
        ("/id/q/7.zzz", "http://localhost/q/7.zzz"),
    ],
)
def test_rt07_the_path_of_an_item_template_leads_to_its_endpoint(tmp_path: Path, path: str, location: str) -> None:
    """The suffix is kept, and so are the parameters (D32)."""
    (tmp_path / "api.ttl").write_text(
        "@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix : <urn:c:> .\n"
        ":api a api:API ; api:sparqlEndpoint <http://sparql.example/> ; api:endpoint :item .\n"
        ':item a api:ItemEndpoint ; api:uriTemplate "/q/{n}" ; api:itemTemplate "http://data.example.org/id/q/{n}" .\n'
    )

    with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
        response = app.test_client().get(path)

    assert (response.status_code, response.headers["Location"]) == (303, location)


@pytest.mark.parametrize("path", ["/schema/parl", "/schema/shapes", "/.well-known/void"])
@pytest.mark.parametrize(
    ("accept", "syntax"),
    [
        ("", RdfFormat.TURTLE),
        ("application/rdf+xml", RdfFormat.RDF_XML),
        ("application/n-triples", RdfFormat.N_TRIPLES),
        ("application/ld+json", RdfFormat.JSON_LD),
    ],
    ids=["default", "RDF/XML", "N-Triples", "JSON-LD"],
)
def test_descriptions_are_rdf_for_programs(client: FlaskClient, path: str, accept: str, syntax: RdfFormat) -> None:
    response = client.get(path, headers={"Accept": accept} if accept else {})

    assert "Accept" in response.vary
    assert len(set(parse(response.data, syntax))) > 10


def test_the_vocabulary_is_a_page_for_people_with_an_anchor_for_each_term(client: FlaskClient) -> None:
    response = client.get("/schema/parl", headers={"Accept": "text/html"})

    assert response.content_type == "text/html; charset=utf-8"
    assert 'id="answeringDeptId"' in response.text


@pytest.mark.parametrize("path", ["/schema/parl", "/schema/shapes"])
def test_terms_of_a_document_lead_to_their_places_in_it(client: FlaskClient, path: str) -> None:
    page = client.get(f"{path}.html").text
    places = re.findall(r'id="([^"]+)"', page)

    links = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert len(links) > 15
    assert links <= set(places)
    assert len(places) == len(set(places))


def test_the_shapes_are_a_page_for_people_with_an_anchor_for_each(client: FlaskClient) -> None:
    response = client.get("/schema/shapes", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert 'id="WrittenQuestion"' in response.text
    assert "digits in the Commons, HL and digits in the Lords." in response.text
    assert "rdf-syntax-ns#nil" not in response.text  # the members of a list are shown, not its cells


def test_a_description_in_an_unknown_format_is_refused_with_those_there_are(client: FlaskClient) -> None:
    assert "one of ttl, rdf, nt, jsonld, html" in client.get("/schema/parl.zzz").get_json(force=True)["detail"]
    assert client.get("/schema/parl", headers={"Accept": "image/png"}).status_code == 406


def test_a_description_that_the_client_has_is_304(client: FlaskClient) -> None:
    tag = client.get("/schema/parl.ttl").headers["ETag"]

    assert client.get("/schema/parl.ttl", headers={"If-None-Match": tag}).status_code == 304


def test_the_description_of_the_dataset_tells_when_its_data_was_loaded(client: FlaskClient) -> None:
    modified = NamedNode("http://purl.org/dc/terms/modified")

    told = [
        quad.object for quad in parse(client.get("/.well-known/void.nt").data, RdfFormat.N_TRIPLES) if quad.predicate == modified
    ]

    loaded = client.get("/members.json").last_modified
    assert [datetime.fromisoformat(term.value) for term in told if isinstance(term, Literal)] == [loaded]


def test_the_description_is_there_without_a_store(tmp_path: Path) -> None:
    (tmp_path / "api.ttl").write_text(
        "@prefix api: <http://purl.org/linked-data/api/vocab#> . [] a api:API ; api:sparqlEndpoint <here:> ;"
        'api:endpoint <urn:l> . <urn:l> a api:ListEndpoint ; api:uriTemplate "/l" .'
    )
    with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
        assert b"void#Dataset" in app.test_client().get("/.well-known/void.nt").data
