"""What the tests share: the sample in a store, an application over it, and a real server of it on loopback."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pqlod.app import running_app
from pqlod.loading import load
from pqlod.sample import sample_files
from pqlod.settings import Settings
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.generations import Generations

SHARED = Path(__file__).parents[2] / "shared"
SECONDS_TO_START = 30


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared reference material beside the checkout; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("needs the shared reference material beside the checkout (../shared)")
    return SHARED


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with the sample in it; not to be written to."""
    folder = tmp_path_factory.mktemp("sample") / "store"
    load(sample_files(), folder)
    return folder


@pytest.fixture(scope="session")
def dataset(sample: Path) -> EmbeddedDataset:
    return Generations(sample).dataset()


@pytest.fixture(scope="session")
def app(sample: Path) -> Iterator[Flask]:
    """pqlod's own API over the sample."""
    with running_app(Settings(store=sample)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Served(NamedTuple):
    """A server that runs: its root, without a slash at the end, and its first process."""

    root: str
    process: "subprocess.Popen[bytes]"


Serve = Callable[..., AbstractContextManager[Served]]


@contextmanager
def serving(*options: str, **settings: str) -> Iterator[Served]:
    """``pqlod serve`` with these options and settings, on a free port, in processes that end with the context."""
    port = free_port()
    command = [sys.executable, "-m", "pqlod", "serve", "--port", str(port), *options]
    environment = {**os.environ, **{f"PQLOD_{name.upper()}": value for name, value in settings.items()}}
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            if not is_listening(port, process):
                log.seek(0)
                pytest.fail(f"pqlod serve did not start: {log.read().decode()}")
            yield Served(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Starts a server with the options and settings given, in a ``with`` statement."""
    return serving


@pytest.fixture(scope="session")
def server(sample: Path) -> Iterator[str]:
    """The root of a real server of the sample."""
    with serving("--store", str(sample)) as served:
        yield served.root


@pytest.fixture(scope="session")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The root of a real server that anybody may write to. Its store is new at first; each test writes what it needs."""
    store = tmp_path_factory.mktemp("writable") / "store"
    with serving("--writable", "--no-auth", "--store", str(store)) as served:
        yield served.root


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Waits until something listens on the port; False if the process ends before that, or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False
