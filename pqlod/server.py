"""Serves the application over HTTP in several processes.

The server is granian through its ASGI interface: the fastest of those that break the connection when a streamed
answer fails, so that no client takes half a result for a whole one (tests/unit/test_server.py cuts a stream).
Its WSGI and RSGI interfaces end such a body as if it were complete.
"""

import asyncio
import ctypes
import io
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from pqlod.errors import PqlodError
from pqlod.settings import Settings, read_settings

Scope = dict[str, Any]
Message = dict[str, Any]
# The parent died: end too, so that no process is left over (prctl(2), Linux only).
PR_SET_PDEATHSIG = 1
LARGEST_BODY = 100 * 2**20  # bytes of a request, which are held in memory


class PortInUse(PqlodError):
    """Something listens on the port already."""


def serve(settings: Settings, target: str = "pqlod.server:application") -> None:
    """Serve until SIGTERM or SIGINT; PortInUse if the address is taken.

    ``target`` names a function that makes the ASGI application, in each of the processes.
    """
    refuse_used_port(settings.host, settings.port)
    os.environ.update(settings.to_environment())
    Server(
        target,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        workers=settings.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        websockets=False,
        log_level=LogLevels(settings.log_level),
    ).serve()


def refuse_used_port(host: str, port: int) -> None:
    """PortInUse if something listens there: granian would share the port with it, and each get some of the requests."""
    family, kind, protocol, _, address = _resolve(host, port)
    with socket.socket(family, kind, protocol) as probe:
        probe.settimeout(1)
        if probe.connect_ex(_reachable(address)) == 0:
            raise PortInUse(f"Something already listens on {host}:{port}. Stop it, or choose another port with --port.")
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortInUse(f"{host}:{port} cannot be listened on: {error.strerror}.") from error


def _resolve(host: str, port: int) -> tuple[Any, ...]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, OverflowError) as error:
        raise PortInUse(f"There is no address {host}:{port} to listen on: {error}.") from error


def _reachable(address: tuple[Any, ...]) -> tuple[Any, ...]:
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what listens everywhere is found on loopback
    return (anywhere.get(address[0], address[0]), *address[1:])


def application() -> "AsgiAdapter":
    """The application of one process of the server, made from the settings in its environment."""
    from pqlod.app import create_app  # the parent process serves nothing, and needs none of it

    end_with_parent()
    settings = read_settings()
    return AsgiAdapter(create_app(settings), settings.threads)


def end_with_parent() -> None:
    """Have this process ended when the one that started it ends, however that ends, be it already."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent.pid:
        os._exit(1)


@dataclass(frozen=True)
class Reply:
    """What a WSGI application gave: the head, the first chunk, and where there may be more, the rest and how to end it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    chunks: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None


TOO_LARGE = Reply(
    413,
    [(b"content-type", b"application/problem+json"), (b"access-control-allow-origin", b"*"), (b"connection", b"close")],
    b'{"title": "Content Too Large", "status": 413, "detail": "The largest body of a request is %d bytes."}' % LARGEST_BODY,
)


class AsgiAdapter:
    """A WSGI application as an ASGI one: each request runs in a thread, and a failing body breaks the connection."""

    def __init__(self, wsgi: Callable[..., Any], threads: int) -> None:
        self.wsgi = wsgi
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        body = b"" if scope["method"] in {"GET", "HEAD"} else await read_body(receive)
        loop = asyncio.get_running_loop()
        reply = TOO_LARGE if body is None else await loop.run_in_executor(self.pool, self.run, environ(scope, body))
        await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
        if reply.chunks is None:
            await send({"type": "http.response.body", "body": reply.first})
        else:
            await self.stream(reply, reply.chunks, receive, send)

    async def stream(
        self,
        reply: Reply,
        chunks: Iterator[bytes],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Send the chunks as they come, until the client is gone; their source is closed in every case."""
        loop = asyncio.get_running_loop()
        gone = asyncio.ensure_future(disconnected(receive))
        chunk: bytes | None = reply.first
        try:
            while chunk is not None and not gone.done():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await loop.run_in_executor(self.pool, next, chunks, None)
            if chunk is None:
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await loop.run_in_executor(self.pool, reply.close)

    def run(self, environment: dict[str, Any]) -> Reply:
        status, headers = 500, list[tuple[bytes, bytes]]()

        def start_response(line: str, pairs: list[tuple[str, str]], exc_info: object = None) -> None:
            nonlocal status, headers
            status = int(line[:3])
            headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]

        body = self.wsgi(environment, start_response)
        close = getattr(body, "close", lambda: None)
        chunks = iter(body)
        first = next(chunks, b"")
        length = dict(headers).get(b"content-length", b"")
        if environment["REQUEST_METHOD"] == "HEAD" or length == str(len(first)).encode():
            close()
            return Reply(status, headers, first)
        return Reply(status, headers, first, chunks, close)


async def disconnected(receive: Callable[[], Awaitable[Message]]) -> None:
    """Returns when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    """The whole body of a request, or None if it is larger than any should be."""
    body = bytearray()
    while len(body) <= LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
    return None


def environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """A request of ASGI as WSGI (PEP 3333) has it."""
    environment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "REMOTE_ADDR": scope["client"][0],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        # "X_Forwarded_Host" would come out as X-Forwarded-Host, past a proxy that strips only the latter.
        if name != "CONTENT_LENGTH" and b"_" not in raw_name:
            key = name if name == "CONTENT_TYPE" else "HTTP_" + name
            value = raw_value.decode("latin-1")
            environment[key] = f"{environment[key]},{value}" if key in environment else value
    return environment
