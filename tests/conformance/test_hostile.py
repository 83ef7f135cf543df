"""The hostile set against a real server: a short form of it in every run, the whole with default settings in the full one."""

import pytest
from hostile import run


def test_the_hostile_set_harms_nobody_in_short() -> None:
    rows = list(run({"query_seconds": "1"}, is_short=True))

    assert [row for row in rows if not row.is_right] == []
    assert len(rows) > 100


@pytest.mark.full
def test_the_hostile_set_harms_nobody() -> None:
    assert [row for row in run({}, is_short=False) if not row.is_right] == []
