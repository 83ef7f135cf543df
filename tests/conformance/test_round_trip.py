"""What was served by the old Linked Data API, once loaded, is served again as it was: deep-equal, item by item."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from pqlod.app import running_app
from pqlod.assets import asset
from pqlod.loading import load
from pqlod.settings import Settings

Item = dict[str, Any]


@contextmanager
def loaded(files: Sequence[Path], folder: Path) -> Iterator[FlaskClient]:
    load(files, folder)
    with running_app(Settings(store=folder)) as app:
        yield app.test_client()


def walk(client: FlaskClient, path: str) -> Iterator[Item]:
    """Every item of a list, page by page."""
    while path:
        page = client.get(path).get_json()["result"]
        yield from page["items"]
        path = page.get("next", "")


def items_of(path: Path) -> list[Item]:
    document = json.loads(path.read_text("utf-8"))
    items = document["result"]["items"] if isinstance(document, dict) else document
    assert items
    return list(items)


def assert_given_back(client: FlaskClient, path: str, items: list[Item]) -> None:
    served = {item["_about"]: item for item in walk(client, path)}

    assert {item["_about"]: served.get(item["_about"]) for item in items} == {item["_about"]: item for item in items}


@pytest.mark.parametrize("size", ["", "?_pageSize=7"], ids=["default pages", "pages of 7"])
def test_answered_questions_come_back_as_they_were(shared: Path, tmp_path: Path, size: str) -> None:
    files = [shared / f"data/api-samples/lda-answeredquestions{which}.json" for which in ("", "-lords")]

    with loaded(files, tmp_path / "store") as client:
        assert_given_back(client, "/answeredquestions.json" + size, [item for file in files for item in items_of(file)])


def test_members_come_back_as_they_were(shared: Path, tmp_path: Path) -> None:
    file = shared / "data/api-samples/lda-commonsmembers-items.json"

    with loaded([file], tmp_path / "store") as client:
        assert_given_back(client, "/commonsmembers.json", items_of(file))


def test_what_other_sources_tell_of_the_same_questions_does_not_change_them(shared: Path, tmp_path: Path) -> None:
    """Their lines in questions.jsonl tell less than the pages do."""
    files = [shared / f"data/api-samples/lda-answeredquestions{which}.json" for which in ("", "-lords")]
    everything = (shared / "data/real/questions.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "lines.jsonl").write_text("\n".join(line for line in everything if '"source":"lda"' in line), "utf-8")

    with loaded([tmp_path / "lines.jsonl", *files], tmp_path / "store") as client:
        assert_given_back(client, "/answeredquestions.json?_pageSize=1000", [item for file in files for item in items_of(file)])


def test_the_sample_comes_back_as_it_is(client: FlaskClient) -> None:
    assert_given_back(client, "/answeredquestions.json?_pageSize=50", items_of(asset("data/sample/answeredquestions.json")))


@pytest.mark.parametrize("name", ["commonsoralquestions", "commonsoralquestiontimes", "constituencies", "terms"])
def test_pages_of_other_lists_are_read_and_come_back_as_they_were(client: FlaskClient, tmp_path: Path, name: str) -> None:
    """No real page of these is known; they are read as pqlod writes them, which is as clients of the old service read them."""
    path = f"/{name}.json?_pageSize=100"
    (tmp_path / "page.json").write_bytes(client.get(path).data)

    with loaded([tmp_path / "page.json"], tmp_path / "store") as reloaded:
        assert_given_back(reloaded, path, items_of(tmp_path / "page.json"))
