"""What a reader of a list can choose: its order, its view, how much of it a page shows, and which items it has.

Orders, views and sizes are links to the first page of the list with one parameter changed; the items are chosen with
a form that has a field for each property, and carries the rest of the address along.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pqlod.formatters.filter_links import RANGED, Fields, can_be_asked
from pqlod.formatters.items import Node, Value
from pqlod.formatters.words import words
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import ListEndpoint
from pqlod.rdf import XSD, Literal, NamedNode

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

SIZES = (10, 25, 50)
YES_OR_NO: Mapping[str, str] = MappingProxyType({"true": "yes", "false": "no"})
NO_OPTIONS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType({})
# The type of the input for a value of a datatype; any other is text.
INPUT_TYPES: Mapping[NamedNode, str] = {XSD.date: "date", XSD.time: "time"}


class Choice(NamedTuple):
    """What a link says, and where it leads; the choice that is made already leads nowhere."""

    words: str
    address: str = ""


class Order(NamedTuple):
    """A property in words, whether the list is sorted by it, and what can be done about that."""

    words: str
    direction: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Input:
    """An input of the form: its label, the name of its parameter, its kind and the value that is asked for now.

    One of the kind "select" has options: texts and what they mean in words.
    """

    label: str
    name: str
    kind: str = "text"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class InputGroup:
    """The inputs for what a property leads to, or without a label for what the items have themselves, by property."""

    label: str
    fields: tuple[tuple[Input, ...], ...]


@dataclass(frozen=True)
class Choices:
    """All that can be chosen of a list. ``hidden`` are the parameters that the form sends along unseen."""

    orders: tuple[Order, ...]
    views: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    address: str
    hidden: tuple[tuple[str, str], ...]
    groups: tuple[InputGroup, ...]


Options = Mapping[str, tuple[tuple[str, str], ...]]  # the values of properties that have few, by their paths


def choices_of(page: "Page", items: Iterable[Node], first_page: RequestUrl, options: Options = NO_OPTIONS) -> Choices:
    """The choices of a list; ``first_page`` is its address without the number of a page."""
    properties = _properties(page, items)
    groups = tuple(_groups(properties, first_page, options))
    shown = {each.name for group in groups for field in group.fields for each in field}
    return Choices(
        orders=tuple(_orders(properties, first_page)),
        views=tuple(_views(page, first_page)),
        sizes=tuple(_sizes(page, first_page)),
        address=str(RequestUrl(first_page.root, first_page.path, suffix=first_page.suffix)),
        hidden=tuple(pair for pair in first_page.parameters if pair[1] and pair[0].rstrip(".") not in shown),
        groups=groups,
    )


Properties = Mapping[Fields, frozenset[NamedNode]]  # the paths to the literals of a page, with the datatypes of these


def _properties(page: "Page", items: Iterable[Node]) -> Properties:
    found: dict[Fields, set[NamedNode]] = {}
    for item in items:
        for path, literal in _literals(item, ()):
            found.setdefault(path, set()).add(literal.datatype)
    asked = {path: types for path, types in found.items() if all(can_be_asked(field, page.api.vocabulary) for field in path)}
    return {path: frozenset(types) for path, types in sorted(asked.items(), key=lambda each: [field.rank for field in each[0]])}


def _literals(node: Node, above: Fields) -> Iterator[tuple[Fields, Literal]]:
    for field, values in node.fields:
        for value in values:
            yield from _literals_of(value, (*above, field))


def _literals_of(value: Value, path: Fields) -> Iterator[tuple[Fields, Literal]]:
    if isinstance(value, Literal):
        yield path, value
    elif isinstance(value, Node):
        yield from _literals(value, path)


def _name(path: Fields) -> str:
    return ".".join(field.name for field in path)


def _in_words(path: Fields) -> str:
    return " › ".join(words(field.name) for field in path)


def _orders(properties: Properties, url: RequestUrl) -> Iterator[Order]:
    """The keys that the list is sorted by, each to be turned round or taken away; then every other property, to be added."""
    keys = [key.strip() for name, value in url.parameters if name == "_sort" for key in value.split(",") if key.strip()]
    in_words = {_name(path): _in_words(path) for path in properties}
    for place, key in enumerate(keys):
        name = key.removeprefix("-")
        others = [*keys[:place], *keys[place + 1 :]]
        turned = [*keys[:place], name if key != name else f"-{name}", *keys[place + 1 :]]
        choices = Choice("turn round", _sorted(url, turned)), Choice("remove", _sorted(url, others))
        yield Order(in_words.get(name, name), "descending" if key != name else "ascending", choices)
    for name, label in in_words.items():
        if not {name, f"-{name}"} & set(keys):
            up, down = _sorted(url, [*keys, name]), _sorted(url, [*keys, f"-{name}"])
            yield Order(label, "", (Choice("ascending", up), Choice("descending", down)))


def _sorted(url: RequestUrl, keys: Sequence[str]) -> str:
    return str(url.with_parameters(_sort=",".join(keys)) if keys else url.without("_sort"))


def _views(page: "Page", url: RequestUrl) -> Iterator[Choice]:
    viewers = page.endpoint.viewers
    for name in sorted(name for name, viewer in viewers.items() if name == viewer.name):
        yield Choice(name, "" if page.request.viewer.name == name else str(url.with_parameters(_view=name)))


def _sizes(page: "Page", url: RequestUrl) -> Iterator[Choice]:
    greatest = page.endpoint.max_page_size if isinstance(page.endpoint, ListEndpoint) else 0
    for size in SIZES:
        if size <= greatest:
            yield Choice(str(size), "" if page.request.page_size == size else str(url.with_parameters(_pageSize=size)))


def _groups(properties: Properties, url: RequestUrl, options: Options) -> Iterator[InputGroup]:
    fields: dict[str, list[tuple[Input, ...]]] = {"": []}
    for path, datatypes in properties.items():
        group = words(path[0].name) if len(path) > 1 else ""
        fields.setdefault(group, []).append(tuple(_inputs(path, datatypes, url, options)))
    return (InputGroup(label, tuple(found)) for label, found in fields.items() if found)


def _inputs(path: Fields, datatypes: frozenset[NamedNode], url: RequestUrl, options: Options) -> Iterator[Input]:
    """Those of a property: a choice where it has few values; bounds too of a number or a day; else a text."""
    name, label, given = _name(path), _in_words(path[1:] or path), {key.rstrip("."): value for key, value in url.parameters}
    known = tuple(YES_OR_NO.items()) if datatypes == {XSD.boolean} else options.get(name, ())
    value = given.get(name, "")
    if known and (not value or value in dict(known)):
        yield Input(label, name, "select", value, known)
        return
    kind = next((INPUT_TYPES[each] for each in datatypes if each in INPUT_TYPES), "text")
    yield Input(label, name, kind, value)
    if datatypes & RANGED:
        yield Input("from", f"min-{name}", kind, given.get(f"min-{name}", ""))
        yield Input("up to", f"max-{name}", kind, given.get(f"max-{name}", ""))
