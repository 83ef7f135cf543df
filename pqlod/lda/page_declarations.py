"""Reads how a configuration wants its items to be shown to people: ``pqlod:page``."""

import re
from collections.abc import Collection, Iterator, Sequence

from pqlod.errors import BadParameter, near
from pqlod.lda.model import Endpoint, ListEndpoint, PageDeclaration, Panel
from pqlod.lda.paths import parse_path
from pqlod.lda.reading import Node
from pqlod.lda.templates import UriTemplate
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import PQLOD, RDFS, BlankNode, Literal, NamedNode, Resource

ITEM = "item"  # in braces: the IRI of the item
PLACE = re.compile(r"\{([^{}]*)\}")  # where a value of the item goes
DEFAULT_SIZE, MOST_ITEMS, MOST_PANELS = 5, 50, 12


class PageDeclarationReader:
    """Reads declarations of pages; one with a mistake in it is left out.

    ``templates`` are the names that there are, None where these are not known.
    """

    def __init__(
        self, vocabulary: Vocabulary, endpoints: Sequence[Endpoint], prefix: str, templates: Collection[str] | None
    ) -> None:
        self._vocabulary, self._prefix, self._templates = vocabulary, prefix, templates
        self._lists = [endpoint for endpoint in endpoints if isinstance(endpoint, ListEndpoint)]

    def read(self, node: Node) -> PageDeclaration:
        neighbours = node.text(PQLOD.neighbours)
        return PageDeclaration(
            classes=tuple(self._classes(node)),
            template=self._template(node),
            panels=tuple(self._panels(node)),
            neighbours=self._address(neighbours, node, PQLOD.neighbours) if neighbours else None,
        )

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
            hint = near(name, self._templates)
            expected = f"Did you mean {hint[0]!r}?" if hint else f"Expected one of: {', '.join(sorted(self._templates))}."
            node.fault(PQLOD.template, f"There is no template {name!r}. {expected}")
        return name

    def _panels(self, node: Node) -> Iterator[Panel]:
        members = [member for members in node.lists(PQLOD.panels) for member in members]
        if len(members) > MOST_PANELS:
            node.note(PQLOD.panels, f"{len(members)} panels, of which the first {MOST_PANELS} count.")
        for member in members[:MOST_PANELS]:
            if isinstance(member, NamedNode | BlankNode):
                yield self._panel(member, node)
            else:
                node.fault(PQLOD.panels, f"{node.show(member)} is text. Expected: a resource with pqlod:list.")

    def _panel(self, term: Resource, above: Node) -> Panel:
        node = above.node(term, PQLOD.panels)
        address = node.text(PQLOD.list)
        if not address:
            node.fault(PQLOD.list, "There is none. Expected: the address of a list, such as /questions?by={item}.")
        size = node.integer(PQLOD.size, minimum=0)
        return Panel(
            label=node.text(RDFS.label) or "",
            address=self._address(address or "", node, PQLOD.list),
            size=min(DEFAULT_SIZE if size is None else size, MOST_ITEMS),
            charts=tuple(name.strip() for name in (node.text(PQLOD.charts) or "").split(",") if name.strip()),
        )

    def _address(self, text: str, node: Node, prop: NamedNode) -> UriTemplate:
        """The address of one of the lists, whose braces hold paths of the item."""
        template = UriTemplate(self._prefix + text)
        if text and all(endpoint.template.match_path(template.path_part) is None for endpoint in self._lists):
            paths = [endpoint.template.path_part for endpoint in self._lists]
            hint = near(template.path_part, paths)
            node.fault(prop, f"No list has the path {template.path_part!r}.{f' Did you mean {hint[0]}?' if hint else ''}")
        for path in PLACE.findall(text):
            try:
                if path != ITEM:
                    parse_path(path, self._vocabulary)
            except BadParameter as error:
                node.fault(prop, str(error))
        return template
