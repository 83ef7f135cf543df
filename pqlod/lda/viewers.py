"""Reads the viewers of a configuration: which triples of an item each shows."""

from collections.abc import Iterator, Mapping

from pqlod.errors import BadParameter
from pqlod.lda.model import Viewer, ViewKind
from pqlod.lda.paths import PropertyPath, Step, parse_paths
from pqlod.lda.reading import Node
from pqlod.lda.syntax import group_problem
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import API, ELDA, RDF, RDFS, NamedNode, Resource, local_name

BUILT_IN_VIEWERS = (
    Viewer(
        "basic",
        ViewKind.CHAINS,
        (PropertyPath((Step(RDF.type),), "type"), PropertyPath((Step(RDFS.label),), "label")),
        iri=API.basicViewer,
    ),
    Viewer("description", ViewKind.DESCRIBE, iri=API.describeViewer),
    Viewer("all", ViewKind.LABELLED_DESCRIBE, label_properties=(RDFS.label,), iri=API.labelledDescribeViewer),
)
DESCRIPTION = BUILT_IN_VIEWERS[1]
_BY_IRI: Mapping[Resource | None, Viewer] = {viewer.iri: viewer for viewer in BUILT_IN_VIEWERS}


class ViewerReader:
    """Reads each viewer once; one with a mistake in it is None."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._viewers: dict[Resource, Viewer | None] = {}

    def read(self, node: Node) -> Viewer | None:
        if node.term in _BY_IRI:
            return _BY_IRI[node.term]
        if node.term not in self._viewers:
            self._viewers[node.term] = node.report.usable(lambda: self._read(node))
        return self._viewers[node.term]

    def _read(self, node: Node) -> Viewer:
        if not node.graph.describes(node.term):
            node.fault(None, "There is no such viewer. Expected: a resource with api:property, api:properties or api:template.")
        paths = tuple(dict.fromkeys(self._paths(node, frozenset())))
        labels = tuple(value.term for value in node.nodes(ELDA.describeAllLabel) if isinstance(value.term, NamedNode))
        template = node.text(API.template) or ""
        if template:
            return Viewer(_name(node), ViewKind.TEMPLATE, template=self._checked(template, node), iri=_iri(node))
        kind = ViewKind.LABELLED_DESCRIBE if labels else ViewKind.CHAINS
        return Viewer(_name(node), kind, paths, label_properties=labels, iri=_iri(node))

    def _paths(self, node: Node, including: frozenset[Resource]) -> Iterator[PropertyPath]:
        """The paths of a viewer and of those that it includes, each viewer once."""
        if node.term in _BY_IRI:
            yield from _BY_IRI[node.term].paths
            return
        for chain in node.lists(API.property):
            if all(isinstance(term, NamedNode) for term in chain):
                yield self._path([term for term in chain if isinstance(term, NamedNode)])
            else:
                node.fault(API.property, "Expected: a property, or a list of properties; names are for api:properties.")
        for text in node.texts(API.properties):
            try:
                yield from parse_paths(text, self._vocabulary)
            except BadParameter as error:
                node.fault(API.properties, str(error))
        for included in node.nodes(API.include):
            if included.term not in including:
                yield from self._paths(included, including | {node.term, included.term})

    def _path(self, chain: list[NamedNode]) -> PropertyPath:
        names = self._vocabulary.name_terms(chain)
        return PropertyPath(tuple(map(Step, chain)), ".".join(names[term] for term in chain))

    def _checked(self, template: str, node: Node) -> str:
        problem = group_problem(template, self._vocabulary.prefixes)
        if problem:
            node.fault(API.template, problem)
        return template


def _name(node: Node) -> str:
    name = node.text(API.name) or node.text(RDFS.label)
    return name or (local_name(node.term.value) if isinstance(node.term, NamedNode) else node.term.value)


def _iri(node: Node) -> NamedNode | None:
    return node.term if isinstance(node.term, NamedNode) else None
