"""Does the tutorial do as it says? Its files are written and its commands run in their order, on a port that is free."""

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import pytest

from pqlod.live import SECONDS_BETWEEN_LOOKS

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
ADDRESS = "http://127.0.0.1:8000"


class Block(NamedTuple):
    """A block of the tutorial, and the line above it."""

    above: str
    language: str
    text: str


class Learner:
    """Does in a folder what the tutorial says."""

    def __init__(self, folder, serve, stack):
        self.folder, self._serve, self._stack = folder, serve, stack
        self._root = ""

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        if self._root:
            time.sleep(SECONDS_BETWEEN_LOOKS + 0.2)  # the server takes it up

    def run(self, command: str) -> str:
        """What a command prints."""
        words = shlex.split(command)
        if words[0] == "curl":
            with urlopen(words[1].replace(ADDRESS, self._root)) as answer:
                return answer.read().decode().replace("\r\n", "\n")
        assert words[0] == "pqlod"
        if words[1] == "serve":
            file = str(self.folder / words[words.index("--config") + 1])
            self._root = self._stack.enter_context(self._serve("--config", file)).root
            return ""
        done = subprocess.run([sys.executable, "-m", *words], cwd=self.folder, capture_output=True, text=True)
        return done.stdout + done.stderr


@pytest.fixture
def learner(tmp_path, serve) -> Iterator[Learner]:
    with ExitStack() as stack:
        yield Learner(tmp_path, serve, stack)


def test_the_tutorial_prints_what_it_says(learner):
    blocks = [Block(*found) for found in re.findall(r"([^\n]*)\n\n```(\w+)\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL)]
    said, printed = {}, {}

    for number, block in enumerate(blocks):
        if block.language == "turtle":
            learner.write(block.above.rpartition(" ")[2].strip("`:"), block.text)
        elif block.language == "sh":
            printed[block.text] = learner.run(block.text)
        else:
            said[blocks[number - 1].text] = block.text

    assert {command: printed[command] for command in said} == said
    assert len(said) >= 4
