"""Who asks in SPARQL, as far as that matters: by what name its queries are counted, and whether it still waits."""

from flask import Request

from pqlod.settings import Settings
from pqlod.store.pool import Client, nobody_leaves

# In the environment of a request, where the server can tell: called, it says whether the client has gone.
HAS_LEFT = "pqlod.has_left"


def client_of(request: Request, settings: Settings) -> Client:
    """The client of a request: the one that the nearest proxy names, where proxies are believed, or else the peer."""
    route = request.access_route if settings.forwarded else [request.remote_addr or ""]
    return Client(route[-1] if route else "", request.environ.get(HAS_LEFT, nobody_leaves))
