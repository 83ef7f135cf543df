"""``pqlod harvest``, as it is typed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stub_services import LDA, MEMBERS, QUESTIONS, Stub, items, members, questions

from pqlod.cli import cli
from pqlod.errors import HarvestError

Serve = Callable[[Stub], Stub]
Command = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """Runs the command for the services of a stub."""

    def command(stub: Stub, *options: str) -> Result:
        urls = ("--questions-url", stub.root + QUESTIONS, "--members-url", stub.root + MEMBERS + "/")
        return CliRunner().invoke(cli, ["harvest", "--store", str(tmp_path / "store"), "--rate", "100", *urls, *options])

    return command


def test_all_services_are_harvested_and_what_came_of_it_is_told(serve: Serve, run: Command, tmp_path: Path) -> None:
    stub = serve(Stub(questions=questions(6), members=members(2)))

    result = run(stub, "--from", "2026-10-01", "--to", "2026-10-31", "--contact", "data@example.org")

    assert result.exit_code == 0, result.output
    assert f"10 payloads kept in {tmp_path / 'store.harvest'}" in result.stdout
    assert re.search(r"^written question +5 +4 ", result.stdout, re.MULTILINE)  # one text was clipped and read twice
    assert re.search(r"^checked by shape in .*: .*written question 4$", result.stdout, re.MULTILINE)
    assert result.stderr.startswith("answering bodies: 1; 1 payloads, 0 s\n")
    assert "data@example.org" in next(iter(stub.agents))


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (("--source", "written-questions"), QUESTIONS),
        (("--source", "members"), MEMBERS),
        (("--lda", "{root}" + LDA), LDA),
    ],
)
def test_only_what_is_named_is_harvested(serve: Serve, run: Command, options: tuple[str, ...], asked: str) -> None:
    stub = serve(Stub(questions=questions(3), members=members(2), items=items(2)))

    result = run(stub, "--quiet", *(option.format(root=stub.root) for option in options))

    assert (result.exit_code, result.output) == (0, "")
    assert all(address.startswith(asked) for address in stub.asked)


def test_days_in_the_wrong_order_are_a_misuse(run: Command) -> None:
    result = run(Stub(), "--from", "2026-02-01", "--to", "2026-01-01")

    assert result.exit_code == 2
    assert "is after --to" in result.output


def test_a_service_that_is_not_there_is_named(serve: Serve, run: Command) -> None:
    stub = serve(Stub())

    result = run(stub, "--lda", stub.root + "/elsewhere")

    assert isinstance(result.exception, HarvestError)
    assert str(result.exception) == f"{stub.root}/elsewhere: Answered 404 Not Found."
