"""Whole answers kept in memory, as they were sent: what was asked before leaves again before Flask is reached."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

# In the environment of a request, where the application sets it: called, it says whether its answer is still the right one.
IS_CURRENT = "pqlod.is_current"

# What an answer that may be kept depends on, beside the address: the host by which clients know it, and what they accept.
DECISIVE = frozenset(
    {
        *(b"host", b"accept", b"accept-encoding"),
        *(b"forwarded", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix"),
    }
)
# A request with one of these is the application's.
UNUSUAL = frozenset({b"if-modified-since", b"if-match", b"if-unmodified-since", b"range", b"authorization", b"cookie"})
# What a 304 need not repeat (RFC 9110, 15.4.5).
NOT_REPEATED = frozenset({b"content-type", b"content-length", b"content-encoding", b"last-modified", b"link"})
OF_THE_MOMENT = b"date"  # which the server writes
OVERHEAD = 1_000  # bytes that an answer costs beside its body: its key, its headers, Python's objects
LARGEST_PART = 16  # an answer has at most one part in so many of all that is kept

Headers: TypeAlias = list[tuple[bytes, bytes]]
Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 200; ``is_current`` says whether it still is what the application would answer."""

    headers: Headers
    body: bytes
    tag: bytes
    is_current: Callable[[], bool]

    def to(self, known_tags: bytes, method: str) -> tuple[int, Headers, bytes]:
        """Status, headers and body for a client that has representations with these tags (If-None-Match) already."""
        if self.tag and self.tag in known_tags:
            return 304, [header for header in self.headers if header[0] not in NOT_REPEATED], b""
        return 200, self.headers, b"" if method == "HEAD" else self.body


class Answers:
    """Answers by what they depend on: those asked for lately, of so many bytes in all. For one thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._size = most_bytes, 0
        self._answers: OrderedDict[Key, Answer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    def get(self, key: Key) -> Answer | None:
        """What was answered, if that is still right."""
        answer = self._answers.get(key)
        if answer is None:
            return None
        if not answer.is_current():
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return answer

    def keep(self, key: Key, headers: Headers, body: bytes, is_current: Callable[[], bool]) -> None:
        """Keeps an answer, in place of those not asked for the longest. One that is very large, or that expires, is not kept."""
        names = dict(headers)
        cost = len(body) + OVERHEAD
        if cost * LARGEST_PART > self._most or b"expires" in names:  # a time of day that would be stale
            return
        self._drop(key)
        lasting = [header for header in headers if header[0] != OF_THE_MOMENT]
        self._answers[key] = Answer(lasting, body, names.get(b"etag", b""), is_current)
        self._size += cost
        while self._size > self._most:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        if (answer := self._answers.pop(key, None)) is not None:
            self._size -= len(answer.body) + OVERHEAD


def key_of(scope: Mapping[str, Any]) -> tuple[Key | None, bytes]:
    """What the answer to a request (as ASGI has it) depends on, None if it is not to be kept; and its If-None-Match."""
    if scope["method"] not in ("GET", "HEAD"):
        return None, b""
    decisive: list[object] = [scope["scheme"], scope["path"], scope["query_string"]]
    known_tags = b""
    for header in scope["headers"]:
        name = header[0]
        if name in DECISIVE:
            decisive.append(header)
        elif name == b"if-none-match":
            known_tags = header[1]
        elif name in UNUSUAL:
            return None, b""
    return tuple(decisive), known_tags
