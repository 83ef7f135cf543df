"""The SPARQL 1.1 Graph Store HTTP Protocol, without a network."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from pqlod.app import running_app
from pqlod.settings import Settings

TURTLE, NTRIPLES = "text/turtle", "application/n-triples"
ONE, TWO = "<urn:s> <urn:p> 1 .", "<urn:s> <urn:p> 2 ."
GRAPH = "/store?graph=urn:graph"
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(store=tmp_path_factory.mktemp("graphs") / "store", writable=True, no_auth=True, query_rows=50)
    with running_app(settings) as app:
        yield app.test_client()


@pytest.fixture
def client(writable: FlaskClient) -> FlaskClient:
    """A client of a store without any graph."""
    assert writable.post("/update", data="DROP ALL", content_type="application/sparql-update").status_code == 204
    return writable


def put(client: FlaskClient, path: str, body: str, content_type: str = TURTLE) -> TestResponse:
    return client.put(path, data=body, content_type=content_type)


def triples(client: FlaskClient, path: str) -> set[str]:
    response = client.get(path, headers={"Accept": NTRIPLES})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/n-triples; charset=utf-8")
    return {str(quad.triple) for quad in parse(response.data, RdfFormat.N_TRIPLES)}


@pytest.mark.parametrize("path", [GRAPH, "/store/people/1.ttl", f"/store?graph={quote('http://example.com/ü?a=b', safe='')}"])
def test_a_named_graph_lives_and_dies(client: FlaskClient, path: str) -> None:
    statuses = [
        client.get(path).status_code,
        put(client, path, ONE).status_code,
        client.head(path).status_code,
        put(client, path, TWO).status_code,
        client.post(path, data=ONE, content_type=TURTLE).status_code,
    ]
    size = len(triples(client, path))
    statuses += [client.delete(path).status_code, client.delete(path).status_code, client.head(path).status_code]

    assert statuses == [404, 201, 200, 204, 204, 204, 404, 404]
    assert size == 2


def test_the_default_graph_is_always_there(client: FlaskClient) -> None:
    statuses = [
        client.get("/store?default").status_code,
        put(client, "/store?default", ONE).status_code,
        client.post("/store?default", data=TWO, content_type=TURTLE).status_code,
    ]
    size = len(triples(client, "/store?default"))
    statuses += [client.delete("/store?default").status_code, client.get("/store?default").status_code]

    assert statuses == [200, 204, 204, 204, 200]
    assert (size, triples(client, "/store?default")) == (2, set())


def test_a_graph_is_also_known_by_its_own_address(client: FlaskClient) -> None:
    assert put(client, "/store/people/a%20b", ONE).headers["Location"] == "http://localhost/store/people/a%20b"

    assert triples(client, "/store?graph=http%3A%2F%2Flocalhost%2Fstore%2Fpeople%2Fa%2520b") == {
        '<urn:s> <urn:p> "1"^^' + INTEGER
    }


def test_a_post_that_names_no_graph_makes_one(client: FlaskClient) -> None:
    response = client.post("/store", data="<> <urn:p> 1 .", content_type=TURTLE)

    assert response.status_code == 201
    location = response.headers["Location"]
    assert triples(client, location.removeprefix("http://localhost")) == {f'<{location}> <urn:p> "1"^^{INTEGER}'}


def test_each_document_has_blank_nodes_of_its_own(client: FlaskClient) -> None:
    put(client, GRAPH, "_:b <urn:p> 1 .")
    client.post(GRAPH, data="_:b <urn:p> 1 .", content_type=TURTLE)

    assert len(triples(client, GRAPH)) == 2


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("text/turtle; charset=UTF-8", "<urn:s> <urn:p> <urn:o> .", id="turtle"),
        pytest.param("application/x-turtle", "<urn:s> <urn:p> <urn:o> .", id="turtle-by-its-old-name"),
        pytest.param("application/n-triples", "<urn:s> <urn:p> <urn:o> .", id="n-triples"),
        pytest.param(
            "application/rdf+xml",
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:">'
            '<r:Description r:about="urn:s"><p r:resource="urn:o"/></r:Description></r:RDF>',
            id="rdf-xml",
        ),
        pytest.param("application/ld+json", '{"@id": "urn:s", "urn:p": {"@id": "urn:o"}}', id="json-ld"),
    ],
)
def test_every_syntax_of_a_graph_is_read(client: FlaskClient, content_type: str, body: str) -> None:
    assert put(client, GRAPH, body, content_type).status_code == 201

    assert triples(client, GRAPH) == {"<urn:s> <urn:p> <urn:o>"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        pytest.param("", "text/turtle; charset=utf-8", id="nothing"),
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", "text/turtle; charset=utf-8", id="a browser"),
        pytest.param("application/rdf+xml", "application/rdf+xml; charset=utf-8", id="rdf-xml"),
        pytest.param("application/ld+json, text/turtle;q=0.5", "application/ld+json", id="json-ld"),
        pytest.param("application/n-quads", "application/n-quads", id="n-quads"),
    ],
)
def test_a_graph_is_written_as_it_is_asked_for(client: FlaskClient, accept: str, content_type: str) -> None:
    put(client, GRAPH, ONE)

    response = client.get(GRAPH, headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in response.vary


def test_the_format_may_be_named(client: FlaskClient) -> None:
    put(client, GRAPH, ONE)

    assert (
        client.get(f"{GRAPH}&format=nt", headers={"Accept": "image/png"}).data == f'<urn:s> <urn:p> "1"^^{INTEGER} .\n'.encode()
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/store", 400, id="no graph"),
        pytest.param("PUT", "/store", 400, id="no graph to put"),
        pytest.param("DELETE", "/store", 400, id="no graph to delete"),
        pytest.param("GET", "/store?graph=", 400, id="empty IRI"),
        pytest.param("PUT", "/store?graph=", 400, id="empty IRI to put"),
        pytest.param("POST", "/store?graph=", 400, id="empty IRI to post to"),
        pytest.param("POST", "/store?graph", 400, id="graph without a value"),
        pytest.param("PUT", "/store?graph=people/1", 400, id="relative IRI"),
        pytest.param("PUT", "/store?graph=http://a%20b/", 400, id="no IRI"),
        pytest.param("PUT", "/store?graph=urn:a%FF", 400, id="no UTF-8"),
        pytest.param("PUT", "/store?default&graph=urn:a", 400, id="both"),
        pytest.param("PUT", "/store?graph=urn:a&graph=urn:b", 400, id="two"),
        pytest.param("PUT", "/store/people?graph=urn:b", 400, id="by address and parameter"),
        pytest.param("GET", "/store?default&format=png", 400, id="unknown format"),
        pytest.param("PATCH", "/store?default", 405, id="method"),
    ],
)
def test_a_request_that_makes_no_sense_has_its_status(client: FlaskClient, method: str, path: str, status: int) -> None:
    response = client.open(path, method=method, data=ONE, content_type=TURTLE)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        pytest.param(TURTLE, "<urn:s> <urn:p> .", 400, id="damaged"),
        pytest.param("application/rdf+xml", ONE, 400, id="another syntax"),
        pytest.param("multipart/form-data", ONE, 400, id="no boundary"),
        pytest.param("multipart/form-data; boundary=x", "nothing like it", 400, id="no parts"),
        pytest.param("", ONE, 415, id="no media type"),
        pytest.param("text/csv", ONE, 415, id="no RDF"),
        pytest.param("application/trig", ONE, 415, id="a syntax of many graphs"),
        pytest.param("text/turtle; charset=utf-16", ONE, 415, id="another charset"),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing(client: FlaskClient, content_type: str, body: str, status: int) -> None:
    assert put(client, GRAPH, body, content_type).status_code == status
    assert client.head(GRAPH).status_code == 404


def test_a_body_in_another_coding_is_refused(client: FlaskClient) -> None:
    response = client.put(GRAPH, data=ONE, content_type=TURTLE, headers={"Content-Encoding": "gzip"})

    assert response.status_code == 415


def test_the_parts_of_a_form_are_one_graph(client: FlaskClient) -> None:
    parts = {
        "first": (BytesIO(ONE.encode()), "first", TURTLE),
        "second": (BytesIO(b"<urn:s> <urn:p> <urn:o> ."), "second.nt", "application/octet-stream"),
    }

    assert client.post(GRAPH, data=parts, content_type="multipart/form-data").status_code == 201
    assert triples(client, GRAPH) == {f'<urn:s> <urn:p> "1"^^{INTEGER}', "<urn:s> <urn:p> <urn:o>"}


def test_a_graph_larger_than_is_given_at_once_is_refused_whole(client: FlaskClient) -> None:
    put(client, GRAPH, "\n".join(f"<urn:{n}> <urn:p> 1 ." for n in range(51)))

    response = client.get(GRAPH)

    assert response.status_code == 503
    assert response.json
    assert response.json["limit"] == "rows"


def test_graphs_are_read_where_writing_is_off(sample: Path) -> None:
    with running_app(Settings(store=sample)) as app:
        client = app.test_client()

        assert client.head("/store?default").status_code == 200
        assert client.get("/store?graph=urn:none").status_code == 404
