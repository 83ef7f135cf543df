"""Pages as Atom feeds (RFC 4287): an entry for each item, the newest first, and the links of a paged feed (RFC 5005).

What stands in an entry is chosen by the options of the formatter, such as ``elda:feedDateProperties``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from pqlod.formatters.html.titles import title_of
from pqlod.formatters.items import Names
from pqlod.formatters.xml import XmlWriter, legal_text
from pqlod.lda.naming import ShortnameMode
from pqlod.lda.pages import Page
from pqlod.rdf import API, DCT, ELDA, RDFS, SKOS, Graph, Literal, NamedNode, Term, local_name

__all__ = ["write_atom"]

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
# The options that list properties, and what they are when the configuration does not say.
PROPERTIES = {
    "feedLabelProperties": (API.label, SKOS.prefLabel, RDFS.label),
    "feedDateProperties": (DCT.modified, DCT.date, DCT.dateAccepted, DCT.dateSubmitted, DCT.created),
    "feedAuthorProperties": (DCT.creator, DCT.contributor),
    "feedRightsProperties": (DCT.rights,),
}
DEFAULT_TITLE = "Linked Data API"
# RFC 4287 section 4.1.1 wants a date in every entry; this one says that there is none.
UNDATED = "1970-01-01T00:00:00Z"


def write_atom(page: Page) -> bytes:
    """A page as an Atom feed, in UTF-8 and indented."""
    feed = _Feed(page)
    return etree.tostring(feed.element(), encoding="UTF-8", xml_declaration=True, pretty_print=True)


@dataclass(frozen=True)
class _Feed:
    page: Page

    def element(self) -> etree._Element:
        page, rights = self.page, self._option("feedRights")
        entries = sorted(((self._updated(item), item) for item in page.items), key=lambda entry: entry[0], reverse=True)
        feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]  # None is the default namespace, which the stubs forget
        _add(feed, "title", self._title())
        for relation, url in self._links():
            _add(feed, "link", rel=relation, type=MEDIA_TYPE, href=url)
        _add(feed, "id", page.iri.value)
        # RFC 4287 section 4.1.1: a feed has an author unless all its entries have
        _add_authors(feed, self._option("feedAuthors") or (Literal(self.page.api.label or self._title()),), page.graph)
        for right in rights:
            _add(feed, "rights", _text(right, page.graph))
        _add(feed, "updated", max((updated for updated, _ in entries), default=UNDATED))
        content = XmlWriter(page, Names(page, page.graph | page.metadata, ShortnameMode.PREFER_PREFIXES), self._namespace())
        for updated, item in entries:
            self._add_entry(feed, item, updated, content.item(item))
        return feed

    def _add_entry(self, feed: etree._Element, item: NamedNode, updated: str, content: etree._Element) -> None:
        entry, graph = _add(feed, "entry"), self.page.graph
        _add(entry, "title", self._title_of(item))
        _add(entry, "link", rel="alternate", href=item.value)
        _add(entry, "id", item.value)
        _add(entry, "updated", updated)
        _add_authors(entry, self._values(item, "feedAuthorProperties"), graph)
        # RFC 4287 section 4.2.10: at most one
        for right in list(self._values(item, "feedRightsProperties"))[:1]:
            _add(entry, "rights", _text(right, graph))
        _add(entry, "content", type="application/xml").append(content)

    def _title_of(self, item: NamedNode) -> str:
        """By the titles of the API, if it has some and the formatter names no labels; else the first label, or the IRI."""
        if self.page.api.titles and not self._option("feedLabelProperties"):
            return title_of(self.page, item)
        labels = (_text(value, self.page.graph) for value in self._values(item, "feedLabelProperties"))
        return next(labels, item.value)

    def _links(self) -> Iterator[tuple[str, str]]:
        page = self.page
        links = {"self": page.iri.value, "first": page.first, "previous": page.previous, "next": page.next}
        return ((relation, url) for relation, url in links.items() if url)

    def _title(self) -> str:
        given = next((_text(term, self.page.graph) for term in self._option("feedTitle")), "")
        label = self.page.endpoint.label if self.page.api.titles else ""
        return given or label or self.page.api.label or DEFAULT_TITLE

    def _namespace(self) -> str:
        return next((_text(term, self.page.graph) for term in self._option("feedNamespace")), ELDA.iri)

    def _option(self, name: str) -> tuple[Term, ...]:
        value = self.page.formatter.options.get(name, ())
        return value if isinstance(value, tuple) else (value,)

    def _values(self, item: NamedNode, option: str) -> Iterator[Term]:
        """The values of the properties that an option lists, in its order."""
        properties = self._option(option) or PROPERTIES[option]
        return (value for iri in properties if isinstance(iri, NamedNode) for value in self.page.graph.values(item, iri))

    def _updated(self, item: NamedNode) -> str:
        """The first date of an item that Atom can have."""
        texts = (value.value for value in self._values(item, "feedDateProperties") if isinstance(value, Literal))
        return next((instant for text in texts if (instant := _rfc3339(text))), UNDATED)


def _add(parent: etree._Element, name: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = None if text is None else legal_text(text)
    return element


def _add_authors(parent: etree._Element, authors: Iterable[Term], graph: Graph) -> None:
    for author in authors:
        element = _add(parent, "author")
        _add(element, "name", _text(author, graph))
        if isinstance(author, NamedNode):
            _add(element, "uri", author.value)


def _text(term: Term, graph: Graph) -> str:
    """The text of a literal; the label of a resource, or the end of its IRI."""
    if isinstance(term, Literal):
        return term.value
    labels = (graph.value(term, iri) for iri in PROPERTIES["feedLabelProperties"])
    found = next((label.value for label in labels if isinstance(label, Literal)), "")
    return found or (local_name(term.value) or term.value if isinstance(term, NamedNode) else str(term))


def _rfc3339(text: str) -> str | None:
    """A day or an instant as RFC 3339 has it, or None; what tells no zone is taken for UTC."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    if instant.tzinfo:
        return text
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"
