"""The recorded answers of the shared reference material, each compared as its own program compares them."""

import csv
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from pqlod.app import running_app
from pqlod.settings import Settings

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"

# Cases held to be wrong, each with the reason.
HELD_TO_BE_WRONG = {
    "fmt-accept-ttl-html": "its note asks for Turtle, by quality (D13, RFC 9110); its media type is still the recorded HTML",
}


def cases() -> list[dict[str, str]]:
    if not GOLDEN.is_dir():
        return []
    with (GOLDEN / "cases.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def check(shared: Path) -> ModuleType:
    """The program that compares."""
    spec = importlib.util.spec_from_file_location("golden_check", shared / "golden" / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def golden(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of the golden configuration, over its data."""
    folder = tmp_path_factory.mktemp("golden")
    configuration = (shared / "golden" / "config.ttl").read_text(encoding="utf-8").replace("<@SOURCE@>", "<local:data.ttl>")
    (folder / "config.ttl").write_text(configuration, encoding="utf-8")
    (folder / "data.ttl").write_bytes((shared / "golden" / "data.ttl").read_bytes())
    with running_app(Settings(config=(str(folder / "config.ttl"),))) as app:
        yield app.test_client()


@pytest.fixture
def differences(check: ModuleType, golden: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What differs in one case; the program fetches through the client."""

    def fetch(url: str, accept: str) -> tuple[int, Headers, bytes]:
        response = golden.get(url, headers={"Accept": accept} if accept else {})
        return response.status_code, response.headers, response.data

    monkeypatch.setattr(check, "fetch", fetch)
    return lambda case: list(check.check_case("http://127.0.0.1", GOLDEN, case))


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="needs the shared reference material beside the checkout (../shared)")
def test_there_are_as_many_cases_as_recorded() -> None:
    assert len(cases()) == 334


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases() if case["id"] not in HELD_TO_BE_WRONG])
def test_golden_case(differences: Any, case: dict[str, str]) -> None:
    assert differences(case) == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases() if case["id"] in HELD_TO_BE_WRONG])
def test_golden_case_held_to_be_wrong_still_differs(differences: Any, case: dict[str, str]) -> None:
    assert differences(case) != []
