"""What a page tells of a thing, as templates ask for it: values by property paths, in the form in which they are shown."""

from typing import TYPE_CHECKING

from markupsafe import Markup

from pqlod.errors import BadParameter
from pqlod.formatters.html.texts import excerpt, plain_text
from pqlod.formatters.html.titles import ends, title_of
from pqlod.formatters.html.values import Links, anchor, day_of, literal
from pqlod.lda.paths import parse_path
from pqlod.rdf import RDF, BlankNode, Literal, NamedNode, Resource, Term

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

TRUE = frozenset({"true", "1"})


class ItemFacts:
    """The facts of an item, or of another thing that its page describes.

    Paths are those of filters (``answer.dateOfAnswer``, ``~answer.uin``), and lead as far as the page tells; what they do not
    lead to is empty.
    """

    def __init__(self, thing: Resource, page: "Page", links: Links) -> None:
        self._thing, self._page, self._links = thing, page, links

    @property
    def title(self) -> str:
        """What people call it."""
        return title_of(self._page, self._thing)

    def text(self, path: str) -> str:
        """The first literal at the end of a path, as it is written."""
        return next(iter(self.texts(path)), "")

    def texts(self, path: str) -> list[str]:
        return [term.value for term in self._ends(path) if isinstance(term, Literal)]

    def day(self, path: str) -> str:
        """The day of the first literal in words: ``22 November 2018``."""
        return day_of(self.text(path))

    def is_a(self, name: str) -> bool:
        """Is it of the class of this shortname?"""
        wanted = self._page.api.vocabulary.resolve(name)
        return wanted is not None and wanted in self._page.graph.values(self._thing, RDF.type)

    def excerpt(self, path: str, length: int) -> Markup:
        """About so many characters of a text without its markup, around the words that are sought, and these marked."""
        return excerpt(plain_text(self.text(path)), self._page.request.search, length)

    def is_true(self, path: str) -> bool:
        return self.text(path) in TRUE

    def shown(self, path: str) -> Markup:
        """The first value as markup: a text made safe, a day in words, or a link to a thing by its title."""
        return next((self._shown(term) for term in self._ends(path)), Markup())

    def iri(self, path: str = "") -> str:
        """The IRI of the first thing at the end of a path; without one, its own."""
        return next((term.value for term in self._ends(path) if isinstance(term, NamedNode)), "")

    def address(self, path: str = "") -> str:
        """The local page of the first thing at the end of a path, or its IRI where there is no page of it."""
        iri = self.iri(path)
        return self._links.address(iri) if iri else ""

    def each(self, path: str) -> list["ItemFacts"]:
        """The facts of each thing at the end of a path."""
        things = (term for term in self._ends(path) if isinstance(term, NamedNode | BlankNode))
        return [ItemFacts(thing, self._page, self._links) for thing in things]

    def _ends(self, path: str) -> list[Term]:
        try:
            steps = parse_path(path, self._page.api.vocabulary).steps if path else ()
        except BadParameter:  # a template for data that another configuration does not have
            return []
        return ends(self._page.graph, self._thing, steps)

    def _shown(self, term: Term) -> Markup:
        match term:
            case Literal():
                return literal(term)
            case NamedNode():
                return anchor(self._links.address(term.value), title_of(self._page, term))
            case _:
                return Markup("{}").format(title_of(self._page, term) if isinstance(term, BlankNode) else "")
