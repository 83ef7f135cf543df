"""Reports of several loads are one."""

from pathlib import Path

from pqlod.reports import Report, Row, total


def test_reports_add_up() -> None:
    first = Report({"member": Row(read=2, new=1)}, 5, 1, 1.0, 3, refusals=("one",), warnings={"days": 1}, rejects=Path("x/a"))
    second = Report({"member": Row(read=1, changed=1), "house": Row(new=1)}, 7, 0, 2.0, None, ("two",), {"days": 2}, Path("x/b"))

    assert total([first, second]) == Report(
        {"house": Row(new=1), "member": Row(read=3, new=1, changed=1)}, 12, 1, 3.0, 3, ("one", "two"), {"days": 3}, Path("x")
    )
