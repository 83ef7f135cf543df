"""The archive of letters as a test asks it, and APIs that a test writes itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from archive import FEATURES, PREFIXES, Reader

from pqlod.app import running_app
from pqlod.settings import Settings

Serve = Callable[..., Reader]


@pytest.fixture(scope="session")
def letters() -> Iterator[Reader]:
    """The archive, for reading."""
    with running_app(Settings(config=(str(FEATURES / "config.ttl"),))) as app:
        yield Reader(app.test_client())


@pytest.fixture
def serve_text(tmp_path: Path) -> Iterator[Serve]:
    """Serves config.ttl and data.ttl of ``tmp_path``, with these texts in the prefixes of the archive; settings by name."""
    with ExitStack() as stack:

        def serve_text(configuration: str, data: str = "", **settings: Any) -> Reader:
            (tmp_path / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
            (tmp_path / "config.ttl").write_text(PREFIXES + configuration, encoding="utf-8")
            chosen = Settings(config=(str(tmp_path / "config.ttl"),), **settings)
            return Reader(stack.enter_context(running_app(chosen)).test_client())

        yield serve_text
