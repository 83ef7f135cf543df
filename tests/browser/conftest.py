"""A browser for the tests: Debian's chromium, driven by playwright. They are skipped where one of the two is missing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pqlod.loading import load

Serve = Callable[..., AbstractContextManager[Any]]
PATIENCE = 60_000  # milliseconds: the machine may be busy


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


@pytest.fixture(scope="session")
def real_server(shared: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[str]:
    """The root of a server of all the real data, for tests that are ``full``: to load it takes a minute."""
    store = tmp_path_factory.mktemp("real") / "store"
    load(sorted((shared / "data/real").glob("*.*s*")), store)
    with serve("--store", str(store)) as served:
        yield served.root


@pytest.fixture
def page_with(browser: Any, server: str) -> Callable[..., AbstractContextManager[Any]]:
    """Gives a page, in a ``with`` statement, by options of a browser's context; without ``base_url``, of the sample.

    The test fails if the page says an error, breaks the Content-Security-Policy or asks another host.
    """
    return partial(_page, browser, server)


@pytest.fixture
def page(page_with: Any) -> Iterator[Any]:
    """A page with scripts."""
    with page_with() as page:
        yield page


@pytest.fixture
def page_without_scripts(page_with: Any) -> Iterator[Any]:
    """A page of a browser whose user has switched scripts off."""
    with page_with(java_script_enabled=False) as page:
        yield page


@contextmanager
def _page(browser: Any, server: str, **options: Any) -> Iterator[Any]:
    root = options.setdefault("base_url", server)
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    documents: set[str] = set()  # that one is refused is for the test to say
    problems: list[str] = []

    def look_at(request: Any) -> None:
        if request.is_navigation_request():
            documents.add(request.url)
        if not request.url.startswith(root):
            problems.append(f"asks {request.url}")

    def read(message: Any) -> None:
        if message.type == "error" and message.location["url"] not in documents:
            problems.append(message.text)

    context.on("request", look_at)
    context.on("console", read)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("dialog", lambda dialog: (problems.append(f"says {dialog.message}"), dialog.dismiss()))
    yield context.new_page()
    context.close()
    assert problems == []
