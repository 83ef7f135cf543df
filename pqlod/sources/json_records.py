"""Records as JSON text and back: the form in which the store keeps what each source told."""

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import orjson

from pqlod.sources.records import RECORDS, Record

PLAIN = frozenset({str, int, bool, date, type(None)})  # what stands in JSON as it is


def to_json(record: Record) -> str:
    """A record as one line of JSON without its default values: equal records give equal text."""
    return orjson.dumps({"kind": record.kind, **_plain(record)}).decode()


def from_json(text: str) -> Record:
    """The record of a text that ``to_json`` wrote."""
    values = orjson.loads(text)
    return cast(Record, _record(RECORDS[values.pop("kind")], values))


def _plain(value: Any) -> Any:  # what orjson writes
    shape: Any = type(value)
    if shape in PLAIN:
        return value
    if shape is tuple:
        return [_plain(item) for item in value]
    return {name: _plain(told) for name, default in _defaults(shape) if (told := getattr(value, name)) != default}


@cache
def _defaults(shape: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(shape))


def _record(shape: Any, values: dict[str, Any]) -> Any:
    readers = _readers(shape)
    return shape(**{name: readers[name](value) for name, value in values.items()})


@cache
def _readers(shape: Any) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(shape)
    return {field.name: _reader(hints[field.name]) for field in fields(shape)}


def _reader(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (option for option in get_args(hint) if option is not type(None))
    if hint is date:
        return date.fromisoformat
    if is_dataclass(hint):
        return lambda values: _record(hint, values)
    if get_origin(hint) is tuple:
        return _tuple_reader(get_args(hint))
    return lambda value: value


def _tuple_reader(items: tuple[Any, ...]) -> Callable[[Any], Any]:
    if items[-1] is Ellipsis:
        read = _reader(items[0])
        return lambda values: tuple(map(read, values))
    readers = tuple(map(_reader, items))
    return lambda values: tuple(read(value) for read, value in zip(readers, values, strict=True))
