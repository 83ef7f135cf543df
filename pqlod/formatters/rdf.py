"""Pages as RDF: Turtle, RDF/XML and N-Triples of all that a page says, the same bytes whenever that is the same."""

import re
from collections.abc import Iterator
from functools import partial

from pyoxigraph import RdfFormat, serialize

from pqlod.formatters.xml import legal_text
from pqlod.lda.pages import Page
from pqlod.rdf import (
    API,
    DCT,
    FOAF,
    OPENSEARCH,
    RDF,
    RDFS,
    XHV,
    XSD,
    BlankNode,
    Graph,
    Literal,
    NamedNode,
    Resource,
    Term,
    Triple,
)

__all__ = ["write_ntriples", "write_rdf_xml", "write_turtle"]

# The prefixes of what a page says of itself; the configuration may have others for the same.
PAGE_PREFIXES = {
    "api": API.iri,
    "dct": DCT.iri,
    "foaf": FOAF.iri,
    "os": OPENSEARCH.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "xhv": XHV.iri,
    "xsd": XSD.iri,
}

# RDF/XML section 5.1: a property is an element, so the end of its IRI must be a name without a colon.
_NAME_AT_END = re.compile(r"[^\W\d][\w.\-]*\Z")
# Where a document declares its prefixes, which the serializer does in any order.
_DECLARATION = re.compile(rb'@prefix [^\n]*\n| xmlns:[^=]+="[^"]*"')
_DECLARATIONS = re.compile(rb"(?:%s)+" % _DECLARATION.pattern)


def _write(rdf_format: RdfFormat, page: Page) -> bytes:
    graph = page.graph | page.metadata
    triples = _numbered(_for_xml(graph) if rdf_format == RdfFormat.RDF_XML else iter(graph))
    written = serialize(triples, format=rdf_format, prefixes=_used_prefixes(page, graph)) or b""
    return _DECLARATIONS.sub(lambda match: b"".join(sorted(_DECLARATION.findall(match[0]))), written, count=1)


write_turtle = partial(_write, RdfFormat.TURTLE)
write_rdf_xml = partial(_write, RdfFormat.RDF_XML)
write_ntriples = partial(_write, RdfFormat.N_TRIPLES)


def _used_prefixes(page: Page, graph: Graph) -> dict[str, str]:
    declared = page.api.vocabulary.prefixes
    ours = {prefix: iri for prefix, iri in PAGE_PREFIXES.items() if iri not in declared.values()}
    iris = set(_iris(graph))
    return {prefix: start for prefix, start in {**ours, **declared}.items() if any(iri.startswith(start) for iri in iris)}


def _iris(graph: Graph) -> Iterator[str]:
    for subject in graph.subjects():
        for predicate, objects in graph.properties(subject).items():
            yield predicate.value
            for term in (subject, *objects):
                if isinstance(term, NamedNode):
                    yield term.value
                elif isinstance(term, Literal):
                    yield term.datatype.value


def _numbered(triples: Iterator[Triple]) -> Iterator[Triple]:
    """The triples with blank nodes named in the order in which they come: their own names are chance."""
    names: dict[BlankNode, BlankNode] = {}

    def named(term: BlankNode) -> BlankNode:
        return names.setdefault(term, BlankNode(f"b{len(names)}"))

    for triple in triples:
        subject, predicate, term = triple
        if isinstance(subject, BlankNode) or isinstance(term, BlankNode):
            start: Resource = named(subject) if isinstance(subject, BlankNode) else subject
            yield Triple(start, predicate, named(term) if isinstance(term, BlankNode) else term)
        else:
            yield triple


def _for_xml(graph: Graph) -> Iterator[Triple]:
    """The triples that RDF/XML can say: a property without a name at its end is left out."""
    for subject, predicate, term in graph:
        if _NAME_AT_END.search(predicate.value):
            yield Triple(subject, predicate, _legal_literal(term))


def _legal_literal(term: Term) -> Term:
    if not isinstance(term, Literal) or (text := legal_text(term.value)) == term.value:
        return term
    if term.language:
        return Literal(text, language=term.language, direction=term.direction)
    return Literal(text, datatype=term.datatype)
