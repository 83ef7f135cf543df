"""What can be set when pqlod runs: read once, from PQLOD_* variables and a TOML file, and then frozen."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from pqlod.errors import ConfigurationError, Mistake, near

PREFIX = "PQLOD_"
FILE = "PQLOD_SETTINGS"  # names the TOML file
BASE_URL = re.compile(r"https?://[^\s/?#<>\"]+(/[^\s?#<>\"]*)?")
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; docs/deploying.md tells of each."""

    store: Path | None = None
    generations_kept: int = 3
    config: tuple[str, ...] = ()
    base_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 8
    log_level: str = "info"
    data_host: str = "data.parliament.uk"
    forwarded: bool = True
    max_age: int = 0
    cache_bytes: int = 64 * 2**20
    page_triples: int = 100_000
    query_seconds: float = 10.0
    query_rows: int = 1_000_000
    query_bytes: int = 256 * 2**20
    query_memory: int = 1024 * 2**20
    query_length: int = 200_000
    query_nesting: int = 100
    query_workers: int = 2
    query_calls: tuple[str, ...] = ()
    queries_waiting: int = 16
    queries_waiting_seconds: float = 5.0
    queries_per_client: int = 4
    query_log: str = "stderr"
    slow_query_seconds: float = 1.0
    writable: bool = False
    token_file: Path | None = None
    no_auth: bool = False
    audit_log: Path | None = None
    update_seconds: float = 60.0
    update_length: int = 2_000_000

    @property
    def public_root(self) -> str:
        """``base_url`` without a trailing slash, or "" where addresses are as the client asked for them."""
        return self.base_url.rstrip("/")

    def to_environment(self) -> dict[str, str]:
        """The PQLOD_* variables that give these settings again, for processes that are started with them."""
        return {
            PREFIX + name.upper(): _write(value) for name, value in _by_name(self).items() if value is not None and value != ()
        }


def read_settings(environment: Mapping[str, str] = os.environ, **options: Any) -> Settings:
    """The settings: options (those not None) beat variables, variables beat the TOML file, the file beats the defaults.

    Raises ConfigurationError, which names every setting that is unknown or cannot be read.
    """
    mistakes: list[Mistake] = []
    file = environment.get(FILE, "")
    given = {
        **(_from_file(Path(file), mistakes) if file else {}),
        **_from_variables(environment, mistakes),
        **{name: value for name, value in options.items() if value not in (None, ())},
    }
    mistakes += _wrong_values(given)
    if mistakes:
        raise ConfigurationError(mistakes)
    return Settings(**given)


def _wrong_values(given: Mapping[str, Any]) -> Iterator[Mistake]:
    if given.get("log_level", LOG_LEVELS[0]) not in LOG_LEVELS:
        yield Mistake("", PREFIX + "LOG_LEVEL", f"{given['log_level']!r} is not one of {', '.join(LOG_LEVELS)}")
    if not BASE_URL.fullmatch(given.get("base_url", "http://h")):
        yield Mistake("", PREFIX + "BASE_URL", f"{given['base_url']!r} is not an address such as https://lda.example.org/")


def _from_variables(environment: Mapping[str, str], mistakes: list[Mistake]) -> dict[str, Any]:
    texts = {name: text for name, text in environment.items() if name.startswith(PREFIX) and name != FILE and text}
    return _read_all({name.removeprefix(PREFIX).lower(): text for name, text in texts.items()}, "the environment", mistakes)


def _from_file(file: Path, mistakes: list[Mistake]) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(Mistake(str(file), "", str(error)))
        return {}
    return _read_all({name: _text(value) for name, value in table.items()}, str(file), mistakes)


def _read_all(texts: Mapping[str, str], place: str, mistakes: list[Mistake]) -> dict[str, Any]:
    types, found = get_type_hints(Settings), {}
    for name, text in texts.items():
        if name not in types:
            mistakes.append(Mistake(place, PREFIX + name.upper(), _unknown(name, types)))
            continue
        try:
            found[name] = READERS[types[name]](text)
        except ValueError:
            mistakes.append(Mistake(place, PREFIX + name.upper(), f"{text!r} is not {EXPECTED[types[name]]}"))
    return found


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    hint = " or ".join(PREFIX + candidate.upper() for candidate in near(name, known))
    return "there is no such setting" + (f"; did you mean {hint}?" if hint else "")


def _read_boolean(text: str) -> bool:
    if text.lower() not in BOOLEANS:
        raise ValueError(text)
    return BOOLEANS[text.lower()]


def _read_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _write(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _by_name(settings: Settings) -> dict[str, Any]:
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
READERS: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    bool: _read_boolean,
    Path | None: Path,
    tuple[str, ...]: _read_list,
}
EXPECTED: Mapping[Any, str] = {int: "a whole number", float: "a number", bool: "true or false"}
