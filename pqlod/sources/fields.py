"""The fields of a source's record, read as what they must be; every mistake names the field and what it holds."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from pqlod.errors import SourceError
from pqlod.sources.encodings import NO_CHARACTER, repaired

DAYS_AS_INSTANTS = "days that the source types as instants"
REPAIRED = "texts that were read in a wrong character set, and are put right"
INCOMPLETE = "texts in which characters were lost before they came here"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T00:00(:00(\.0+)?)?(Z|[+-]00:00)?)?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?")


class Fields:
    """One JSON object or CSV row. A field that is absent, null or "" is the same, and gives "" or None."""

    def __init__(self, values: Any, notes: Counter[str]) -> None:
        if not isinstance(values, Mapping):
            raise SourceError(f"Expected an object with fields, not {shown(values)}.")
        self.values, self.notes = values, notes

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """The text of a field; a whole number is given as text."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.wrong(name, "text")
        if "\x00" in value:
            raise SourceError(f"{name} holds a NUL character.")
        return value if value.isascii() else self._repaired(value)

    def required_text(self, name: str) -> str:
        value = self.text(name).strip()
        if not value:
            raise SourceError(f"{name} is missing.")
        return value

    def integer(self, name: str) -> int | None:
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"\d{1,15}", str(value)):
            raise self.wrong(name, "a whole number")
        return int(value)

    def required_integer(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise SourceError(f"{name} is missing.")
        return value

    def boolean(self, name: str) -> bool | None:
        value = self.values.get(name)
        if value in (None, ""):
            return None
        known = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
        if not isinstance(value, bool | str) or value not in known:
            raise self.wrong(name, "true or false")
        return known[value]

    def day(self, name: str) -> date | None:
        """The day of a field; one written as an instant (``2024-01-05T00:00:00``) is noted."""
        value = self.text(name)
        if not value:
            return None
        match = _DAY.fullmatch(value)
        if match is None:
            raise self.wrong(name, "a day such as 2024-01-31")
        if match[2]:
            self.notes[DAYS_AS_INSTANTS] += 1
        return self._date(name, match[1])

    def required_day(self, name: str) -> date:
        value = self.day(name)
        if value is None:
            raise SourceError(f"{name} is missing.")
        return value

    def instant(self, name: str) -> str:
        """The text of an instant, or of a day; "" where there is none."""
        return self.checked_instant(name, self.text(name))

    def checked_instant(self, name: str, value: str) -> str:
        if value and not (_INSTANT.fullmatch(value) or _DAY.fullmatch(value)):
            raise SourceError(f"{name} is {shown(value)}, expected an instant such as 2024-01-31T09:30:00Z.")
        if value:
            self._date(name, value[:10])
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of an array; one alone is taken for an array of one."""
        value = self.values.get(name)
        items = () if value in (None, "") else value if isinstance(value, list) else (value,)
        if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in items):
            raise self.wrong(name, "an array of texts")
        return tuple(map(str, items))

    def objects(self, name: str) -> tuple["Fields", ...]:
        """The objects of an array."""
        value = self.values.get(name) or ()
        if not isinstance(value, list | tuple):
            raise self.wrong(name, "an array of objects")
        return tuple(Fields(item, self.notes) for item in value)

    def object(self, name: str) -> "Fields":
        """The object in a field; one without fields where there is none."""
        return Fields(self.values.get(name) or {}, self.notes)

    def one_of(self, name: str, known: Mapping[str, str]) -> str:
        """The meaning of a text in a table; "" where there is no text."""
        value = self.text(name).strip()
        if value and value not in known:
            raise self.wrong(name, " or ".join(known))
        return known.get(value, "")

    def wrong(self, name: str, expected: str) -> SourceError:
        return SourceError(f"{name} is {shown(self.values.get(name))}, expected {expected}.")

    def _repaired(self, text: str) -> str:
        better = repaired(text)
        self.notes[REPAIRED] += better != text
        self.notes[INCOMPLETE] += NO_CHARACTER in better
        return better

    def _date(self, name: str, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise SourceError(f"{name} is {shown(text)}, which is no day of the calendar.") from error


def shown(value: Any) -> str:
    """A value as a message shows it: not too long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
