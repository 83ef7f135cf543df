import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pqlod.server import LARGEST_BODY, PortInUse, environ, largest_body, read_body, refuse_used_port, threads
from pqlod.settings import Settings
from pqlod.write_tokens import TokenFile

APPLICATION = """
import os, time
from pqlod.processes import end_with_parent
from pqlod.server import AsgiAdapter

def chunks(path):
    yield b"a" * 1000
    while path == "/endless":
        yield b"c" * 100_000
    if path == "/cut":
        raise RuntimeError("the source failed")
    for _ in range(200 if path == "/long" else 1):
        time.sleep(0.02)
        yield b"b" * 1000

class Body:
    def __init__(self, path):
        self.chunks = chunks(path)
    def __iter__(self):
        return self.chunks
    def close(self):
        open(os.environ["CLOSED"], "a").write("closed\\n")

def wsgi(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/wait":
        has_left = environ["pqlod.has_left"]
        while not has_left():
            time.sleep(0.05)
        Body("").close()
    if path == "/echo":
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Body(path)

def application():
    end_with_parent()
    return AsgiAdapter(wsgi, 4, patience=1)
"""

SERVE = """
import sys
from pqlod.server import serve
from pqlod.settings import Settings
serve(Settings(port=int(sys.argv[1]), workers=2), "small:application")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]


class Served:
    """A real server of a small application, in processes of its own."""

    def __init__(self, folder: Path) -> None:
        (folder / "small.py").write_text(APPLICATION)
        self.closed = folder / "closed"
        self.port = free_port()
        environment = {**os.environ, "PYTHONPATH": str(folder), "CLOSED": str(self.closed)}
        self.process = subprocess.Popen([sys.executable, "-c", SERVE, str(self.port)], env=environment, stdout=subprocess.DEVNULL)
        assert wait_until(lambda: listens(self.port))

    @contextmanager
    def connection(self) -> Iterator[HTTPConnection]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            yield connection


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("server"))
    yield server
    server.process.terminate()
    server.process.wait(15)


def test_a_failure_in_the_middle_of_a_body_breaks_the_connection(served: Served) -> None:
    with served.connection() as connection:
        connection.request("GET", "/cut")

        with pytest.raises(IncompleteRead), connection.getresponse() as response:
            response.read()


def test_a_body_that_ends_well_is_whole_and_its_source_closed(served: Served) -> None:
    served.closed.unlink(missing_ok=True)
    with served.connection() as connection:
        connection.request("GET", "/whole")

        assert len(connection.getresponse().read()) == 2000

    assert wait_until(served.closed.exists)


def test_a_source_is_closed_when_its_client_leaves(served: Served) -> None:
    served.closed.unlink(missing_ok=True)
    with served.connection() as connection:
        connection.request("GET", "/long")
        with connection.getresponse() as response:
            response.read(1000)

    assert wait_until(served.closed.exists, 2)  # the whole body would take four seconds


def test_the_body_of_a_request_arrives(served: Served) -> None:
    with served.connection() as connection:
        connection.request("POST", "/echo", body=b"x" * 300_000)

        assert connection.getresponse().read() == b"x" * 300_000


def test_the_head_of_a_response_comes_alone_when_it_is_asked_for(served: Served) -> None:
    with served.connection() as connection:
        connection.request("HEAD", "/whole")

        with connection.getresponse() as response:
            assert (response.status, response.read()) == (200, b"")


def read(receive: Callable[[], Awaitable[Any]]) -> bytes | None:
    """What is read of a body of at most 999 bytes, in a thread of its own: tests of pages leave a loop in the main one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, read_body(receive, 999)).result()


@pytest.mark.parametrize("size", [1000, LARGEST_BODY], ids=["a little", "far"])
def test_a_body_that_is_too_large_is_let_go(size: int) -> None:
    pieces = [b"x" * (size // 2), b"x" * (size // 2), b"x"]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    assert read(receive) is None
    assert not pieces


def test_a_body_that_never_ends_is_not_read_for_ever() -> None:
    received = []

    async def receive() -> dict[str, object]:
        received.append(None)
        return {"type": "http.request", "body": b"x" * (LARGEST_BODY // 2), "more_body": True}

    assert read(receive) is None
    assert len(received) == 3


def test_a_body_of_just_the_largest_size_is_read() -> None:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 999}

    assert read(receive) == b"x" * 999


def test_a_client_that_takes_nothing_is_left_and_the_source_closed(served: Served) -> None:
    served.closed.unlink(missing_ok=True)
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert wait_until(served.closed.exists, 10)


def test_a_client_that_leaves_before_its_answer_is_noticed(served: Served) -> None:
    served.closed.unlink(missing_ok=True)
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.3)

    assert wait_until(served.closed.exists, 5)


def test_queries_that_run_or_wait_leave_their_threads_to_pages() -> None:
    settings = Settings(threads=3, query_workers=2, queries_waiting=5)

    assert threads(settings) == 17
    assert threads(replace(settings, writable=True)) == 23


def test_who_cannot_write_sends_small_bodies() -> None:
    settings = Settings(query_length=1000)

    assert 12_000 < largest_body(settings) < 100_000
    assert largest_body(replace(settings, writable=True)) == LARGEST_BODY


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
def test_no_process_is_left_over(tmp_path: Path, end: signal.Signals) -> None:
    server = Served(tmp_path)
    workers = children(server.process.pid)

    server.process.send_signal(end)
    server.process.wait(15)

    assert len(workers) >= 2
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_a_port_on_which_something_listens_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortInUse, match=f"already listens on 127.0.0.1:{port}"):
            refuse_used_port("127.0.0.1", port)


def test_a_server_on_every_address_is_found_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other, pytest.raises(PortInUse):
        refuse_used_port("127.0.0.1", other.getsockname()[1])


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(PortInUse, match="cannot be listened on"):
        refuse_used_port("192.0.2.1", 8000)


def test_a_header_written_with_underscores_does_not_pass_for_another() -> None:
    scope = {
        "method": "GET", "path": "/é", "query_string": b"a=b", "http_version": "1.1", "scheme": "http",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
        "headers": [(b"x_forwarded_host", b"evil"), (b"accept", b"a/b"), (b"accept", b"c/d")],
    }  # fmt: skip

    environment = environ(scope, b"")

    assert "HTTP_X_FORWARDED_HOST" not in environment
    assert environment["HTTP_ACCEPT"] == "a/b,c/d"
    assert environment["PATH_INFO"].encode("latin-1").decode() == "/é"


def memory(pid: int) -> int:
    """The most bytes that a process had in memory."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def test_a_body_is_not_kept_of_who_may_not_write(tmp_path: Path, serve) -> None:
    size = 90 * 2**20
    TokenFile(tmp_path / "tokens").add("loader")
    with serve("--store", str(tmp_path / "store"), "--writable", "--token-file", str(tmp_path / "tokens")) as served:
        address = urlsplit(served.root)
        before = {pid: memory(pid) for pid in children(served.process.pid)}
        with closing(HTTPConnection(address.hostname, address.port, timeout=30)) as connection:
            connection.request("PUT", "/store?default", body=b"#" * size, headers={"Content-Type": "text/turtle"})
            assert connection.getresponse().status == 401
        assert all(memory(pid) - most < size // 2 for pid, most in before.items())


def test_who_waits_to_be_told_to_send_is_refused_first(tmp_path: Path, serve) -> None:
    TokenFile(tmp_path / "tokens").add("loader")
    with serve("--store", str(tmp_path / "store"), "--writable", "--token-file", str(tmp_path / "tokens")) as served:
        address = urlsplit(served.root)
        head = (
            f"PUT /store?default HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 50000000\r\nExpect: 100-continue\r\n\r\n"
        )
        with socket.create_connection((address.hostname, address.port), timeout=10) as client:
            client.sendall(head.encode())
            assert client.recv(100).startswith(b"HTTP/1.1 401")
