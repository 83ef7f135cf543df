"""Reads what a configuration and its vocabularies declare of properties, classes and names: a Vocabulary."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from pqlod.errors import BadParameter
from pqlod.lda.known import kinds_of_resources
from pqlod.lda.naming import is_legal_name, prefixed_name, prefixes_by_namespace
from pqlod.lda.paths import Steps, parse_path
from pqlod.lda.reading import Node, Report, show
from pqlod.lda.vocabulary import BUILT_IN_DATATYPES, PLAIN_RANGES, SIMPLE_RANGE, Property, Vocabulary
from pqlod.rdf import (
    API,
    DCT,
    ELDA,
    FOAF,
    OPENSEARCH,
    OWL,
    PQLOD,
    RDF,
    RDFS,
    XHV,
    XSD,
    Graph,
    Literal,
    NamedNode,
    Namespace,
    Term,
    local_name,
)  # fmt: skip

_DOAP = Namespace("http://usefulinc.com/ns/doap#")
_OPMV = Namespace("http://purl.org/net/opmv/types/common#")
_SPARQL = Namespace("http://purl.org/net/opmv/types/sparql#")
_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

# Names that are there without a declaration; a configuration that labels something else so takes the name away.
BUILT_IN_NAMES: Mapping[Namespace, str] = {
    RDF: "type value",
    RDFS: "label comment",
    XSD: "integer decimal string boolean int short byte long double date time",
    API: """definition extendedMetadataVersion items item result page processor property selectionResult termBinding
            variableBinding viewingResult wasResultOf""",
    DCT: "format hasFormat hasPart hasVersion isFormatOf isPartOf isVersionOf",
    ELDA: "listURL sparqlQuery",
    FOAF: "isPrimaryTopicOf primaryTopic",
    OPENSEARCH: "itemsPerPage startIndex",
    XHV: "first next prev",
    _SPARQL: "endpoint query",
    _SD: "url",
    _OPMV: "software",
    _DOAP: """implements releaseOf homepage repository browse location wiki revision bug-database
              programming-language""",
}
BUILT_INS: Mapping[NamedNode, str] = {
    namespace[name]: name.replace("-", "_") for namespace, names in BUILT_IN_NAMES.items() for name in names.split()
}
BUILT_IN_RANGES = {RDF.type: RDFS.Resource}

# In results these name api:items and its siblings, whatever else is labelled so; in requests they name nothing, or
# what is labelled so where elda:allowSyntaxProperties frees them.
SYNTAX_NAMES: Mapping[str, NamedNode] = {name: API[name] for name in ("result", "item", "items")}

DECLARING_CLASSES = frozenset({
    RDF.Property, OWL.DatatypeProperty, OWL.ObjectProperty, OWL.AnnotationProperty, API.Hidden, API.Multivalued,
    RDFS.Class, OWL.Class, RDFS.Datatype,
})  # fmt: skip
DECLARING_PROPERTIES = (API.label, RDFS.range, API.structured, API.multiValued, PQLOD.printedDatatype, PQLOD.daysBetween)


def read_vocabulary(
    configuration: Graph,
    vocabularies: Sequence[Graph],
    prefixes: Mapping[str, str],
    report: Report,
    *,
    frees_syntax_names: bool = False,
) -> Vocabulary:
    """The vocabulary of an API: the configuration's declarations go before those of its vocabularies, in their order."""
    union = Graph(triple for graph in (configuration, *vocabularies) for triple in graph)
    apparatus = frozenset(term for term, kinds in kinds_of_resources(union).items() if kinds != {"computed value"})
    tiers = [_declared(graph, apparatus, prefixes, report) for graph in (configuration, *vocabularies)]
    declared = {iri: Node(iri, show(iri, prefixes), union, prefixes, report) for tier in tiers for iri in tier}
    outputs = _outputs(tiers, prefixes, report)
    datatypes = frozenset(_datatypes(union))
    properties = {iri: _property(iri, node, datatypes) for iri, node in declared.items()}
    inputs = MappingProxyType(_inputs(outputs, declared, prefixes, frees_syntax_names))
    built_in = {iri: Property(iri, type_iri, is_resource=True) for iri, type_iri in BUILT_IN_RANGES.items()}
    said = Vocabulary(
        inputs, MappingProxyType(outputs), MappingProxyType(built_in | properties), MappingProxyType(dict(prefixes))
    )
    counted = {iri: replace(properties[iri], days_between=_days_between(node, said)) for iri, node in declared.items()}
    return replace(said, properties=MappingProxyType(built_in | counted))


def _declared(graph: Graph, apparatus: Collection[Term], prefixes: Mapping[str, str], report: Report) -> Mapping[NamedNode, str]:
    """The resources that a file declares, in the order of their IRIs, each with the name that its labels give it, or ""."""
    named = (subject for subject in graph.subjects() if isinstance(subject, NamedNode) and subject not in apparatus)
    nodes = {iri: Node(iri, show(iri, prefixes), graph, prefixes, report) for iri in sorted(named, key=lambda iri: iri.value)}
    labels = {iri: _label(node) for iri, node in nodes.items()}
    return {iri: label for iri, label in labels.items() if label or _is_declared(nodes[iri])}


def _label(node: Node) -> str:
    for name in node.texts(API.label):
        if not is_legal_name(name):
            node.note(API.label, f"{name!r} is no shortname, and is ignored. Expected: letters A-Z, digits and _.")
    legal = [
        [label.value for label in node.values(prop) if isinstance(label, Literal) and is_legal_name(label.value)]
        for prop in (API.label, RDFS.label)
    ]
    return min(legal[0] or legal[1], key=lambda name: (len(name), name), default="")


def _is_declared(node: Node) -> bool:
    return node.is_a(*DECLARING_CLASSES) or any(node.values(prop) for prop in DECLARING_PROPERTIES)


def _outputs(tiers: Iterable[Mapping[NamedNode, str]], prefixes: Mapping[str, str], report: Report) -> dict[NamedNode, str]:
    """The name of each declared or built-in term: of those with the same label the first declared has it."""
    names: dict[NamedNode, str] = {}
    owners: dict[str, NamedNode] = {}
    labelled = [(iri, name) for tier in tiers for iri, name in tier.items()]
    for iri, name in labelled:
        if not name or iri in names:
            continue
        if owners.setdefault(name, iri) == iri:
            names[iri] = name
        else:
            problem = f"{name!r} is the name of {show(owners[name], prefixes)} already. Expected: a name of its own."
            report.note(show(iri, prefixes), API.label, problem)
    for iri, name in BUILT_INS.items():
        if iri in SYNTAX_NAMES.values() or name not in owners:
            names.setdefault(iri, name)
    taken = set(names.values())
    for iri, _ in labelled:
        if iri not in names and (free := _free_name(iri, prefixes, taken)):
            names[iri] = free
            taken.add(free)
    return names


def _free_name(iri: NamedNode, prefixes: Mapping[str, str], taken: Collection[str]) -> str | None:
    return next((alias for alias in _aliases(iri, prefixes) if alias not in taken), None)


def _inputs(
    outputs: Mapping[NamedNode, str], declared: Iterable[NamedNode], prefixes: Mapping[str, str], frees_syntax_names: bool
) -> dict[str, NamedNode]:
    """The names that a request may use; what is declared has aliases too, where they are free."""
    reserved = frozenset[str]() if frees_syntax_names else SYNTAX_NAMES.keys()
    inputs: dict[str, NamedNode] = {}
    for iri, name in outputs.items():
        if iri not in SYNTAX_NAMES.values() and name not in reserved:
            inputs.setdefault(name, iri)
    for iri in declared:
        for alias in _aliases(iri, prefixes):
            if alias not in reserved:
                inputs.setdefault(alias, iri)
    return inputs


def _aliases(iri: NamedNode, prefixes: Mapping[str, str]) -> Iterable[str]:
    local, prefixed = local_name(iri.value), prefixed_name(iri.value, prefixes_by_namespace(prefixes))
    return (name for name in (local, prefixed) if name and is_legal_name(name))


def _datatypes(graph: Graph) -> Iterable[NamedNode]:
    for s, p, o in graph:
        if p == RDF.type and o == RDFS.Datatype and isinstance(s, NamedNode):
            yield s
        elif p == RDFS.range and isinstance(o, NamedNode) and OWL.DatatypeProperty in graph.values(s, RDF.type):
            yield o


def _property(iri: NamedNode, node: Node, datatypes: Collection[NamedNode]) -> Property:
    ranges = [value for value in node.values(RDFS.range) if isinstance(value, NamedNode)]
    type_iri = ranges[0] if ranges else BUILT_IN_RANGES.get(iri)
    is_text = type_iri is None or type_iri in PLAIN_RANGES or type_iri == SIMPLE_RANGE
    is_typed = type_iri in XSD or type_iri in BUILT_IN_DATATYPES or type_iri in datatypes
    return Property(
        iri,
        type_iri,
        is_resource=node.is_a(OWL.ObjectProperty) or not (is_text or is_typed),
        is_multivalued=node.is_a(API.Multivalued) or node.boolean(API.multiValued),
        is_structured=node.boolean(API.structured),
        is_hidden=node.is_a(API.Hidden),
        printed_datatype=node.iri(PQLOD.printedDatatype),
        expires_after=node.seconds(ELDA.cacheExpiryTime),
    )


def _days_between(node: Node, vocabulary: Vocabulary) -> tuple[Steps, Steps] | None:
    """The paths of ``pqlod:daysBetween``, by the names that the vocabulary has."""
    if not node.values(PQLOD.daysBetween):
        return None
    texts = [term.value for term in node.members(PQLOD.daysBetween) if isinstance(term, Literal)]
    try:
        start, end = (parse_path(text, vocabulary) for text in texts)
    except (BadParameter, ValueError) as error:
        problem = str(error) if isinstance(error, BadParameter) else "Expected: a list of two property paths."
        node.note(PQLOD.daysBetween, problem)
        return None
    for path in (start, end):
        if vocabulary.range_of(path.last) != XSD.date:
            node.note(PQLOD.daysBetween, f"{path.text!r} is not declared to have days. Expected: rdfs:range xsd:date.")
            return None
    return start.steps, end.steps
