"""Facets: each choice leaves as many items as is said, whichever way they are counted."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Store
from three_ways import ThreeWays

from pqlod.app import configuration_reader
from pqlod.formatters.json import write_json
from pqlod.lda import facets as module
from pqlod.lda.config import read_configuration
from pqlod.lda.facets import Facet, facets, medians
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import Api
from pqlod.lda.pages import fetch_page, select_items
from pqlod.rdf import PARL, NamedNode
from pqlod.store.generations import Generations
from pqlod.store.query import load_queries

LIBRARY = Path(__file__).with_name("library")
SOME = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Asked(ThreeWays):
    def __init__(self, api: Api, store: Store, folder: Path, lists: list[str]) -> None:
        super().__init__(api, store, folder, lists)
        self.datasets = {"index": self.indexed, "overlay": self.changed, "SPARQL": self.plain}

    def facets(self, address: str, way: str = "index", **options) -> dict[str, Facet]:
        return {facet.name: facet for facet in facets(self.api, self.parse(address), self.datasets[way], budget=60, **options)}

    def days(self, address: str) -> dict[NamedNode, int]:
        """The days to the answer of each item of a list."""
        store = self.datasets["SPARQL"].store
        tabled, answered = (
            {row["item"]: date.fromisoformat(row["day"].value) for row in store.query(f"SELECT * {{ ?item {path} ?day }}")}
            for path in (str(PARL.dateTabled), f"{PARL.answer}/{PARL.dateOfAnswer}")
        )
        request = replace(self.parse(address), page_size=10_000)
        listed = select_items(self.api, request, self.datasets["index"]).items
        return {item: (answered[item] - tabled[item]).days for item in listed if item in answered}

    def total(self, url: RequestUrl) -> int:
        request = replace(self.parse(f"{url.path}?{_query(url)}"), is_counted=True)
        return select_items(self.api, request, self.datasets["index"]).total


def _query(url: RequestUrl) -> str:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in url.parameters)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    api = read_configuration(LIBRARY / "api.ttl", load_queries(LIBRARY)).apis[0]
    store = Store()
    store.load(path=LIBRARY / "data.ttl")
    return Asked(api, store, tmp_path_factory.mktemp("library"), ["/books", "/english", "/chosen", "/since?year=2018"])


@pytest.fixture(scope="module")
def parliament(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    api = configuration_reader(())().apis[0]
    lists = [
        "/answeredquestions", "/commonswrittenquestions", "/commonsansweredquestions", "/members", "/constituencies",
        "/commonsoralquestions", "/commonswrittenquestions/tabled?startDate=2018-01-01",
        "/commonswrittenquestions?_search=schools",
    ]  # fmt: skip
    return Asked(api, Generations(sample).dataset().store, tmp_path_factory.mktemp("parliament"), lists)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    module._kept.clear()


@st.composite
def addresses(draw: Callable, asked: Asked) -> str:
    """An address of a list, by some of whose facets a choice or two are made."""
    address = draw(st.sampled_from(asked.lists))
    for _ in range(draw(st.integers(0, 3))):
        found = [facet for facet in asked.facets(address).values() if facet.values]
        if found:
            facet = draw(st.sampled_from(found))
            value = draw(st.sampled_from(facet.values))
            url = asked.parse(address).url
            url = (
                facet.chosen(url, value)
                if draw(st.booleans())
                else RequestUrl("", url.path, (*url.parameters, *value.parameters))
            )
            address = f"{url.path}?{_query(url)}"
    return address


@pytest.mark.parametrize("data", ["library", "parliament"])
@pytest.mark.parametrize("most", [2, 40])
def test_a_choice_leaves_as_many_items_as_is_said(data, most, request):
    asked: Asked = request.getfixturevalue(data)
    told = {"choices": 0, "chosen": 0}

    @SOME
    @given(addresses(asked))
    def check(address: str) -> None:
        by_index, url = asked.facets(address, most=most), asked.parse(address).url
        for facet in by_index.values():
            assert facet.is_complete
            for value in facet.values:
                told["choices"] += 1
                told["chosen"] += value.is_chosen
                assert asked.total(facet.chosen(url, value)) == value.count, (facet.name, value)
        assert asked.facets(address, "overlay", most=most) == by_index
        assert asked.facets(address, "SPARQL", most=most) == by_index

    check()
    assert told["choices"] > 100
    assert told["chosen"] > 10


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        pytest.param("?daysToAnswer=5", "5", id="a number"),
        pytest.param("?daysToAnswer=5&daysToAnswer=7", "5 7", id="several"),
        pytest.param("?min-daysToAnswer=5&max-daysToAnswer=7", "5 6 7", id="a range"),
    ],
)
@pytest.mark.parametrize("way", ["index", "overlay", "SPARQL"])
def test_days_from_one_to_another_are_filtered_by(parliament: Asked, address: str, numbers: str, way: str):
    wanted = {item for item, days in parliament.days("/writtenquestions").items() if str(days) in numbers.split()}

    request = parliament.parse(f"/writtenquestions{address}&_pageSize=500")
    assert wanted
    assert set(select_items(parliament.api, request, parliament.datasets[way]).items) == wanted


def test_medians_of_a_list_and_of_its_choices(parliament: Asked):
    for way in ("index", "overlay"):
        asked = parliament.parse("/writtenquestions")
        options = {"of": "daysToAnswer-step", "by": "AnsweringBody", "most": 3, "budget": 60}
        found = medians(parliament.api, asked, parliament.datasets[way], **options)
        assert len(found) > 2
        for one in found:
            parameters = "&".join(f"{quote(name)}={quote(text)}" for name, text in one.value.parameters) if one.value else ""
            numbers = parliament.days(f"/writtenquestions?{parameters}")
            assert (one.count, one.median) == (len(numbers), sorted(numbers.values())[(len(numbers) - 1) // 2])
        module._kept_medians.clear()
    assert medians(parliament.api, asked, parliament.datasets["SPARQL"], **options) == ()


def test_what_is_not_counted_in_time_is_said_to_be_incomplete(library: Asked):
    request = library.parse("/books?tag=a")
    found = {facet.name: facet for facet in facets(library.api, request, library.datasets["index"], budget=0)}

    assert (found["tag"].is_complete, found["tag"].values, found["tag"].replaces) == (False, (), (("tag", "a"),))
    assert library.facets("/books?tag=a")["tag"].is_complete


def test_facets_are_kept_with_their_data_and_configuration(library: Asked):
    counted = library.facets("/books?_page=1")

    assert all(library.facets("/books?_sort=pages")[name] is facet for name, facet in counted.items())
    assert library.facets("/books?pages=7")["tag"] is not counted["tag"]
    again = facets(replace(library.api), library.parse("/books"), library.datasets["index"])
    assert again[0] == counted["tag"]
    assert again[0] is not counted["tag"]


@pytest.mark.parametrize("address", ["/book/b1", "/books?_subject=http://books.example/id/b1"], ids=["an item", "one resource"])
def test_an_item_has_no_facets(library: Asked, address: str):
    assert library.facets(address) == {}


def test_a_choice_is_put_into_an_address_and_taken_out(library: Asked):
    url = library.parse("/books?_page=3&printed=2018-11-22&min-printed=2018-01-01&max-printed=2018-12-31").url
    facet = library.facets("/books?min-printed=2018-01-01&max-printed=2018-12-31")["printed-year"]
    (later,) = [value for value in facet.values if value.label == "2020"]

    assert [value.label for value in facet.values if value.is_chosen] == ["2018"]
    assert _query(facet.chosen(url, later)) == "printed=2018-11-22&min-printed=2020-01-01&max-printed=2020-12-31"
    assert _query(facet.chosen(url, None)) == "printed=2018-11-22"


def test_ends_that_are_no_choice_narrow_the_choices(library: Asked):
    facet = library.facets("/books?min-printed=2018-11-23")["printed-month"]

    assert [(value.label, value.count, dict(value.parameters)["min-printed"]) for value in facet.values] == [
        ("February 2020", 1, "2020-02-01"),
        ("November 2018", 1, "2018-11-23"),
    ]


def test_a_page_tells_its_facets_where_it_is_asked(library: Asked):
    request = library.parse("/books?_metadata=facets&isRare=true&_page=0")
    page = fetch_page(library.api, request.endpoint, request, request.endpoint.formatters["json"], library.datasets["index"])
    result = json.loads(write_json(page))["result"]

    rare = next(facet for facet in result["facets"] if facet["name"] == "isRare")
    assert [(choice["label"], choice["count"], choice["isChosen"]) for choice in rare["choices"]] == [
        ("no", 1, False),
        ("yes", 1, True),
    ]
    assert "isRare=false" in str(rare["choices"][0]["list"])
    assert all(type(choice["count"]) is int for facet in result["facets"] for choice in facet["choices"])
