"""The cut of a serialised result at a number of rows, against the rows that pyoxigraph writes without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QueryResultsFormat, Store

from pqlod.store.worker import ResultFull, RowCut

# Found by name, as for a query: each time another object.
FORMATS = [
    QueryResultsFormat.from_media_type(media_type)
    for media_type in (
        "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values",
    )
]  # fmt: skip
# What could be taken for the end of a row, or of a string.
PIECES = ["</result><result>", '}},{"', "{}", *'ab},{"\\\n\r\t,<>/']
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
CELLS = st.none() | TEXTS


def serialised(rows: list[list[str | None]], form: QueryResultsFormat) -> bytes:
    values = " ".join("(" + " ".join("UNDEF" if cell is None else str(Literal(cell)) for cell in row) + ")" for row in rows)
    solutions = Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}")
    return solutions.serialize(format=form) or b""


def cut(text: bytes, form: QueryResultsFormat, rows: int, size: int) -> tuple[bytes, bool]:
    """The text, fed to a RowCut in pieces of a size, and whether it was cut."""
    passed, row_cut = b"", RowCut(form, rows)
    try:
        for start in range(0, len(text), size):
            passed += row_cut.feed(text[start : start + size])
    except ResultFull as full:
        return passed + full.last, True
    return passed + row_cut.finish(), False


@pytest.mark.parametrize("form", FORMATS, ids=str)
@given(rows=st.lists(st.tuples(CELLS, CELLS).map(list), max_size=8), most=st.integers(1, 9), size=st.integers(1, 90))
def test_a_cut_result_is_the_one_that_has_only_the_first_rows(
    form: QueryResultsFormat, rows: list[list[str | None]], most: int, size: int
) -> None:
    expected = serialised(rows[:most], form)

    assert cut(serialised(rows, form), form, most, size) == (expected, len(rows) > most)
