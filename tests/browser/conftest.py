"""A browser for the tests: Debian's chromium, driven by playwright. They are skipped where one of the two is missing."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

PATIENCE = 20_000  # milliseconds: the machine may be busy


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, of the extra dev")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium, such as Debian's package of that name")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, server: str) -> Iterator[Any]:
    """A page with scripts; the test fails if it says an error, breaks the Content-Security-Policy or asks another host."""
    yield from _page(browser, server)


@pytest.fixture
def page_without_scripts(browser: Any, server: str) -> Iterator[Any]:
    """The same for a browser whose user has switched scripts off."""
    yield from _page(browser, server, java_script_enabled=False)


def _page(browser: Any, server: str, **options: Any) -> Iterator[Any]:
    context = browser.new_context(base_url=server, **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(server) else problems.append(f"asks {request.url}"))
    yield page
    context.close()
    assert problems == []
