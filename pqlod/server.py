"""Serves the application over HTTP in several processes.

The server is granian through its ASGI interface: the fastest of those that break the connection when a streamed
answer fails, so that no client takes half a result for a whole one (tests/unit/test_server.py cuts a stream).
Its WSGI and RSGI interfaces end such a body as if it were complete.
"""

import asyncio
import io
import json
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from pqlod.errors import PqlodError
from pqlod.processes import end_with_parent
from pqlod.settings import Settings, read_settings
from pqlod.web.answers import IS_CURRENT, Answers, key_of
from pqlod.web.clients import HAS_LEFT

Scope = dict[str, Any]
Message = dict[str, Any]
LARGEST_BODY = 100 * 2**20  # bytes of a request, which are held in memory
SMALL_BODY = 2**16  # bytes that are read without asking whether the request is refused in any case
PATIENCE = 20.0  # seconds for which a client may take nothing of what is sent to it

logger = logging.getLogger(__name__)


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
    from pqlod.web.writing import is_refused

    end_with_parent()
    settings = read_settings()
    app = create_app(settings)
    refuses, kept_bytes = partial(is_refused, app), settings.cache_bytes
    return AsgiAdapter(app, threads(settings), largest_body(settings), kept_bytes=kept_bytes, refuses=refuses)


def threads(settings: Settings) -> int:
    """So many that those in which queries and writes run or wait leave ``settings.threads`` for all else."""
    queries = 2 * (settings.query_workers + settings.queries_waiting)  # of clients, and of pages
    writes = 1 + settings.queries_waiting if settings.writable else 0
    return settings.threads + queries + writes


def largest_body(settings: Settings) -> int:
    """Bytes of a request's body. Who cannot write sends queries only, and needs no more than those may have in a form."""
    from pqlod.web.protocol import BYTES_OF_A_CHARACTER  # as above

    return LARGEST_BODY if settings.writable else settings.query_length * BYTES_OF_A_CHARACTER + 65_536


@dataclass(frozen=True)
class Reply:
    """What a WSGI application gave: the head, the first chunk, and where there may be more, the rest and how to end it.

    ``is_current`` says of what may be kept whether it is still right.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    chunks: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None
    is_current: Callable[[], bool] | None = None


def too_large(most: int) -> Reply:
    """What is answered to a body of more bytes."""
    problem = {
        "type": "urn:pqlod:problem:BodyTooLarge",
        "title": "Content Too Large",
        "status": 413,
        "detail": f"The body of a request may have {most} bytes. Send less, or in parts.",
        "limit": "body",
    }
    headers = [(b"content-type", b"application/problem+json"), (b"access-control-allow-origin", b"*"), (b"connection", b"close")]
    return Reply(413, headers, json.dumps(problem).encode())


class Departure:
    """Whether the client of a request has gone: looked at from the first time that anybody asks, from any thread."""

    def __init__(self, receive: Callable[[], Awaitable[Message]]) -> None:
        self._receive, self._loop = receive, asyncio.get_running_loop()
        self._gone: Future[None] | None = None

    def __call__(self) -> bool:
        if self._gone is None:
            self._gone = asyncio.run_coroutine_threadsafe(disconnected(self._receive), self._loop)
        return self._gone.done()

    def forget(self) -> None:
        """Nobody asks any more."""
        if self._gone:
            self._gone.cancel()


class AsgiAdapter:
    """A WSGI application as an ASGI one: each request runs in a thread, and a failing body breaks the connection.

    Answers of which the application says until when they are right (IS_CURRENT) are kept, up to ``kept_bytes``, and are
    not asked for again. Of a request that it ``refuses``, whatever its body says, the body is not kept in memory.
    """

    def __init__(
        self,
        wsgi: Callable[..., Any],
        threads: int,
        largest_body: int = LARGEST_BODY,
        patience: float = PATIENCE,
        kept_bytes: int = 0,
        refuses: Callable[[dict[str, Any]], bool] = lambda environment: False,
    ) -> None:
        self.wsgi, self.refuses = wsgi, refuses
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self.largest_body, self.patience = largest_body, patience
        self.answers = Answers(kept_bytes)

    async def __call__(
        self, scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        key, known_tags = key_of(scope)
        if key and (kept := self.answers.get(key)):
            status, headers, content = kept.to(known_tags, scope["method"])
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": content})
            return
        body = b"" if scope["method"] in {"GET", "HEAD"} else await self.body(scope, receive)
        has_left = Departure(receive)
        try:
            reply = too_large(self.largest_body) if body is None else await self.answer(environ(scope, body), has_left)
            if key and reply.is_current and scope["method"] == "GET":
                self.answers.keep(key, reply.headers, reply.first, reply.is_current)
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            if reply.chunks is None:
                await send({"type": "http.response.body", "body": reply.first})
            else:
                await self.stream(reply, reply.chunks, has_left, send)
        finally:
            has_left.forget()

    async def body(self, scope: Scope, receive: Callable[[], Awaitable[Message]]) -> bytes | None:
        """The body of a request, or None if it is larger than it may be; empty of one that is refused in any case."""
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        is_small = length.isdigit() and int(length) <= SMALL_BODY
        loop = asyncio.get_running_loop()
        if is_small or not await loop.run_in_executor(self.pool, self.refuses, environ(scope, b"")):
            return await read_body(receive, self.largest_body)
        if headers.get(b"expect", b"").lower() != b"100-continue":  # who sends that, sends no body before he is told to
            await read_body(receive, 0)
        return b""

    async def answer(self, environment: dict[str, Any], has_left: Departure) -> Reply:
        environment[HAS_LEFT] = has_left
        return await asyncio.get_running_loop().run_in_executor(self.pool, self.run, environment)

    async def stream(
        self, reply: Reply, chunks: Iterator[bytes], has_left: Departure, send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Send the chunks as they come, until the client is gone or takes none; their source is closed in every case.

        Where their source fails, no end is sent, which the server takes as a reason to break the connection.
        """
        loop = asyncio.get_running_loop()
        chunk: bytes | None = reply.first
        try:
            while chunk is not None and not has_left():
                message = {"type": "http.response.body", "body": chunk, "more_body": True}
                await asyncio.wait_for(send(message), self.patience)
                chunk = await loop.run_in_executor(self.pool, next, chunks, None)
            if chunk is None:
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            logger.info("A client that took nothing for %g seconds was left.", self.patience)
        except PqlodError as error:
            logger.warning("A response was broken off: %s", error)
        except Exception as error:
            logger.error("A response was broken off.", exc_info=error)
        finally:
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
        has_body = environment["REQUEST_METHOD"] != "HEAD" and status not in {204, 304}
        if not has_body or length == str(len(first)).encode():
            close()
            return Reply(status, headers, first, is_current=environment.get(IS_CURRENT) if status == 200 else None)
        return Reply(status, headers, first, chunks, close)


async def disconnected(receive: Callable[[], Awaitable[Message]]) -> None:
    """Returns when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(receive: Callable[[], Awaitable[Message]], most: int) -> bytes | None:
    """The whole body of a request, or None if it is larger than it may be.

    Of one that is, the rest is taken and let go: most clients look for no answer before they have sent it.
    """
    body, size = bytearray(), 0
    while size <= max(most, LARGEST_BODY):
        message = await receive()
        piece = message.get("body", b"")
        size += len(piece)
        if size <= most:
            body += piece
        else:
            body.clear()
        if not message.get("more_body"):
            return bytes(body) if size <= most else None
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
