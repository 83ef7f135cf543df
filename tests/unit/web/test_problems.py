import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from pqlod import errors
from pqlod.app import running_app
from pqlod.settings import Settings
from pqlod.web.problems import STATUSES, problem_of, problem_response

HTML = "text/html,application/xhtml+xml,*/*;q=0.8"

BAD = errors.BadParameter("Unknown property 'answerd'.", parameter="answerd", known=["answered"], expected="a shortname")


@pytest.fixture(scope="module")
def app(sample: object) -> Iterator[Flask]:
    """An application of its own, whose routes fail as their names say."""
    with running_app(Settings(store=sample)) as app:  # type: ignore[arg-type]  # the fixture gives a Path
        yield app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.EndpointNotFound("x"), 404),
        (errors.ItemNotFound("http://i/"), 404),
        (errors.NotAcceptable("image/png", ["text/html"]), 406),
        (BAD, 400),
        (errors.QuerySyntaxError("x", 1, 2), 400),
        (errors.QueryRefused("x"), 403),
        (errors.TooManyQueries("x", limit="queries"), 429),
        (errors.QueryLimitExceeded("x", limit="time"), 503),
        (errors.ServiceFailed("x"), 502),
        (errors.ServiceTimedOut("x"), 504),
        (errors.DatasetUnavailable("x"), 503),
        (errors.StoreError("x"), 503),
        (errors.DatasetError("x"), 500),
        (errors.ConfigurationError([]), 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_exception_has_its_status(app: Flask, error: Exception, status: int) -> None:
    with app.test_request_context("/x"):
        assert problem_of(error).status == status


def test_a_kind_of_an_error_stands_before_its_base() -> None:
    kinds = [kind for kind, _ in STATUSES]

    assert [(a, b) for place, a in enumerate(kinds) for b in kinds[place + 1 :] if issubclass(b, a)] == []


def test_programs_get_a_problem_document_with_what_was_expected_and_what_is_near(app: Flask) -> None:
    with app.test_request_context("/x"):
        response = problem_response(BAD)

    assert response.content_type == "application/problem+json"
    assert json.loads(response.data) == {
        "type": "urn:pqlod:problem:BadParameter",
        "title": "Bad Request",
        "status": 400,
        "detail": "Unknown property 'answerd'. Expected: a shortname. Did you mean 'answered'?",
        "parameter": "answerd",
        "expected": "a shortname",
        "near": ["answered"],
    }


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        pytest.param("/x", "", "application/problem+json", id="no Accept"),
        pytest.param("/x", "text/turtle", "application/problem+json", id="a program"),
        pytest.param("/x", "application/json", "application/problem+json", id="JSON"),
        pytest.param("/x", HTML, "text/html; charset=utf-8", id="a browser"),
        pytest.param("/x.json", HTML, "text/html; charset=utf-8", id="a browser that asks for JSON"),
        pytest.param("/x.html", "*/*", "text/html; charset=utf-8", id="HTML by its suffix"),
        pytest.param("/x?_format=html", "*/*", "text/html; charset=utf-8", id="HTML by _format"),
        pytest.param("/x", "text/plain", "text/plain; charset=utf-8", id="text"),
    ],
)
def test_the_body_is_what_its_reader_can_read(app: Flask, path: str, accept: str, expected: str) -> None:
    with app.test_request_context(path, headers={"Accept": accept}):
        assert problem_response(BAD).content_type == expected


def test_markup_in_a_message_is_shown_and_not_obeyed(app: Flask) -> None:
    with app.test_request_context("/<b>", headers={"Accept": HTML}):
        text = problem_response(errors.EndpointNotFound("No endpoint answers '<script>'.")).get_data(as_text=True)

    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_when_to_try_again_is_said(app: Flask) -> None:
    with app.test_request_context("/x"):
        response = problem_response(errors.QueryLimitExceeded("Too slow.", limit="time", retry_after=5))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert json.loads(response.data)["limit"] == "time"


def test_an_unforeseen_error_is_logged_and_its_body_names_the_entry(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context("/x"), caplog.at_level(logging.ERROR):
        response = problem_response(RuntimeError("the secret of the house"))

    reference = json.loads(response.data)["reference"]
    assert response.status_code == 500
    assert reference in caplog.text
    assert "the secret of the house" in caplog.text
    assert b"secret" not in response.data
    assert b"Traceback" not in response.data
