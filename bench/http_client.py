"""A small HTTP/1.1 client for measurements: kept connections, one request at a time on each, as little work as may be.

The same client asks both sides, on the same machine as they run, so that what it costs weighs on both alike.
"""

import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE = 1 << 18
PATIENCE = 120.0  # seconds for one answer

Ask = Callable[[], bytes]  # gives the next request, as it goes over the wire


class Failed(Exception):
    """An answer that is none, or that a measurement cannot be made with."""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers (names in small letters), the body as it was sent, and seconds until it was there."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass
class Measured:
    """What some requests took: the seconds of each, over how long a time, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    over: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.seconds) / self.over if self.over else 0.0

    def quantile(self, part: float) -> float:
        """Milliseconds that this part of the requests stayed within."""
        ordered = sorted(self.seconds)
        return ordered[min(int(part * len(ordered)), len(ordered) - 1)] * 1000

    def note(self, status: int, seconds: float) -> None:
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1


def request(url: str, headers: Mapping[str, str] | None = None, body: bytes = b"", method: str = "") -> bytes:
    """The bytes of a request."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method or ('POST' if body else 'GET')} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._began = 0.0
        self._data = bytearray()
        self._end: int | None = None  # where the body ends, once that is known
        self._next_chunk: int | None = None  # where the size of the next chunk stands
        self._body = 0

    def send(self, wire: bytes) -> None:
        self._data.clear()
        self._end = self._next_chunk = None
        self._body = 0
        self._began = time.perf_counter()
        self.socket.sendall(wire)

    def receive(self) -> bool:
        """Takes what is there; true if the answer is whole."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise Failed(f"the connection was closed after {len(self._data):,} bytes of an answer")
        self._data += piece
        return self._is_whole()

    @property
    def status(self) -> int:
        return int(self._data[9:12])

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def answer(self) -> Answer:
        lines = self._data[: self._body].decode("latin-1").split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}
        body = bytes(self._data[self._body :])
        return Answer(self.status, headers, _unchunked(body) if self._next_chunk else body, self.seconds)

    def _is_whole(self) -> bool:
        if not self._body and not self._read_head():
            return False
        if self._end is not None:
            return len(self._data) >= self._end
        return self._read_chunks()

    def _read_head(self) -> bool:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return False
        self._body = end + 4
        head = bytes(self._data[:end]).lower()
        found = head.find(b"\r\ncontent-length:")
        if found >= 0:
            self._end = self._body + int(head[found + 17 :].split(b"\r\n", 1)[0])
        elif b"\r\ntransfer-encoding:" in head:
            self._next_chunk = self._body
        else:
            self._end = self._body
        return True

    def _read_chunks(self) -> bool:
        assert self._next_chunk is not None
        while (line := self._data.find(b"\r\n", self._next_chunk)) >= 0:
            size = int(self._data[self._next_chunk : line], 16)
            following = line + 2 + size + 2
            if size == 0:
                return len(self._data) >= following
            if len(self._data) < following:
                return False
            self._next_chunk = following
        return False


def _unchunked(body: bytes) -> bytes:
    place, pieces = 0, []
    while (line := body.index(b"\r\n", place)) and (size := int(body[place:line], 16)):
        pieces.append(body[line + 2 : line + 2 + size])
        place = line + 2 + size + 2
    return b"".join(pieces)


def get(url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
    """One answer, on a connection of its own."""
    parts = urlsplit(url)
    connection = Connection((parts.hostname or "", parts.port or 80))
    with connection.socket:
        connection.send(request(url, headers, body))
        while not connection.receive():
            pass
        return connection.answer()


def stream(url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> tuple[float, int]:
    """Seconds and bytes of one large answer, of which nothing is kept."""
    parts = urlsplit(url)
    buffer = memoryview(bytearray(PIECE))
    started, size, tail, head = time.perf_counter(), 0, b"", b""
    with socket.create_connection((parts.hostname or "", parts.port or 80), PATIENCE) as connection:
        connection.sendall(request(url, {**(headers or {}), "Connection": "close"}, body))
        while count := connection.recv_into(buffer):
            head = head or bytes(buffer[:12])
            size += count
            tail = (tail + bytes(buffer[max(count - 16, 0) : count]))[-16:]
    if not head.endswith(b" 200") or not tail.endswith(b"0\r\n\r\n"):
        raise Failed(f"{url} was answered with {head!r} … {tail!r}")
    return time.perf_counter() - started, size


def measure(address: tuple[str, int], ask: Ask, *, clients: int = 1, times: int = 0, seconds: float = 5.0) -> Measured:
    """So many clients ask one request after another, until the time is over or, if that is given, so many were answered."""
    measured = Measured()
    connections = [Connection(address) for _ in range(clients)]
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(ask())
        started = time.perf_counter()
        end = started + seconds
        is_over = False
        while not is_over:
            ready = selector.select(PATIENCE)
            if not ready:
                raise Failed(f"no answer in {PATIENCE:g} seconds")
            for key, _ in ready:
                connection = key.data
                if connection.receive():
                    measured.note(connection.status, connection.seconds)
                    is_over = time.perf_counter() > end or 0 < times <= len(measured.seconds)
                    connection.send(ask())
        measured.over = time.perf_counter() - started
    for connection in connections:
        connection.socket.close()
    return measured
