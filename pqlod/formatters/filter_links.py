"""The links from a value on a list's page to the list of its likes, and to those up to it and from it."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from pqlod.formatters.items import Field
from pqlod.formatters.scalars import INTEGERS
from pqlod.lda.links import RequestUrl
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import XSD, Literal

# Whose values have a link for each operator, in this order; others have the one in the middle.
RANGED = frozenset({*(XSD[name] for name in INTEGERS), XSD.decimal, XSD.float, XSD.double, XSD.date, XSD.dateTime, XSD.time})
OPERATORS = (("max-", "up to here"), ("", "more like this"), ("min-", "from here"))
REMOVE = "remove filter"
LONGEST_VALUE = 1000  # characters: a longer one makes a URL that not every server takes


Fields = tuple[Field, ...]  # from an item to a value; None in its place: no path leads there, as into a list


class FilterLink(NamedTuple):
    """What a link says, and where it leads."""

    words: str
    address: str


@dataclass(frozen=True)
class FilterLinks:
    """The filter links of a list, each of which leads to its first page with one filter set, or removed where it is set."""

    url: RequestUrl
    vocabulary: Vocabulary

    def of(self, path: Fields, value: Literal) -> tuple[FilterLink, ...]:
        """The links of a value at the end of a path; none where no request could name the path or hold the value."""
        if (
            not value.value
            or len(value.value) >= LONGEST_VALUE
            or not all(can_be_asked(field, self.vocabulary) for field in path)
        ):
            return ()
        name = ".".join(field.name for field in path)
        operators = OPERATORS if value.datatype in RANGED else OPERATORS[1:2]
        return tuple(self._link(operator + name, value, said) for operator, said in operators)

    def _link(self, name: str, value: Literal, said: str) -> FilterLink:
        given = [(key.rstrip("."), text) for key, text in self.url.parameters]
        others = [pair for pair in self.url.parameters if pair[0].rstrip(".") not in (name, f"lang-{name}")]
        is_set = (name, value.value) in given
        language = [(f"lang-{name}", value.language)] if value.language else []
        parameters = others if is_set else [*others, (name, value.value), *language]
        return FilterLink(REMOVE if is_set else said, str(replace(self.url, parameters=tuple(parameters))))


def can_be_asked(field: Field, vocabulary: Vocabulary) -> bool:
    """Does the name of a property on a page mean that property in a request too?"""
    return vocabulary.resolve(field.name) == field.property.iri
