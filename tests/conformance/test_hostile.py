"""The hostile set against a real server with default settings, and what of it a minute has room for with a short limit."""

import pytest
from hostile import run


@pytest.mark.full
@pytest.mark.parametrize("is_short", [True, False], ids=["in short", "whole"])
def test_the_hostile_set_harms_nobody(is_short: bool) -> None:
    rows = list(run({"query_seconds": "1"} if is_short else {}, is_short=is_short))

    assert [row for row in rows if not row.is_right] == []
    assert len(rows) > 100
