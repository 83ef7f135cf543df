"""Reports of several loads are one."""

from pathlib import Path

from pqlod.reports import Report, Row, total
from pqlod.validation import Checked, Finding, Rule


def test_reports_add_up() -> None:
    first = Report({"member": Row(read=2, new=1)}, 5, 1, 1.0, 3, refusals=("one",), warnings={"days": 1}, rejects=Path("x/a"))
    second = Report({"member": Row(read=1, changed=1), "house": Row(new=1)}, 7, 0, 2.0, None, ("two",), {"days": 2}, Path("x/b"))

    assert total([first, second]) == Report(
        {"house": Row(new=1), "member": Row(read=3, new=1, changed=1)}, 12, 1, 3.0, 3, ("one", "two"), {"days": 3}, Path("x")
    )


def test_what_was_checked_adds_up() -> None:
    rule = Rule("seat", "member", "One.", is_violation=True)
    first = Report({}, 0, 0, 1.0, 3, checked=Checked({"seat": (1, 2)}, 0, (Finding(rule, 1, ("a",)),), 0.5))

    both = total([first, Report({}, 0, 0, 1.0, None), first])

    assert both.checked == Checked({"seat": (2, 4)}, 0, (Finding(rule, 2, ("a", "a")),), 1.0)
    assert "seat 2 of 4" in str(both)
