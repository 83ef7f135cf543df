"""The files of others, which pages load or tests use, are those that their README names, each with its licence."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("pqlod/web/static/vendor", "tests/browser/vendor")
OUR_OWN = frozenset({"README.md", "vega/vega-util.js"})


def table(folder: str) -> dict[str, list[str]]:
    """The cells of each row of a folder's README, by the file that it is of."""
    lines = [line for line in (ROOT / folder / "README.md").read_text().splitlines() if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return {row[0].strip("`"): row for row in rows}


@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder in FOLDERS for name in table(folder)])
def test_a_file_of_others_is_the_one_that_the_table_tells_of(folder: str, name: str) -> None:
    row = table(folder)[name]

    assert sha256((ROOT / folder / name).read_bytes()).hexdigest() == row[-1]
    licences = re.findall(r"`([^`]*LICEN[CS]E[^`]*)`", row[3])
    assert all((ROOT / folder / licence).is_file() for licence in licences), row[3]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_in_the_table_or_ours_or_a_licence(folder: str) -> None:
    files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}

    assert {name for name in files - table(folder).keys() - OUR_OWN if "LICEN" not in name} == set()
