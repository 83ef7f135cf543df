"""Write tokens: a file keeps their hashes, and says who has one."""

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from pqlod.cli import cli
from pqlod.errors import ConfigurationError
from pqlod.write_tokens import TokenFile


@pytest.fixture
def tokens(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "tokens")


def test_a_token_tells_its_name_and_no_other_text_does(tokens: TokenFile) -> None:
    loader, editor = tokens.add("loader"), tokens.add("editor")

    assert [tokens.name_of(text) for text in (loader, editor, loader[:-1], "", "loader")] == [
        "loader", "editor", None, None, None,
    ]  # fmt: skip


def test_the_token_itself_is_kept_nowhere(tokens: TokenFile, tmp_path: Path) -> None:
    token = tokens.add("loader")

    assert token not in (tmp_path / "tokens").read_text()
    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o600
    assert len(token) > 43


def test_a_line_that_is_removed_allows_nothing_any_more(tokens: TokenFile, tmp_path: Path) -> None:
    token = tokens.add("loader")
    assert tokens.name_of(token) == "loader"

    (tmp_path / "tokens").write_text("# none\n\n")

    assert tokens.name_of(token) is None


def test_a_file_that_was_written_by_hand_is_read(tmp_path: Path) -> None:
    token = TokenFile(tmp_path / "first").add("loader")
    line = (tmp_path / "first").read_text().strip()
    (tmp_path / "tokens").write_text(f"# for the nightly load\n\n  {line}")
    tokens = TokenFile(tmp_path / "tokens")

    second = tokens.add("editor")

    assert [tokens.name_of(token), tokens.name_of(second)] == ["loader", "editor"]


def test_a_name_is_given_once(tokens: TokenFile) -> None:
    tokens.add("loader")

    with pytest.raises(ConfigurationError, match="a token 'loader' already"):
        tokens.add("loader")


@pytest.mark.parametrize("name", ["", "two words", "a:b", "x" * 65, "line\n"])
def test_a_name_that_a_line_cannot_hold_is_refused(tokens: TokenFile, name: str) -> None:
    with pytest.raises(ConfigurationError, match="64 at most"):
        tokens.add(name)


def test_every_line_that_is_not_understood_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"loader secret\nok sha256:{'0' * 64}\neditor sha256:123\n")

    with pytest.raises(ConfigurationError) as caught:
        TokenFile(tmp_path / "tokens").names()
    assert [mistake.property for mistake in caught.value.mistakes] == ["line 1", "line 3"]


def test_a_file_that_is_not_there_is_told(tokens: TokenFile) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        tokens.name_of("pqlod_x")


def test_a_file_replaced_by_one_of_the_same_size_is_read_again(tokens: TokenFile, tmp_path: Path) -> None:
    first = tokens.add("one")
    assert tokens.name_of(first) == "one"
    second = TokenFile(tmp_path / "other").add("two")
    os.utime(tmp_path / "other", (time.time() + 5, time.time() + 5))

    (tmp_path / "other").replace(tmp_path / "tokens")

    assert [tokens.name_of(first), tokens.name_of(second)] == [None, "two"]


def test_the_command_prints_a_token_that_the_file_knows(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["token", "new", "loader", "--token-file", str(tmp_path / "tokens")])

    assert result.exit_code == 0
    assert TokenFile(tmp_path / "tokens").name_of(result.output.strip()) == "loader"
