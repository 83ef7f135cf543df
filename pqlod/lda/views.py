"""The view of a page: the triples that a viewer shows of the items, and the queries that find them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any

from pqlod.lda.fragments import closed
from pqlod.lda.model import Api, Rewrite, ViewKind, selector_of
from pqlod.lda.parameters import PageRequest
from pqlod.lda.paths import PropertyPath, Step
from pqlod.lda.patterns import INDENT, ITEM, TermWriter, Variables, step_words, write_triple
from pqlod.lda.vocabulary import NO_LANGUAGE
from pqlod.rdf import XSD, BlankNode, Graph, Literal, NamedNode, Resource, Term, Triple
from pqlod.store.dataset import Branches, Dataset
from pqlod.store.query import Query, substitute_variables

LABELS_AT_ONCE = 500  # resources in one query for labels: a long VALUES list breaks some endpoints


@dataclass(frozen=True)
class View:
    """The triples of a page's items, and what gives the text of a query for them."""

    graph: Graph
    query: Callable[[], str]


def fetch_view(api: Api, request: PageRequest, items: Sequence[NamedNode], datasets: Sequence[Dataset]) -> View:
    """What the request's viewer shows of the items, from each of the datasets, in the languages of the request."""
    graphs = [graph for dataset in datasets for graph in _chosen(api, request, items, dataset)]
    if items and _is_describing(request):
        graphs += [_description(request, items, dataset) for dataset in datasets]
    graph = reduce(or_, graphs, Graph())
    if request.viewer.kind is ViewKind.LABELLED_DESCRIBE:
        graph |= _labels(api, request, graph, datasets)
    return View(in_languages(graph, request.languages), lambda: _main_query(api, request, items))


def _chosen(api: Api, request: PageRequest, items: Sequence[NamedNode], dataset: Dataset) -> list[Graph]:
    """What the paths or the template of the viewer choose of the items."""
    if items and request.viewer.paths and request.viewer.kind is not ViewKind.TEMPLATE and _is_bounded(request):
        followed = dataset.follow(items, _branches(request.viewer.paths), request.graph)
        if followed is not None:
            return [followed]
    return [dataset.construct(query) for query in view_queries(api, request, items)]


def view_queries(api: Api, request: PageRequest, items: Sequence[NamedNode]) -> tuple[Query, ...]:
    """The CONSTRUCT queries of a view, besides the description of the items and the labels."""
    if not items:
        return ()
    if request.viewer.kind is ViewKind.TEMPLATE:
        return (_template_query(api, request, items),)
    return (_chains_query(api, request, items),) if request.viewer.paths else ()


def in_languages(graph: Graph, languages: Sequence[str]) -> Graph:
    """The graph without the texts of other languages.

    Text without a tag stays where no text of the same property is in one of the languages, and where ``none`` is
    one of them.
    """
    if not languages:
        return graph
    wanted = {"" if language == NO_LANGUAGE else language.lower() for language in languages}
    return Graph(
        Triple(subject, predicate, value)
        for subject in graph.subjects()
        for predicate, values in graph.properties(subject).items()
        for value in _wanted_values(values, wanted)
    )


def rewritten(graph: Graph, rewrites: Sequence[Rewrite]) -> Graph:
    """The graph with other beginnings of IRIs, those of predicates and datatypes too (``elda:rewriteResultURIs``)."""
    if not rewrites:
        return graph
    return Graph(Triple(*(rewritten_term(term, rewrites) for term in triple)) for triple in graph)  # type: ignore[arg-type]


def rewritten_term(term: Term, rewrites: Sequence[Rewrite]) -> Term:
    """A term whose IRI has another beginning; the longest that fits decides."""
    if isinstance(term, NamedNode):
        fitting = [rewrite for rewrite in rewrites if term.value.startswith(rewrite.start)]
        longest = max(fitting, key=lambda rewrite: len(rewrite.start), default=None)
        return NamedNode(longest.replacement + term.value.removeprefix(longest.start)) if longest else term
    if isinstance(term, Literal) and not term.language:
        datatype = rewritten_term(term.datatype, rewrites)
        return Literal(term.value, datatype=datatype) if isinstance(datatype, NamedNode) else term
    return term


def reachable(graph: Graph, start: Iterable[Resource]) -> Graph:
    """The triples of some resources, and of all resources that these lead to."""
    return _reachable(graph, start, through=(NamedNode, BlankNode))


def _wanted_values(values: Sequence[Term], wanted: set[str]) -> Iterator[Term]:
    tags = {_tag(value) for value in values} - {None, ""}
    shown = wanted if wanted & tags else wanted | {""}
    return (value for value in values if (tag := _tag(value)) is None or tag in shown)


def _tag(term: Term) -> str | None:
    """The language of a text, empty if it has none; None for anything else."""
    is_text = isinstance(term, Literal) and (term.language or term.datatype == XSD.string)
    return (term.language or "") if is_text and isinstance(term, Literal) else None


def _description(request: PageRequest, items: Sequence[NamedNode], dataset: Dataset) -> Graph:
    described = dataset.describe(items, request.graph)
    return _reachable(described, items) if request.endpoint.encloses_describe else described


def _main_query(api: Api, request: PageRequest, items: Sequence[NamedNode]) -> str:
    if not items:
        return "# no results, no query."
    if _is_describing(request):
        return f"DESCRIBE {' '.join(map(str, items))}"
    queries = view_queries(api, request, items)
    return queries[-1].text if queries else "# nothing to show, no query."


def _reachable(graph: Graph, start: Iterable[Resource], through: tuple[type, ...] = (BlankNode,)) -> Graph:
    found: dict[Triple, None] = {}
    seen: set[Resource] = set()
    left = list(start)
    while left:
        subject = left.pop()
        if subject in seen:
            continue
        seen.add(subject)
        for predicate, values in graph.properties(subject).items():
            found.update((Triple(subject, predicate, value), None) for value in values)
            left.extend(value for value in values if isinstance(value, through))  # type: ignore[misc]
    return Graph(found)


def _labels(api: Api, request: PageRequest, graph: Graph, datasets: Sequence[Dataset]) -> Graph:
    """The labels of everything that the graph mentions."""
    mentioned = dict.fromkeys(term for _, _, term in graph if isinstance(term, NamedNode))
    subjects = dict.fromkeys(term for term in graph.subjects() if isinstance(term, NamedNode))
    labels = Graph()
    resources = list({**subjects, **mentioned})
    for dataset in datasets:
        labels |= _labels_of(api, request, resources, dataset)
    return labels


def _labels_of(api: Api, request: PageRequest, resources: Sequence[NamedNode], dataset: Dataset) -> Graph:
    branches: Branches = {label: {} for label in request.viewer.label_properties}
    followed = dataset.follow(resources, branches, request.graph)
    if followed is not None:
        return followed
    starts = range(0, len(resources), LABELS_AT_ONCE)
    queries = (_labels_query(api, request, resources[start : start + LABELS_AT_ONCE]) for start in starts)
    return Graph(triple for query in queries for triple in dataset.construct(query))


def _labels_query(api: Api, request: PageRequest, resources: Sequence[NamedNode]) -> Query:
    writer = TermWriter(api.vocabulary.prefixes)
    properties = [writer.write(label) for label in request.viewer.label_properties]
    triple = f"?thing {properties[0] if len(properties) == 1 else '?property'} ?label ."
    lines = [f"VALUES ?thing {{ {' '.join(map(writer.write, resources))} }}", triple]
    if len(properties) > 1:
        lines.append(f"FILTER (?property IN ({', '.join(properties)}))")
    return replace(_construct(writer, [triple], lines, request), is_bounded=True)


def _template_query(api: Api, request: PageRequest, items: Sequence[NamedNode]) -> Query:
    writer = TermWriter(api.vocabulary.prefixes)
    declared = {*request.endpoint.variables, *request.endpoint.template.variables} - {ITEM[1:]}
    terms = {name: term for name, term in request.bindings.items() if name in declared}
    text = closed(substitute_variables(request.viewer.template, terms))
    query = _construct(writer, [text], [_values(writer, items), text], request)
    return replace(query, is_trusted=not request.template)


def _chains_query(api: Api, request: PageRequest, items: Sequence[NamedNode]) -> Query:
    writer = TermWriter(api.vocabulary.prefixes)
    tree = _Tree(ITEM)
    variables = Variables()
    for path in request.viewer.paths:
        tree.add(path, variables)
    chains = _ChainWriter(writer, variables)
    branches = f"\n{INDENT}UNION ".join(chains.branches(tree))
    query = _construct(writer, chains.triples, [_values(writer, items), branches], request)
    return replace(query, is_bounded=_is_bounded(request))


def _is_describing(request: PageRequest) -> bool:
    return request.viewer.kind in (ViewKind.DESCRIBE, ViewKind.LABELLED_DESCRIBE)


def _is_bounded(request: PageRequest) -> bool:
    """Is it one of the configuration's views that goes along properties forwards only? Backwards they may lead to everything."""
    cards = selector_of(request.endpoint).card_viewer
    configured = (request.endpoint.default_viewer, *request.endpoint.viewers.values(), cards)
    is_configured = any(request.viewer == viewer for viewer in configured)
    return is_configured and not any(step.is_inverse for path in request.viewer.paths for step in path.steps)


def _branches(paths: Iterable[PropertyPath]) -> Branches:
    """Paths that lead forwards, those that begin alike together."""
    tree: dict[NamedNode | None, Any] = {}
    for path in paths:
        place = tree
        for step in path.steps:
            place = place.setdefault(step.property, {})
    return tree


def _values(writer: TermWriter, items: Sequence[NamedNode]) -> str:
    return f"VALUES {ITEM} {{ {' '.join(map(writer.write, items))} }}"


def _construct(writer: TermWriter, triples: Sequence[str], patterns: Sequence[str], request: PageRequest) -> Query:
    head = "\n".join(INDENT + triple for triple in dict.fromkeys(triples))
    body = "\n".join(INDENT + pattern for pattern in patterns)
    if request.graph:
        body = f"{INDENT}GRAPH {request.graph} {{\n{body}\n{INDENT}}}"
    text = f"CONSTRUCT {{\n{head}\n}}\nWHERE {{\n{body}\n}}"
    return Query(writer.prologue(text) + text, name="view")


@dataclass
class _Tree:
    """The chains of a viewer, merged where they begin alike."""

    variable: str
    branches: "dict[Step, _Tree]" = field(default_factory=dict)

    def add(self, path: PropertyPath, variables: Variables) -> None:
        tree = self
        for length, step in enumerate(path.steps, 1):
            if step not in tree.branches:
                tree.branches[step] = _Tree(variables.fresh(*step_words(path.steps[:length])))
            tree = tree.branches[step]


class _ChainWriter:
    """Writes a tree of chains: alternatives side by side, and what follows a step as optional."""

    def __init__(self, writer: TermWriter, variables: Variables) -> None:
        self._writer, self._variables = writer, variables
        self.triples: list[str] = []

    def branches(self, tree: _Tree) -> list[str]:
        """The alternatives at one place. Plain properties at the end of their chains are one alternative together."""
        # Oxigraph answers one pattern with a filter in half the time of a union of patterns (measured).
        leaves = [step for step, branch in tree.branches.items() if not branch.branches and not step.is_inverse and step.property]
        together = leaves if len(leaves) > 1 else []
        alone = [self._branch(tree, step, branch) for step, branch in tree.branches.items() if step not in together]
        return [*([self._together(tree, together)] if together else []), *alone]

    def _together(self, tree: _Tree, steps: Iterable[Step]) -> str:
        triple = f"{tree.variable} {self._variables.fresh('property')} {self._variables.fresh('value')}"
        self.triples.append(f"{triple} .")
        properties = ", ".join(self._writer.write(step.property) for step in steps if step.property)
        return f"{{ {triple} FILTER ({triple.split()[1]} IN ({properties})) }}"

    def _branch(self, tree: _Tree, step: Step, branch: _Tree) -> str:
        triple = write_triple(self._writer, self._variables, tree.variable, step, branch.variable)
        self.triples.append(f"{triple} .")
        if not branch.branches:
            return f"{{ {triple} }}"
        inner = " UNION ".join(self.branches(branch))
        return f"{{ {triple} OPTIONAL {{ {inner} }} }}"
