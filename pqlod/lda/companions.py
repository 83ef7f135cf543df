"""What a page for people has beside the page itself, such as other lists on the page of an item.

It is fetched after the page and before it is written, in a time of its own: what takes longer, or fails, is left out, and the
page says so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import unquote

from pqlod.errors import ClientLeft, PqlodError
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import PageDeclaration, Panel
from pqlod.lda.page_declarations import ITEM, PLACE
from pqlod.lda.pages import Page, fetch_page
from pqlod.lda.parameters import parse_parameters
from pqlod.lda.paths import Step, parse_path
from pqlod.lda.routing import Router
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import RDF, BlankNode, Graph, Literal, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.deadline import NEVER, Deadline

SECONDS = 1.0  # for all that a page has beside it
MOST_VALUES = 10  # of an item, put into the address of a list

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class FilledPanel:
    """A panel with the page of its list, whose items are the panel's."""

    panel: Panel
    page: Page


@dataclass(frozen=True)
class Companions:
    """What a page has beside it; ``missing`` names what was left out for want of time, or because it failed."""

    panels: tuple[FilledPanel, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sources:
    """Where companions come from: the dataset of the API, further ones for views, and until when they may be asked."""

    dataset: Dataset
    view_datasets: tuple[Dataset, ...] = ()
    deadline: Deadline = NEVER
    missing: list[str] = field(default_factory=list)

    def attempt(self, what: str, fetch: Callable[[], Thing]) -> Thing | None:
        """What is fetched; None if it fails or time is up, and then ``missing`` has what it would have been."""
        try:
            self.deadline.check()
            return fetch()
        except ClientLeft:
            raise
        except PqlodError:
            self.missing.append(what)
            return None


def fetch_companions(
    page: Page, dataset: Dataset, view_datasets: Sequence[Dataset] = (), deadline: Deadline = NEVER, seconds: float = SECONDS
) -> Companions:
    """What belongs beside a page, fetched within so many seconds, or until the deadline if that is sooner."""
    until = deadline.within(seconds)
    sources = Sources(dataset.until(until), tuple(each.until(until) for each in view_datasets), until)
    panels = () if page.is_list else tuple(_panels(page, sources))
    return Companions(panels, tuple(sources.missing))


def declaration_of(page: Page, item: NamedNode) -> PageDeclaration | None:
    """How the configuration wants an item of a page to be shown, by the classes that the page tells of it."""
    return page.api.page_of(page.graph.values(item, RDF.type))


def _panels(page: Page, sources: Sources) -> Iterator[FilledPanel]:
    declaration = declaration_of(page, page.item)
    for panel in declaration.panels if declaration else ():
        url = filled(panel.address, page)
        if url:
            fetched = sources.attempt(panel.label, partial(list_page, page, url, panel.size, sources))
            if fetched:
                yield FilledPanel(panel, fetched)


def filled(address: UriTemplate, page: Page) -> RequestUrl | None:
    """The address of a list with the values of an item in place of its braces; None where the item lacks one of them."""
    values = {text: _values(text, page) for text in PLACE.findall(address.text)}
    if not all(values.values()):
        return None
    path = PLACE.sub(lambda place: values[place[1]][0], unquote(address.path_part))
    parameters = [(unquote(name), filling) for name, text in address.query_part for filling in _fillings(unquote(text), values)]
    return RequestUrl(page.request.url.root, path, tuple(parameters))


def _fillings(text: str, values: dict[str, list[str]]) -> Iterator[str]:
    """A parameter's value with its places filled: several times if all of it is a place that has several values."""
    whole = PLACE.fullmatch(text)
    return iter(values[whole[1]]) if whole else iter([PLACE.sub(lambda place: values[place[1]][0], text)])


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


def list_page(page: Page, url: RequestUrl, size: int, sources: Sources) -> Page:
    """The first items of another list of the same API, as a page; raises what the engine and the dataset raise."""
    url = url.with_parameters(_pageSize=size)
    match = Router((page.api,)).match(url.path, url.values())
    request = parse_parameters(page.api, match.endpoint, match.variables, url, match.consumed)
    formatter = match.endpoint.formatters.get(page.formatter.name, page.formatter)
    untold = replace(formatter, options=MappingProxyType({**formatter.options, "metadataOptions": Literal("")}))
    return fetch_page(page.api, match.endpoint, request, untold, sources.dataset, sources.view_datasets)
