"""Where records come from."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pqlod.sources import SourceFile
from pqlod.sources.captures import Capture, write_payload
from pqlod.sources.origins import Origin, origin_of

FETCHED = datetime(2026, 11, 24, 8, 17, tzinfo=UTC)


def payload(path: Path, url: str, fetched: datetime = FETCHED) -> Origin:
    write_payload(path, b"{}", Capture(url, fetched))
    return origin_of(SourceFile(path))


@pytest.mark.parametrize(
    ("name", "iri", "label"),
    [
        ("questions.jsonl", "urn:pqlod:file:questions.jsonl", "questions.jsonl"),
        ("a b<c>.json", "urn:pqlod:file:a%20b%3Cc%3E.json", "a b<c>.json"),
        ("Fragen für 2026.csv", "urn:pqlod:file:Fragen%20f%C3%BCr%202026.csv", "Fragen für 2026.csv"),
        (b"\xff.csv", "urn:pqlod:file:%FF.csv", "\ufffd.csv"),
    ],
    ids=["plain", "signs", "letters", "no-text"],
)
def test_a_file_goes_by_its_name(tmp_path: Path, name: str | bytes, iri: str, label: str) -> None:
    path = tmp_path / (name if isinstance(name, str) else name.decode("utf-8", "surrogateescape"))
    path.write_text("[]")

    origin = origin_of(SourceFile(path))

    assert origin == Origin(iri, label)
    assert len(list(origin.statements())) == 2


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://example.org/list?skip=0&take=100", "http://example.org/list?skip=0&take=100"),
        ("https://user:secret@example.org:8443/list", "https://example.org:8443/list"),
        ("http://example.org/a b{c}", "http://example.org/a%20b%7Bc%7D"),
        ("http://[broken/", ""),
        ("no address", ""),
    ],
)
def test_a_payload_tells_its_address_and_time(tmp_path: Path, url: str, told: str) -> None:
    origin = payload(tmp_path / "1.json.gz", url, FETCHED.astimezone(timezone(timedelta(hours=5))))

    assert (origin.url, origin.fetched) == (told, "2026-11-24T08:17:00Z")
    assert origin.iri.startswith("urn:pqlod:payload:2026-11-24T08:17:00Z:")
    assert len(list(origin.statements())) == (3 if told else 2)


def test_what_was_fetched_later_is_greater_and_every_payload_another(tmp_path: Path) -> None:
    first, second = (payload(tmp_path / "1.json.gz", f"http://example.org/{name}") for name in "ab")
    later = payload(tmp_path / "1.json.gz", "http://example.org/a", FETCHED + timedelta(seconds=1))

    assert first.iri != second.iri
    assert later.iri > max(first.iri, second.iri)
