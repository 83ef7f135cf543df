"""Asking politely: pauses, retries, conditions, limits."""

import random
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from time import sleep
from typing import Any

import pytest
from stub_services import LDA, TROUBLES, Handler, Stub, items

from pqlod.errors import HarvestError, SourceError
from pqlod.harvest.client import Client

Serve = Callable[[Stub], Stub]
MakeClient = Callable[..., Client]


def accept(document: object) -> None:
    pass


def refuse(document: object) -> None:
    raise SourceError("It is no page.")


@pytest.fixture
def answering(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """An address that is answered by a function with the handler."""

    def make(answer: Callable[[Handler], None]) -> str:
        monkeypatch.setitem(TROUBLES, "own", answer)
        return serve(Stub(troubles=("own",), likelihood=1.0)).root + LDA

    return make


def test_what_a_service_sends_is_given_as_it_came(serve: Serve, client: MakeClient) -> None:
    stub = serve(Stub(items=items(3)))

    fetched = client().fetch(stub.root + LDA, accept)

    assert fetched is not None
    assert fetched.document["result"]["totalResults"] == 3
    assert fetched.body.startswith(b'{"format"')
    assert len(fetched.etag) == 10


def test_who_asks_is_told_with_how_to_reach_him(serve: Serve, client: MakeClient) -> None:
    stub = serve(Stub())

    client(contact="data@example.org").fetch(stub.root + LDA, accept)

    (agent,) = stub.agents
    assert agent.startswith("pqlod/")
    assert agent.endswith("; data@example.org)")


def test_what_has_not_changed_is_not_sent_again(serve: Serve, client: MakeClient) -> None:
    stub, asking = serve(Stub(items=items(3))), client()
    first = asking.fetch(stub.root + LDA, accept)
    assert first is not None

    assert asking.fetch(stub.root + LDA, accept, etag=first.etag) is None
    stub.items += items(1)
    assert asking.fetch(stub.root + LDA, accept, etag=first.etag) is not None


def test_requests_keep_to_the_rate(serve: Serve, client: MakeClient, time: Any) -> None:
    stub, asking = serve(Stub()), client(rate=4.0)

    for _ in range(3):
        asking.fetch(stub.root + LDA, accept)

    assert time.slept == pytest.approx([0.25, 0.25])


def test_pauses_grow_and_differ(serve: Serve, client: MakeClient, time: Any) -> None:
    stub, asking = serve(Stub(troubles=("failing",), likelihood=1.0)), client(attempts=3)
    asking.chance = random.Random(1)

    asking.fetch(stub.root + LDA, accept)

    assert stub.made["failing"] == 2
    first, second = (pause for pause in time.slept if pause > 0.01)
    assert 0.5 <= first <= 1.0 <= second <= 2.0
    assert second != 2 * first


@pytest.mark.parametrize("as_date", [False, True], ids=["in seconds", "as a date"])
def test_a_service_that_asks_to_be_left_alone_is(
    answering: Callable[..., str], client: MakeClient, time: Any, as_date: bool
) -> None:
    wanted = format_datetime(time.now + timedelta(seconds=40), usegmt=True) if as_date else "40"
    url = answering(lambda handler: handler.answer(429, b"", {"Retry-After": wanted}))

    client(attempts=3).fetch(url, accept)

    assert time.slept[0] == pytest.approx(40, abs=1)


def test_one_that_asks_for_too_long_ends_the_harvest(answering: Callable[..., str], client: MakeClient, time: Any) -> None:
    url = answering(lambda handler: handler.answer(503, b"", {"Retry-After": "7200"}))

    with pytest.raises(HarvestError, match=r"Answered 503 Service Unavailable and asked to be left alone for 7,200 seconds\."):
        client().fetch(url, accept)

    assert time.slept == []


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("throttled", "Answered 429 Too Many Requests, 2 times."),
        ("failing", "Answered 500 Internal Server Error, 2 times."),
        ("silent", "RemoteProtocolError: Server disconnected"),
        ("broken", "Sent broken JSON: "),
        ("cut", "RemoteProtocolError: peer closed connection"),
        ("slow", "ReadTimeout"),
    ],
)
def test_trouble_that_does_not_pass_is_told(serve: Serve, client: MakeClient, trouble: str, told: str) -> None:
    stub = serve(Stub(items=items(1), troubles=(trouble,), likelihood=1.0))

    with pytest.raises(HarvestError) as failed:
        client(attempts=2).fetch(stub.root + LDA, accept)

    assert told in str(failed.value)
    assert failed.value.url == stub.root + LDA
    assert stub.made[trouble] == 2


def test_a_document_that_is_not_what_was_asked_for_is_asked_for_again(serve: Serve, client: MakeClient) -> None:
    stub = serve(Stub())

    with pytest.raises(HarvestError, match=r"Sent something else: It is no page\., 3 times\."):
        client(attempts=3).fetch(stub.root + LDA, refuse)

    assert len(stub.asked) == 3


def test_a_mistake_of_ours_is_not_repeated(serve: Serve, client: MakeClient) -> None:
    stub = serve(Stub())

    with pytest.raises(HarvestError, match=r"Answered 404 Not Found\.") as failed:
        client().fetch(stub.root + "/elsewhere", accept)

    assert failed.value.status == 404
    assert len(stub.asked) == 1


def test_a_body_that_trickles_is_given_up(answering: Callable[..., str], client: MakeClient, time: Any) -> None:
    def trickle(handler: Handler) -> None:
        handler.answer(200, b"[", length=3)
        sleep(0.1)
        time.now += timedelta(seconds=301)
        handler.wfile.write(b"1]")

    with pytest.raises(HarvestError, match=r"Took more than 300 seconds for \d bytes"):
        client(attempts=1).fetch(answering(trickle), accept)


def test_a_body_that_is_too_large_is_not_read_to_its_end(serve: Serve, client: MakeClient) -> None:
    stub = serve(Stub(items=items(10)))

    with pytest.raises(HarvestError, match="Sent more than 0 MB"):
        client(size=100).fetch(stub.root + LDA, accept)


def test_a_redirection_is_followed_within_the_host_only(answering: Callable[..., str], client: MakeClient) -> None:
    for target, problem in (("/elsewhere", "Answered 404"), ("http://169.254.0.1/", "Redirects to another host")):
        url = answering(lambda handler, target=target: handler.answer(302, b"", {"Location": target}))  # type: ignore[misc]

        with pytest.raises(HarvestError, match=problem):
            client().fetch(url, accept)


def test_a_service_that_is_not_there_is_told(client: MakeClient) -> None:
    with pytest.raises(HarvestError, match="ConnectError"):
        client(attempts=1).fetch("http://127.0.0.1:1/", accept)
