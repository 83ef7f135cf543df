"""Reads API configurations in the ``api:`` vocabulary: files become the APIs that the engine runs.

This is the only place that reads them. What can be used is, and all mistakes are told together: a broken endpoint
or viewer leaves its siblings standing.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

from pqlod.errors import BadParameter, ConfigurationError, Mistake
from pqlod.lda.declarations import read_vocabulary
from pqlod.lda.endpoints import EndpointReader
from pqlod.lda.files import ConfigurationFile, Mount, find_files, read_file, read_vocabulary_file
from pqlod.lda.formats import FormatterReader
from pqlod.lda.known import check_properties
from pqlod.lda.model import Api, Endpoint, Rewrite, Source
from pqlod.lda.page_declarations import PageDeclarationReader
from pqlod.lda.paths import PropertyPath, parse_path
from pqlod.lda.reading import Node, Report, show
from pqlod.lda.selectors import SelectorReader
from pqlod.lda.viewers import ViewerReader
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import API, ELDA, PQLOD, RDF, RDFS, Literal, NamedNode, Resource, Term
from pqlod.store.query import Query

_NO_QUERIES: Mapping[str, Query] = MappingProxyType({})
_NO_PREFIXES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Configuration:
    """What files of configuration say: the APIs that can be used, every mistake, and all files that were read."""

    apis: tuple[Api, ...]
    mistakes: tuple[Mistake, ...]
    files: tuple[Path, ...]


def read_configuration(
    locations: str | Path | Sequence[str | Path],
    queries: Mapping[str, Query] = _NO_QUERIES,
    *,
    prefixes: Mapping[str, str] = _NO_PREFIXES,
    templates: Collection[str] | None = None,
) -> Configuration:
    """The configuration in one or several files, each given as ``[mount::]path``, where a ``*`` stands for any text.

    ``queries`` are those that ``pqlod:query`` may name, by the names of their files; ``prefixes`` are known in
    each file before its first line; ``templates`` are those that ``pqlod:template`` may name, None
    if any. Raises ConfigurationError if a file cannot be read or is not Turtle.
    """
    mounts = find_files([locations] if isinstance(locations, str | Path) else locations)
    readers = [_FileReader(mount, read_file(mount.path, prefixes), queries, templates) for mount in mounts]
    apis = tuple(api for reader in readers for api in reader.read())
    return Configuration(
        apis,
        tuple(mistake for reader in readers for mistake in reader.report.mistakes),
        tuple(dict.fromkeys(path for reader in readers for path in reader.files)),
    )


class _FileReader:
    """Reads the APIs of one file."""

    def __init__(
        self, mount: Mount, file: ConfigurationFile, queries: Mapping[str, Query], templates: Collection[str] | None
    ) -> None:
        self._mount, self._file, self._queries, self._templates = mount, file, queries, templates
        self.report = Report(file.mistakes)
        self.files = list(file.files)

    def read(self) -> Iterable[Api]:
        graph = self._file.graph
        nodes = [self._node(subject) for subject in graph.subjects() if API.API in graph.values(subject, RDF.type)]
        if not nodes:
            self.report.note(str(self._file.path), None, "There is no API in this file. Expected: a resource of class api:API.")
        apis = [api for node in nodes if (api := self.report.usable(partial(self._api, node)))]
        check_properties(graph, self._file.prefixes, self.report)
        self._check_links()
        return apis

    def _api(self, node: Node) -> Api:
        prefixes = self._prefixes(node)
        vocabulary = self._vocabulary(node, prefixes)
        prefix, base = self._mount.prefix + (node.text(ELDA.uriTemplatePrefix) or ""), node.text(API.base) or ""
        source = node.only_node(API.sparqlEndpoint)
        if source is None:
            node.fault(API.sparqlEndpoint, "There is none. Expected: pqlod:store, <local:FILE> or the URL of a SPARQL endpoint.")
        viewers = ViewerReader(vocabulary)
        readers = EndpointReader(
            node, source, prefix, base, vocabulary,
            viewers, FormatterReader(), SelectorReader(vocabulary, self._queries, viewers),
        )  # fmt: skip
        endpoints = tuple(self._endpoints(node, readers))
        pages = PageDeclarationReader(vocabulary, endpoints, prefix, self._templates)
        return Api(
            iri=node.term if isinstance(node.term, NamedNode) else NamedNode("urn:pqlod:api"),
            label=next(iter(node.texts(RDFS.label)), ""),
            comment=next(iter(node.texts(RDFS.comment)), ""),
            base=base,
            prefix=prefix,
            source=(self._source(source) if source else None) or Source(PQLOD.store),
            view_sources=tuple(self._view_sources(node)),
            endpoints=endpoints,
            vocabulary=vocabulary,
            negotiates_by_suffix=node.one(API.contentNegotiation) != API.parameterBased,
            honours_forwarded=node.boolean(ELDA.enableForwardHeaders, default=True),
            rewrites=tuple(self._rewrites(node)),
            text_index=tuple(self._paths(node, PQLOD.textIndex, vocabulary)),
            titles=tuple(self._paths(node, PQLOD.titles, vocabulary)),
            untitled=self._pattern(node, PQLOD.untitled),
            pages=tuple(pages.pages(node)),
            menu=self.report.usable(lambda: tuple(pages.menu(node))) or (),
            search=self.report.usable(partial(pages.search, node)) or "",
            home=self.report.usable(partial(pages.home, node)) or (),
            graph=node.graph,
        )

    def _endpoints(self, node: Node, reader: EndpointReader) -> Iterable[Endpoint]:
        templates: dict[str, str] = {}
        for described in node.nodes(API.endpoint):
            if not described.graph.describes(described.term):
                node.note(API.endpoint, f"There is no endpoint {described.place} in the file.")
                continue
            endpoint = self.report.usable(partial(reader.read, described))
            if endpoint is None:
                continue
            if templates.setdefault(endpoint.template.text, described.place) != described.place:
                first = templates[endpoint.template.text]
                described.note(
                    API.uriTemplate, f"{endpoint.template.text!r} is the template of {first} too. Expected: one of its own."
                )
            yield endpoint

    def _prefixes(self, node: Node) -> Mapping[str, str]:
        mapped = {each.text(API.prefix): each.text(API.namespace) for each in node.nodes(API.prefixMapping)}
        for prefix, namespace in mapped.items():
            if prefix is None or namespace is None:
                node.note(API.prefixMapping, "Expected: a resource with api:prefix and api:namespace.")
        return {**self._file.prefixes, **{p: iri for p, iri in mapped.items() if p is not None and iri is not None}}

    def _vocabulary(self, node: Node, prefixes: Mapping[str, str]) -> Vocabulary:
        graphs = []
        for location in node.texts(API.vocabulary):
            path = self._file.locate(location)
            if path is None:
                node.note(API.vocabulary, f"<{location}> is not fetched. Expected: a file, such as a copy of it.")
                continue
            try:
                vocabulary = read_vocabulary_file(path)
            except ConfigurationError as error:
                node.note(API.vocabulary, str(error))
                continue
            self.files += vocabulary.files
            graphs.append(vocabulary.graph)
        frees = node.boolean(ELDA.allowSyntaxProperties)
        return read_vocabulary(self._file.graph, graphs, prefixes, self.report, frees_syntax_names=frees)

    def _source(self, node: Node) -> Source | None:
        if not isinstance(node.term, NamedNode):
            node.fault(API.sparqlEndpoint, "Sources that combine others are not supported. Expected: one source.")
            return None
        scheme, _, rest = node.term.value.partition(":")
        if node.term == PQLOD.store or scheme in ("http", "https"):
            return Source(node.term, auth_key=node.text(ELDA.authKey) or "")
        if scheme == "here":
            return Source(node.term, (str(self._file.path.resolve()),))
        if scheme in ("local", "file"):
            locations = rest.split(",") if scheme == "local" else [node.term.value]
            return Source(node.term, tuple(self._data_file(location, node) for location in locations))
        node.fault(None, "Not a source. Expected: pqlod:store, <local:FILE> or the URL of a SPARQL endpoint.")
        return None

    def _data_file(self, location: str, node: Node) -> str:
        path = self._file.locate(unquote(location))
        if path is None or not path.is_file():
            node.fault(None, f"There is no file {location!r} beside the configuration.")
        return str(path.resolve()) if path else location

    def _view_sources(self, node: Node) -> Iterable[Source]:
        for described in node.nodes(ELDA.enhanceViewWith):
            inner = described.only_node(API.sparqlEndpoint)
            source = self._source(inner or described)
            if source:
                yield source

    def _rewrites(self, node: Node) -> Iterable[Rewrite]:
        for rule in node.nodes(ELDA.rewriteResultURIs):
            start, replacement = rule.text(ELDA.ifStarts), rule.text(ELDA.replaceStartBy)
            if start and replacement is not None:
                yield Rewrite(start, replacement)
            else:
                rule.note(None, "The rule is ignored. Expected: elda:ifStarts and elda:replaceStartBy.")

    def _pattern(self, node: Node, prop: NamedNode) -> re.Pattern[str] | None:
        text = node.text(prop)
        try:
            return re.compile(text) if text else None
        except re.error as error:
            node.note(prop, f"{text!r} is ignored: {error}. Expected: a regular expression.")
            return None

    def _paths(self, node: Node, prop: NamedNode, vocabulary: Vocabulary) -> Iterable[PropertyPath]:
        """The property paths that a property lists."""
        for term in node.members(prop):
            try:
                yield parse_path(term.value if isinstance(term, Literal | NamedNode) else str(term), vocabulary)
            except BadParameter as error:
                node.note(prop, str(error))

    def _check_links(self) -> None:
        """Notes endpoints that no API has, and those that two have."""
        graph = self._file.graph
        owners: dict[Term, list[Term]] = {}
        for s, p, o in graph:
            if p == API.endpoint:
                owners.setdefault(o, []).append(s)
        for subject in graph.subjects():
            is_endpoint = {API.ListEndpoint, API.ItemEndpoint} & set(graph.values(subject, RDF.type))
            if is_endpoint and len(owners.get(subject, ())) != 1:
                problem = "Several APIs have this endpoint." if subject in owners else "No API has this endpoint."
                self._node(subject).note(API.endpoint, f"{problem} Expected: one.")

    def _node(self, term: Resource) -> Node:
        return Node(term, show(term, self._file.prefixes), self._file.graph, self._file.prefixes, self.report)
