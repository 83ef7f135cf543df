"""Answers that are kept: for which requests, until when, and how many."""

from collections.abc import Callable
from typing import Any

import pytest

from pqlod.web.answers import LARGEST_PART, OVERHEAD, Answers, Key, key_of

HEADERS = [(b"etag", b'"1"'), (b"vary", b"Accept"), (b"content-type", b"text/plain"), (b"content-length", b"4")]


def scope(*headers: tuple[bytes, bytes], method: str = "GET", path: str = "/members", query: bytes = b"") -> dict[str, Any]:
    return {"method": method, "scheme": "http", "path": path, "query_string": query, "headers": list(headers)}


def key(*headers: tuple[bytes, bytes], **others: Any) -> Key:
    found, _ = key_of(scope(*headers, **others))
    assert found
    return found


def always() -> bool:
    return True


def kept(most: int = 1_000_000, is_current: Callable[[], bool] = always) -> Answers:
    answers = Answers(most)
    answers.keep(key(), HEADERS, b"body", is_current)
    return answers


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(scope(path="/terms"), id="path"),
        pytest.param(scope(query=b"_page=1"), id="query"),
        pytest.param(scope((b"host", b"other.example")), id="host"),
        pytest.param(scope((b"accept", b"text/turtle")), id="accept"),
        pytest.param(scope((b"accept-encoding", b"gzip")), id="coding"),
        pytest.param(scope((b"x-forwarded-proto", b"https")), id="scheme that a proxy tells"),
        pytest.param(scope((b"x-forwarded-prefix", b"/lda")), id="prefix that a proxy tells"),
        pytest.param(scope((b"forwarded", b"host=a.example")), id="host that a proxy tells"),
    ],
)
def test_what_an_answer_depends_on_tells_requests_apart(other: dict[str, Any]) -> None:
    found, _ = key_of(other)

    assert found is not None
    assert found != key()
    assert kept().get(found) is None


def test_what_no_answer_depends_on_does_not() -> None:
    assert key_of(scope((b"user-agent", b"x"), (b"if-none-match", b'"1"'))) == (key(), b'"1"')


@pytest.mark.parametrize("header", [b"if-modified-since", b"range", b"authorization", b"cookie"])
def test_unusual_requests_are_left_to_the_application(header: bytes) -> None:
    assert key_of(scope((header, b"x"))) == (None, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_answered(method: str) -> None:
    assert key_of(scope(method=method)) == (None, b"")


def test_an_answer_is_given_as_it_was() -> None:
    answer = kept().get(key())

    assert answer
    assert answer.to(b"", "GET") == (200, HEADERS, b"body")
    assert answer.to(b'"2"', "GET") == (200, HEADERS, b"body")
    assert answer.to(b"", "HEAD") == (200, HEADERS, b"")


@pytest.mark.parametrize("known", [b'"1"', b'W/"1"', b'"0", "1"'])
def test_a_client_that_has_it_gets_304_without_what_is_of_the_body(known: bytes) -> None:
    answer = kept().get(key())

    assert answer
    assert answer.to(known, "GET") == (304, [(b"etag", b'"1"'), (b"vary", b"Accept")], b"")


def test_an_answer_that_is_no_longer_right_is_not_given_and_takes_no_room() -> None:
    is_current = True
    answers = kept(is_current=lambda: is_current)
    assert answers.get(key())

    is_current = False

    assert answers.get(key()) is None
    assert (len(answers), answers.size) == (0, 0)


def test_room_is_made_by_what_was_not_asked_for_the_longest() -> None:
    cost = 4 + OVERHEAD
    answers = Answers(20 * cost)
    keys = [key(path=f"/{number}") for number in range(21)]
    for each in keys[:20]:
        answers.keep(each, HEADERS, b"body", always)
    assert answers.get(keys[0])

    answers.keep(keys[20], HEADERS, b"body", always)

    assert answers.size == 20 * cost
    assert [place for place, each in enumerate(keys) if answers.get(each) is None] == [1]


def test_the_same_answer_takes_room_once() -> None:
    answers = kept()
    answers.keep(key(), HEADERS, b"body", always)

    assert answers.size == 4 + OVERHEAD


@pytest.mark.parametrize(
    ("most", "headers"),
    [
        pytest.param(0, HEADERS, id="nothing may be kept"),
        pytest.param((4 + OVERHEAD) * LARGEST_PART - 1, HEADERS, id="too large a part"),
        pytest.param(1_000_000, [*HEADERS, (b"expires", b"Sat, 28 Nov 2026 00:00:00 GMT")], id="expires"),
    ],
)
def test_some_answers_are_not_kept(most: int, headers: list[tuple[bytes, bytes]]) -> None:
    answers = Answers(most)
    answers.keep(key(), headers, b"body", always)

    assert len(answers) == 0
