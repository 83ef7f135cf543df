"""The update operation of the SPARQL 1.1 Protocol, and who may use it, without a network."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder

from pqlod.app import create_app, running_app
from pqlod.errors import ConfigurationError
from pqlod.settings import Settings
from pqlod.web.writing import is_refused
from pqlod.write_tokens import TokenFile

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-update"
INSERT = "INSERT DATA { <urn:s> <urn:p> 1 }"


@dataclass(frozen=True)
class Service:
    """A writable service: its client, a token, its store."""

    client: FlaskClient
    token: str
    store: Path

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def audit(self) -> list[dict[str, object]]:
        path = self.store / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("writable")
    token = TokenFile(folder / "tokens").add("loader")
    settings = Settings(store=folder / "store", writable=True, token_file=folder / "tokens", update_seconds=5)
    with running_app(settings) as app:
        yield Service(app.test_client(), token, folder / "store")


@pytest.fixture(scope="module")
def open_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a service that asks for no token."""
    with running_app(Settings(store=tmp_path_factory.mktemp("open") / "store", writable=True, no_auth=True)) as app:
        yield app.test_client()


def count(client: FlaskClient) -> int:
    response = client.get(f"/sparql?{urlencode({'query': 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }', 'format': 'csv'})}")
    return int(response.text.split()[1])


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        pytest.param("/update", urlencode({"update": INSERT}), FORM, id="a form"),
        pytest.param("/update", INSERT, DIRECT, id="the update itself"),
        pytest.param("/update/", INSERT, f"{DIRECT}; charset=UTF-8", id="with a slash at the end"),
    ],
)
def test_an_update_is_seen_by_the_next_query(service: Service, path: str, body: str, content_type: str) -> None:
    service.client.post("/update", data="CLEAR ALL", content_type=DIRECT, headers=service.authorization)

    response = service.client.post(path, data=body, content_type=content_type, headers=service.authorization)

    assert (response.status_code, response.data) == (204, b"")
    assert "Content-Type" not in response.headers
    assert count(service.client) == 1
    last = service.audit()[-1]
    assert (last["token"], last["operation"], last["bytes"], last["outcome"]) == ("loader", "update", len(INSERT), "changed")
    assert str(last["generation"]) == response.headers["Dataset-Generation"]


@pytest.mark.parametrize(
    ("path", "body", "content_type", "status"),
    [
        pytest.param("/update", "CLEAR NOTHING", DIRECT, 400, id="syntax"),
        pytest.param("/update", "ASK {}", DIRECT, 400, id="a query"),
        pytest.param("/update", "", FORM, 400, id="nothing"),
        pytest.param("/update", "update=CLEAR+ALL&update=CLEAR+ALL", FORM, 400, id="two updates"),
        pytest.param("/update", "query=ASK%7B%7D", FORM, 400, id="a query by its name"),
        pytest.param("/update?using-graph-uri=here", INSERT, DIRECT, 400, id="relative graph"),
        pytest.param(
            "/update?using-graph-uri=urn:g", "WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", DIRECT, 400, id="with"
        ),
        pytest.param("/update", b"INSERT DATA { <urn:s> <urn:p> '\xff' }", DIRECT, 400, id="no UTF-8"),
        pytest.param("/update", "LOAD <http://127.0.0.1/>", DIRECT, 403, id="load"),
        pytest.param("/update", "DROP GRAPH <urn:none>", DIRECT, 409, id="a graph that is not there"),
        pytest.param("/update", INSERT, "application/sparql-query", 415, id="media type of a query"),
        pytest.param("/update", INSERT, f"{DIRECT}; charset=UTF-16", 415, id="another charset"),
        pytest.param("/update", "update=CLEAR+ALL", "", 415, id="no media type"),
    ],
)
def test_a_clients_mistake_has_its_status_and_changes_nothing(
    service: Service, path: str, body: str | bytes, content_type: str, status: int
) -> None:
    service.client.post("/update", data=INSERT, content_type=DIRECT, headers=service.authorization)
    before = count(service.client)

    response = service.client.post(path, data=body, content_type=content_type, headers=service.authorization)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert count(service.client) == before


def test_an_update_that_fails_is_recorded_with_its_reason(service: Service) -> None:
    service.client.post("/update", data="DROP GRAPH <urn:none>", content_type=DIRECT, headers=service.authorization)

    last = service.audit()[-1]
    assert last["outcome"] == "Conflict"
    assert "does not exist" in str(last["detail"])
    assert "generation" not in last


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_updates_are_posted(service: Service, method: str) -> None:
    response = service.client.open(f"/update?{urlencode({'update': 'CLEAR ALL'})}", method=method, headers=service.authorization)

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        pytest.param("", 'Bearer realm="pqlod"', id="none"),
        pytest.param("Basic bG9hZGVyOng=", 'Bearer realm="pqlod"', id="another scheme"),
        pytest.param("Bearer", 'Bearer realm="pqlod"', id="no token"),
        pytest.param("Bearer pqlod_guess", 'Bearer realm="pqlod", error="invalid_token"', id="a guess"),
        pytest.param("Bearer loader", 'Bearer realm="pqlod", error="invalid_token"', id="the name"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/store?default"), ("DELETE", "/store?default")])
def test_whoever_shows_no_token_writes_nothing(
    service: Service, method: str, path: str, authorization: str, challenge: str
) -> None:
    recorded = len(service.audit())

    response = service.client.open(
        path, method=method, data="CLEAR ALL", content_type=DIRECT, headers={"Authorization": authorization}
    )

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, challenge)
    assert len(service.audit()) == recorded


def test_the_scheme_is_known_in_any_case(service: Service) -> None:
    response = service.client.post(
        "/update", data=INSERT, content_type=DIRECT, headers={"Authorization": f"bearer {service.token}"}
    )

    assert response.status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "has_token", "refused"),
    [
        pytest.param("POST", "/update", False, True, id="an update"),
        pytest.param("PUT", "/store?graph=urn:g", False, True, id="a graph"),
        pytest.param("POST", "/update", True, False, id="with a token"),
        pytest.param("GET", "/store?default", False, False, id="a graph that is read"),
        pytest.param("POST", "/sparql", False, False, id="a query"),
        pytest.param("POST", "/none/such", False, False, id="nowhere"),
    ],
)
def test_who_may_not_write_is_known_without_the_body(
    service: Service, method: str, path: str, has_token: bool, refused: bool
) -> None:
    headers = service.authorization if has_token else {}
    environment = EnvironBuilder(path, method=method, headers=headers).get_environ()

    assert is_refused(service.client.application, environment) is refused


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", "/store?default"), ("POST", "/store?graph=urn:g")])
def test_writing_is_off_unless_it_is_switched_on(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, data=INSERT, content_type=DIRECT)

    assert response.status_code == 403
    assert response.json
    assert "--writable" in response.json["detail"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Host": "localhost:8000"}, 204, id="a program"),
        pytest.param({"Host": "[::1]:8000"}, 204, id="by IPv6"),
        pytest.param({"Host": "localhost:8000", "Origin": "http://localhost:8000"}, 204, id="our own page"),
        pytest.param({"Host": "localhost:8000", "Origin": "http://evil.example"}, 403, id="a page elsewhere"),
        pytest.param({"Host": "localhost:8000", "Origin": "null"}, 403, id="a page of nowhere"),
        pytest.param({"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}, 403, id="a name for this machine"),
        pytest.param({"Host": "[::1"}, 403, id="a host that cannot be read"),
    ],
)
def test_without_tokens_no_page_of_another_site_writes(open_client: FlaskClient, headers: dict[str, str], status: int) -> None:
    response = open_client.post("/update", data=urlencode({"update": INSERT}), content_type=FORM, headers=headers)

    assert response.status_code == status


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({}, "--writable: needs a store", id="no store"),
        pytest.param({"store": Path("none")}, "needs --token-file", id="no tokens"),
        pytest.param({"store": Path("none"), "token_file": Path("none/tokens")}, "No such file", id="no token file"),
        pytest.param({"store": Path("none"), "no_auth": True, "host": "0.0.0.0"}, "refused on 0.0.0.0", id="open to all"),
        pytest.param({"store": Path("none"), "no_auth": True, "host": "example.org"}, "refused on example.org", id="by name"),
    ],
)
def test_settings_that_would_let_anybody_write_stop_the_start(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        create_app(Settings(writable=True, **settings))  # type: ignore[arg-type]  # a table of tests
    assert not Path("none").exists()


def test_the_service_description_tells_of_updates_where_there_are_any(service: Service, client: FlaskClient) -> None:
    assert "SPARQL11Update" in service.client.get("/sparql.ttl").text
    assert "SPARQL11Update" not in client.get("/sparql.ttl").text
