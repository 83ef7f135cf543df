"""Reads what a configuration wants people to see: pages of its items, the menu, the search, and the first page."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from pqlod.errors import BadParameter, near
from pqlod.lda.model import Endpoint, ListEndpoint, MenuEntry, PageDeclaration, Panel
from pqlod.lda.paths import parse_path
from pqlod.lda.reading import Node, one_meant
from pqlod.lda.templates import UriTemplate
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import API, PQLOD, RDFS, BlankNode, Literal, NamedNode

ITEM = "item"  # in braces: the IRI of the item
PLACE = re.compile(r"\{([^{}]*)\}")  # where a value of the item goes
_ADDRESS = re.compile(r"/[^\s{}]*|https?://[^\s{}]+")
DEFAULT_SIZE, MOST_ITEMS, MOST_PANELS = 5, 50, 12


class PageDeclarationReader:
    """Reads declarations of pages and what all pages have; one with a mistake in it is left out.

    ``templates`` are the names that there are, None where these are not known.
    """

    def __init__(
        self, vocabulary: Vocabulary, endpoints: Sequence[Endpoint], prefix: str, templates: Collection[str] | None
    ) -> None:
        self._vocabulary, self._prefix, self._templates = vocabulary, prefix, templates
        self._lists = [endpoint for endpoint in endpoints if isinstance(endpoint, ListEndpoint)]

    def pages(self, node: Node) -> Iterator[PageDeclaration]:
        """The declarations of an API. Of two for one class the first counts."""
        known: set[NamedNode] = set()
        for described in node.nodes(PQLOD.page):
            declaration = node.report.usable(partial(self.read, described))
            for repeated in known.intersection(declaration.classes if declaration else ()):
                described.note(PQLOD.of, f"{node.show(repeated)} has a page already, which counts. Expected: one.")
            if declaration:
                known.update(declaration.classes)
                yield declaration

    def read(self, node: Node) -> PageDeclaration:
        neighbours = node.text(PQLOD.neighbours)
        return PageDeclaration(
            classes=tuple(self._classes(node)),
            template=self._template(node),
            panels=tuple(self._panels(node, PQLOD.panels)),
            neighbours=self._address(neighbours, node, PQLOD.neighbours) if neighbours else None,
        )

    def home(self, node: Node) -> tuple[Panel, ...]:
        """The panels of the first page of an API, where there is no item whose values could stand in an address."""
        panels = tuple(self._panels(node, PQLOD.home))
        for place in (place for panel in panels for place in PLACE.findall(panel.address.text)):
            node.fault(PQLOD.home, f"There is no item here of which {{{place}}} could be a value.")
        return panels

    def menu(self, node: Node) -> Iterator[MenuEntry]:
        """The entries of the menu of an API, without those that lead nowhere."""
        for entry in self._members(node, PQLOD.menu):
            read = node.report.usable(partial(self._menu_entry, entry))
            if read:
                yield read

    def _menu_entry(self, node: Node) -> MenuEntry:
        label, of_list, address = node.text(RDFS.label) or "", node.text(PQLOD.list), node.text(PQLOD.address)
        if not label or bool(of_list) == bool(address):
            node.fault(None, "The entry is left out. Expected: rdfs:label, and one of pqlod:list and pqlod:address.")
        elif address and not _ADDRESS.fullmatch(address):
            node.fault(PQLOD.address, f"{address!r} is no address. Expected: a path such as /sparql, or http(s)://….")
        return MenuEntry(label, address or self._address(of_list or "", node, PQLOD.list).text)

    def search(self, node: Node) -> str:
        """The path of the list that the search of an API asks, or ""."""
        text = node.text(PQLOD.search)
        return self._address(text, node, PQLOD.search).path_part if text else ""

    def _classes(self, node: Node) -> Iterator[NamedNode]:
        if not node.values(PQLOD.of):
            node.fault(PQLOD.of, "There is none. Expected: a class, as a resource or by its shortname.")
        for value in node.values(PQLOD.of):
            found = self._vocabulary.resolve(value.value) if isinstance(value, Literal) else value
            if isinstance(found, NamedNode):
                yield found
            else:
                node.fault(PQLOD.of, f"Unknown class {node.show(value)}. Expected: a class, as a resource or by its shortname.")

    def _template(self, node: Node) -> str:
        name = node.text(PQLOD.template) or ""
        if name and self._templates is not None and name not in self._templates:
            node.fault(PQLOD.template, f"There is no template {name!r}. {one_meant(name, self._templates)}")
        return name

    def _panels(self, node: Node, prop: NamedNode) -> Iterator[Panel]:
        members = list(self._members(node, prop))
        if len(members) > MOST_PANELS:
            node.note(prop, f"{len(members)} panels, of which the first {MOST_PANELS} count.")
        for member in members[:MOST_PANELS]:
            yield self._panel(member)

    def _members(self, node: Node, prop: NamedNode) -> Iterator[Node]:
        for member in node.members(prop):
            if isinstance(member, NamedNode | BlankNode):
                yield node.node(member, prop)
            else:
                node.fault(prop, f"{node.show(member)} is text. Expected: a resource with pqlod:list.")

    def _panel(self, node: Node) -> Panel:
        address = node.text(PQLOD.list)
        if not address:
            node.fault(PQLOD.list, "There is none. Expected: the address of a list, such as /questions?by={item}.")
        size, template = node.integer(PQLOD.size, minimum=0), self._address(address or "", node, PQLOD.list)
        return Panel(
            label=node.text(RDFS.label) or "",
            address=template,
            size=min(DEFAULT_SIZE if size is None else size, MOST_ITEMS),
            name=node.text(API.name) or "",
            charts=tuple(self._charts(node, template)),
        )

    def _charts(self, node: Node, address: UriTemplate) -> Iterator[str]:
        """The names of charts that the list has."""
        lists = (endpoint for endpoint in self._lists if endpoint.template.match_path(address.path_part) is not None)
        known = {name for endpoint in lists for name in endpoint.selector.charts}
        for name in filter(None, (name.strip() for name in (node.text(PQLOD.charts) or "").split(","))):
            if name in known:
                yield name
            else:
                problem = f"{address.path_part!r} has no chart {name!r}, and it is left out."
                node.note(PQLOD.charts, problem + _hint(name, known))

    def _address(self, text: str, node: Node, prop: NamedNode) -> UriTemplate:
        """The address of one of the lists, whose braces hold paths of the item."""
        template = UriTemplate(self._prefix + text)
        if text and all(endpoint.template.match_path(template.path_part) is None for endpoint in self._lists):
            paths = [endpoint.template.path_part for endpoint in self._lists]
            node.fault(prop, f"No list has the path {template.path_part!r}.{_hint(template.path_part, paths)}")
        for path in PLACE.findall(text):
            try:
                if path != ITEM:
                    parse_path(path, self._vocabulary)
            except BadParameter as error:
                node.fault(prop, str(error))
        return template


def _hint(name: str, known: Iterable[str]) -> str:
    found = near(name, known)
    return f" Did you mean {found[0]}?" if found else ""
