"""What is not loaded, where it stands and why; the rest of its file goes on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pqlod.errors import SourceError
from pqlod.sources.records import Record

Given = TypeVar("Given")


@dataclass(frozen=True)
class Refusal:
    """A record, or with an empty place a whole file, that is not loaded."""

    reason: str
    place: str = ""
    kind: str = ""


def read_each(
    items: Iterable[Given], read: Callable[[Given], Record], *, place: str, kind: str = ""
) -> Iterator[Record | Refusal]:
    """Each item as its record, or as a refusal; ``place`` is a pattern for its number from 1 (``item {}``)."""
    for number, item in enumerate(items, 1):
        try:
            yield read(item)
        except SourceError as error:
            yield Refusal(error.problem, place.format(number), kind)
