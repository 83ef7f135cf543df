"""A Linked Data API once its configuration is read: endpoints, selectors, viewers, all of them frozen.

Inheritance is resolved by the reader (``lda/config.py``): an endpoint holds all that applies to it, its API's
viewers, formatters, variables and defaults included, so that no later stage asks the API for a default.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from pqlod.lda.naming import ShortnameMode as ShortnameMode
from pqlod.lda.paths import PropertyPath
from pqlod.lda.templates import UriTemplate
from pqlod.lda.vocabulary import Vocabulary
from pqlod.rdf import Graph, NamedNode, Resource, Term
from pqlod.store.query import Query

NOTHING: Mapping[str, str] = MappingProxyType({})


class ViewKind(Enum):
    """How a viewer gets the triples of its items."""

    CHAINS = "chains"
    DESCRIBE = "description"
    LABELLED_DESCRIBE = "labelled description"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Viewer:
    """Which triples of an item are shown (``api:Viewer``).

    ``paths`` are shown by chain viewers, and in addition by describing ones; ``label_properties`` are what a
    labelled description fetches of every resource that it mentions.
    """

    name: str
    kind: ViewKind
    paths: tuple[PropertyPath, ...] = ()
    template: str = ""
    label_properties: tuple[NamedNode, ...] = ()
    iri: NamedNode | None = None


PER = "/"  # in the name of a chart: medians of the one facet for each choice of the other


@dataclass(frozen=True)
class ListOrder:
    """An order that pages of a list offer to people (``pqlod:orders``): its name, and its keys as in ``_sort``."""

    label: str
    sort: str


class FacetKind(Enum):
    """By what a facet groups the items of a list (``pqlod:by``)."""

    VALUE = "Value"
    YEAR = "Year"
    MONTH = "Month"
    STEP = "Step"
    EXISTENCE = "Existence"


@dataclass(frozen=True)
class FacetDeclaration:
    """What a list can be narrowed by (``pqlod:facets``). ``steps`` are the numbers at which the steps of a STEP begin."""

    path: PropertyPath
    label: str
    kind: FacetKind = FacetKind.VALUE
    steps: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Of the facets of one list no other has it."""
        return self.path.text if self.kind is FacetKind.VALUE else f"{self.path.text}-{self.kind.value.lower()}"


@dataclass(frozen=True)
class Selector:
    """Which items a list has, in what order (``api:Selector``), its parents' clauses included.

    ``filters`` are the pieces of ``api:filter``: parameter name and value, percent-decoded, which may hold
    ``{variables}``. ``where``, ``select`` and ``order_by`` are SPARQL text of the configuration, in which a
    ``?name`` that is a declared variable or a template variable stands for its value. ``facets`` are what its items
    can be narrowed by. ``query`` is a file of queries/api/ (``pqlod:query``): a SELECT of ?item whose parameters are
    bound from the request. ``card_viewer`` and ``orders`` are for people: what their pages show of the items where no
    view is asked for, and what they may be sorted by.
    """

    types: tuple[NamedNode, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    where: tuple[str, ...] = ()
    select: str = ""
    sort: str = ""
    order_by: str = ""
    query: Query | None = None
    facets: tuple[FacetDeclaration, ...] = ()
    card_viewer: Viewer | None = None
    orders: tuple[ListOrder, ...] = ()

    @property
    def charts(self) -> tuple[str, ...]:
        """What can be drawn: its facets, and the medians of those in steps for each choice of those by values."""
        steps = [facet.name for facet in self.facets if facet.kind is FacetKind.STEP]
        values = [facet.name for facet in self.facets if facet.kind is FacetKind.VALUE]
        return (*(facet.name for facet in self.facets), *(f"{of}{PER}{by}" for of in steps for by in values))


class FormatterKind(Enum):
    """Which of pqlod's formatters writes what a configuration's formatter declares."""

    JSON = "json"
    XML = "xml"
    TURTLE = "ttl"
    RDF_XML = "rdf"
    NTRIPLES = "nt"
    JSON_LD = "jsonld"
    CSV = "csv"
    TSV = "tsv"
    HTML = "html"
    ATOM = "atom"
    GEOJSON = "geojson"


@dataclass(frozen=True)
class FormatterDeclaration:
    """A format on offer (``api:Formatter``): its suffix, the media types it answers, the first of them sent.

    ``options`` are by the local name of their property (``jsonUsesISOdate``, ``feedTitle``); RDF lists are
    tuples of terms. A format that is not advertised is read in requests but not written in links: another
    spelling of a name.
    """

    name: str
    kind: FormatterKind
    media_types: tuple[str, ...]
    shortname_mode: ShortnameMode = ShortnameMode.PREFER_LOCALNAMES
    options: Mapping[str, Term | tuple[Term, ...]] = field(default_factory=lambda: MappingProxyType({}))
    is_advertised: bool = True


@dataclass(frozen=True)
class Variable:
    """A binding that a configuration declares (``api:variable``).

    ``value`` is the term as written, whose text may hold other ``{variables}``, or None when only the type is
    declared; ``type`` is ``api:type``. A variable computed by a query (``elda:mapFrom``, ``elda:mapWith``)
    has ``argument`` and ``map``.
    """

    name: str
    value: Term | None = None
    type: NamedNode | None = None
    language: str = ""
    argument: str = ""
    map: "SparqlMap | None" = None


@dataclass(frozen=True)
class SparqlMap:
    """A query that computes a variable (``elda:SPARQLMap``)."""

    query: str
    input: str = "input"
    output: str = "result"


class Counting(Enum):
    """Whether a list tells its total (``elda:enableCounting``)."""

    NEVER = "false"
    OPTIONAL = "optional"
    ALWAYS = "true"


@dataclass(frozen=True)
class MetadataBlock:
    """Further statements about a page (``elda:metadata``), shown by default or when asked for by name."""

    name: str
    shown_by_default: bool
    statements: tuple[tuple[NamedNode, Term], ...]


@dataclass(frozen=True)
class Behaviour:
    """Where APIs differ by choice: pqlod's own settings (``pqlod:…``), each false or absent as Elda has it.

    strict_values: a filter value outside its property's range is a 400, not a list without items.
    whole_days: a day given for an instant means the whole day, an instant given for a day means its day.
    tolerant_parameters: ``page`` and ``pageSize`` are read as ``_page`` and ``_pageSize``, names without ``=``
    are ignored, view names match in any letter case.
    keep_generation: page links carry the generation, so that a walk over pages sees one state of the data.
    tie_break: the property that orders items whose sort keys are equal, before their IRIs.
    allow_fragments: SPARQL fragments in a request (_where, _select, _orderBy, _template) are accepted.
    gone: classes of items that are no more, each with what is said of them.
    """

    strict_values: bool = False
    whole_days: bool = False
    tolerant_parameters: bool = False
    keep_generation: bool = False
    tie_break: NamedNode | None = None
    allow_fragments: bool = True
    gone: Mapping[NamedNode, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class TextSearch:
    """How ``_search`` is written for an endpoint of another kind (``elda:textQueryProperty`` and its siblings)."""

    query_property: NamedNode
    content_property: NamedNode
    operand: tuple[Term, ...] = ()
    place_early: bool = True


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """What answers the URLs of one template: common to lists and items.

    ``viewers`` are by each name that ``_view`` may give. A key that is not the viewer's own name, such as
    ``default``, is another name of it, which pages do not advertise.
    """

    iri: NamedNode
    template: UriTemplate
    label: str = ""
    comment: str = ""
    examples: tuple[str, ...] = ()  # paths
    viewers: Mapping[str, Viewer]
    default_viewer: Viewer
    formatters: Mapping[str, FormatterDeclaration]
    default_formatter: FormatterDeclaration
    variables: Mapping[str, Variable]
    languages: tuple[str, ...] = ()
    graph_template: str = ""
    allowed_reserved: frozenset[str] = frozenset()
    purges_filter_values: bool = False
    encloses_describe: bool = False
    licences: tuple[Resource, ...] = ()
    licence_paths: tuple[PropertyPath, ...] = ()
    notices: tuple[Resource, ...] = ()
    metadata_blocks: Mapping[str, MetadataBlock] = field(default_factory=lambda: MappingProxyType({}))
    disables_default_metadata: bool = False
    kept_default_metadata: frozenset[NamedNode] = frozenset()
    expires_after: int | None = None  # seconds
    text_search: TextSearch | None = None  # None: pqlod's own index
    behaviour: Behaviour = Behaviour()


@dataclass(frozen=True, kw_only=True)
class ListEndpoint(Endpoint):
    """A list of items, in pages (``api:ListEndpoint``)."""

    selector: Selector
    default_page_size: int = 10
    max_page_size: int = 250
    counting: Counting = Counting.NEVER


@dataclass(frozen=True, kw_only=True)
class ItemEndpoint(Endpoint):
    """One item (``api:ItemEndpoint``), named by a template of its IRI or found by a selector: one of the two is there."""

    item_template: UriTemplate | None = None
    selector: Selector | None = None


def selector_of(endpoint: Endpoint) -> Selector:
    """What selects the items of an endpoint; where a template names the item, a selector that says nothing."""
    return (endpoint.selector if isinstance(endpoint, ListEndpoint | ItemEndpoint) else None) or Selector()


@dataclass(frozen=True)
class Panel:
    """A list of the API on the page of an item (``pqlod:panels``): its first items, and charts of what it has.

    ``address`` is that of the list, whose path and values may hold property paths of the item in braces, and ``{item}``, its
    IRI. ``charts`` are names of facets of the list. A template finds a panel by its ``name``; those without come last.
    """

    label: str
    address: UriTemplate
    size: int = 5
    charts: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True)
class PageDeclaration:
    """How the items of some classes are shown to people (``pqlod:page``).

    ``template`` names the templates of their page and card, or is empty. ``neighbours`` is the list in which an item has one
    before and one after it.
    """

    classes: tuple[NamedNode, ...]
    template: str = ""
    panels: tuple[Panel, ...] = ()
    neighbours: UriTemplate | None = None


@dataclass(frozen=True)
class MenuEntry:
    """An entry of the menu of every page (``pqlod:menu``): its address is a path from the root of the service, or a whole one."""

    label: str
    address: str


@dataclass(frozen=True)
class Rewrite:
    """IRIs of results that start with ``start`` start with ``replacement`` instead (``elda:rewriteResultURIs``)."""

    start: str
    replacement: str


@dataclass(frozen=True)
class Source:
    """Where an API's data is: ``pqlod:store`` is the embedded store, ``local:`` files, ``http:`` an endpoint.

    ``files`` are absolute paths of a ``local:`` source.
    """

    iri: NamedNode
    files: tuple[str, ...] = ()
    auth_key: str = ""


@dataclass(frozen=True, kw_only=True)
class Api:
    """One API of a configuration (``api:API``). ``graph`` is the configuration itself, for descriptions and licences."""

    iri: NamedNode
    label: str
    comment: str
    base: str  # what generated URLs start with, or "": the address that was asked
    prefix: str = ""  # the mount with elda:uriTemplatePrefix; the endpoints' templates start with it
    source: Source
    view_sources: tuple[Source, ...] = ()  # asked for views too
    endpoints: tuple[Endpoint, ...] = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    negotiates_by_suffix: bool = True
    honours_forwarded: bool = True  # X-Forwarded-Host and its siblings are believed
    rewrites: tuple[Rewrite, ...] = ()
    text_index: tuple[PropertyPath, ...] = ()  # the texts that _search looks in; none: every text
    titles: tuple[PropertyPath, ...] = ()  # whose first text is what people call an item, before its labels
    untitled: re.Pattern[str] | None = None  # the beginning of texts that is left out of titles
    pages: tuple[PageDeclaration, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    search: str = ""  # the path of the list that the search above every page asks
    home: tuple[Panel, ...] = ()  # what the first page shows of the lists
    graph: Graph = field(repr=False)

    def page_of(self, classes: Collection[Term]) -> PageDeclaration | None:
        """How something of these classes is shown to people; None where the configuration does not say it."""
        return next((page for page in self.pages if not set(page.classes).isdisjoint(classes)), None)
