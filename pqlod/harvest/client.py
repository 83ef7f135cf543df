"""Asks services for JSON, politely: one request after another, at a rate, again after failures, and only for what has changed."""

import email.utils
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson

from pqlod import __version__
from pqlod.errors import HarvestError, SourceError

AGENT = f"pqlod/{__version__} (publishes parliamentary questions as Linked Data)"
# What a service may say or do that passes.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Clock:
    """Time: the instant, seconds that only grow, and how to let them pass."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Manners:
    """How a service is treated; times in seconds, sizes in bytes, the rate in requests a second."""

    rate: float = 2.0
    attempts: int = 7
    first_pause: float = 1.0  # before the second attempt; doubled before each further one, and drawn from half of it to all
    longest_pause: float = 120.0
    longest_wait: float = 900.0  # that a service may ask for by Retry-After
    silence: float = 60.0  # without a byte
    body: float = 300.0  # until the end of a body
    size: int = 128 << 20
    redirects: int = 5
    contact: str = ""


@dataclass(frozen=True)
class Fetched:
    """What a service sent: the body as it came, unpacked, and what it is as JSON."""

    body: bytes
    document: Any
    etag: str = ""
    modified: str = ""


@dataclass
class Trouble(Exception):
    """An attempt that failed. ``wait`` is how many seconds the service wants to be left alone, if it said so."""

    problem: str
    status: int = 0
    passes: bool = True
    wait: float | None = None


@dataclass
class Client:
    """Asks one service at a time, over one connection. ``waiting`` is told of each pause: why, and for how many seconds."""

    manners: Manners = Manners()
    clock: Clock = Clock()
    waiting: Callable[[str, float], None] = lambda problem, seconds: None
    chance: random.Random = field(default_factory=random.Random)
    requests: int = 0
    _next: float = 0.0

    def __post_init__(self) -> None:
        contact = f"; {self.manners.contact}" if self.manners.contact else ""
        self._http = httpx2.Client(
            headers={"User-Agent": AGENT.replace(")", f"{contact})"), "Accept": "application/json"},
            limits=httpx2.Limits(max_connections=1),
            timeout=self.manners.silence,
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

    def fetch(self, url: str, check: Callable[[Any], object], *, etag: str = "", modified: str = "") -> Fetched | None:
        """What is at the address, or None if it has not changed since it had that tag or that time.

        ``check`` raises SourceError for a document that is not what was asked for; that counts as a failure of the service,
        which may pass. HarvestError if it does not pass within the attempts.
        """
        headers = {name: value for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)) if value}
        for attempt in range(1, self.manners.attempts + 1):
            self._take_turn()
            try:
                return self._once(url, headers, check)
            except Trouble as trouble:
                pause = self._pause(attempt, trouble)
                if not trouble.passes or attempt == self.manners.attempts or pause > self.manners.longest_wait:
                    raise self._failure(url, trouble, attempt, pause) from trouble
                self.waiting(trouble.problem, pause)
                self.clock.sleep(pause)
        raise AssertionError("unreachable")

    def _once(self, url: str, headers: dict[str, str], check: Callable[[Any], object]) -> Fetched | None:
        try:
            for _ in range(self.manners.redirects + 1):
                with self._http.stream("GET", url, headers=headers) as response:
                    if response.status_code in REDIRECTS:
                        url = _redirected(url, response)
                        continue
                    return self._read(response, headers, check)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise Trouble(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from error
        except httpx2.InvalidURL as error:
            raise Trouble(f"no address: {error}", passes=False) from error
        raise Trouble("redirected too often", passes=False)

    def _read(self, response: httpx2.Response, headers: dict[str, str], check: Callable[[Any], object]) -> Fetched | None:
        status = response.status_code
        if status == 304 and headers:
            return None
        if status != 200:
            wait = _seconds(response.headers.get("Retry-After", ""), self.clock.now())
            raise Trouble(f"answered {status} {response.reason_phrase}".strip(), status, status in PASSING, wait)
        body = self._body(response)
        try:
            document = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
            check(document)
        except orjson.JSONDecodeError as error:
            raise Trouble(f"sent broken JSON: {error}", status) from error
        except SourceError as error:
            raise Trouble(f"sent something else: {error.problem}", status) from error
        return Fetched(body, document, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))

    def _body(self, response: httpx2.Response) -> bytes:
        deadline, chunks, size = self.clock.seconds() + self.manners.body, [], 0
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > self.manners.size:
                raise Trouble(f"sent more than {self.manners.size >> 20} MB", response.status_code, passes=False)
            if self.clock.seconds() > deadline:
                raise Trouble(f"took more than {self.manners.body:g} seconds for {size:,} bytes")
        return b"".join(chunks)

    def _take_turn(self) -> None:
        wait = self._next - self.clock.seconds()
        if wait > 0:
            self.clock.sleep(wait)
        self._next = self.clock.seconds() + 1 / self.manners.rate
        self.requests += 1

    def _pause(self, attempt: int, trouble: Trouble) -> float:
        manners = self.manners
        longest = min(manners.first_pause * 2.0 ** (attempt - 1), manners.longest_pause)
        return max(trouble.wait or 0.0, longest * self.chance.uniform(0.5, 1.0))

    def _failure(self, url: str, trouble: Trouble, attempt: int, pause: float) -> HarvestError:
        if not trouble.passes:
            ending = "."
        elif pause > self.manners.longest_wait:
            ending = f" and asked to be left alone for {pause:,.0f} seconds."
        else:
            ending = f", {attempt} times."
        return HarvestError(trouble.problem[:1].upper() + trouble.problem[1:] + ending, url=url, status=trouble.status)


def _redirected(url: str, response: httpx2.Response) -> str:
    """Where a redirection leads; only within the same host, so that no service can make this one call others."""
    target = str(response.url.join(response.headers.get("Location", "")))
    if urlsplit(target).hostname != urlsplit(url).hostname:
        raise Trouble(f"redirects to another host, {target}", response.status_code, passes=False)
    return target


def _seconds(retry_after: str, now: datetime) -> float | None:
    """What Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3)."""
    if retry_after.strip().isdigit():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds())
