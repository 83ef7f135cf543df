import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from pqlod.errors import ConfigurationError
from pqlod.lda.config import read_configuration
from pqlod.live import LiveConfiguration

GOOD = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix : <urn:c:> .
:api a api:API ; api:sparqlEndpoint <http://sparql.example/> ; api:endpoint :list .
:list a api:ListEndpoint ; api:uriTemplate "/first" .
"""
SECOND = GOOD.replace("/first", "/second")
WITH_MISTAKE = SECOND.replace(":list .", ":list , :none .")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "api.ttl"
    path.write_text(GOOD)
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def template(file: Path, clock: Clock) -> Callable[[], str]:
    """The template that is served, a second after the last look."""
    live = LiveConfiguration(lambda: read_configuration(file), clock)

    def now() -> str:
        clock.now += 1
        return live.current().apis[0].endpoints[0].template.text

    return now


def test_a_changed_file_is_taken_up(file: Path, template: Callable[[], str]) -> None:
    before = template()
    file.write_text(SECOND)

    assert (before, template()) == ("/first", "/second")


def test_files_are_looked_at_once_a_second_at_most(file: Path, template: Callable[[], str], clock: Clock) -> None:
    template()
    file.write_text(SECOND)
    clock.now -= 0.9

    assert (template(), template()) == ("/first", "/second")


@pytest.mark.parametrize("text", ["nonsense", "", WITH_MISTAKE], ids=["syntax", "empty", "mistake"])
def test_a_broken_file_leaves_the_last_good_one_and_the_log_says_why(
    file: Path, template: Callable[[], str], caplog: pytest.LogCaptureFixture, text: str
) -> None:
    file.write_text(text)

    assert template() == "/first"
    assert "not taken up" in caplog.text


def test_a_missing_file_leaves_the_last_good_one(file: Path, template: Callable[[], str]) -> None:
    file.unlink()

    assert template() == "/first"


def test_a_mended_file_is_taken_up(file: Path, template: Callable[[], str]) -> None:
    file.write_text("nonsense")
    template()
    file.write_text(SECOND)

    assert template() == "/second"


def test_the_version_changes_with_the_files(file: Path, clock: Clock) -> None:
    live = LiveConfiguration(lambda: read_configuration(file), clock)
    first = live.current().version
    file.write_text(SECOND)
    clock.now += 1

    assert live.current().version != first


def test_what_is_right_is_served_from_the_start_and_what_is_wrong_is_logged(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.write_text(WITH_MISTAKE)

    with caplog.at_level(logging.ERROR):
        served = LiveConfiguration(lambda: read_configuration(file)).current()

    assert [endpoint.template.text for endpoint in served.apis[0].endpoints] == ["/second"]
    assert "none" in caplog.text


def test_nothing_right_is_an_error_at_the_start(file: Path) -> None:
    file.write_text("@prefix : <urn:c:> .")

    with pytest.raises(ConfigurationError, match="no API"):
        LiveConfiguration(lambda: read_configuration(file))
