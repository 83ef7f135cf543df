"""robots.txt, sitemaps and the description of the search: whole addresses, of pages that there are."""

import re

from flask.testing import FlaskClient
from lxml import etree

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "o": "http://a9.com/-/spec/opensearch/1.1/"}


def _addresses(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return [str(each.text) for each in etree.fromstring(response.data).iterfind(".//s:loc", NAMES)]


def test_the_sitemaps_name_pages_of_every_question_that_the_lists_have(client: FlaskClient) -> None:
    total = client.get("/writtenquestions.json?_pageSize=1").json["result"]["totalResults"]
    parts = _addresses(client, "/sitemap.xml")
    pages = [page for part in parts for page in _addresses(client, part)]

    assert len(pages) == len(set(pages))
    assert len([page for page in pages if re.search(r"/(resources/\d+|writtenparliamentaryquestion/.+)$", page)]) >= total
    for page in pages[:: len(pages) // 20]:
        assert client.get(page, headers={"Accept": "text/html"}).status_code == 200, page


def test_a_sitemap_that_there_is_not_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sitemaps/0-1000.xml").status_code == 404
    assert client.get("/sitemaps/1000-0.xml").status_code == 404


def test_a_sitemap_that_a_crawler_has_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/sitemap.xml").headers["ETag"]
    assert client.get("/sitemap.xml", headers={"If-None-Match": tag}).status_code == 304


def test_robots_are_told_where_the_sitemap_is_and_what_to_leave(client: FlaskClient) -> None:
    text = client.get("/robots.txt", base_url="https://example.org/questions").text
    assert "Disallow: /questions/*?\n" in text
    assert "Sitemap: https://example.org/questions/sitemap.xml\n" in text


def test_the_search_that_a_browser_adds_finds_what_the_list_finds(client: FlaskClient) -> None:
    described = etree.fromstring(client.get("/opensearch.xml").data)
    templates = {url.get("type"): str(url.get("template")) for url in described.iterfind("o:Url", NAMES)}
    page = client.get("/", headers={"Accept": "text/html"}).text

    assert 'type="application/opensearchdescription+xml"' in page
    assert len(described.findtext("o:ShortName", "", NAMES)) <= 16
    for template in templates.values():
        found = client.get(template.replace("{searchTerms}", "schools").replace("{startPage?}", "0"))
        assert found.status_code == 200
