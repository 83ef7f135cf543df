"""Items that are no more, by a class of the configuration (``pqlod:gone``): what is known of them is still told."""

from collections.abc import Iterable, Sequence

from pqlod.lda.model import ListEndpoint
from pqlod.lda.parameters import PageRequest
from pqlod.lda.patterns import in_graph
from pqlod.rdf import RDF, NamedNode, Term
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

UNEXPLAINED = "It is no more."


def why_gone(request: PageRequest, items: Sequence[NamedNode], dataset: Dataset) -> str:
    """What the configuration says of the item that is asked for, if it is of a class of what is gone; else empty."""
    gone = request.endpoint.behaviour.gone
    if not gone or isinstance(request.endpoint, ListEndpoint):
        return ""
    followed = dataset.follow(items, {RDF.type: {}}, request.graph)
    classes = _asked(request, items[0], gone, dataset) if followed is None else followed.values(items[0], RDF.type)
    return next((gone[term] or UNEXPLAINED for term in classes if isinstance(term, NamedNode) and term in gone), "")


def _asked(request: PageRequest, item: NamedNode, classes: Iterable[NamedNode], dataset: Dataset) -> Sequence[Term]:
    pattern = f"VALUES ?class {{ {' '.join(map(str, classes))} }} {item} a ?class"
    where = in_graph(pattern, request.graph)
    return dataset.select(Query(f"SELECT ?class {{ {where} }}", name="gone", is_bounded=True)).values("class")
