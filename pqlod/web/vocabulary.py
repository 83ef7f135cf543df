"""The vocabulary of the data at /docs/vocabulary: what each class and property means, and how much it is used here."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, Response, render_template

from pqlod.errors import DatasetError, StoreError
from pqlod.formatters.html.frame import upwards
from pqlod.formatters.html.vocabulary import Vocabulary
from pqlod.lda.model import Api
from pqlod.live import Served
from pqlod.rdf import Graph
from pqlod.store.dataset import Dataset
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.usage import Usage, usage
from pqlod.web.once import OncePerVersion
from pqlod.web.resources import VOCABULARY, vocabulary
from pqlod.web.responses import entity_tag, finish, known_tag
from pqlod.web.service import Service, joined

PATH = "/docs/vocabulary"


def vocabulary_blueprint(service: Service) -> Blueprint:
    """The route of the page, which has no counts as long as these are being made."""
    blueprint = Blueprint("vocabulary", __name__)
    counted = OncePerVersion[Usage]()

    @blueprint.get(PATH)
    def show_vocabulary() -> Response:
        served = service.configuration.current()
        dataset = _countable(service, served.apis[0])
        version = joined(served.version, dataset.version if dataset else "")
        tag = entity_tag(version, PATH)
        if known := known_tag(tag):
            return finish(Response(status=304), tag=known)
        shown = Vocabulary(served.apis, graph_of(served.apis), _address(served))
        if dataset:
            with suppress(DatasetError):
                shown = replace(shown, usage=_counts(counted, version, dataset, shown))
        response = Response(_page(shown, is_counted=dataset is not None))
        if shown.usage is None:  # the next time there may be
            return finish(response)
        return finish(response, tag=tag, max_age=service.settings.max_age, is_current=lambda: _version(service) == version)

    return blueprint


def graph_of(apis: tuple[Api, ...]) -> Graph:
    """What these APIs declare, and before that what the service's own document tells, if they name any term of it."""
    declared = Graph(triple for api in apis for triple in api.graph)
    own = vocabulary()
    is_used = any(own.describes(term) for api in apis for term in api.vocabulary.outputs)
    return own | declared if is_used else declared


def _countable(service: Service, api: Api) -> Dataset | None:
    """The dataset of an API, if it is one that can be counted: no endpoint elsewhere, which may be large."""
    with suppress(StoreError):
        dataset = service.datasets.open(api.source).dataset
        return dataset if isinstance(dataset, EmbeddedDataset) else None
    return None


def _counts(counted: OncePerVersion[Usage], version: str, dataset: Dataset, shown: Vocabulary) -> Usage | None:
    return counted.get(version, lambda: usage(dataset, shown.classes, shown.properties))


def _address(served: Served) -> Callable[[str], str]:
    """Where the resource of an IRI is shown, relative to the page; "" if nowhere."""
    up = upwards(PATH)

    def address(iri: str) -> str:
        found = served.router.document(iri)
        return up + found.location.lstrip("/") if found else ""

    return address


def _page(shown: Vocabulary, is_counted: bool) -> str:
    return render_template(
        "vocabulary.html",
        sections=shown.sections(),
        others=shown.others(),
        usage=shown.usage,
        is_counted=is_counted,
        document=VOCABULARY if shown.graph.describes(next(iter(vocabulary().subjects()))) else "",
    )


def _version(service: Service) -> str:
    return service.version(service.configuration.current().apis[0].source)
