"""docs/conformance.md tells of the tests that there are."""

import subprocess
import sys

import pytest
from report import ANSWERS, PAGE, ROOT, Outcomes, ids_of, in_words, read_table, without_results, write_page


@pytest.fixture(scope="module")
def collected() -> Outcomes:
    """Every test that a whole run would find, none of them run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-m", "not full", "--no-header", str(ROOT / "tests")]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    outcomes = Outcomes()
    for line in listed.splitlines():
        if "::" in line:
            outcomes.add(line, "collected")
    return outcomes


def test_the_page_is_made_of_the_tests_that_there_are(collected: Outcomes) -> None:
    made = write_page(read_table(), collected)

    assert without_results(PAGE.read_text(encoding="utf-8")) == without_results(made), "run `make conformance`"


def test_every_feature_has_a_test(collected: Outcomes) -> None:
    features = [each for group in read_table()["features"].values() for each in group]

    assert [each for each in features if not collected.by_id[each]] == []


def test_every_defect_is_answered_and_what_is_done_otherwise_has_a_test(collected: Outcomes) -> None:
    for defect in read_table()["defects"]:
        assert defect["answer"] in ANSWERS
        assert defect["how"]
        if defect["answer"] == "otherwise":
            assert any(collected.by_id[each] for each in defect["ids"]), defect["ids"]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_rt05_d32_files_are_mounted", {"RT05", "D32"}),
        ("test_issue_14_a_cache_asks", {"#14"}),
        ("test_a_list[CF10 D71 a variable, #18]", {"CF10", "D71", "#18"}),
        ("test_a_list[XCF10 CF100 #99999 d7]", set()),
    ],
    ids=["by the name of its function", "an issue", "by that of its parameters", "or none"],
)
def test_the_name_of_a_test_carries_ids(name: str, ids: set[str]) -> None:
    assert ids_of(name) == ids


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_rt05_files_are_mounted[one]", "files are mounted"),
        ("test_a_list[:api-RT05 by a prefix (#18)]", "api- by a prefix"),
        ("test_a_list[RT05]", "a list"),
    ],
    ids=["of its function", "of its parameters", "of its function, if these say no more"],
)
def test_a_test_is_told_in_words(name: str, words: str) -> None:
    assert in_words(name, "RT05") == words
