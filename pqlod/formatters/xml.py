"""Pages as XML in the form of the Linked Data API: elements are properties, ``href`` names a resource.

The page is walked twice: through its metadata, and then from each item through the view's triples, so that what
the metadata says of an item comes before the item's own properties.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from lxml import etree

from pqlod.formatters.items import MAX_DEPTH, MAX_DESCRIPTIONS, Field, Names, is_list, list_cells, text_of, text_order
from pqlod.formatters.json import FORMAT, VERSION
from pqlod.formatters.scalars import language_tag
from pqlod.lda.pages import Page
from pqlod.rdf import API, ELDA, FOAF, RDF, RDFS, BlankNode, Graph, Literal, NamedNode, Resource, Term, Triple

__all__ = ["XmlWriter", "legal_text", "write_xml"]

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
FIRST_BLANK_NODE = 1001
# What stands for the member or the rest that a broken list lacks.
MISSING_ELEMENT, MISSING_TAIL = ELDA.missingListElement, ELDA.missingListTail

_ITEMS, _TYPE, _NIL = API["items"], RDF.type, RDF.nil
# XML 1.0 section 2.2: what cannot be in a document, however it is written.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_NAME_CHARACTER = re.compile(r"[^\w.\-]")


def write_xml(page: Page) -> bytes:
    """A page as an XML document ``<result>``, in UTF-8 and indented."""
    writer = XmlWriter(page, Names(page, page.graph | page.metadata))
    return DECLARATION + etree.tostring(writer.result(), encoding="UTF-8", xml_declaration=False, pretty_print=True)


def legal_text(text: str) -> str:
    """A text in which U+FFFD stands for each character that XML cannot have."""
    return _NO_CHARACTER.sub("\ufffd", text)


class XmlWriter:
    """Writes the resources of one page as elements, in no namespace or in the one given."""

    def __init__(self, page: Page, names: Names, namespace: str = "") -> None:
        self.page, self._names, self._namespace = page, names, namespace
        self._items = frozenset(page.items)
        self._blank_nodes: dict[BlankNode, str] = {}

    def result(self) -> etree._Element:
        """The whole page."""
        page = self.page
        result = etree.Element(self._tag("result"), format=FORMAT, href=page.iri.value, version=VERSION)
        blocked = frozenset({page.iri, *page.metadata.values(page.iri, API.extendedMetadataVersion)})
        _Walk(self, page.metadata, cyclic_resources(page.metadata), blocked).describe(result, page.iri)
        elements, view = self._item_elements(result), self._view_walk()
        for item in page.items:
            view.describe(elements[item.value], item)
        return result

    def item(self, item: NamedNode) -> etree._Element:
        """One item alone, as ``<item href="…">`` with the properties that the view shows."""
        namespaces = {None: self._namespace} if self._namespace else {}
        # the stubs forget that None is the default namespace
        element = etree.Element(self._tag("item"), href=item.value, nsmap=namespaces)  # type: ignore[arg-type]
        self._view_walk().describe(element, item)
        return element

    def child(self, parent: etree._Element, name: str) -> etree._Element:
        return etree.SubElement(parent, self._tag(name))

    def fields(self, properties: Iterable[NamedNode]) -> list[Field]:
        """The properties as fields, in the order of their names."""
        return sorted((self._names.fields[iri] for iri in properties), key=lambda field: field.rank)

    def shortname(self, iri: NamedNode) -> str | None:
        return self.page.api.vocabulary.shortname(iri)

    def write_literal(self, element: etree._Element, literal: Literal, field: Field) -> None:
        element.text = legal_text(literal.value)
        if datatype := self._names.datatype(literal, field.property):
            element.set("datatype", datatype)
        if literal.language:
            element.set("lang", language_tag(literal.language))

    def identify(self, element: etree._Element, resource: Resource) -> None:
        """Says which resource an element is: by ``href``, or ``id`` of a blank node that is new and ``ref`` of a known one."""
        if isinstance(resource, NamedNode):
            element.set("href", resource.value)
        elif resource in self._blank_nodes:
            element.set("ref", self._blank_nodes[resource])
        else:
            number = FIRST_BLANK_NODE + len(self._blank_nodes)
            self._blank_nodes[resource] = f"_:{etree.QName(element).localname}-{number}"
            element.set("id", self._blank_nodes[resource])

    def _view_walk(self) -> "_Walk":
        return _Walk(self, self.page.graph, self._view_cycles, self._items)

    @cached_property
    def _view_cycles(self) -> frozenset[Resource]:
        return cyclic_resources(self.page.graph)

    def _item_elements(self, result: etree._Element) -> Mapping[str | None, etree._Element]:
        """The first element of each item, in the list of items or as the page's topic, by ``href``."""
        if self.page.is_list:
            found = list(result.iterfind(f"{self._tag(self._names.of(_ITEMS))}//{self._tag('item')}"))
        else:
            found = list(result.iterfind(self._tag(self._names.of(FOAF.primaryTopic))))
        return {element.get("href"): element for element in reversed(found)}

    def _tag(self, name: str) -> str:
        """An element's name; what a declared shortname has, but XML's names cannot have, becomes ``_``."""
        legal = _NO_NAME_CHARACTER.sub("_", name)
        legal = legal if legal[:1].isalpha() or legal.startswith("_") else f"_{legal}"
        return f"{{{self._namespace}}}{legal}" if self._namespace else legal


class _Walk:
    """A walk through one graph, which describes a resource wherever it is met, but one of a cycle only once.

    Blocked resources are not described where they are met: they have an element of their own.
    """

    def __init__(self, writer: XmlWriter, graph: Graph, cyclic: frozenset[Resource], blocked: frozenset[Term]) -> None:
        self._writer, self._graph, self._cyclic, self._blocked = writer, graph, cyclic, blocked
        self._seen: set[Resource] = set()
        self._descriptions = self._depth = 0

    def describe(self, element: etree._Element, resource: Resource) -> None:
        """Puts the properties of a resource into its element."""
        self._writer.page.deadline.check()
        self._descriptions += 1
        self._depth += 1
        properties = self._graph.properties(resource)
        for field in self._writer.fields(properties):
            values, iri = properties[field.property.iri], field.property.iri
            child = self._writer.child(element, field.name)
            if len(values) > 1 or field.property.is_multivalued or iri == _TYPE:
                for value in sorted(values, key=self._order):
                    self._give(self._writer.child(child, "item"), value, field)
            else:
                self._give(child, values[0], field)
        self._depth -= 1

    def _give(self, element: etree._Element, value: Term, field: Field) -> None:
        if isinstance(value, Literal):
            self._writer.write_literal(element, value, field)
        elif isinstance(value, Triple):  # RDF 1.2 has them, this XML has no form for them
            element.text = legal_text(text_of(value))
        elif value != _NIL and is_list(self._graph, value) and self._depth < MAX_DEPTH:
            self._give_list(element, value, field)
        elif self._graph.describes(value) or isinstance(value, NamedNode):
            self._give_resource(element, value)

    def _give_resource(self, element: etree._Element, resource: Resource) -> None:
        self._writer.identify(element, resource)
        if self._graph.describes(resource) and self._may_describe(resource):
            self._seen.add(resource)
            self.describe(element, resource)

    def _give_list(self, element: etree._Element, head: Resource, field: Field) -> None:
        self._depth += 1
        for member in self._members(head):
            self._give(self._writer.child(element, "item"), member, field)
        self._depth -= 1

    def _members(self, head: Resource) -> Iterator[Term]:
        last: Term = head
        for cell in list_cells(self._graph, head):
            yield self._graph.value(cell, RDF.first) or MISSING_ELEMENT
            last = cell
        if self._graph.value(last, RDF.rest) != _NIL:
            yield MISSING_TAIL

    def _may_describe(self, resource: Resource) -> bool:
        if resource in self._blocked or self._depth >= MAX_DEPTH:
            return False
        is_once_only = resource in self._cyclic or self._descriptions > MAX_DESCRIPTIONS
        return not (is_once_only and resource in self._seen)

    def _order(self, value: Term) -> bytes:
        """Values stand in the order of their texts; that of a resource is its name."""
        if isinstance(value, NamedNode):
            return text_order(self._writer.shortname(value) or value.value)
        if isinstance(value, BlankNode):
            label = self._graph.value(value, API.label) or self._graph.value(value, RDFS.label) or value
            return text_order(text_of(label))
        return text_order(text_of(value))


def cyclic_resources(graph: Graph) -> frozenset[Resource]:
    """The resources from which triples lead back to them."""
    edges = {
        subject: [
            term
            for values in graph.properties(subject).values()
            for term in values
            if isinstance(term, NamedNode | BlankNode) and graph.describes(term)
        ]
        for subject in graph.subjects()
    }
    backwards: dict[Resource, list[Resource]] = {subject: [] for subject in edges}
    for subject, terms in edges.items():
        for term in terms:
            backwards[term].append(subject)
    cyclic = {subject for subject, terms in edges.items() if subject in terms}
    # Kosaraju: against the edges, from the resource that was finished last, one meets its component and no more
    known: set[Resource] = set()
    for subject in reversed(_by_finish(edges)):
        component = _reach(subject, backwards.__getitem__, known)
        if len(component) > 1:
            cyclic.update(component)
    return frozenset(cyclic)


def _by_finish(edges: Mapping[Resource, list[Resource]]) -> list[Resource]:
    finished: list[Resource] = []
    known: set[Resource] = set()
    for subject in edges:
        finished += _reach(subject, edges.__getitem__, known)
    return finished


def _reach(start: Resource, neighbours: Callable[[Resource], list[Resource]], known: set[Resource]) -> list[Resource]:
    """What is reached from a resource through resources that are not known yet, those finished first coming first."""
    if start in known:
        return []
    known.add(start)
    reached, stack = [], [(start, iter(neighbours(start)))]
    while stack:
        resource, rest = stack[-1]
        new = next((term for term in rest if term not in known), None)
        if new is None:
            reached.append(resource)
            stack.pop()
        else:
            known.add(new)
            stack.append((new, iter(neighbours(new))))
    return reached
