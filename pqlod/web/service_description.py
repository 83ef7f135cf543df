"""What the SPARQL service says of itself (SPARQL 1.1 Service Description): its formats, limits and graphs."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from pyoxigraph import QueryResultsFormat, RdfFormat

from pqlod.formatters.solutions import FORMATS, PAGE
from pqlod.rdf import PQLOD, RDF, XSD, BlankNode, Graph, Literal, NamedNode, Namespace, Term, Triple
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query
from pqlod.store.screening import Limits
from pqlod.web.once import OncePerVersion

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
GEOF = Namespace("http://www.opengis.net/def/function/geosparql/")
PREFIXES = {"sd": SD.iri, "void": VOID.iri, "pqlod": PQLOD.iri, "xsd": XSD.iri, "geof": GEOF.iri}

COUNT_DEFAULT = Query("SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }", "triples in the default graph")
COUNT_NAMED = Query(
    "SELECT ?graph (COUNT(*) AS ?triples) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph", "triples in each graph"
)
NAMES = Query("SELECT ?graph WHERE { GRAPH ?graph {} }", "named graphs")
DATASET = BlankNode("dataset")
LIMITS = tuple(field.name for field in fields(Limits) if field.name != "calls")
MOST_GRAPHS = 1000  # that are listed

# What Oxigraph can do beyond SPARQL 1.1: a graph without triples is one, casts to other datatypes, GeoSPARQL.
FEATURES = (SD.EmptyGraphs,)
CASTS = "date time duration yearMonthDuration dayTimeDuration gYear gYearMonth gMonth gMonthDay gDay"
GEOMETRY = (
    "area asGeoJSON centroid convexHull coordinateDimension difference dimension distance envelope getSRID intersection isEmpty "
    "isSimple length perimeter relate spatialDimension symDifference union "
    "ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet ehOverlap "
    "rcc8dc rcc8ec rcc8eq rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi "
    "sfContains sfCrosses sfDisjoint sfEquals sfIntersects sfOverlaps sfTouches sfWithin"
)
FUNCTIONS = (*(XSD[name] for name in CASTS.split()), *(GEOF[name] for name in GEOMETRY.split()))


@dataclass(frozen=True)
class Census:
    """How many triples the default graph and each named graph have; None as long as they are being counted."""

    default: int | None
    named: tuple[tuple[NamedNode, int | None], ...]


def census(dataset: Dataset, counted: OncePerVersion[Census]) -> Census:
    """The dataset's graphs, counted, or as long as they are being counted (many millions take half a minute), named."""
    found = counted.get(dataset.version, lambda: count(dataset))
    return found or Census(None, tuple((name, None) for name in names(dataset)))


def names(dataset: Dataset) -> list[NamedNode]:
    """The dataset's named graphs, in alphabetical order."""
    found = dataset.select(NAMES).values("graph")
    return sorted((name for name in found if isinstance(name, NamedNode)), key=str)


def count(dataset: Dataset) -> Census:
    """The dataset's graphs, counted now."""
    (default,) = _counts(dataset, COUNT_DEFAULT).values()
    named = _counts(dataset, COUNT_NAMED)
    return Census(default, tuple((name, named.get(name, 0)) for name in names(dataset)))


def _counts(dataset: Dataset, query: Query) -> dict[Term | None, int]:
    rows = dataset.select(query).rows
    return {row.get("graph"): int(row["triples"].value) for row in rows}  # type: ignore[union-attr]  # a count is a literal


def service_description(endpoint: str, limits: Limits, census: Census, update_endpoint: str = "") -> Graph:
    """The description of the service at this address, and of that for updates where there is one."""
    return Graph([*_statements(NamedNode(endpoint), limits, census), *_update_statements(update_endpoint)])


def _statements(endpoint: NamedNode, limits: Limits, census: Census) -> Iterator[Triple]:
    yield Triple(endpoint, RDF.type, SD.Service)
    yield Triple(endpoint, SD.endpoint, endpoint)
    yield Triple(endpoint, SD.supportedLanguage, SD.SPARQL11Query)
    yield from (Triple(endpoint, SD.resultFormat, NamedNode(iri)) for iri in dict.fromkeys(_format_iris()))
    yield from (Triple(endpoint, PQLOD[f"limit-{name}"], _limit(limits, name)) for name in LIMITS)
    yield from (Triple(endpoint, SD.feature, feature) for feature in FEATURES)
    yield from _functions(endpoint)
    yield from _calls(endpoint, limits)
    yield from _dataset(endpoint, census)


def _update_statements(endpoint: str) -> Iterator[Triple]:
    if endpoint:
        service = NamedNode(endpoint)
        yield Triple(service, RDF.type, SD.Service)
        yield Triple(service, SD.endpoint, service)
        yield Triple(service, SD.supportedLanguage, SD.SPARQL11Update)
        yield Triple(service, SD.defaultDataset, DATASET)


def _format_iris() -> Iterator[str]:
    for kind, formats in FORMATS.items():
        known = RdfFormat if kind == "graph" else QueryResultsFormat
        for each in formats:
            if each is not PAGE and (described := known.from_media_type(each.media_types[0])):
                yield described.iri


def _functions(endpoint: NamedNode) -> Iterator[Triple]:
    for function in FUNCTIONS:
        yield Triple(endpoint, SD.extensionFunction, function)
        yield Triple(function, RDF.type, SD.Function)


def _calls(endpoint: NamedNode, limits: Limits) -> Iterator[Triple]:
    """Which addresses SERVICE may call, if any."""
    if limits.calls:
        yield Triple(endpoint, SD.feature, SD.BasicFederatedQuery)
        yield from (Triple(endpoint, PQLOD.calls, NamedNode(iri)) for iri in sorted(limits.calls))


def _limit(limits: Limits, name: str) -> Literal:
    return Literal(getattr(limits, name))


def _dataset(endpoint: NamedNode, census: Census) -> Iterator[Triple]:
    dataset, default = DATASET, BlankNode("default")
    yield Triple(endpoint, SD.defaultDataset, dataset)
    yield Triple(dataset, RDF.type, SD.Dataset)
    yield Triple(dataset, SD.defaultGraph, default)
    yield Triple(default, RDF.type, SD.Graph)
    if census.default is not None:
        yield Triple(default, VOID.triples, Literal(census.default))
    for number, (name, triples) in enumerate(census.named[:MOST_GRAPHS], 1):
        entry, graph = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(dataset, SD.namedGraph, entry)
        yield Triple(entry, RDF.type, SD.NamedGraph)
        yield Triple(entry, SD.name, name)
        yield Triple(entry, SD.graph, graph)
        yield Triple(graph, RDF.type, SD.Graph)
        if triples is not None:
            yield Triple(graph, VOID.triples, Literal(triples))
