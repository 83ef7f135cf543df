"""Reads the endpoints of an API, each with all that it inherits from the API."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from pqlod.errors import BadParameter
from pqlod.lda.formats import BUILT_IN_FORMATTERS, DEFAULT_FORMATTER, FormatterReader
from pqlod.lda.model import (
    Behaviour,
    Counting,
    Endpoint,
    FormatterDeclaration,
    ItemEndpoint,
    ListEndpoint,
    MetadataBlock,
    Selector,
    TextSearch,
    Viewer,
)
from pqlod.lda.paths import PropertyPath, parse_path
from pqlod.lda.reading import Node
from pqlod.lda.selectors import SelectorReader
from pqlod.lda.templates import VARIABLE, UriTemplate
from pqlod.lda.variables import read_variables
from pqlod.lda.viewers import BUILT_IN_VIEWERS, DESCRIPTION, ViewerReader
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import API, ELDA, PQLOD, RDFS, BlankNode, Literal, NamedNode, Resource, Term

DEFAULT_PAGE_SIZE = 10
MAX_PAGE_SIZE = 250
DEFAULT_VIEW = "default"  # the name in _view of whichever viewer is an endpoint's default

# pqlod's own settings that are true or false, by their names in Behaviour.
FLAGS: Mapping[str, NamedNode] = {
    "strict_values": PQLOD.strictValues,
    "whole_days": PQLOD.wholeDays,
    "tolerant_parameters": PQLOD.tolerantParameters,
    "keep_generation": PQLOD.keepGeneration,
    "allow_fragments": PQLOD.allowFragments,
}

# Jena's text index, which remote endpoints are searched by unless the configuration names another property.
TEXT_QUERY = NamedNode("http://jena.apache.org/text#query")
DISABLE, ENABLE = ELDA["disable-default-metadata"], ELDA["enable-default-metadata"]
_TEXT_PROPERTIES = (ELDA.textQueryProperty, ELDA.textContentProperty, ELDA.textSearchOperand, ELDA.textPlaceEarly)


@dataclass(frozen=True)
class EndpointReader:
    """What is common to the endpoints of one API: its own resource, its words, its readers."""

    api: Node
    source: Node | None
    prefix: str
    base: str
    vocabulary: Vocabulary
    viewers: ViewerReader
    formatters: FormatterReader
    selectors: SelectorReader

    def read(self, node: Node) -> Endpoint | None:
        """The endpoint; None if it is neither a list nor an item, or has no template."""
        template = self._template(node)
        is_list, is_item = node.is_a(API.ListEndpoint), node.is_a(API.ItemEndpoint)
        if not (is_list or is_item):
            node.fault(None, "Expected: a api:ListEndpoint or a api:ItemEndpoint.")
        if template is None or not (is_list or is_item):
            return None
        common = self._common(node, template)
        return self._list(node, common) if is_list else self._item(node, common)

    def _list(self, node: Node, common: Mapping[str, Any]) -> ListEndpoint:
        if node.values(API.itemTemplate):
            node.note(API.itemTemplate, "A list has no item template; it is ignored.")
        default = self._owner(node, API.defaultPageSize).integer(API.defaultPageSize, minimum=1)
        most = self._owner(node, API.maxPageSize).integer(API.maxPageSize, minimum=1)
        return ListEndpoint(
            **common,
            selector=self._selector(node) or Selector(),
            default_page_size=default or DEFAULT_PAGE_SIZE,
            max_page_size=most or MAX_PAGE_SIZE,
            counting=self._counting(node),
        )

    def _item(self, node: Node, common: Mapping[str, Any]) -> ItemEndpoint:
        text = node.text(API.itemTemplate)
        if text is None:
            return ItemEndpoint(**common, selector=self._selector(node) or Selector())
        if node.values(API.selector):
            node.note(API.selector, "The item template decides; the selector is ignored.")
        self._check_variables(text, node, API.itemTemplate)
        return ItemEndpoint(**common, item_template=UriTemplate(text))

    def _common(self, node: Node, template: UriTemplate) -> dict[str, Any]:  # the arguments that both kinds of endpoint take
        viewers, default_viewer = self._viewers(node)
        formatters, default_formatter = self._formatters(node)
        owner, licences = self._owner, self._both(node, ELDA.license)
        return {
            "iri": node.term if isinstance(node.term, NamedNode) else NamedNode(f"urn:pqlod:endpoint:{quote(template.text)}"),
            "template": template,
            "label": next(iter(node.texts(RDFS.label)), ""),
            "comment": next(iter(node.texts(RDFS.comment)), ""),
            "examples": node.texts(API.exampleRequestPath),
            "viewers": viewers,
            "default_viewer": default_viewer,
            "formatters": formatters,
            "default_formatter": default_formatter,
            "variables": MappingProxyType(dict(read_variables(self.api, node))),
            "languages": tuple(_comma_list(owner(node, API.lang).text(API.lang))),
            "graph_template": owner(node, ELDA.graphTemplate).text(ELDA.graphTemplate) or "",
            "allowed_reserved": frozenset([*self.api.texts(ELDA.allowReserved), *node.texts(ELDA.allowReserved)]),
            "purges_filter_values": owner(node, ELDA.purgeFilterValues).boolean(ELDA.purgeFilterValues),
            "encloses_describe": owner(node, ELDA.encloseDescribe).boolean(ELDA.encloseDescribe),
            "licences": tuple(_resources(licences)),
            "licence_paths": tuple(self._licence_paths(licences, node)),
            "notices": tuple(_resources(self._both(node, ELDA.notice))),
            "metadata_blocks": MappingProxyType(dict(self._metadata_blocks(node))),
            "disables_default_metadata": owner(node, DISABLE).boolean(DISABLE),
            "kept_default_metadata": frozenset(
                term for term in owner(node, ENABLE).members(ENABLE) if isinstance(term, NamedNode)
            ),
            "expires_after": owner(node, ELDA.cacheExpiryTime).seconds(ELDA.cacheExpiryTime),
            "text_search": self._text_search(node),
            "behaviour": self._behaviour(node),
        }

    def _owner(self, node: Node, prop: NamedNode) -> Node:
        """Whose value of a property counts: the endpoint's, and where it has none the API's."""
        return node if node.values(prop) else self.api

    def _both(self, node: Node, prop: NamedNode) -> tuple[Term, ...]:
        return tuple(dict.fromkeys([*self.api.values(prop), *node.values(prop)]))

    def _template(self, node: Node) -> UriTemplate | None:
        text = node.text(API.uriTemplate)
        if not text:
            node.fault(API.uriTemplate, "There is none. Expected: a path such as /questions/{id}.")
            return None
        self._check_variables(text, node, API.uriTemplate)
        if text.startswith(("http://", "https://")):
            text = text.removeprefix(self.base) if self.base and text.startswith(self.base) else text.split("/", 3)[-1]
        return UriTemplate(f"{self.prefix}/{text.lstrip('/')}")

    def _check_variables(self, text: str, node: Node, prop: NamedNode) -> None:
        if re.search(r"[{}]", VARIABLE.sub("", text)):
            node.fault(prop, f"A brace of {text!r} belongs to no variable. Expected: {{name}}, of letters, digits and _.")

    def _selector(self, node: Node) -> Selector | None:
        described = node.only_node(API.selector)
        return self.selectors.read(described) if described else None

    def _viewers(self, node: Node) -> tuple[Mapping[str, Viewer], Viewer]:
        declared = [self.viewers.read(each) for place in (self.api, node) for each in place.nodes(API.viewer)]
        wanted = self._owner(node, API.defaultViewer).only_node(API.defaultViewer)
        default = self.viewers.read(wanted) if wanted else DESCRIPTION
        if default is None:
            node.fault(API.defaultViewer, "Its viewer cannot be used: see there.")
            default = DESCRIPTION
        aliases = [*self._both(node, PQLOD.defaultViewName), Literal(DEFAULT_VIEW)]
        named = {viewer.name: viewer for viewer in [*BUILT_IN_VIEWERS, *declared, default] if viewer}
        others = {alias.value: default for alias in aliases if isinstance(alias, Literal)}
        return MappingProxyType({**others, **named, DEFAULT_VIEW: default}), default

    def _formatters(self, node: Node) -> tuple[Mapping[str, FormatterDeclaration], FormatterDeclaration]:
        places = [(place, prop) for place in (self.api, node) for prop in (API.formatter, API.defaultFormatter)]
        declared = [self.formatters.read(each) for place, prop in places for each in place.nodes(prop)]
        wanted = self._owner(node, API.defaultFormatter).only_node(API.defaultFormatter)
        default = (self.formatters.read(wanted) if wanted else None) or DEFAULT_FORMATTER
        named = {formatter.name: formatter for formatter in declared if formatter}
        formatters = {**BUILT_IN_FORMATTERS, **named}
        return MappingProxyType(formatters), formatters[default.name] if default is DEFAULT_FORMATTER else default

    def _counting(self, node: Node) -> Counting:
        owner = self._owner(node, ELDA.enableCounting)
        if owner.text(ELDA.enableCounting) == Counting.OPTIONAL.value:
            return Counting.OPTIONAL
        return Counting.ALWAYS if owner.boolean(ELDA.enableCounting) else Counting.NEVER

    def _licence_paths(self, licences: Iterable[Term], node: Node) -> Iterable[PropertyPath]:
        for licence in licences:
            try:
                if isinstance(licence, Literal):
                    yield parse_path(licence.value, self.vocabulary)
            except BadParameter as error:
                node.fault(ELDA.license, str(error))

    def _metadata_blocks(self, node: Node) -> Iterable[tuple[str, MetadataBlock]]:
        for place in (self.api, node):
            for block in place.nodes(ELDA.metadata):
                text = block.text(API.name)
                if not text or text in "+-":
                    block.note(API.name, "The metadata block has no name, and is left out.")
                    continue
                name = text.lstrip("+-")
                properties = block.graph.properties(block.term)
                statements = tuple((p, o) for p, values in properties.items() if p != API.name for o in values)
                yield name, MetadataBlock(name, not text.startswith("-"), statements)

    def _text_search(self, node: Node) -> TextSearch | None:
        """Whose text index is asked, by the last of source, API and endpoint that says so; None: pqlod's own."""
        places = [place for place in (node, self.api, self.source) if place]
        owners = {prop: next((place for place in places if place.values(prop)), self.api) for prop in _TEXT_PROPERTIES}
        is_remote = self.source is not None and str(self.source.term).startswith("<http")
        if not is_remote and not any(owners[prop].values(prop) for prop in _TEXT_PROPERTIES[:3]):
            return None
        query, content, operand, early = (owners[prop] for prop in _TEXT_PROPERTIES)
        return TextSearch(
            query.iri(ELDA.textQueryProperty) or TEXT_QUERY,
            content.iri(ELDA.textContentProperty) or RDFS.label,
            next(iter(operand.lists(ELDA.textSearchOperand)), ()),
            early.boolean(ELDA.textPlaceEarly, default=True),
        )

    def _behaviour(self, node: Node) -> Behaviour:
        defaults = Behaviour()
        flags = {name: self._owner(node, prop).boolean(prop, getattr(defaults, name)) for name, prop in FLAGS.items()}
        tie_break = self._owner(node, PQLOD.tieBreak).iri(PQLOD.tieBreak)
        return Behaviour(**flags, tie_break=tie_break, gone=MappingProxyType(dict(self._gone(node))))

    def _gone(self, node: Node) -> Iterable[tuple[NamedNode, str]]:
        """The classes of what is no more, each with its comment."""
        for described in self._owner(node, PQLOD.gone).nodes(PQLOD.gone):
            if isinstance(described.term, NamedNode):
                yield described.term, next(iter(described.texts(RDFS.comment)), "")
            else:
                described.note(None, "It is ignored. Expected: a class, by its IRI.")


def _comma_list(text: str | None) -> Iterable[str]:
    return (element for element in (piece.strip() for piece in (text or "").split(",")) if element)


def _resources(terms: Iterable[Term]) -> Iterable[Resource]:
    return (term for term in terms if isinstance(term, NamedNode | BlankNode))
