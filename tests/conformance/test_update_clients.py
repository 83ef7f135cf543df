"""The clients that people have, writing to a real server that asks for a token: rdflib, SPARQLWrapper and curl."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest
import rdflib
from rdflib.namespace import RDFS
from rdflib.plugins.stores.sparqlstore import SPARQLUpdateStore
from SPARQLWrapper import JSON, POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper

from pqlod.write_tokens import TokenFile

THING, OTHER, GRAPH = (rdflib.URIRef(f"http://example.com/{name}") for name in ("thing", "other", "graph"))


@dataclass(frozen=True)
class Writable:
    """A server, and a token for it."""

    root: str
    token: str

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def rdflib_store(self, **options: object) -> SPARQLUpdateStore:
        return SPARQLUpdateStore(f"{self.root}/sparql", f"{self.root}/update", returnFormat="json", **options)

    def curl(self, *arguments: str) -> str:
        """What curl prints when it sends the token: the body, and the status at its end."""
        command = ["curl", "--silent", "--write-out", "%{http_code}", "--header", f"Authorization: Bearer {self.token}"]
        return subprocess.run([*command, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def writers(
    tmp_path_factory: pytest.TempPathFactory, serve: Callable[..., AbstractContextManager[tuple[str, object]]]
) -> Iterator[Writable]:
    folder = tmp_path_factory.mktemp("clients")
    token = TokenFile(folder / "tokens").add("tests")
    with serve("--store", str(folder / "store"), "--writable", "--token-file", str(folder / "tokens")) as (root, _):
        yield Writable(root, token)


def test_rdflib_writes_a_graph_and_reads_it_back(writers: Writable) -> None:
    graph = rdflib.Graph(writers.rdflib_store(headers=writers.authorization), identifier=GRAPH)
    label = rdflib.Literal('a "label"\nof two lines', lang="en")

    graph.add((THING, RDFS.label, label))
    graph.add((OTHER, RDFS.seeAlso, THING))
    graph.remove((OTHER, None, None))

    assert list(graph) == [(THING, RDFS.label, label)]
    assert list(graph.query("SELECT ?label { ?thing rdfs:label ?label }")) == [(label,)]


def test_rdflib_runs_an_update(writers: Writable) -> None:
    dataset = rdflib.Dataset(writers.rdflib_store(headers=writers.authorization), default_union=True)

    dataset.update("INSERT DATA { <http://example.com/updated> rdfs:label 'by rdflib' }", initNs={"rdfs": RDFS})

    (row,) = dataset.query("SELECT ?thing { ?thing <http://www.w3.org/2000/01/rdf-schema#label> 'by rdflib' }")
    assert row == (rdflib.URIRef("http://example.com/updated"),)


def test_rdflib_without_a_token_is_refused(writers: Writable) -> None:
    graph = rdflib.Graph(writers.rdflib_store(), identifier=GRAPH)

    with pytest.raises(HTTPError, match="401") as caught:
        graph.add((THING, RDFS.label, rdflib.Literal("no")))
    caught.value.close()


@pytest.mark.parametrize("request_method", [URLENCODED, POSTDIRECTLY], ids=["form", "direct"])
def test_sparqlwrapper_writes(writers: Writable, request_method: str) -> None:
    client = SPARQLWrapper(f"{writers.root}/sparql", f"{writers.root}/update")
    client.addCustomHttpHeader("Authorization", f"Bearer {writers.token}")
    client.setMethod(POST)
    client.setRequestMethod(request_method)
    client.setQuery(f"INSERT DATA {{ <http://example.com/{request_method}> <http://example.com/p> 1 }}")
    client.query()

    client.setQuery(f"ASK {{ <http://example.com/{request_method}> ?p ?o }}")
    client.setReturnFormat(JSON)

    assert client.queryAndConvert()["boolean"] is True


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_writes_as_documented(writers: Writable, tmp_path: Path) -> None:
    document, graph = tmp_path / "graph.ttl", f"{writers.root}/store?graph=http://example.com/by-curl"
    document.write_text("<#me> <http://xmlns.com/foaf/0.1/name> 'Me' .")

    assert writers.curl(graph, "--upload-file", str(document), "--header", "Content-Type: text/turtle") == "201"
    assert writers.curl(graph) == '<http://example.com/by-curl#me> <http://xmlns.com/foaf/0.1/name> "Me" .\n200'
    assert writers.curl(graph, "--form", f"file=@{document};type=text/turtle") == "204"
    update = "DELETE WHERE { GRAPH <http://example.com/by-curl> { ?s ?p ?o } }"
    assert writers.curl(f"{writers.root}/update", "--data-urlencode", f"update={update}") == "204"
    assert writers.curl(graph, "--request", "DELETE") == "204"
