"""Where people can go from a page that says what was wrong with an address: the same address, put right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from pqlod.formatters.html.frame import local_address, upwards
from pqlod.lda.routing import split_suffix

MOST_KNOWN = 250  # names that are listed

Pairs = tuple[tuple[str, str], ...]


class Told(Protocol):
    """What a problem tells."""

    @property
    def members(self) -> Mapping[str, Any]: ...

    @property
    def known(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Way:
    """A name that may be meant, and the address with that in place of what is wrong; "" if it cannot be put there."""

    name: str
    address: str


@dataclass(frozen=True)
class WaysOn:
    """Addresses, relative to the one that was asked: with what is near, with all that is known, and without what is wrong."""

    near: tuple[Way, ...] = ()
    known: tuple[Way, ...] = ()
    without: str = ""


def ways_on(problem: Told, path: str, pairs: Pairs) -> WaysOn:
    """The ways on from a problem at a path with these parameters."""
    members = problem.members
    parameter, value = members.get("parameter", ""), members.get("value")
    if not parameter:
        return WaysOn(tuple(_paths(members.get("near", ()), path, pairs)))
    place = _Place(parameter, parameter if value is None else value, path, pairs)
    return WaysOn(
        near=tuple(Way(name, place.with_name(name)) for name in members.get("near", ())),
        known=tuple(Way(name, place.with_name(name)) for name in problem.known[:MOST_KNOWN]),
        without=place.without(),
    )


def _paths(near: Iterable[str], path: str, pairs: Pairs) -> Iterator[Way]:
    """Paths that are near; one that still has variables is told, and leads nowhere."""
    for each in near:
        yield Way(each, "" if "{" in each else local_address(quote(each), upwards(path)) + _query(pairs))


@dataclass(frozen=True)
class _Place:
    """Where in an address a wrong text stands: in the value of its parameter, in a name, in another value, or as the suffix."""

    parameter: str
    wrong: str
    path: str
    pairs: Pairs

    def with_name(self, name: str) -> str:
        """The address with a name in place of the wrong text."""
        number = self._pair()
        if number is None:
            stem, suffix = split_suffix(self.path)
            return f"{quote(stem.rpartition('/')[2])}.{quote(name)}{_query(self.pairs)}" if suffix == self.wrong else ""
        key, value = self.pairs[number]
        if self._is_value(key, value) or not _has(key, self.wrong):
            put = (key, _replaced(value, self.wrong, name))
        else:
            put = (_replaced(key, self.wrong, name), value)
        return self._address((*self.pairs[:number], put, *self.pairs[number + 1 :]))

    def without(self) -> str:
        """The address without the parameter in which the wrong text stands; "" if it stands in none."""
        number = self._pair()
        return "" if number is None else self._address((*self.pairs[:number], *self.pairs[number + 1 :]))

    def _pair(self) -> int | None:
        """Which parameter it is."""
        in_value = [number for number, pair in enumerate(self.pairs) if self._is_value(*pair)]
        in_names = [number for number, (key, _) in enumerate(self.pairs) if _has(key, self.wrong)]
        in_values = [number for number, (_, value) in enumerate(self.pairs) if _has(value, self.wrong)]
        return next(iter([*in_value, *in_names, *in_values]), None)

    def _is_value(self, key: str, value: str) -> bool:
        return key == self.parameter and value == self.wrong

    def _address(self, pairs: Pairs) -> str:
        return quote(self.path.rpartition("/")[2]) + _query(pairs) or "."


def _has(text: str, part: str) -> bool:
    return bool(part and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text))


def _replaced(text: str, part: str, name: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", lambda _: name, text, count=1)


def _query(pairs: Pairs) -> str:
    return f"?{urlencode(pairs)}" if pairs else ""
