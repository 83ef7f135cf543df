"""What was worked out lately and may be asked for again, kept in memory up to a number."""

from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by their keys, the last so many. An ``owner`` that is another now, such as an API read anew, has none yet."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[tuple[object, ...], tuple[object, Value]] = OrderedDict()

    def clear(self) -> None:
        """Forgets them, as for measurements."""
        self._values.clear()

    def get(self, key: tuple[object, ...], owner: object = None) -> Value | None:
        known = self._values.get(key)
        return known[1] if known and known[0] is owner else None

    def keep(self, key: tuple[object, ...], value: Value, owner: object = None) -> None:
        self._values[key] = owner, value
        while len(self._values) > self._most:
            self._values.popitem(last=False)
