"""What a page says of itself: its links, its other formats and views, how it came about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from pqlod import __version__
from pqlod.lda.bindings import Bindings, expand, text_of
from pqlod.lda.facets import Facet
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import Api, Endpoint, FormatterDeclaration, FormatterKind, ItemEndpoint, MetadataBlock
from pqlod.lda.parameters import METADATA_GROUPS, PageRequest
from pqlod.lda.routing import META
from pqlod.lda.templates import quote_iri
from pqlod.lda.views import reachable
from pqlod.rdf import (
    API,
    DCT,
    ELDA,
    FOAF,
    OPENSEARCH,
    PQLOD,
    RDF,
    RDFS,
    XHV,
    XSD,
    BlankNode,
    Graph,
    Literal,
    NamedNode,
    Namespace,
    Resource,
    Term,
    Triple,
)

OPMV = Namespace("http://purl.org/net/opmv/types/common#")
SPARQL = Namespace("http://purl.org/net/opmv/types/sparql#")
DOAP = Namespace("http://usefulinc.com/ns/doap#")
SERVICE = Namespace("http://www.w3.org/ns/sparql-service-description#")

LDA_SPECIFICATION = "https://github.com/UKGovLD/linked-data-api/blob/wiki/Specification.md"

PARTIAL_SEARCH = "So many items match the search that only some of them were looked at: the best, or the newest."

FACETS = "facets"  # the name in _metadata for what the list can be narrowed by: not one of the groups, for it is counted

# Links that a page has whatever is switched off: without them it says nothing at all.
ESSENTIAL = frozenset({API.items, FOAF.primaryTopic})
# Formats in which a page still says that it is one, as in Elda.
TYPED_FORMATS = frozenset({FormatterKind.XML, FormatterKind.HTML})


@dataclass(frozen=True)
class Facts:
    """What is known of a page once its items and its view are: the metadata is written from this alone."""

    api: Api
    request: PageRequest
    formatter: FormatterDeclaration
    items: tuple[NamedNode, ...]
    view: Graph
    total: int | None
    has_next: bool
    is_partial: bool  # a search found so much that not all of it was looked at
    generation: int | None  # of the dataset
    selection_query: Callable[[], str]  # its text, which can be long
    selection_plan: str  # how the items were found, for people
    view_query: Callable[[], str]  # likewise
    facets: tuple[Facet, ...]
    licences: tuple[Resource, ...]
    descriptions: Graph  # of the licences, from the dataset

    @property
    def endpoint(self) -> Endpoint:
        return self.request.endpoint

    @property
    def is_list(self) -> bool:
        return not isinstance(self.endpoint, ItemEndpoint)


class Links:
    """The addresses of a page and of its neighbours."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.url = facts.request.url.without("_format").with_suffix(facts.formatter.name)
        self.whole = self.url.without("_page", "_pageSize", "_generation")

    @property
    def first(self) -> RequestUrl | None:
        return self.url.with_parameters(_page=0) if self._facts.is_list else None

    @property
    def previous(self) -> RequestUrl | None:
        page = self._facts.request.page
        return self.url.with_parameters(_page=page - 1) if self._facts.is_list and page > 0 else None

    @property
    def next(self) -> RequestUrl | None:
        """The next page, of the same state of the data where the configuration asks for that."""
        if not self._facts.has_next:
            return None
        url = self.url.with_parameters(_page=self._facts.request.page + 1)
        generation = self._facts.generation if self._facts.endpoint.behaviour.keep_generation else None
        return url if generation is None else url.with_parameters(_generation=generation)

    @property
    def definition(self) -> RequestUrl:
        """The description of the endpoint."""
        template, path = self._facts.endpoint.template, self.whole.path
        # Elda looks for the template, filled in, in the encoded address. Where parameters choose the endpoint, or the
        # path has encoded characters, it does not find it, and the list is its own definition.
        is_found = not template.query_part and quote(path) == path
        return self.whole.with_path(META + template.meta_text) if is_found else self.whole

    @property
    def with_all_metadata(self) -> RequestUrl:
        return self.url.with_parameters(_metadata="all")

    def view(self, name: str) -> RequestUrl:
        page = {"_page": self._facts.request.page} if self._facts.is_list else {}
        return self.url.with_parameters(**page, _view=name)

    def format(self, name: str) -> RequestUrl:
        return self.url.in_format(name, by_suffix=self._facts.api.negotiates_by_suffix)


def page_metadata(facts: Facts) -> Graph:
    """All that is said of a page, in its own default and in the groups and blocks that the request asks for."""
    links = Links(facts)
    page = _iri(links.url)
    groups = facts.request.metadata | _injected_groups(facts.formatter)
    extra: list[Triple] = []
    if "versions" in groups:
        extra += _versions(facts, links, page)
    if "formats" in groups:
        extra += _formats(facts, links, page)
    extra += _facets(facts, links, page)
    extra += _blocks(facts, page)
    default = [triple for triple in _default(facts, links, page) if triple.subject != page or _is_shown(facts, triple)]
    if groups & {"execution", "bindings"}:
        execution = BlankNode()
        extra += [Triple(page, API.wasResultOf, execution), Triple(execution, RDF.type, API.Execution)]
        if "execution" in groups:
            extra += _execution(facts, links, execution)
        if "bindings" in groups:
            extra += _variable_bindings(facts, execution)
            extra += _term_bindings(facts, execution, [*facts.view, *default, *extra])
    return Graph([*default, *extra])


def _injected_groups(formatter: FormatterDeclaration) -> frozenset[str]:
    """The groups that an HTML page has without being asked (``elda:metadataOptions``)."""
    if formatter.kind is not FormatterKind.HTML:
        return frozenset()
    option = formatter.options.get("metadataOptions")
    return frozenset(option.value.lower().split(",")) if isinstance(option, Literal) else frozenset(METADATA_GROUPS)


def _is_shown(facts: Facts, triple: Triple) -> bool:
    endpoint = facts.endpoint
    if not endpoint.disables_default_metadata or triple.predicate in ESSENTIAL | endpoint.kept_default_metadata:
        return True
    return triple.object == API.Page and facts.formatter.kind in TYPED_FORMATS


def _default(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    yield Triple(page, RDF.type, API.Page)
    yield Triple(page, API.definition, _iri(links.definition))
    yield Triple(page, API.extendedMetadataVersion, _iri(links.with_all_metadata))
    yield from (_list_metadata if facts.is_list else _item_metadata)(facts, links, page)
    yield from _attached(facts, page)


def _list_metadata(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    request, whole = facts.request, _iri(links.whole)
    yield Triple(page, API.page, _long(request.page))
    yield Triple(page, OPENSEARCH.itemsPerPage, _long(request.page_size))
    yield Triple(page, OPENSEARCH.startIndex, _long(request.page * request.page_size + 1))
    if facts.total is not None:
        yield Triple(page, OPENSEARCH.totalResults, Literal(str(facts.total), datatype=XSD.int))
    for relation, url in ((XHV.first, links.first), (XHV.prev, links.previous), (XHV.next, links.next)):
        if url:
            yield Triple(page, relation, _iri(url))
    if facts.is_partial:
        yield Triple(page, RDFS.comment, Literal(PARTIAL_SEARCH, language="en"))
    yield from _rdf_list(page, API.items, facts.items)
    yield Triple(page, DCT.isPartOf, whole)
    yield Triple(whole, DCT.hasPart, page)
    yield Triple(whole, API.definition, _iri(links.definition))
    yield Triple(whole, RDF.type, API.ListEndpoint)


def _item_metadata(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    yield Triple(page, RDF.type, API.ItemEndpoint)
    for item in facts.items:
        yield Triple(page, FOAF.primaryTopic, item)
        if text_of(facts.request.bindings.get("_suppress_ipto", Literal(""))) != "yes":
            yield Triple(item, FOAF.isPrimaryTopicOf, page)


def _attached(facts: Facts, page: NamedNode) -> Iterator[Triple]:
    """Licences and notices, each with what the configuration tells of it (D59)."""
    for relation, resources in ((DCT.license, facts.licences), (ELDA.notice, facts.endpoint.notices)):
        for resource in resources:
            yield Triple(page, relation, resource)
        yield from reachable(facts.api.graph, resources)
    yield from facts.descriptions


def _blocks(facts: Facts, page: NamedNode) -> Iterator[Triple]:
    for block in facts.endpoint.metadata_blocks.values():
        if block.shown_by_default or block.name in facts.request.metadata:
            yield from (Triple(page, predicate, value) for predicate, value in _statements(block, facts.request.bindings))


def _statements(block: MetadataBlock, bindings: Bindings) -> Iterator[tuple[NamedNode, Term]]:
    for predicate, value in block.statements:
        if not isinstance(value, Literal) or value.language:
            yield predicate, value
        elif value.datatype == RDFS.Resource:
            yield predicate, _resource(expand(value.value, bindings))
        else:
            yield predicate, Literal(expand(value.value, bindings), datatype=value.datatype)


def _resource(text: str) -> Term:
    """The IRI that a text with its variables filled in is; or the text, if it has become none."""
    try:
        return NamedNode(quote_iri(text))
    except ValueError:
        return Literal(text)


def _versions(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    for name, viewer in facts.endpoint.viewers.items():
        if name != "default":
            version = _iri(links.view(name))
            yield Triple(page, DCT.hasVersion, version)
            yield Triple(version, DCT.isVersionOf, page)
            yield Triple(version, RDFS.label, Literal(name))
            yield Triple(version, ELDA.viewName, Literal(name))
            yield from (Triple(version, API.properties, Literal(path.text)) for path in viewer.paths)


def _formats(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    for name, formatter in facts.endpoint.formatters.items():
        if formatter.is_advertised and not name.startswith("_"):
            other, media_type = _iri(links.format(name)), BlankNode()
            if name == facts.formatter.name:
                other = page
            yield Triple(page, DCT.hasFormat, other)
            yield Triple(other, DCT.isFormatOf, page)
            yield Triple(other, RDFS.label, Literal(name))
            yield Triple(other, DCT["format"], media_type)
            yield Triple(media_type, RDFS.label, Literal(formatter.media_types[0].partition(";")[0].strip()))


def _facets(facts: Facts, links: Links, page: NamedNode) -> Iterator[Triple]:
    """What the list can be narrowed by, where the request asks for that."""
    if not facts.facets:
        return
    facets = [BlankNode() for _ in facts.facets]
    yield from _rdf_list(page, PQLOD.facets, facets)
    for node, facet in zip(facets, facts.facets, strict=True):
        yield Triple(node, API.name, Literal(facet.name))
        yield Triple(node, RDFS.label, Literal(facet.label))
        yield Triple(node, PQLOD.others, _long(facet.others))
        yield Triple(node, PQLOD.without, _long(facet.without))
        yield Triple(node, PQLOD.isComplete, _boolean(facet.is_complete))
        choices = [BlankNode() for _ in facet.values]
        yield from _rdf_list(node, PQLOD.choices, choices)
        for choice, value in zip(choices, facet.values, strict=True):
            yield Triple(choice, RDFS.label, Literal(value.label))
            yield Triple(choice, PQLOD.count, _long(value.count))
            yield Triple(choice, PQLOD.isChosen, _boolean(value.is_chosen))
            yield Triple(choice, PQLOD.list, _iri(facet.chosen(links.url, value)))


def _variable_bindings(facts: Facts, execution: BlankNode) -> Iterator[Triple]:
    for name, text in sorted(_variables(facts).items()):
        node = BlankNode()
        yield Triple(execution, API.variableBinding, node)
        yield Triple(node, API.label, Literal(name))
        yield Triple(node, API.value, Literal(text))


def _variables(facts: Facts) -> Mapping[str, str]:
    """The variables of the request, and those that Elda has for style sheets."""
    root = urlsplit(facts.request.url.root)
    own = dict.fromkeys(("_APP", "_metadata", "_page", "_properties", "_view"), "")
    own |= {"_HOST": root.netloc, "_rootPath": root.path, "_suffix": facts.formatter.name}
    own["_selectedView"] = facts.request.viewer.name
    return own | {name: text_of(term) for name, term in facts.request.bindings.items()}


def _term_bindings(facts: Facts, execution: BlankNode, triples: Iterable[Triple]) -> Iterator[Triple]:
    """The names of properties, and of the declared things that are mentioned."""
    vocabulary = facts.api.vocabulary
    terms = {term: None for triple in triples for term in triple if isinstance(term, NamedNode)}
    predicates = {triple.predicate for triple in (*facts.view, *triples)}
    named = [term for term in terms if term in predicates or vocabulary.shortname(term)]
    names = vocabulary.name_terms(named, facts.formatter.shortname_mode)
    for term in sorted(named, key=lambda term: term.value):
        node = BlankNode()
        yield Triple(execution, API.termBinding, node)
        yield Triple(node, API.label, Literal(names[term]))
        yield Triple(node, API.property, term)


def _execution(facts: Facts, links: Links, execution: BlankNode) -> Iterator[Triple]:
    endpoint = BlankNode()
    yield from _processor(execution)
    yield Triple(endpoint, RDF.type, SERVICE.Service)
    address = _public_address(facts, links)
    if address:
        yield Triple(endpoint, API.sparqlEndpoint, address)
        yield Triple(endpoint, SERVICE.url, address)
    if facts.selection_plan:
        yield Triple(execution, PQLOD.plan, Literal(facts.selection_plan))
    texts = {API.selectionResult: facts.selection_query(), API.viewingResult: facts.view_query()}
    for relation, text in texts.items():
        if text:
            result, query = BlankNode(), BlankNode()
            yield Triple(execution, relation, result)
            yield Triple(result, RDF.type, SPARQL.QueryResult)
            yield Triple(result, SPARQL.query, query)
            yield Triple(query, RDF.value, Literal(text))
            yield Triple(result, SPARQL.endpoint, endpoint)


def _processor(execution: BlankNode) -> Iterator[Triple]:
    processor, project, software = BlankNode(), BlankNode(), PQLOD[f"pqlod_{__version__}"]
    yield Triple(execution, API.processor, processor)
    yield Triple(processor, RDF.type, API.Service)
    yield Triple(processor, OPMV.software, software)
    yield Triple(software, RDF.type, DOAP.Version)
    yield Triple(software, RDFS.label, Literal(f"pqlod {__version__}"))
    yield Triple(software, DOAP.revision, Literal(__version__))
    yield Triple(software, DOAP.releaseOf, project)
    yield Triple(project, RDFS.label, Literal("pqlod"))
    yield Triple(project, DOAP["programming-language"], Literal("Python"))
    yield Triple(project, DOAP.implements, NamedNode(LDA_SPECIFICATION))


def _public_address(facts: Facts, links: Links) -> NamedNode | None:
    """Where the query can be asked again; files of this machine are not told of (D68)."""
    source = facts.api.source
    if source.iri == PQLOD.store:
        return NamedNode(f"{links.url.root}/sparql")
    return source.iri if source.iri.value.startswith(("http:", "https:")) else None


def _rdf_list(subject: Resource, predicate: NamedNode, members: Sequence[Resource]) -> Iterator[Triple]:
    cells = [BlankNode() for _ in members]
    yield Triple(subject, predicate, cells[0] if cells else RDF.nil)
    rests: list[Resource] = [*cells[1:], RDF.nil]
    for cell, member, rest in zip(cells, members, rests, strict=False):
        yield Triple(cell, RDF.first, member)
        yield Triple(cell, RDF.rest, rest)


def _iri(url: RequestUrl) -> NamedNode:
    return NamedNode(str(url))


def _boolean(value: bool) -> Literal:
    return Literal(str(value).lower(), datatype=XSD.boolean)


def _long(number: int) -> Literal:
    return Literal(str(number), datatype=XSD.long)
