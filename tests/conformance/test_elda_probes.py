"""Elda's own tests: requests of fifteen configurations, and what must hold of the graph of each answer.

Those that fail stand in elda_exceptions.toml by their name, each with its reason; one that begins to pass fails here.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import QueryBoolean, RdfFormat, Store

from pqlod.app import running_app
from pqlod.lda.model import Endpoint
from pqlod.settings import Settings

FOLDERS = Path(__file__).parents[3] / "shared" / "elda-tests"
EXCEPTIONS = tomllib.loads(Path(__file__).with_name("elda_exceptions.toml").read_text(encoding="utf-8"))

# What the files take as known before their first line.
PREFIXES = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "api": "http://purl.org/linked-data/api/vocab#",
    "elda": "http://www.epimorphics.com/vocabularies/lda#",
    "alt": "http://www.epimorphics.com/tools/exampleAlt#",
    "": "http://www.epimorphics.com/tools/example#",
}


@dataclass(frozen=True)
class Probe:
    """A pattern, and whether the graph of the answer has it."""

    pattern: str
    holds: bool


@dataclass(frozen=True)
class Request:
    """A request of a folder, as its file writes it, and the probes of its answer."""

    file: Path
    uri: str
    probes: tuple[Probe, ...]

    @property
    def name(self) -> str:
        return f"{self.file.parent.name}/{self.file.name}/{self.uri}"

    @property
    def query(self) -> str:
        return self.uri.partition("?")[2]


def requests_of(file: Path) -> Iterator[Request]:
    """Blocks, each a line ``URI=…`` and probes that begin with ``ASK``."""
    for block in re.split(r"^URI=", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        uri, _, rest = block.partition("\n")
        probes = re.findall(r"^ASK\b( +NOT\b)?\s*(.*?)(?=^ASK\b|\Z)", rest, flags=re.MULTILINE | re.DOTALL)
        yield Request(file, uri.strip(), tuple(Probe(pattern, not negated) for negated, pattern in probes))


def marks(request: Request) -> list[pytest.MarkDecorator]:
    reason = EXCEPTIONS.get(request.name)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


ALL = [request for file in sorted(FOLDERS.glob("*/*-test.ask")) for request in requests_of(file)]
needs_folders = pytest.mark.skipif(not ALL, reason="needs the shared reference material beside the checkout (../shared)")


@pytest.fixture(scope="module")
def client_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], FlaskClient]]:
    """Gives a client of the configuration in a folder of the tests, over its data."""
    with ExitStack() as stack:

        @cache
        def client_of(folder: Path) -> FlaskClient:
            (data,) = folder.glob("*-data.ttl")
            (configuration,) = folder.glob("*-spec.ttl")
            own = tmp_path_factory.mktemp(folder.name)
            prefixes = prologue("@prefix {}: <{}> .\n")
            (own / "data.ttl").write_text(prefixes + data.read_text(encoding="utf-8"), encoding="utf-8")
            text = configuration.read_text(encoding="utf-8").replace("<local:CURRENT-TEST>", "<local:data.ttl>")
            (own / "config.ttl").write_text(prefixes + text, encoding="utf-8")
            return stack.enter_context(running_app(Settings(config=(str(own / "config.ttl"),)))).test_client()

        yield client_of


def prologue(line: str) -> str:
    return "".join(line.format(prefix, namespace) for prefix, namespace in PREFIXES.items())


def url(request: Request, endpoint: Endpoint) -> str:
    """The request's URL for the one endpoint of its folder, whose variables are at the end of the path."""
    path = endpoint.template.text.partition("?")[0]
    values = request.uri.partition("?")[0].split("/")
    for name in reversed(re.findall(r"\{(\w+)\}", path)):
        path = path.replace(f"{{{name}}}", values.pop())
    return f"{path}?{request.query}"


@needs_folders
def test_there_are_as_many_requests_and_probes_as_recorded() -> None:
    assert (len(ALL), sum(len(request.probes) for request in ALL)) == (50, 136)


@needs_folders
def test_every_exception_is_of_a_request() -> None:
    assert set(EXCEPTIONS) - {request.name for request in ALL} == set()


@needs_folders
@pytest.mark.parametrize("asked", [pytest.param(each, id=each.name, marks=marks(each)) for each in ALL])
def test_the_graph_of_an_answer_is_as_probed(client_of: Callable[[Path], FlaskClient], asked: Request) -> None:
    client = client_of(asked.file.parent)
    (endpoint,) = client.application.extensions["pqlod"].configuration.current().apis[0].endpoints

    answer = client.get(url(asked, endpoint), headers={"Accept": "text/turtle"})

    assert (answer.status_code, answer.mimetype) == (200, "text/turtle"), answer.text
    graph = Store()
    graph.load(answer.data, RdfFormat.TURTLE)
    assert [probe for probe in asked.probes if holds(graph, probe) is not probe.holds] == []


def holds(graph: Store, probe: Probe) -> bool:
    answer = graph.query(prologue("PREFIX {}: <{}>\n") + "ASK " + probe.pattern)
    assert isinstance(answer, QueryBoolean)
    return bool(answer)
