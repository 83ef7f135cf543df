"""What a harvest asks of services: requests, and the pages that come of them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import orjson

SLICE = timedelta(days=31)  # how many days one list spans, so that a change while it is read shifts few of its pages


@dataclass(frozen=True)
class Request:
    """One address to be asked. ``label`` names its list to people; ``start`` is where in the list it begins, from 0.

    A detail completes what a list told; ``basis`` identifies that, so that it is not asked for again until the list tells
    otherwise.
    """

    api: str
    label: str
    url: str
    start: int = 0
    is_detail: bool = False
    basis: str = ""


@dataclass(frozen=True)
class Page:
    """What an answered request holds: how many items, of how many in the whole list if that is told, and what to ask next."""

    items: int
    total: int | None = None
    following: tuple[Request, ...] = ()


class Api(NamedTuple):
    """A service that can be harvested: its name, and what reads a page of it, which raises SourceError if it is none."""

    name: str
    read: Callable[[Request, Any], Page]


def with_parameters(url: str, **parameters: object) -> str:
    """An address with parameters of its query set; others stay as they are."""
    others = [(name, value) for name, value in query_of(url) if name not in parameters]
    return with_query(url, [*others, *((name, _text(value)) for name, value in parameters.items())])


def query_of(url: str) -> list[tuple[str, str]]:
    """The parameters of an address, in order."""
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def with_query(url: str, query: list[tuple[str, str]]) -> str:
    """The address with another query."""
    return urlunsplit(urlsplit(url)._replace(query=urlencode(query)))


def fingerprint(value: Any) -> str:
    """The same for equal values of JSON, another for others."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def slices(first: date | None, last: date) -> Iterator[Mapping[str, date]]:
    """The days from first to last, or all until last, as bounds ``From`` and ``To`` of lists that are read one by one."""
    if first is None:
        yield {"To": last}
        return
    while first <= last:
        end = min(first + SLICE - timedelta(days=1), last)
        yield {"From": first, "To": end}
        first = end + timedelta(days=1)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
