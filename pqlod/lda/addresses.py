"""The addresses of lists that a configuration names: with values of an item in place of their braces, or without braces."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from pqlod.lda.links import RequestUrl
from pqlod.lda.page_declarations import ITEM, PLACE
from pqlod.lda.pages import Page
from pqlod.lda.paths import Step, parse_path
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import BlankNode, Graph, Literal, NamedNode, Term

MOST_VALUES = 50  # of an item, put into the address of a list
MOST_WORDS = 12  # of a value, searched for


def whole_address(root: str, address: UriTemplate) -> RequestUrl:
    """An address of a configuration that has no braces, below this root."""
    pairs = tuple((unquote(name), unquote(value)) for name, value in address.query_part)
    return RequestUrl(root, unquote(address.path_part), pairs)


def filled(address: UriTemplate, page: Page) -> RequestUrl | None:
    """The address of a list with the values of an item in place of its braces; None where the item lacks one of them."""
    values = {text: _values(text, page) for text in PLACE.findall(address.text)}
    if not all(values.values()):
        return None
    path = PLACE.sub(lambda place: values[place[1]][0], unquote(address.path_part))
    parameters = [
        (name, _words(value) if name == "_search" else value)
        for name, text in ((unquote(name), unquote(text)) for name, text in address.query_part)
        for value in _fillings(text, values)
    ]
    return RequestUrl(page.request.url.root, path, tuple(parameters))


def _fillings(text: str, values: dict[str, list[str]]) -> Iterator[str]:
    """A parameter's value with its places filled: several times if all of it is a place that has several values."""
    whole = PLACE.fullmatch(text)
    return iter(values[whole[1]]) if whole else iter([PLACE.sub(lambda place: values[place[1]][0], text)])


def _words(text: str) -> str:
    """The first words of a text as a search expression: none of them an operator, since these are in capitals."""
    return " ".join(re.findall(r"\w+", text.lower())[:MOST_WORDS])


def _values(text: str, page: Page) -> list[str]:
    if text == ITEM:
        return [page.item.value]
    terms: list[Term] = [page.item]
    for step in parse_path(text, page.api.vocabulary).steps:
        terms = [value for term in terms for value in _step(term, step, page.graph)]
    return [term.value for term in terms if isinstance(term, Literal | NamedNode)][:MOST_VALUES]


def _step(term: Term, step: Step, graph: Graph) -> Sequence[Term]:
    if step.is_inverse or step.property is None or not isinstance(term, NamedNode | BlankNode):
        return ()
    return graph.values(term, step.property)
