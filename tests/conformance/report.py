"""Makes docs/conformance.md: every feature and defect of features.toml, the tests that carry its id, and how they ended.

A test carries an id in its name (``test_rt05_files_are_mounted…``, ``test_issue_14_…``) or in that of a parameter
(``CF10 a variable in a filter``, ``#14 …``).
"""

import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
TABLE, PAGE = Path(__file__).with_name("features.toml"), ROOT / "docs" / "conformance.md"
# Whole files of tests, each with what it compares with.
SUITES = {
    "tests/conformance/test_golden.py": "recorded answers of a running Elda, with their configuration and data",
    "tests/conformance/test_elda_probes.py": "requests and probes of Elda's own tests",
    "tests/conformance/test_worked_requests.py": "requests worked out by hand",
    "tests/conformance/test_url_forms.py": "forms of URLs that clients of the parliamentary service have sent",
    "tests/conformance/test_configurations.py": "configurations of five kinds, with their own data",
}
ANSWERS = {"otherwise": "done otherwise", "inapplicable": "not applicable", "left": "left"}

_ID = re.compile(r"(?<![a-z0-9])(?:([a-z]{1,2}\d\d)|(?:#|issue )(\d+))(?![a-z0-9])", re.IGNORECASE)

INTRODUCTION = """\
# Conformance

Made by `make conformance` from `tests/conformance/features.toml` and the results of the tests; not written by hand.

## Compared as a whole

The first two need the reference material that is shared beside the checkout. What differs from it on purpose is
named, with the reason, in `tests/conformance/test_golden.py` and `tests/conformance/elda_exceptions.toml`.
"""


class Test(NamedTuple):
    """A test: its file, and what it shows in words."""

    path: str
    words: str


@dataclass(eq=False)  # plugins are kept in a set
class Outcomes:
    """How tests ended: by id and by file, the outcomes of each function; usable as a plugin of pytest."""

    by_id: dict[str, dict[Test, Counter[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Counter)))
    by_file: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, node: str, outcome: str) -> None:
        path, _, name = node.partition("::")
        for each in ids_of(name):
            self.by_id[each][Test(path, in_words(name, each))][outcome] += 1
        self.by_file[path][outcome] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leaves only the tests that the page tells of."""
        told = [item for item in items if item.nodeid.partition("::")[0] in SUITES or ids_of(item.nodeid.partition("::")[2])]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(told)])
        items[:] = told

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.add(report.nodeid, report.outcome)


def read_table() -> Any:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def known_ids(table: Mapping[str, Any]) -> frozenset[str]:
    features = (each for group in table["features"].values() for each in group)
    return frozenset([*features, *(each for defect in table["defects"] for each in defect["ids"])])


KNOWN = known_ids(read_table())


def ids_of(name: str) -> frozenset[str]:
    """The ids that the name of a test carries, its parameters included."""
    found = (code.upper() or f"#{number}" for code, number in _ID.findall(name.replace("_", " ")))
    return frozenset(found) & KNOWN


def in_words(name: str, told: str) -> str:
    """What a test shows: the words of the parameter that carries the id, or else of the function."""
    function, _, parameters = name.partition("[")
    words = _without_ids(parameters.removesuffix("]")) if told in ids_of(parameters) else ""
    return words or _without_ids(function.removeprefix("test_").replace("_", " "))


def _without_ids(text: str) -> str:
    left = _ID.sub(lambda match: "" if ids_of(match[0]) else match[0], text)
    return " ".join(left.split()).strip(" :,()-")


def write_page(table: Mapping[str, Any], outcomes: Outcomes) -> str:
    lines = [INTRODUCTION, *_rows(("compared with", "tests", "result"), _suites(outcomes)), "", "## Features", ""]
    for heading, features in table["features"].items():
        rows = ((each, says, *_tests([each], outcomes)) for each, says in features.items())
        lines += [f"### {heading}", "", *_rows(("id", "feature", "tests", "result"), rows), ""]
    lines += ["## Defects of Elda", "", "Numbers are those of Elda's issues; a D numbers what was found otherwise.", ""]
    return "\n".join([*lines, *_rows(("id", "defect", "here", "tests", "result"), _defects(table, outcomes))]) + "\n"


def without_results(page: str) -> list[str]:
    """The lines of a page less the last cell of their tables, which only a run of the tests can tell."""
    return [line.rpartition(" | ")[0] if line.startswith("| ") else line for line in page.splitlines()]


def _suites(outcomes: Outcomes) -> Iterator[tuple[str, ...]]:
    for path, says in SUITES.items():
        yield says, _link(path, f"`{path}`"), _result(outcomes.by_file[path])


def _defects(table: Mapping[str, Any], outcomes: Outcomes) -> Iterator[tuple[str, ...]]:
    for defect in table["defects"]:
        answer = f"{ANSWERS[defect['answer']]}: {defect['how']}"
        yield ", ".join(defect["ids"]), defect["fault"], answer, *_tests(defect["ids"], outcomes)


def _tests(ids: Iterable[str], outcomes: Outcomes) -> tuple[str, str]:
    """The tests of some ids, as links, and their result."""
    found: defaultdict[Test, Counter[str]] = defaultdict(Counter)
    for each in ids:
        for test, counts in outcomes.by_id.get(each, {}).items():
            found[test] |= counts
    links = (_link(test.path, test.words) for test in sorted(found))
    return "<br>".join(links), _result(sum(found.values(), Counter()))


def _link(path: str, text: str) -> str:
    escaped = re.sub(r"([\[\]<>*|])", r"\\\1", text)
    return f"[{escaped}](../{path})"


def _result(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped") if counts[outcome]) or "–"


def _rows(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (heading, ("---",) * len(heading), *rows):
        yield f"| {' | '.join(row)} |"


def main() -> int:
    outcomes = Outcomes()
    status = pytest.main(["--quiet", "-m", "not full", str(ROOT / "tests")], plugins=[outcomes])
    PAGE.write_text(write_page(read_table(), outcomes), encoding="utf-8")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
