"""Files written for a test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pqlod.sources import SourceFile

MakeFile = Callable[..., SourceFile]


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Writes a file, whose name tells nothing unless one is given, and gives it as a source file."""

    def make(content: bytes | str, name: str = "file") -> SourceFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return SourceFile(path)

    return make
