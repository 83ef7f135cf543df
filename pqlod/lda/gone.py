"""Items that are no more, by a class of the configuration (``pqlod:gone``): what is known of them is still told."""

from collections.abc import Sequence

from pqlod.lda.model import ListEndpoint
from pqlod.lda.parameters import PageRequest
from pqlod.rdf import NamedNode
from pqlod.store.dataset import Dataset
from pqlod.store.query import Query

UNEXPLAINED = "It is no more."


def why_gone(request: PageRequest, items: Sequence[NamedNode], dataset: Dataset) -> str:
    """What the configuration says of the item that is asked for, if it is of a class of what is gone; else empty."""
    gone = request.endpoint.behaviour.gone
    if not gone or isinstance(request.endpoint, ListEndpoint):
        return ""
    pattern = f"VALUES ?class {{ {' '.join(map(str, gone))} }} {items[0]} a ?class"
    where = f"GRAPH {request.graph} {{ {pattern} }}" if request.graph else pattern
    found = dataset.select(Query(f"SELECT ?class {{ {where} }}", name="gone", is_bounded=True)).values("class")
    return next((gone[term] or UNEXPLAINED for term in found if isinstance(term, NamedNode)), "")
