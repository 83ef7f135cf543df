"""The documentation: every address in it works, and its OpenAPI is valid and tells of every endpoint."""

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from pqlod.app import configuration_reader


def test_every_link_of_the_documentation_leads_somewhere(client: FlaskClient) -> None:
    page = client.get("/docs").text
    addresses = {unescape(address) for address in re.findall(r'<a href="\./([^"#]*)"', page)}

    assert len(addresses) > 60
    for address in sorted(addresses):
        assert client.get(f"/{address}", headers={"Accept": "text/html, */*;q=0.1"}).status_code in (200, 303), address


def test_every_link_within_the_documentation_has_its_end(client: FlaskClient) -> None:
    page = client.get("/docs").text
    assert set(re.findall(r'href="#([^"]+)"', page)) - {"main"} <= set(re.findall(r'id="([^"]+)"', page))


@pytest.fixture(scope="module")
def description(app: Flask) -> dict:
    return app.test_client().get("/openapi.json", base_url="https://example.org/").json


def test_the_openapi_is_valid(description: dict) -> None:
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []
    assert description["servers"] == [{"url": "https://example.org"}]


def test_the_openapi_tells_of_every_endpoint_and_query(description: dict) -> None:
    (api,) = configuration_reader(())().apis
    assert {endpoint.template.path_part.replace("{+", "{") for endpoint in api.endpoints} <= description["paths"].keys()
    assert len([path for path in description["paths"] if path.startswith("/queries/")]) >= 15


def test_what_a_template_asks_for_is_a_parameter_of_its_path(description: dict) -> None:
    names = {each.get("name") for each in description["paths"]["/commonswrittenquestions"]["get"]["parameters"]}
    assert {"mnisId", "answeringDepartment", "filters"} <= names


def test_what_a_query_has_by_itself_is_a_default(description: dict) -> None:
    (words,) = [each for each in description["paths"]["/queries/who-asks-about"]["get"]["parameters"] if each["name"] == "words"]
    assert (words["schema"], words["required"]) == ({"type": "string", "default": "housing"}, False)


def test_the_viewer_may_set_styles_and_nothing_more(client: FlaskClient) -> None:
    response = client.get("/docs/openapi")
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]
    assert 'data-description="../openapi.json"' in response.text
