"""The documents tell of everything that is there, and of nothing that is not."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click
import pytest
from flask.testing import FlaskClient

from pqlod.cli import cli
from pqlod.sources import SOURCES

ROOT = Path(__file__).parents[1]
DOCUMENTS = {str(path.relative_to(ROOT)): path for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))}
SUFFIXES = (".py", ".ttl", ".rq", ".md", ".toml")  # of files that documents name
PLACES = ("", "pqlod/", "pqlod/*/", "ontology/", "docs/")  # where such a file may stand


def read(document: str) -> str:
    return DOCUMENTS[document].read_text("utf-8")


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def anchor(heading: str) -> str:
    """As the pages of repositories name a heading in links."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def lines_of_blocks(text: str) -> Iterator[str]:
    """The lines of fenced and indented blocks, lines that are continued as one."""
    fenced = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    for block in (*fenced, *indented):
        yield from block.replace("\\\n", " ").splitlines()


def commands(text: str) -> list[str]:
    lines = (line.removeprefix("$ ") for line in lines_of_blocks(text))
    return [line for line in lines if line.startswith("pqlod ")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_what_is_there(document: str) -> None:
    broken = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", read(document)):
        path, _, fragment = target.partition("#")
        file = (DOCUMENTS[document].parent / path) if path else DOCUMENTS[document]
        if not file.exists() or (fragment and fragment not in map(anchor, headings(file.read_text("utf-8")))):
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_files_that_are_named_are_there(document: str) -> None:
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w.-]+)`", read(document)))
    files = {name for name in named if name.endswith(SUFFIXES)}

    assert files
    assert [name for name in sorted(files) if not any(list(ROOT.glob(place + name)) for place in PLACES)] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_what_is_to_be_made_can_be_made(document: str) -> None:
    targets = set(re.findall(r"(?:`|^    )make ([a-z-]+)", read(document), re.MULTILINE))

    assert targets <= set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if commands(read(name))])
def test_commands_that_are_shown_have_these_options(document: str) -> None:
    unknown = []
    for line in commands(read(document)):
        words = shlex.split(line, comments=True)
        command = cli.commands.get(words[1])
        if isinstance(command, click.Group):
            command = command.commands.get(words[2])
        options = {option for parameter in command.params for option in parameter.opts} if command else set()
        if not command or {word.partition("=")[0] for word in words if word.startswith("--")} - options:
            unknown.append(line)

    assert unknown == []


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_command_has_its_heading(name: str) -> None:
    assert f"`pqlod {name}`" in headings(read("docs/commands.md"))


@pytest.mark.parametrize("name", sorted({source.name for source in SOURCES if source.read.__name__ != "_refuse"}))
def test_a_source_has_its_row(name: str) -> None:
    short = re.sub(r"(,.*| JSON| XML)$", "", name)

    assert re.search(rf"^\| {short}s? \|", read("docs/loading.md"), re.MULTILINE)


def requests_of_readme() -> list[tuple[str, str]]:
    """What README asks by curl: an address, and a query."""
    shown = re.findall(r"^curl '([^']+)'(?: --data-urlencode 'query=([^']+)')?", read("README.md"), re.MULTILINE)
    assert len(shown) >= 3
    return shown


@pytest.mark.parametrize(("address", "query"), requests_of_readme())
def test_what_readme_asks_is_answered_by_the_sample(client: FlaskClient, address: str, query: str) -> None:
    url = urlsplit(address)

    answer = client.post(url.path, data={"query": query}) if query else client.get(url.path, query_string=parse_qs(url.query))

    assert answer.status_code == 200
    assert '"items":[]' not in answer.text
