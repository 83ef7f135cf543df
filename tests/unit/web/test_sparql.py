"""The query operation of the SPARQL 1.1 Protocol, without a network."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from pqlod.app import running_app
from pqlod.rdf import PQLOD, RDF, Graph, NamedNode
from pqlod.settings import Settings
from pqlod.web.service_description import SD, VOID

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ONE = "SELECT (1 AS ?one) {}"
TRIPLE = "CONSTRUCT { <http://example.com/s> a <http://example.com/o> } {}"


@pytest.fixture(scope="module")
def client(sample: Path) -> Iterator[FlaskClient]:
    with running_app(Settings(store=sample, query_rows=1000, query_seconds=2)) as app:
        yield app.test_client()


def get(text: str, **parameters: str) -> str:
    return f"/sparql?{urlencode({'query': text, **parameters})}"


@pytest.mark.parametrize(
    ("text", "accept", "content_type"),
    [
        pytest.param(ONE, "*/*", "application/sparql-results+json", id="select by default"),
        pytest.param(ONE, "", "application/sparql-results+json", id="select without Accept"),
        pytest.param(ONE, "application/json", "application/json", id="select as any JSON"),
        pytest.param(ONE, "application/sparql-results+xml", "application/sparql-results+xml", id="select as XML"),
        pytest.param(ONE, "text/csv", "text/csv; charset=utf-8", id="select as CSV"),
        pytest.param(ONE, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8", id="select as TSV"),
        pytest.param(ONE, "text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8", id="select, what a graph would be too"),
        pytest.param("ASK {}", "*/*", "application/sparql-results+json", id="ask by default"),
        pytest.param("ASK {}", "application/xml", "application/xml; charset=utf-8", id="ask as any XML"),
        pytest.param(TRIPLE, "*/*", "text/turtle; charset=utf-8", id="construct by default"),
        pytest.param(TRIPLE, "application/n-triples", "application/n-triples; charset=utf-8", id="construct as N-Triples"),
        pytest.param(TRIPLE, "application/rdf+xml", "application/rdf+xml; charset=utf-8", id="construct as RDF/XML"),
        pytest.param(TRIPLE, "application/ld+json", "application/ld+json", id="construct as JSON-LD"),
        pytest.param(TRIPLE, "application/trig", "application/trig", id="construct as TriG"),
        pytest.param(TRIPLE, "application/n-quads", "application/n-quads", id="construct as N-Quads"),
        pytest.param(ONE, BROWSER, "text/html; charset=utf-8", id="a browser"),
    ],
)
def test_the_format_goes_by_accept(client: FlaskClient, text: str, accept: str, content_type: str) -> None:
    response = client.get(get(text), headers={"Accept": accept})

    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in response.vary


@pytest.mark.parametrize(
    ("text", "name", "body"),
    [
        pytest.param(ONE, "csv", b"one\r\n1\r\n", id="csv"),
        pytest.param(ONE, "tsv", b"?one\n1\n", id="tsv"),
        pytest.param("ASK {}", "json", b'{"head":{},"boolean":true}', id="boolean as json"),
        pytest.param(TRIPLE, "nt", f"<http://example.com/s> <{RDF.type.value}> <http://example.com/o> .\n".encode(), id="nt"),
        pytest.param(TRIPLE, "turtle", b"<http://example.com/s> a <http://example.com/o> .\n", id="turtle"),
    ],
)
def test_a_format_that_the_address_names_beats_accept(client: FlaskClient, text: str, name: str, body: bytes) -> None:
    by_parameter = client.get(get(text, format=name), headers={"Accept": "image/png"})
    by_suffix = client.get(get(text).replace("?", f".{name}?"), headers={"Accept": "image/png"})

    assert (by_parameter.data, by_suffix.data) == (body, body)


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        pytest.param("/sparql", urlencode({"query": ONE, "format": "csv"}), FORM, id="a form"),
        pytest.param("/sparql", urlencode({"query": ONE, "format": "csv"}), f"{FORM}; charset=UTF-8", id="a form in UTF-8"),
        pytest.param("/sparql?format=csv", ONE, DIRECT, id="the query itself"),
        pytest.param("/sparql/?format=csv", ONE, DIRECT, id="with a slash at the end"),
        pytest.param("/sparql?format=csv", f"query={quote(ONE)}", FORM, id="a form and parameters"),
    ],
)
def test_a_query_may_be_posted(client: FlaskClient, path: str, body: str, content_type: str) -> None:
    response = client.post(path, data=body, content_type=content_type)

    assert response.data == b"one\r\n1\r\n"


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status"),
    [
        pytest.param("GET", get("SELECT * {"), "", "", 400, id="syntax"),
        pytest.param("GET", get("SELECT * { ?s ?p }"), "", "", 400, id="syntax that only the parser sees"),
        pytest.param("GET", get("INSERT DATA {}"), "", "", 400, id="an update"),
        pytest.param("GET", "/sparql?update=CLEAR+ALL", "", "", 400, id="an update by its name"),
        pytest.param("GET", get(ONE) + "&query=ASK%7B%7D", "", "", 400, id="two queries"),
        pytest.param("GET", "/sparql?query=ASK%20%7B%7D%20%23%FF", "", "", 400, id="no UTF-8 in the address"),
        pytest.param("GET", get(ONE, format="png"), "", "", 400, id="unknown format"),
        pytest.param("GET", get(ONE, format="ttl"), "", "", 400, id="format of another kind"),
        pytest.param("GET", get(ONE) + "&default-graph-uri=here", "", "", 400, id="relative graph"),
        pytest.param("GET", get("SELECT * { SERVICE <http://127.0.0.1/> {} }"), "", "", 403, id="service"),
        pytest.param("POST", "/sparql", "", FORM, 400, id="empty form"),
        pytest.param("POST", "/sparql", "", DIRECT, 400, id="empty query"),
        pytest.param("POST", "/sparql?query=ASK%7B%7D", "ASK {}", DIRECT, 400, id="a query in both places"),
        pytest.param("POST", "/sparql", b"ASK { ?s ?p '\xff' }", DIRECT, 400, id="no UTF-8 in the body"),
        pytest.param("POST", "/sparql", b"query=ASK{}%FF", FORM, 400, id="no UTF-8 in the form"),
        pytest.param("POST", "/sparql", "ASK {}", "", 415, id="no media type"),
        pytest.param("POST", "/sparql", "ASK {}", "text/plain", 415, id="another media type"),
        pytest.param("POST", "/sparql", "CLEAR ALL", "application/sparql-update", 415, id="an update by its media type"),
        pytest.param("POST", "/sparql", "ASK {}", f"{DIRECT}; charset=utf-16", 415, id="another charset"),
        pytest.param("PUT", "/sparql", "ASK {}", DIRECT, 405, id="put"),
        pytest.param("DELETE", "/sparql", "", "", 405, id="delete"),
    ],
)
def test_a_clients_mistake_has_its_status(
    client: FlaskClient, method: str, path: str, body: str | bytes, content_type: str, status: int
) -> None:
    response = client.open(path, method=method, data=body, content_type=content_type)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json
    assert response.json["status"] == status


def test_the_method_not_allowed_names_those_that_are(client: FlaskClient) -> None:
    response = client.put("/sparql")

    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD"])
def test_other_methods_have_no_body(client: FlaskClient, method: str) -> None:
    response = client.open(get(ONE), method=method)

    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_not_acceptable_lists_the_formats_of_the_kind(client: FlaskClient) -> None:
    response = client.get(get(ONE), headers={"Accept": "text/turtle"})

    assert response.status_code == 406
    assert response.json
    assert "text/csv" in response.json["offered"]
    assert "text/turtle" not in response.json["offered"]


def test_a_syntax_error_tells_line_and_column(client: FlaskClient) -> None:
    response = client.get(get("SELECT *\n{ ?s ?p }"))

    assert response.json
    assert (response.json["line"], response.json["column"]) == (2, 10)


def test_a_query_at_its_time_limit_is_told_to_ask_for_less(client: FlaskClient) -> None:
    response = client.get(get("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json
    assert response.json["limit"] == "time"


def test_a_cut_result_says_so(client: FlaskClient) -> None:
    response = client.get(get("SELECT ?p { ?s ?p ?o }", format="csv"))

    assert response.headers["SPARQL-Row-Limit"] == "1000"
    assert response.headers["SPARQL-Truncated"] == "true"
    assert len(response.data.splitlines()) == 1001


def test_a_whole_result_does_not_say_that_it_is_cut(client: FlaskClient) -> None:
    assert "SPARQL-Truncated" not in client.get(get(ONE)).headers


def test_a_graph_that_is_not_there_is_empty(client: FlaskClient) -> None:
    response = client.get(get("ASK { ?s ?p ?o }", **{"default-graph-uri": "http://example.com/nowhere"}))

    assert response.json == {"head": {}, "boolean": False}


def test_relative_iris_are_those_of_the_service(client: FlaskClient) -> None:
    response = client.get(get("SELECT (STR(<x>) AS ?iri) {}", format="csv"))

    assert response.data == b"iri\r\nhttp://localhost/x\r\n"


@pytest.mark.parametrize("path", ["/sparql", "/sparql?query=", "/sparql/"])
def test_without_a_query_the_service_describes_itself(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    graph = Graph(quad.triple for quad in parse(response.data, RdfFormat.TURTLE))
    (service,) = (s for s in graph.subjects() if SD.Service in graph.values(s, RDF.type))

    assert graph.values(service, SD.endpoint) == (NamedNode("http://localhost/sparql"),)
    assert NamedNode("http://www.w3.org/ns/formats/Turtle") in graph.values(service, SD.resultFormat)
    assert [term.value for term in graph.values(service, PQLOD["limit-rows"])] == ["1000"]  # type: ignore[union-attr]  # a literal


def test_the_service_description_counts_the_triples(client: FlaskClient) -> None:
    counted = json.loads(client.get(get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")).data)["results"]["bindings"][0]["n"]["value"]
    graph = Graph(quad.triple for quad in parse(client.get("/sparql.nt").data, RdfFormat.N_TRIPLES))
    (default,) = (term for s in graph.subjects() for term in graph.values(s, SD.defaultGraph))

    assert [term.value for term in graph.values(default, VOID.triples)] == [counted]  # type: ignore[union-attr]  # a literal


def test_a_person_gets_a_form(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER}).text

    assert '<label for="query">' in page
    assert '<textarea id="query" name="query"' in page


def test_a_person_gets_a_table_in_which_markup_is_text(client: FlaskClient) -> None:
    page = client.get(get("SELECT ('<script>' AS ?x) (<http://example.com/?a&b> AS ?y) {}"), headers={"Accept": BROWSER}).text

    assert "<td>&lt;script&gt;</td>" in page
    assert '<a href="http://example.com/?a&amp;b">' in page
    assert "1 row</p>" in page.replace("1 row.</p>", "1 row</p>")


def test_a_person_is_told_that_rows_are_missing(client: FlaskClient) -> None:
    page = client.get(get("SELECT ?p { ?s ?p ?o }"), headers={"Accept": BROWSER}).text

    assert "500 rows, the first ones only" in page
    assert page.count("<tr>") == 501


def test_a_person_keeps_the_query_that_was_wrong(client: FlaskClient) -> None:
    response = client.get(get("SELECT * { ?s ?p } # <mine>"), headers={"Accept": BROWSER})

    assert response.status_code == 400
    assert "SELECT * { ?s ?p } # &lt;mine&gt;</textarea>" in response.text
    assert "Line 1, column" in response.text


def test_what_service_may_call_is_described_and_shown(sample: Path) -> None:
    called = "http://example.org/sparql"
    with running_app(Settings(store=sample, query_calls=(called,), query_log="off")) as app:
        described = app.test_client().get("/sparql.nt").text
        page = app.test_client().get("/sparql", headers={"Accept": BROWSER}).text

    assert f"<urn:pqlod:vocab:calls> <{called}>" in described
    assert "#BasicFederatedQuery>" in described
    assert called in page


def test_a_service_that_does_not_answer_is_a_bad_gateway(sample: Path) -> None:
    called = "http://127.0.0.1:9/"
    with running_app(Settings(store=sample, query_calls=(called,), query_log="off")) as app:
        response = app.test_client().get(get(f"SELECT * {{ SERVICE <{called}> {{ ?s ?p ?o }} }}"))

    assert response.status_code == 502


def test_queries_are_logged_without_who_asked(sample: Path, tmp_path: Path) -> None:
    log = tmp_path / "queries.log"
    with running_app(Settings(store=sample, query_log=str(log))) as app:
        app.test_client().get(get(ONE), headers={"X-Forwarded-For": "198.51.100.7"})
        app.test_client().get("/answeredquestions.json?_where=" + quote("?item ?p ?o") + "&_pageSize=1")

    first, *others = map(json.loads, log.read_text().splitlines())
    assert (first["outcome"], first["rows"]) == ("complete", 1)
    assert others
    assert "198.51.100.7" not in log.read_text()
