"""Literals as JSON has them: numbers and booleans are such, dates are English, whatever is malformed is text."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import orjson

from pqlod.rdf import XSD, Literal, NamedNode

__all__ = ["Scalar", "language_tag", "number", "scalar"]

Scalar = str | bool | int | orjson.Fragment

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Python's dates are Gregorian throughout; the weekdays of Elda before this day are those of the Julian calendar.
FIRST_GREGORIAN_DAY = date(1582, 10, 15)
# A double in plain notation has as many digits; a text that claims a greater exponent stays text.
MAX_EXPONENT = 400
INTEGERS = (
    *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)

_INTEGER = re.compile(r"([+-]?)0*(\d+)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DOUBLE = re.compile(_DECIMAL.pattern + r"([eE][+-]?\d{1,9})?", re.ASCII)
_JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)
_DATE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII)
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)?", re.ASCII
)


def scalar(literal: Literal, *, iso_dates: bool = False) -> Scalar:
    """The JSON value of a literal: its text, unless its datatype says a number, a boolean, a day or an instant."""
    convert = (ISO_CONVERSIONS if iso_dates else CONVERSIONS).get(literal.datatype)
    if convert is None:
        return literal.value
    converted = convert(literal.value.strip(" \t\r\n"))
    return literal.value if converted is None else converted


def number(text: str) -> Scalar | None:
    """The number that a text is, in plain notation, or None."""
    return _double(text.strip(" \t\r\n"))


@lru_cache(maxsize=512)
def language_tag(language: str) -> str:
    """A language tag in the usual letter case (RFC 5646 section 2.1.1), which the store does not keep: ``en-GB``."""
    first, *subtags = language.lower().split("-")
    singleton = next((place for place, subtag in enumerate(subtags) if len(subtag) == 1), len(subtags))
    cased = [_CASES.get(len(subtag), str.lower)(subtag) for subtag in subtags[:singleton]]
    return "-".join([first, *cased, *subtags[singleton:]])


_CASES: Mapping[int, Callable[[str], str]] = {2: str.upper, 4: str.title}  # regions and scripts


def _boolean(text: str) -> Scalar | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


def _integer(text: str) -> Scalar | None:
    match = _INTEGER.fullmatch(text)
    if not match:
        return None
    sign, digits = match[1].strip("+"), match[2]
    # orjson's integers have 64 bits; RDF's have as many as they need
    return int(sign + digits) if len(digits) < 19 else orjson.Fragment(sign + digits)


def _decimal(text: str) -> Scalar | None:
    return _plain_number(text) if _DECIMAL.fullmatch(text) else None


def _double(text: str) -> Scalar | None:
    return _plain_number(text) if _DOUBLE.fullmatch(text) else None


def _plain_number(text: str) -> Scalar | None:
    """The same number without an exponent, digit by digit: it never goes through a binary float."""
    if _JSON_NUMBER.fullmatch(text):
        return orjson.Fragment(text)
    exact = Decimal(text)
    return orjson.Fragment(f"{exact:f}") if abs(exact.adjusted()) <= MAX_EXPONENT else None


def _english_date(text: str) -> Scalar | None:
    match = _DATE.fullmatch(text)
    day = match and _day(match["day"])
    return f"{_english_day(day)}{_english_zone(match['zone'])}" if match and day else None


def _iso_date(text: str) -> Scalar | None:
    match = _DATE.fullmatch(text)
    return f"{match['day']}{match['zone'] or ''}" if match and _day(match["day"]) else None


def _english_instant(text: str) -> Scalar | None:
    instant = _instant(text)
    return f"{_english_day(instant.date())} {instant:%H:%M:%S}{' GMT+0000' if instant.tzinfo else ''}" if instant else None


def _iso_instant(text: str) -> Scalar | None:
    instant = _instant(text)
    return f"{instant.date().isoformat()}T{instant:%H:%M:%S}{'Z' if instant.tzinfo else ''}" if instant else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    """An instant in UTC and whole seconds; without a zone, as it stands. 24:00:00 is the next day's midnight."""
    match = _INSTANT.fullmatch(text)
    if not match or not (day := _day(match["day"])):
        return None
    hour, minute, second = (int(match[part]) for part in ("hour", "minute", "second"))
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    try:
        instant = datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute, seconds=second)
        return (instant - _offset(match["zone"])).replace(tzinfo=UTC) if match["zone"] else instant
    except OverflowError:  # beyond the years 1 to 9999
        return None


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return -offset if zone.startswith("-") else offset


def _english_day(day: date) -> str:
    return f"{DAYS[_weekday(day)]}, {day.day:02} {MONTHS[day.month - 1]} {day.year:04}"


def _english_zone(zone: str | None) -> str:
    if not zone:
        return ""
    return " GMT+0000" if zone == "Z" else f" GMT{zone.replace(':', '')}"


def _weekday(day: date) -> int:
    if day >= FIRST_GREGORIAN_DAY:
        return day.weekday()
    from_march = (day.month - 3) % 12  # the Julian day number, whose remainder by 7 is the weekday
    year = day.year + 4800 - (day.month < 3)
    return (day.day + (153 * from_march + 2) // 5 + 365 * year + year // 4 - 32083) % 7


CONVERSIONS: Mapping[NamedNode, Callable[[str], Scalar | None]] = {
    XSD.boolean: _boolean,
    XSD.decimal: _decimal,
    XSD.double: _double,
    XSD.float: _double,
    XSD.date: _english_date,
    XSD.dateTime: _english_instant,
    **{XSD[name]: _integer for name in INTEGERS},
}
ISO_CONVERSIONS = {**CONVERSIONS, XSD.date: _iso_date, XSD.dateTime: _iso_instant}
