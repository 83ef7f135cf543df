"""The server's cache of answers before a real application: a kept answer is what the application would answer."""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from pqlod.app import running_app
from pqlod.loading import load
from pqlod.server import AsgiAdapter
from pqlod.settings import Settings

MEMBERS = "mnis_id,display_name,house\n1,Ann,Commons\n"
CONFIGURATION = """
@prefix api: <http://purl.org/linked-data/api/vocab#> .
@prefix pqlod: <urn:pqlod:vocab:> .
@prefix parl: <http://data.parliament.uk/schema/parl#> .
[] a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint <#people> .
<#people> a api:ListEndpoint ; api:uriTemplate "/people" ; api:selector [ api:type parl:Member ] .
"""


class Answered(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Asked:
    """A server's adapter, asked without a network; ``calls`` counts what came to the application."""

    def __init__(self, app: Flask, kept_bytes: int = 10**7) -> None:
        self.app, self.calls = app, 0
        self.adapter = AsgiAdapter(self._count, 1, kept_bytes=kept_bytes)

    def _count(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls += 1
        return self.app.wsgi_app(environ, start_response)

    def __call__(self, url: str, method: str = "GET", **headers: str) -> Answered:
        path, _, query = url.partition("?")
        pairs = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "method": method, "path": path, "query_string": query.encode(), "http_version": "1.1", "scheme": "http",
            "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "headers": [(b"host", b"lda.example"), *pairs],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        with ThreadPoolExecutor(1) as thread:  # of its own: tests of pages leave a loop running in the main one
            thread.submit(asyncio.run, self.adapter(scope, receive, send)).result()
        head = {name.decode(): value.decode() for name, value in sent[0]["headers"] if name != b"date"}
        return Answered(sent[0]["status"], head, b"".join(message["body"] for message in sent[1:]))


@pytest.fixture
def asked(app: Flask) -> Asked:
    return Asked(app)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(MEMBERS)
    load([tmp_path / "members.csv"], tmp_path / "store")
    return tmp_path / "store"


@pytest.fixture
def configured(tmp_path: Path, store: Path) -> Iterator[Asked]:
    """Asked with a configuration of its own, at whose file is looked before each answer."""
    (tmp_path / "api.ttl").write_text(CONFIGURATION)
    with running_app(Settings(store=store, config=(str(tmp_path / "api.ttl"),))) as app:
        app.extensions["pqlod"].configuration._clock = count(10**9, 10).__next__
        yield Asked(app)


@pytest.mark.parametrize("accept", ["", "text/html", "application/json", "text/turtle;q=0.5, text/csv"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("url", ["/members", "/members.json?_pageSize=2", "/members/172", "/commonswrittenquestions?_page=1"])
def test_a_kept_answer_is_that_of_the_application(asked: Asked, url: str, coding: str, accept: str) -> None:
    headers = {"Accept": accept, "Accept_Encoding": coding} if accept else {"Accept_Encoding": coding}

    first, again = asked(url, **headers), asked(url, **headers)

    assert first.status == 200
    assert again == first
    assert asked.calls == 1


def test_a_kept_answer_is_one_to_head_and_to_who_has_it(asked: Asked) -> None:
    first = asked("/members.json")

    head, known = asked("/members.json", "HEAD"), asked("/members.json", If_None_Match=first.headers["etag"])

    assert head == (200, first.headers, b"")
    assert (known.status, known.body) == (304, b"")
    assert known == Asked(asked.app, 0)("/members.json", If_None_Match=first.headers["etag"])
    assert asked.calls == 1


def test_a_tag_is_that_of_the_coding(asked: Asked) -> None:
    plain, packed = asked("/members.json"), asked("/members.json", Accept_Encoding="gzip")

    assert plain.headers["etag"] != packed.headers["etag"]
    assert asked("/members.json", Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304
    assert asked("/members.json", If_None_Match=packed.headers["etag"]).status == 200


def test_addresses_are_those_of_the_host_that_was_asked(asked: Asked) -> None:
    asked("/members.json")

    assert (
        b"https://other.example/members"
        in asked("/members.json", X_Forwarded_Proto="https", X_Forwarded_Host="other.example").body
    )


@pytest.mark.parametrize("url", ["/members.json?nosuch=1", "/nothing", "/resources/nothing.json"])
def test_a_problem_is_not_kept(asked: Asked, url: str) -> None:
    assert asked(url).status == asked(url).status >= 400
    assert asked.calls == 2


def test_nothing_is_kept_where_there_is_no_room_for_it(app: Flask) -> None:
    asked = Asked(app, 0)

    assert asked("/members.json") == asked("/members.json")
    assert asked.calls == 2


def test_a_new_generation_is_seen_at_once(tmp_path: Path, store: Path) -> None:
    with running_app(Settings(store=store)) as app:
        asked = Asked(app)
        before = [asked("/members.json") for _ in range(2)]
        (tmp_path / "members.csv").write_text(MEMBERS.replace("Ann", "Anna"))
        load([tmp_path / "members.csv"], store)
        after = asked("/members.json", If_None_Match=before[0].headers["etag"])
        calls = asked.calls

    assert before[0] == before[1]
    assert (after.status, b"Anna" in after.body, after.headers["dataset-generation"]) == (200, True, "2")
    assert calls == 2


def test_a_generation_that_was_asked_for_is_kept_apart(tmp_path: Path, store: Path) -> None:
    with running_app(Settings(store=store)) as app:
        asked = Asked(app)
        (tmp_path / "members.csv").write_text(MEMBERS.replace("Ann", "Anna"))
        load([tmp_path / "members.csv"], store)
        pages = [asked(f"/members.json?_generation={number}") for number in (1, 2, 1, 2)]

    assert [b"Anna" in page.body for page in pages] == [False, True, False, True]
    assert asked.calls == 2


def test_a_changed_configuration_is_seen(configured: Asked, tmp_path: Path) -> None:
    before = [configured("/people.json").status for _ in range(2)]
    calls = configured.calls
    (tmp_path / "api.ttl").write_text(CONFIGURATION.replace("/people", "/persons"))

    assert (before, calls) == ([200, 200], 1)
    assert (configured("/people.json").status, configured("/persons.json").status) == (404, 200)
