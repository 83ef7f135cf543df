"""The views of pqlod's own API over the sample: followed in the store, and asked for in SPARQL."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pqlod.store.embedded import EmbeddedDataset

PATHS = (
    "/commonswrittenquestions", "/answeredquestions", "/commonsansweredquestions", "/lordswrittenquestions",
    "/commonsoralquestions",
    "/members", "/constituencies", "/answeringbodies", "/terms", "/sessions", "/members/172", "/answeredquestions?_view=all",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_the_same_whether_its_view_is_followed_or_asked_for(
    app: Flask, client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = path.replace("?", ".nt?") if "?" in path else path + ".nt"
    followed = client.get(address)

    monkeypatch.setattr(EmbeddedDataset, "follow", lambda *_: None)
    asked = client.get(address)

    assert followed.status_code == asked.status_code == 200
    assert lines(followed.text) == lines(asked.text)


def lines(text: str) -> list[str]:
    """The triples without blank nodes, which are named as they come."""
    return sorted(line for line in text.splitlines() if "_:" not in line)
