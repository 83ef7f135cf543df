"""The files of others that pages load are those that their README names, each with its licence."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[1] / "pqlod/web/static/vendor"
OUR_OWN = frozenset({"README.md", "vega/vega-util.js"})
TABLE = [line for line in (VENDOR / "README.md").read_text().splitlines() if line.startswith("| `")]
FILES = {row[0].strip("`"): row for row in ([cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLE)}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_others_is_the_one_that_the_table_tells_of(name: str) -> None:
    row = FILES[name]

    assert sha256((VENDOR / name).read_bytes()).hexdigest() == row[-1]
    assert all((VENDOR / licence).is_file() for licence in re.findall(r"`([^`]*LICEN[CS]E[^`]*)`", row[3])), row[3]


def test_every_file_is_in_the_table_or_ours_or_a_licence() -> None:
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert {name for name in files - FILES.keys() - OUR_OWN if "LICEN" not in name} == set()
