"""What people call a thing: the first of the titles that its API names, else its label, else the end of its IRI.

A title is one line without markup, cut if it is long.
"""

from typing import TYPE_CHECKING

from pqlod.formatters.html.texts import beginning, plain_text
from pqlod.formatters.items import LABEL_PROPERTIES, last_segment
from pqlod.lda.model import Api
from pqlod.lda.paths import Step
from pqlod.rdf import Graph, Literal, NamedNode, Resource, Term

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

LONGEST = 120  # characters


def title_of(page: "Page", thing: Resource) -> str:
    """The title of an item of a page, or of anything that the page tells of."""
    return title_in(page.graph, page.api, thing)


def title_in(graph: Graph, api: Api, thing: Resource) -> str:
    """The title of a thing by what a graph tells of it."""
    paths = [path.steps for path in api.titles] + [(Step(label),) for label in LABEL_PROPERTIES]
    for path in paths:
        for term in ends(graph, thing, path):
            if isinstance(term, Literal) and (text := plain_text(term.value)):
                return beginning(_titled(text, api), LONGEST)
    return last_segment(thing.value) if isinstance(thing, NamedNode) else ""


def _titled(text: str, api: Api) -> str:
    """A text without the beginning that titles leave out."""
    omitted = api.untitled.match(text) if api.untitled else None
    rest = text[omitted.end() :] if omitted else ""
    return rest[:1].upper() + rest[1:] if rest else text


def ends(graph: Graph, start: Term, path: tuple[Step, ...]) -> list[Term]:
    """What a path leads to in a graph, each once."""
    terms = [start]
    for step in path:
        terms = list(dict.fromkeys(value for term in terms for value in _step(graph, term, step)))
    return terms


def _step(graph: Graph, term: Term, step: Step) -> tuple[Term, ...]:
    if step.property is None:
        return ()
    return graph.subjects_of(step.property, term) if step.is_inverse else graph.values(term, step.property)
