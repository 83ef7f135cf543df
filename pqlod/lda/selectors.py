"""Reads the selectors of a configuration: which items a list has, and in what order."""

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from pqlod.errors import BadParameter, near
from pqlod.lda.facet_reading import read_facets
from pqlod.lda.model import ListOrder, Selector, Viewer
from pqlod.lda.paths import parse_path
from pqlod.lda.reading import Node, one_meant
from pqlod.lda.syntax import group_problem, order_problem, query_problem
from pqlod.lda.templates import VARIABLE
from pqlod.lda.viewers import ViewerReader
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import API, PQLOD, RDFS, BlankNode, Literal, NamedNode, Resource
from pqlod.store.query import Query

UNPREFIXED = ("near-lat", "near-long")  # names of parameters whose hyphen ends no prefix


class SelectorReader:
    """Reads selectors with all that they inherit from their parents, grandparents included."""

    def __init__(self, vocabulary: Vocabulary, queries: Mapping[str, Query], viewers: ViewerReader) -> None:
        self._vocabulary = vocabulary
        self._queries = queries
        self._viewers = viewers

    def read(self, node: Node, below: frozenset[Resource] = frozenset()) -> Selector:
        """What a selector says itself, after what its parents say; its own orders, query and viewer replace theirs."""
        if not node.graph.describes(node.term):
            node.fault(None, "There is no such selector. Expected: a resource with api:filter, api:where or the like.")
        parents = [
            self.read(parent, below | {node.term}) for parent in node.nodes(API.parent) if self._is_above(parent, node, below)
        ]
        own = self._own(node)
        ordered = next((one for one in [own, *parents] if one.sort or one.order_by), own)
        return Selector(
            types=tuple(dict.fromkeys(iri for one in [*parents, own] for iri in one.types)),
            filters=tuple(dict.fromkeys(pair for one in [*parents, own] for pair in one.filters)),
            where=tuple(dict.fromkeys(text for one in [*parents, own] for text in one.where)),
            select=next((one.select for one in [own, *parents] if one.select), ""),
            sort=ordered.sort,
            order_by=ordered.order_by,
            query=next((one.query for one in [own, *parents] if one.query), None),
            facets=next((one.facets for one in [own, *parents] if one.facets), ()),
            card_viewer=next((one.card_viewer for one in [own, *parents] if one.card_viewer), None),
            orders=next((one.orders for one in [own, *parents] if one.orders), ()),
        )

    def _own(self, node: Node) -> Selector:
        return Selector(
            types=tuple(self._types(node)),
            filters=tuple(self._filters(node)),
            where=tuple(self._where(node)),
            select=self._select(node),
            sort=self._sort(node),
            order_by=self._order_by(node),
            query=self._query(node),
            facets=read_facets(node, self._vocabulary),
            card_viewer=self._card_viewer(node),
            orders=tuple(self._orders(node)),
        )

    def _is_above(self, parent: Node, node: Node, below: frozenset[Resource]) -> bool:
        if parent.term in below | {node.term}:
            node.fault(API.parent, f"{parent.place} is its own parent.")
        return parent.term not in below | {node.term}

    def _types(self, node: Node) -> Iterable[NamedNode]:
        for value in node.values(API.type):
            found = self._vocabulary.resolve(value.value) if isinstance(value, Literal) else value
            if isinstance(found, NamedNode):
                yield found
            else:
                hint = near(str(value).strip('"'), self._vocabulary.names())
                node.fault(API.type, f"Unknown class {value}.{f' Did you mean {hint[0]!r}?' if hint else ''}")

    def _filters(self, node: Node) -> Iterable[tuple[str, str]]:
        """The pieces of ``a=1&min-b.c=2``: values may hold ``=``, and are percent-decoded."""
        for piece in (piece for text in node.texts(API.filter) for piece in text.split("&") if piece):
            name, equals, value = (unquote(part) for part in piece.partition("="))
            if not equals or not name:
                node.fault(API.filter, f"{piece!r} is no filter. Expected: name=value, with & between several.")
            elif self._leads(_path_of(name), node, API.filter):
                yield name, value

    def _sort(self, node: Node) -> str:
        text = node.text(API.sort) or ""
        keys = [key.strip().removeprefix("-") for key in text.split(",") if key.strip()]
        known = [self._leads(key, node, API.sort) for key in keys]
        return text if all(known) else ""

    def _leads(self, path: str, node: Node, prop: NamedNode) -> bool:
        """Does a path lead along known properties? One with a variable in it will tell when it is asked for."""
        try:
            if path and not VARIABLE.search(path):
                parse_path(path, self._vocabulary)
        except BadParameter as error:
            node.fault(prop, str(error))
            return False
        return True

    def _where(self, node: Node) -> Iterable[str]:
        for text in node.texts(API.where):
            problem = group_problem(text, self._vocabulary.prefixes)
            if problem:
                node.fault(API.where, problem)
            yield text

    def _select(self, node: Node) -> str:
        text = node.text(API.select) or ""
        problem = text and query_problem(text, self._vocabulary.prefixes)
        if problem:
            node.fault(API.select, problem)
        return text

    def _order_by(self, node: Node) -> str:
        text = node.text(API.orderBy) or ""
        problem = text and not VARIABLE.search(text) and order_problem(text, self._vocabulary.prefixes)
        if problem:
            node.fault(API.orderBy, problem)
        return text

    def _card_viewer(self, node: Node) -> Viewer | None:
        wanted = node.only_node(PQLOD.cardViewer)
        viewer = self._viewers.read(wanted) if wanted else None
        if wanted and viewer is None:
            node.note(PQLOD.cardViewer, "Its viewer cannot be used: see there.")
        return viewer

    def _orders(self, node: Node) -> Iterable[ListOrder]:
        for member in node.members(PQLOD.orders):
            order = node.node(member, PQLOD.orders) if isinstance(member, NamedNode | BlankNode) else None
            label, sort = (order.text(RDFS.label), self._sort(order)) if order else (None, "")
            if label and sort:
                yield ListOrder(label, sort)
            else:
                node.note(PQLOD.orders, f"{node.show(member)} is no order. Expected: a resource with rdfs:label and api:sort.")

    def _query(self, node: Node) -> Query | None:
        name = node.text(PQLOD.query)
        if name is None:
            return None
        by_name = {key.removesuffix(".rq"): query for key, query in self._queries.items()}
        query = by_name.get(name.removesuffix(".rq"))
        if query is None:
            node.fault(PQLOD.query, f"There is no query {name!r}. {one_meant(name, by_name)}")
        return query


def _path_of(name: str) -> str:
    """The property path in the name of a filter such as ``min-by.label``; empty for a reserved parameter."""
    if name.startswith("_") or name in UNPREFIXED:
        return ""
    return name.partition("-")[2] if "-" in name else name
