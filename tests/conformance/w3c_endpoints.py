"""What the cases of the suites call, SERVICE and LOAD, stood in for by a server on loopback."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pyoxigraph import QueryResultsFormat, QuerySolutions
from w3c_engines import JSON, store_of
from w3c_suites import Files, contents

CALL = re.compile(r"\b(SERVICE|LOAD)(\s+SILENT)?\s+<([^>]*)>")


class Endpoints(ThreadingHTTPServer):
    """Answers queries at the addresses that stand for endpoints of a case; nothing can be loaded from it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data: Files = ()

    def address(self, iri: str) -> str:
        """What stands for the address that a case calls."""
        return f"http://127.0.0.1:{self.server_port}/{iri.rpartition('://')[2]}"

    def addresses(self, texts: Iterable[str]) -> set[str]:
        """What stands for all that the texts call."""
        return {self.address(call[3]) for text in texts for call in CALL.finditer(text)}

    def redirect(self, text: str) -> str:
        """A text that calls this server instead."""
        return CALL.sub(lambda call: f"{call[1]}{call[2] or ''} <{self.address(call[3])}>", text)


class Handler(BaseHTTPRequestHandler):
    server: Endpoints

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        files = [file for iri, file in self.server.data if self.server.address(iri).endswith(self.path)]
        if not files:
            self.send_error(404)
            return
        results = store_of(contents(tuple(("", file) for file in files))).query(self.server.redirect(query))
        assert isinstance(results, QuerySolutions)
        body = results.serialize(format=QueryResultsFormat.JSON) or b""
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def running_endpoints() -> Iterator[Endpoints]:
    """The server, for as long as the context lasts."""
    with Endpoints() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
