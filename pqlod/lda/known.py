"""The properties that each kind of resource of a configuration may have, and who has one that is unknown."""

from collections.abc import Iterable, Mapping
from itertools import chain

from pqlod.errors import near
from pqlod.lda.reading import Report, list_members, show
from pqlod.rdf import API, ELDA, PQLOD, RDF, BlankNode, Graph, NamedNode, Term

_NAMESPACES = {"api": API, "elda": ELDA, "pqlod": PQLOD}


def _terms(names: str) -> frozenset[NamedNode]:
    return frozenset(_NAMESPACES[prefix][local] for prefix, _, local in (name.partition(":") for name in names.split()))


BOTH = """
    api:viewer api:defaultViewer api:formatter api:defaultFormatter api:variable api:lang api:defaultPageSize api:maxPageSize
    elda:enableCounting elda:cacheExpiryTime elda:purgeFilterValues elda:graphTemplate elda:allowReserved elda:encloseDescribe
    elda:license elda:notice elda:metadata elda:disable-default-metadata elda:enable-default-metadata
    elda:textQueryProperty elda:textContentProperty elda:textSearchOperand elda:textPlaceEarly
    pqlod:strictValues pqlod:wholeDays pqlod:tolerantParameters pqlod:keepGeneration pqlod:tieBreak pqlod:allowFragments
    pqlod:defaultViewName pqlod:gone
"""

# The properties of the vocabularies api:, elda: and pqlod: that are understood; docs/configuration.md explains each.
UNDERSTOOD: Mapping[str, frozenset[NamedNode]] = {
    "API": _terms(
        BOTH
        + """api:sparqlEndpoint api:endpoint api:base api:vocabulary api:prefixMapping api:contentNegotiation
        elda:uriTemplatePrefix elda:allowSyntaxProperties elda:rewriteResultURIs elda:enhanceViewWith
        elda:enableForwardHeaders pqlod:textIndex pqlod:titles pqlod:untitled pqlod:page pqlod:menu pqlod:search pqlod:home"""
    ),
    "endpoint": _terms(BOTH + "api:uriTemplate api:itemTemplate api:selector api:exampleRequestPath"),
    "selector": _terms(
        """api:parent api:type api:filter api:where api:orderBy api:sort api:select pqlod:query pqlod:facets pqlod:cardViewer
        pqlod:orders"""
    ),
    "order": _terms("api:sort"),
    "facet": _terms("pqlod:property pqlod:by pqlod:steps"),
    "viewer": _terms("api:name api:property api:properties api:include api:template elda:describeAllLabel"),
    "formatter": _terms(
        """api:name api:mimeType api:stylesheet elda:className elda:shortnameMode elda:jsonUsesISOdate elda:metadataOptions
        elda:velocityTemplate elda:allLiteralsStructured elda:checkJSONLDRoundTrip elda:feedTitle elda:feedNamespace
        elda:feedRights elda:feedAuthors elda:feedAuthorProperties elda:feedLabelProperties elda:feedDateProperties
        elda:feedRightsProperties"""
    ),
    "variable": _terms("api:name api:value api:type api:lang"),
    "computed value": _terms("elda:mapFrom elda:mapWith"),
    "SPARQL map": _terms("elda:mapQuery elda:mapIn elda:mapOut elda:mapName"),
    "prefix mapping": _terms("api:prefix api:namespace"),
    "rewriting rule": _terms("elda:ifStarts elda:replaceStartBy"),
    "source": _terms(
        """api:sparqlEndpoint elda:authKey elda:textQueryProperty elda:textContentProperty elda:textSearchOperand
        elda:textPlaceEarly"""
    ),
    "page": _terms("pqlod:of pqlod:template pqlod:panels pqlod:neighbours"),
    "panel": _terms("api:name pqlod:list pqlod:size pqlod:charts"),
    "menu entry": _terms("pqlod:list pqlod:address"),
    "declaration": _terms(
        "api:label api:multiValued api:structured elda:cacheExpiryTime pqlod:printedDatatype pqlod:daysBetween"
    ),
}

# Known to Elda, and without effect here: obsolete, written by Elda itself, or always done (ETags).
INERT = _terms(
    """elda:enableETags elda:cachePolicyName elda:wantsContext elda:describeThreshold elda:supportsNestedSelect
    elda:authFile elda:authAllowInsecure elda:element elda:construct elda:match elda:loadedFrom elda:viewName elda:sparqlQuery
    elda:listURL elda:includesFragment elda:sparqlMap elda:metaURL"""
)

CLASSES: Mapping[NamedNode, str] = {
    API.API: "API",
    API.ListEndpoint: "endpoint",
    API.ItemEndpoint: "endpoint",
    API.Endpoint: "endpoint",
    API.Selector: "selector",
    API.Viewer: "viewer",
    ELDA.SPARQLMap: "SPARQL map",
} | dict.fromkeys(
    [
        API.Formatter, API.RdfXmlFormatter, API.TurtleFormatter, API.JsonFormatter, API.XmlFormatter, API.XsltFormatter,
        API.CsvFormatter, API.HtmlFormatter, ELDA.VelocityFormatter, ELDA.FeedFormatter,
    ],
    "formatter",
)  # fmt: skip

# What the value of a property is, or each of the values that it lists.
ROLES: Mapping[NamedNode, str] = {
    API.endpoint: "endpoint",
    API.selector: "selector",
    API.parent: "selector",
    API.viewer: "viewer",
    API.defaultViewer: "viewer",
    API.include: "viewer",
    API.formatter: "formatter",
    API.defaultFormatter: "formatter",
    API.variable: "variable",
    API.value: "computed value",
    ELDA.mapWith: "SPARQL map",
    PQLOD.facets: "facet",
    API.prefixMapping: "prefix mapping",
    ELDA.rewriteResultURIs: "rewriting rule",
    API.sparqlEndpoint: "source",
    ELDA.enhanceViewWith: "source",
    PQLOD.page: "page",
    PQLOD.panels: "panel",
    PQLOD.home: "panel",
    PQLOD.menu: "menu entry",
    PQLOD.cardViewer: "viewer",
    PQLOD.orders: "order",
}

_ALL = frozenset().union(*UNDERSTOOD.values())


def kinds_of_resources(graph: Graph) -> Mapping[Term, frozenset[str]]:
    """What kinds of thing each resource of a configuration is, by its classes and by what leads to it."""
    kinds: dict[Term, set[str]] = {}
    for subject, prop, value in graph:
        if prop == RDF.type and value in CLASSES:
            kinds.setdefault(subject, set()).add(CLASSES[value])
        elif prop in ROLES:
            for each in list_members(graph, value) if graph.values(value, RDF.first) else (value,):
                kinds.setdefault(each, set()).add(ROLES[prop])
    return {term: frozenset(found) for term, found in kinds.items()}


def check_properties(graph: Graph, prefixes: Mapping[str, str], report: Report) -> None:
    """Notes each property of the vocabularies api:, elda: and pqlod: that is unknown, or that its resource cannot have."""
    kinds = kinds_of_resources(graph)
    blocks = {value for _, prop, value in graph if prop == ELDA.metadata}  # their properties are statements about a page
    for subject in graph.subjects():
        if subject in blocks:
            continue
        mine = kinds.get(subject, frozenset()) | {"declaration"}
        allowed = frozenset().union(*(UNDERSTOOD[kind] for kind in mine)) | INERT
        place = _place(subject, mine, prefixes)
        for prop in graph.properties(subject):
            if _is_ours(prop) and prop not in allowed:
                report.note(place, prop, _problem(prop, mine))


def _is_ours(prop: NamedNode) -> bool:
    return any(prop in namespace for namespace in _NAMESPACES.values())


def _problem(prop: NamedNode, mine: Iterable[str]) -> str:
    owners = sorted(kind for kind, properties in UNDERSTOOD.items() if prop in properties)
    if owners:
        return f"This is a property of {' and '.join(map(_article, owners))}, not of {_article(_name(mine))}."
    names = {show(known, _SHORT): known for known in _ALL}
    hint = near(show(prop, _SHORT), names)
    return "Unknown property." + (f" Did you mean {' or '.join(hint)}?" if hint else "")


_SHORT = {prefix: namespace.iri for prefix, namespace in _NAMESPACES.items()}


def _place(subject: Term, kinds: Iterable[str], prefixes: Mapping[str, str]) -> str:
    return f"a {_name(kinds)}" if isinstance(subject, BlankNode) else show(subject, prefixes)


def _name(kinds: Iterable[str]) -> str:
    return next(chain(sorted(set(kinds) - {"declaration"}), ["declaration"]))


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "Ae" else f"a {kind}"
