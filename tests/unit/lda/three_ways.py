"""An API over datasets that tell the same in three ways, so that tests can compare these."""

from pathlib import Path
from urllib.parse import parse_qsl

from pyoxigraph import Store

from pqlod.lda.links import RequestUrl
from pqlod.lda.model import Api
from pqlod.lda.parameters import PageRequest, parse_parameters
from pqlod.lda.planning import index_plan
from pqlod.lda.routing import Router
from pqlod.store.dataset import Dataset
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.generations import Generations


class ThreeWays:
    """An API over three datasets of the same triples: one with an index, one whose index has an overlay, one without."""

    def __init__(self, api: Api, store: Store, folder: Path, lists: list[str]) -> None:
        self.api, self.lists, self._router = api, lists, Router([api])
        quads = sorted(store, key=lambda quad: hash(str(quad.subject)) % 7)
        half = len(quads) // 2
        self.indexed = _written(api, folder / "indexed", [quads]).dataset()
        self.changed = _written(api, folder / "changed", [quads[:half], quads[half:]]).dataset()
        self.plain: Dataset = EmbeddedDataset(store, "")

    def parse(self, address: str) -> PageRequest:
        path, _, query = address.partition("?")
        asked = RequestUrl("http://h.example", path, tuple(parse_qsl(query, keep_blank_values=True)))
        found = self._router.match(path, asked.values())
        url = asked.with_path(found.path_without_suffix)
        return parse_parameters(self.api, found.endpoint, found.variables, url, found.consumed)


def _written(api: Api, folder: Path, parts: list[list]) -> Generations:
    generations = Generations(folder, plan=lambda: index_plan([api]))
    for number, quads in enumerate(parts):
        with generations.writing(indexes_later=number > 0) as writing:
            writing.store.extend(quads)
            writing.changed({quad.subject for quad in quads})
    return generations
