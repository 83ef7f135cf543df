"""Static files: addresses with a digest, which caches may keep, and nothing else of the file system."""

import re

import pytest
from flask.testing import FlaskClient

from pqlod.formatters.html.static_files import static_address
from pqlod.web.static_files import FOREVER


def test_a_page_names_its_files_by_digest_and_caches_may_keep_them(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    addresses = re.findall(r'(?:href|src)="\./(static/[^"]+)"', page)

    assert any("base.css?v=" in address for address in addresses)
    for address in addresses:
        response = client.get("/" + address)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, FOREVER), address


@pytest.mark.parametrize("address", ["/static/css/base.css", "/static/css/base.css?v=0123456789ab"])
def test_by_another_address_a_file_is_asked_for_again(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.headers["Cache-Control"] == "no-cache"
    assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_a_packed_file_is_the_same_file(client: FlaskClient) -> None:
    address = "/" + static_address("css/base.css")
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(client.get(address).data) / 2


@pytest.mark.parametrize("name", ["../app.py", "none.css", "css/%2e%2e/%2e%2e/app.py"])
def test_there_is_nothing_else(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}?v=1").status_code == 404
