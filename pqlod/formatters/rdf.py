"""Pages as RDF: Turtle, RDF/XML and N-Triples of all that a page says."""

import re
from collections.abc import Iterator
from functools import partial

from pyoxigraph import RdfFormat, serialize

from pqlod.formatters.xml import legal_text
from pqlod.lda.pages import Page
from pqlod.rdf import API, DCT, FOAF, OPENSEARCH, RDF, RDFS, XHV, XSD, Graph, Literal, Term, Triple

__all__ = ["write_ntriples", "write_rdf_xml", "write_turtle"]

# The prefixes of what a page says of itself; those of the configuration come before them.
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


def _write(rdf_format: RdfFormat, page: Page) -> bytes:
    graph = page.graph | page.metadata
    triples = _for_xml(graph) if rdf_format == RdfFormat.RDF_XML else graph
    return serialize(triples, format=rdf_format, prefixes=_prefixes(page)) or b""


write_turtle = partial(_write, RdfFormat.TURTLE)
write_rdf_xml = partial(_write, RdfFormat.RDF_XML)
write_ntriples = partial(_write, RdfFormat.N_TRIPLES)


def _prefixes(page: Page) -> dict[str, str]:
    declared = page.api.vocabulary.prefixes
    namespaces = set(declared.values())
    ours = {prefix: iri for prefix, iri in PAGE_PREFIXES.items() if iri not in namespaces}
    return {**ours, **declared}


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
