"""Property paths: ``answer.answeringMember.label`` as steps from an item to a value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pqlod.errors import BadParameter
from pqlod.rdf import NamedNode

if TYPE_CHECKING:  # the vocabulary types the values of steps
    from pqlod.lda.vocabulary import Vocabulary


@dataclass(frozen=True)
class Step:
    """One step of a path: a property, forward or inverse (``~p``); without a property, any property (``*``).

    A step with ``days`` leads to no value that is said, but to the number of days from what the one path leads to, to what
    the other does.
    """

    property: NamedNode | None
    is_inverse: bool = False
    days: "tuple[Steps, Steps] | None" = None


Steps = tuple[Step, ...]


@dataclass(frozen=True)
class PropertyPath:
    """Steps, and the text that they were written as, without trailing dots."""

    steps: tuple[Step, ...]
    text: str

    @property
    def last(self) -> Step:
        return self.steps[-1]


def parse_path(text: str, vocabulary: "Vocabulary") -> PropertyPath:
    """The path that a text of shortnames names, such as ``by.~knows.*``.

    A trailing dot says nothing: the original service writes one after the names of multi-valued properties.
    Raises BadParameter for an empty step and for a name that is no property.
    """
    text = text.strip().rstrip(".")
    return PropertyPath(tuple(_parse_step(name, text, vocabulary) for name in text.split(".")), text)


def parse_paths(text: str, vocabulary: "Vocabulary") -> tuple[PropertyPath, ...]:
    """The paths of a comma-separated list, as in ``_properties``; empty elements are stepped over."""
    return tuple(parse_path(element, vocabulary) for element in text.split(",") if element.strip())


def _parse_step(name: str, text: str, vocabulary: "Vocabulary") -> Step:
    is_inverse = name.startswith("~")
    shortname = name.removeprefix("~")
    if shortname == "*":
        return Step(None, is_inverse)
    iri = vocabulary.resolve(shortname) or _absolute_iri(shortname)
    if iri is None:
        raise _unknown_property(shortname, text, vocabulary)
    return vocabulary.step(iri, is_inverse)


def _absolute_iri(name: str) -> NamedNode | None:
    try:
        return NamedNode(name)
    except ValueError:
        return None


def _unknown_property(name: str, text: str, vocabulary: "Vocabulary") -> BadParameter:
    if not name:
        return BadParameter(f"A step of the property path {text!r} is empty.", parameter=text)
    place = "" if name == text else f" in {text!r}"
    return BadParameter(f"Unknown property {name!r}{place}.", parameter=name, known=vocabulary.names())
