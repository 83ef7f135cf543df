"""The API of the library beside this file, and what its addresses ask for and answer."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from pqlod.lda.config import read_configuration
from pqlod.lda.model import Api
from pqlod.lda.pages import Page, fetch_page
from pqlod.lda.parameters import PageRequest, RequestUrl, parse_parameters
from pqlod.lda.routing import Match, Router
from pqlod.rdf import Graph
from pqlod.store.dataset import Solutions
from pqlod.store.embedded import EmbeddedDataset, dataset_from_files
from pqlod.store.query import Query, load_queries

LIBRARY = Path(__file__).with_name("library")


@pytest.fixture(scope="session")
def api() -> Api:
    configuration = read_configuration(LIBRARY / "api.ttl", load_queries(LIBRARY))
    assert configuration.mistakes == ()
    return configuration.apis[0]


class InThisProcess:
    """Evaluates what the sandbox would: the strangers of the tests do no harm."""

    def __init__(self) -> None:
        self.dataset: EmbeddedDataset | None = None

    def evaluate(self, location: Path, text: str, **limits: object) -> Solutions | Graph | bool:
        assert self.dataset is not None
        is_view = "CONSTRUCT {" in text
        return self.dataset.construct(Query(text)) if is_view else self.dataset.select(Query(text))


@pytest.fixture(scope="session")
def dataset() -> EmbeddedDataset:
    evaluator = InThisProcess()
    evaluator.dataset = dataset_from_files([LIBRARY / "data.ttl"], evaluator)
    return evaluator.dataset


@pytest.fixture
def match(api: Api) -> Callable[[str], tuple[Match, RequestUrl]]:
    """The endpoint of an address such as ``/books.json?pages=7``, and the address taken apart."""
    router = Router([api])

    def match(address: str) -> tuple[Match, RequestUrl]:
        path, _, query = address.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        values: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            values[name] = (*values.get(name, ()), value)
        found = router.match(path, values)
        return found, RequestUrl("http://h.example", found.path_without_suffix, pairs)

    return match


@pytest.fixture
def parse(api: Api, match: Callable[[str], tuple[Match, RequestUrl]]) -> Callable[[str], PageRequest]:
    """What an address asks for."""

    def parse(address: str) -> PageRequest:
        found, url = match(address)
        return parse_parameters(api, found.endpoint, found.variables, url, found.consumed)

    return parse


@pytest.fixture
def fetch(api: Api, match: Callable, parse: Callable, dataset: EmbeddedDataset) -> Callable[[str], Page]:
    """The page of an address."""

    def fetch(address: str) -> Page:
        found, _ = match(address)
        formatter = found.endpoint.formatters[found.suffix or "json"]
        return fetch_page(api, found.endpoint, parse(address), formatter, dataset)

    return fetch


@pytest.fixture
def names(fetch: Callable[[str], Page]) -> Callable[[str], list[str]]:
    """The local names of the items at an address, in order."""
    return lambda address: [item.value.rsplit("/", 1)[-1] for item in fetch(address).items]
