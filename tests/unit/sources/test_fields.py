"""Fields of source records: what is read, and what is refused with which words."""

from collections import Counter
from datetime import date

import pytest

from pqlod.errors import SourceError
from pqlod.sources.fields import DAYS_AS_INSTANTS, Fields


def fields(**values: object) -> Fields:
    return Fields(values, Counter())


@pytest.mark.parametrize("value", [None, ""], ids=["null", "empty"])
def test_a_field_without_value_is_absent(value: object) -> None:
    record = fields(uin=value)

    assert record.text("uin") == ""
    assert record.integer("uin") is None
    assert record.boolean("uin") is None
    assert record.day("uin") is None
    assert "uin" not in record


@pytest.mark.parametrize(
    ("text", "is_noted"),
    [("2024-01-05", False), ("2024-01-05T00:00:00", True), ("2024-01-05T00:00:00.000Z", True)],
    ids=["day", "midnight", "midnight UTC"],
)
def test_a_day_is_read_and_one_written_as_instant_is_noted(text: str, is_noted: bool) -> None:
    record = fields(tabled=text)

    assert record.day("tabled") == date(2024, 1, 5)
    assert record.notes[DAYS_AS_INSTANTS] == is_noted


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (Fields.day, "2024-02-31", "which is no day of the calendar"),
        (Fields.day, "5 January 2024", "expected a day such as 2024-01-31"),
        (Fields.day, "2024-01-05T12:00:00", "expected a day such as 2024-01-31"),
        (Fields.instant, "2024-01-05 09:30", "expected an instant such as"),
        (Fields.integer, "12a", "expected a whole number"),
        (Fields.integer, True, "expected a whole number"),
        (Fields.integer, -1, "expected a whole number"),
        (Fields.boolean, "perhaps", "expected true or false"),
        (Fields.text, ["a"], "expected text"),
        (Fields.text, "a\x00b", "holds a NUL character"),
        (Fields.texts, {"a": 1}, "expected an array of texts"),
        (Fields.objects, "a", "expected an array of objects"),
        (Fields.required_text, " ", "is missing"),
        (Fields.required_integer, None, "is missing"),
        (Fields.required_day, None, "is missing"),
    ],
)
def test_a_wrong_value_is_refused_by_name(read, value: object, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SourceError, match=f"^field.*{message}"):
        read(fields(field=value), "field")


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(SourceError, match="Expected an object with fields, not \\[1\\]"):
        Fields([1], Counter())


def test_a_long_value_is_shown_in_part() -> None:
    with pytest.raises(SourceError) as error:
        fields(field="x" * 1000).integer("field")

    assert len(str(error.value)) < 120
