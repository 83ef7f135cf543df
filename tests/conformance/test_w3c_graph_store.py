"""The W3C tests of the Graph Store Protocol, put to a server at /store.

The suite http-rdf-update is not run: it is the older form of the same requests, told in prose, and has mistakes that the
newer suite mended, such as Turtle without its last full stop, or the deletion of a graph that nobody made.
"""

import pytest
from pyoxigraph import RdfFormat
from w3c_engines import Server
from w3c_exchanges import Connection, connections, send
from w3c_results import read_graph, same
from w3c_suites import BASES, SUITES, needs_suites

pytestmark = needs_suites

SUITE = f"{BASES['sparql11']}graph-store-protocol/"
ALL = [test for name in ("direct", "indirect") for test in connections(f"{SUITE}manifest-{name}.ttl")] if SUITES.is_dir() else []


@pytest.mark.parametrize("test", ALL, ids=lambda test: test.name)
def test_requests_have_their_responses(writable: str, test: Connection) -> None:
    Server(writable).load({})
    locations: dict[str, str] = {}

    for exchange in test.exchanges:
        response = send(writable, exchange, exchange.path.replace("/gsp", "/store", 1), locations)

        assert exchange.fits(response.status), response
        if exchange.graph:
            assert response.media_type == "text/turtle"
            assert same(read_graph(response.body, RdfFormat.TURTLE), read_graph(exchange.graph.encode(), RdfFormat.TURTLE))
