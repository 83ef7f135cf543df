"""What a main page weighs on the wire with its styles and its icon, and that what does not change is fetched once."""

import gzip
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from inspection import MAIN_PAGES, opened
from lxml import html

MOST = 100_000  # bytes
UNCHANGED = 300  # bytes, by which browsers count an answer that there is nothing new


def fetch(address: str) -> tuple[bytes, int, str]:
    """A document, its bytes on the wire, and how long it may be kept."""
    request = Request(address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    with opening(request) as answer:
        body = answer.read()
        content = gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body
        return content, len(body), answer.headers["Cache-Control"] or ""


def opening(request: Request) -> Any:
    """The answer, whatever its status."""
    try:
        return urlopen(request, timeout=60)
    except HTTPError as refusal:
        return refusal


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_a_page_and_what_it_is_shown_with_are_small(server: str, name: str) -> None:
    page, size, _ = fetch(server + MAIN_PAGES[name])
    document = html.fromstring(page, base_url=server + MAIN_PAGES[name])
    document.make_links_absolute()

    for address in document.xpath("//link[@rel='stylesheet' or @rel='icon']/@href"):
        _, more, kept = fetch(address)
        size += more
        assert "immutable" in kept, address
    assert size < MOST


def test_scripts_and_styles_are_fetched_once(page: Any) -> None:
    opened(page, MAIN_PAGES["home"])
    page.goto(MAIN_PAGES["problem"])
    opened(page, MAIN_PAGES["home"])

    fetched = dict(page.evaluate("performance.getEntriesByType('resource').map(entry => [entry.name, entry.transferSize])"))
    assert any("charts.js" in name for name in fetched)
    assert {name: size for name, size in fetched.items() if size > UNCHANGED} == {}
