import re
from dataclasses import fields
from pathlib import Path

import pytest

from pqlod.errors import ConfigurationError
from pqlod.settings import FILE, PREFIX, Settings, read_settings

DEPLOYING = Path(__file__).parents[2] / "docs" / "deploying.md"


def test_without_anything_given_every_setting_has_its_default() -> None:
    assert read_settings({}) == Settings()


def test_variables_are_read_by_the_type_of_their_setting() -> None:
    settings = read_settings(
        {
            "PQLOD_STORE": "/data/store",
            "PQLOD_CONFIG": "a.ttl, p::b.ttl",
            "PQLOD_PORT": "81",
            "PQLOD_FORWARDED": "no",
            "PQLOD_QUERY_SECONDS": "2.5",
            "PATH": "/bin",
        }
    )

    assert settings == Settings(
        store=Path("/data/store"), config=("a.ttl", "p::b.ttl"), port=81, forwarded=False, query_seconds=2.5
    )


def test_options_beat_variables_and_variables_beat_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pqlod.toml"
    file.write_text('host = "h.file"\nport = 1\nworkers = 1\nconfig = ["a.ttl", "b.ttl"]\n')

    settings = read_settings({FILE: str(file), "PQLOD_PORT": "2", "PQLOD_WORKERS": "2"}, workers=3, host=None)

    assert settings == Settings(host="h.file", port=2, workers=3, config=("a.ttl", "b.ttl"))


def test_all_mistakes_are_told_together_with_what_was_expected_and_what_is_near() -> None:
    with pytest.raises(ConfigurationError) as error:
        read_settings({"PQLOD_PORT": "many", "PQLOD_STOR": "x", "PQLOD_FORWARDED": "perhaps", "PQLOD_LOG_LEVEL": "loud"})

    assert str(error.value).splitlines() == [
        "the environment PQLOD_PORT: 'many' is not a whole number",
        "the environment PQLOD_STOR: there is no such setting; did you mean PQLOD_STORE?",
        "the environment PQLOD_FORWARDED: 'perhaps' is not true or false",
        "PQLOD_LOG_LEVEL: 'loud' is not one of debug, info, warning, error, critical",
    ]


@pytest.mark.parametrize("text", ["lda.example.org", "ftp://h/", "http://", "http://h/?a", "http://h/ x"])
def test_a_base_url_is_the_address_of_a_web_site(text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PQLOD_BASE_URL: '{re.escape(text)}' is not an address such as https"):
        read_settings({}, base_url=text)


@pytest.mark.parametrize("text", ["port = [", "\xff"], ids=["not TOML", "not UTF-8"])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pqlod.toml"
    file.write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"pqlod\.toml"):
        read_settings({FILE: str(file)})


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml"):
        read_settings({FILE: "nowhere.toml"})


def test_settings_go_through_the_environment_unchanged() -> None:
    settings = Settings(store=Path("s"), config=("a", "b"), base_url="http://h/", forwarded=False, query_seconds=0.5)

    assert read_settings(settings.to_environment()) == settings


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_setting_is_documented(name: str) -> None:
    assert f"### `{PREFIX}{name.upper()}`" in DEPLOYING.read_text()
