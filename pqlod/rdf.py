"""RDF as pqlod uses it: pyoxigraph's terms, namespaces, and small graphs in memory."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

__all__ = [
    "API", "DC", "DCT", "ELDA", "FOAF", "GEO", "OPENSEARCH", "OWL", "PARL", "PQLOD", "PROV", "RDF", "RDFS",
    "SCHEMA", "SKOS", "XHV", "XSD", "BlankNode", "DefaultGraph", "Graph", "Literal", "NamedNode", "Namespace",
    "Quad", "Resource", "Term", "Triple", "local_name",
]  # fmt: skip

Resource = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple


class Namespace:
    """The common beginning of a vocabulary's IRIs: ``RDFS.label`` or ``DCT["format"]`` is a NamedNode."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        term = self[name]
        setattr(self, name, term)  # found at once the next time
        return term

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(self.iri)

    def __repr__(self) -> str:
        return f"Namespace({self.iri!r})"


RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DC = Namespace("http://purl.org/dc/elements/1.1/")
DCT = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
SCHEMA = Namespace("http://schema.org/")
PROV = Namespace("http://www.w3.org/ns/prov#")
API = Namespace("http://purl.org/linked-data/api/vocab#")
ELDA = Namespace("http://www.epimorphics.com/vocabularies/lda#")
OPENSEARCH = Namespace("http://a9.com/-/spec/opensearch/1.1/")
XHV = Namespace("http://www.w3.org/1999/xhtml/vocab#")
PARL = Namespace("http://data.parliament.uk/schema/parl#")
# pqlod's own settings of an API configuration: what the api: and elda: vocabularies have no word for.
PQLOD = Namespace("urn:pqlod:vocab:")


class Graph:
    """A set of triples that does not change, indexed by subject; ``|`` gives the union of two."""

    def __init__(self, triples: Iterable[Triple | tuple[Resource, NamedNode, Term]] = ()) -> None:
        index: dict[Resource, dict[NamedNode, dict[Term, None]]] = {}
        for s, p, o in triples:
            index.setdefault(s, {}).setdefault(p, {})[o] = None
        self._index = index

    def __iter__(self) -> Iterator[Triple]:
        return (Triple(s, p, o) for s, properties in self._index.items() for p, objects in properties.items() for o in objects)

    def __len__(self) -> int:
        return sum(len(objects) for properties in self._index.values() for objects in properties.values())

    def __contains__(self, triple: tuple[Resource, NamedNode, Term] | Triple) -> bool:
        s, p, o = triple
        return o in self._index.get(s, {}).get(p, {})

    def __or__(self, other: "Graph") -> "Graph":
        if not self._index or not other._index:
            return self if self._index else other
        union = Graph()
        union._index = {**self._index, **other._index}
        for subject in self._index.keys() & other._index.keys():
            ours, theirs = self._index[subject], other._index[subject]
            union._index[subject] = {p: {**ours.get(p, {}), **theirs.get(p, {})} for p in {**ours, **theirs}}
        return union

    def subjects(self) -> tuple[Resource, ...]:
        """Every resource that has a triple, in the order in which they came."""
        return tuple(self._index)

    def describes(self, subject: Term) -> bool:
        """Has this resource any triple of its own?"""
        return subject in self._index

    def properties(self, subject: Term) -> Mapping[NamedNode, tuple[Term, ...]]:
        """The properties of a resource, each with its values, in the order in which they came."""
        return MappingProxyType({p: tuple(objects) for p, objects in self._index.get(subject, {}).items()})  # type: ignore[arg-type]  # a literal is in no index

    def values(self, subject: Term, predicate: NamedNode) -> tuple[Term, ...]:
        """The values of one property, in the order in which they came."""
        return tuple(self._index.get(subject, {}).get(predicate, ()))  # type: ignore[arg-type]  # a literal is in no index

    def subjects_of(self, predicate: NamedNode, value: Term) -> tuple[Resource, ...]:
        """The resources that have this value of a property, in the order in which they came."""
        return tuple(self._subjects.get((predicate, value), ()))

    @cached_property
    def _subjects(self) -> Mapping[tuple[NamedNode, Term], list[Resource]]:
        index: dict[tuple[NamedNode, Term], list[Resource]] = {}
        for s, p, o in self:
            index.setdefault((p, o), []).append(s)
        return index

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """One value of a property (the first that came), or None."""
        return next(iter(self.values(subject, predicate)), None)


def local_name(iri: str) -> str:
    """What follows the last ``#`` or ``/`` of an IRI, or when it has neither, the last ``:``."""
    cut = max(iri.rfind("#"), iri.rfind("/"))
    return iri[(cut if cut >= 0 else iri.rfind(":")) + 1 :]
