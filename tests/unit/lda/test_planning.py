"""Plans: what the index of values finds is what SPARQL finds, in the same order, whatever is asked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Store
from three_ways import ThreeWays

from pqlod.app import configuration_reader
from pqlod.errors import BadParameter, DatasetError
from pqlod.lda import planning
from pqlod.lda.config import read_configuration
from pqlod.lda.model import Api
from pqlod.lda.pages import Selected, select_items
from pqlod.lda.planning import index_plan, make_plan
from pqlod.rdf import Literal, NamedNode
from pqlod.store import columns
from pqlod.store.dataset import Dataset
from pqlod.store.generations import Generations
from pqlod.store.query import load_queries

LIBRARY = Path(__file__).with_name("library")
MANY = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Asked(ThreeWays):
    def __init__(self, api: Api, store: Store, folder: Path, lists: list[str]) -> None:
        super().__init__(api, store, folder, lists)
        self.values = _values(store)

    def ask(self, address: str, dataset: Dataset) -> Selected:
        return select_items(self.api, replace(self.parse(address), is_counted=True), dataset)


def _values(store: Store) -> dict[str, list[str]]:
    """What values each property has, as they are written in an address."""
    values: dict[str, set[str]] = {}
    for quad in store:
        if isinstance(quad.object, NamedNode | Literal):
            values.setdefault(quad.predicate.value, set()).add(quad.object.value[:60])
    return {name: sorted(found) for name, found in values.items()}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    api = read_configuration(LIBRARY / "api.ttl", load_queries(LIBRARY)).apis[0]
    store = Store()
    store.load(path=LIBRARY / "data.ttl")
    return Asked(api, store, tmp_path_factory.mktemp("library"), ["/books", "/strict", "/english", "/chosen", "/since?year=2018"])


@pytest.fixture(scope="module")
def parliament(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    api = configuration_reader(())().apis[0]
    lists = [
        "/answeredquestions", "/commonswrittenquestions", "/commonsansweredquestions", "/members", "/constituencies",
        "/commonsoralquestions", "/terms", "/commonswrittenquestions/tabled?startDate=2018-01-01",
        "/commonswrittenquestions/tabled?startDate=2017-01-01T10:00:00&endDate=2018-06-30", "/commonsoralquestions/answerDate",
        "/commonswrittenquestions/answeringdepartment", "/lordswrittenquestions/answeringdepartment?q=",
    ]  # fmt: skip
    return Asked(api, Generations(sample).dataset().store, tmp_path_factory.mktemp("parliament"), lists)


@pytest.fixture(scope="module")
def golden(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder = tmp_path_factory.mktemp("golden")
    text = (shared / "golden" / "config.ttl").read_text("utf-8").replace("@SOURCE@", "urn:pqlod:vocab:store")
    (folder / "config.ttl").write_text(text, "utf-8")
    api = read_configuration(folder / "config.ttl").apis[0]
    store = Store()
    store.load(path=shared / "golden" / "data.ttl")
    return Asked(api, store, folder, ["/qs", "/counted", "/sorted", "/child", "/special", "/members"])


@st.composite
def addresses(draw: Callable, asked: Asked) -> str:
    """An address of a list with filters, sort keys and paging, many of them meant as people would."""
    plan = index_plan([asked.api])
    known = [path for path in plan.paths if all(asked.api.vocabulary.shortname(prop) for prop, _ in path)]
    names = [
        ".".join(("~" if is_inverse else "") + str(asked.api.vocabulary.shortname(prop)) for prop, is_inverse in path)
        for path in known
    ]
    ends = {name: path[-1][0].value for name, path in zip(names, known, strict=True)}
    parameters = []
    for name in draw(st.lists(st.sampled_from(names), max_size=3)):
        operator = draw(st.sampled_from(["", "", "", "min-", "max-", "minEx-", "maxEx-", "exists-", "name-"]))
        value = draw(st.sampled_from([*asked.values.get(ends[name], ["1"]), "7", "2018-11-22", "x"]))
        value = draw(st.sampled_from(["true", "false"])) if operator == "exists-" else value
        parameters.append(f"{operator}{name}={quote(value)}")
    keys = draw(st.lists(st.sampled_from(names), max_size=2))
    if keys:
        parameters.append("_sort=" + ",".join(draw(st.sampled_from(["", "-"])) + key for key in keys))
    parameters += [f"_pageSize={draw(st.integers(1, 6))}", f"_page={draw(st.integers(0, 4))}"]
    one = draw(st.sampled_from(asked.lists))
    return one + ("&" if "?" in one else "?") + "&".join(parameters)


@pytest.mark.parametrize("most_tested", [2, 1_000], ids=["few candidates", "many candidates"])
@pytest.mark.parametrize("data", ["library", "parliament", "golden"])
def test_the_index_finds_what_sparql_finds_in_the_same_order(data, most_tested, request, monkeypatch):
    asked: Asked = request.getfixturevalue(data)
    monkeypatch.setattr(planning, "MOST_TESTED", most_tested)
    told = {"index": 0, "SPARQL": 0, "some": 0}

    @MANY
    @given(addresses(asked))
    def compare(address: str) -> None:
        try:
            expected = asked.ask(address, asked.plain)
        except (BadParameter, DatasetError):
            return
        for dataset in (asked.indexed, asked.changed):
            found = asked.ask(address, dataset)
            told["some"] += bool(found.items)
            told["index" if "SPARQL" not in found.plan else "SPARQL"] += 1
            assert (found.items, found.has_next, found.total) == (expected.items, expected.has_next, expected.total), found.plan

    compare()
    assert told["index"] > told["SPARQL"] / 4
    assert told["some"] > 20


@pytest.mark.parametrize(
    ("address", "step"),
    [
        pytest.param("/commonswrittenquestions", "index: order by dateTabled, resourceNumber", id="the default order"),
        pytest.param("/answeredquestions?min-date=2018-11-01", 'index: date >= "2018-11-01"', id="a day"),
        pytest.param("/answeredquestions?tablingMember.label=Nobody", "index: tablingMember.label = ", id="a chain"),
        pytest.param("/commonswrittenquestions/tabled?endDate=2018-11-01", "index: dateTabled <= ", id="a query's filters"),
        pytest.param("/commonswrittenquestions?_search=schools", "index of words: the best first", id="words"),
        pytest.param("/commonswrittenquestions?_search=schools&_sort=uin", "index: order by uin", id="words, sorted"),
        pytest.param(
            "/commonswrittenquestions/answeringdepartment", "index: AnsweringBody is there", id="a query without parameter"
        ),
        pytest.param("/commonswrittenquestions/answeringdepartment?q=", "index: AnsweringBody is there", id="an empty parameter"),
        pytest.param("/commonswrittenquestions/answeringdepartment?q=a", "SPARQL: the rest, of", id="few candidates"),
        pytest.param("/commonswrittenquestions?_where={?item ?p ?o}", "SPARQL: the rest, of", id="SPARQL of the request"),
        pytest.param("/commonswrittenquestions?_select=SELECT ?item {?item ?p ?o}", "SPARQL: the index", id="a query"),
        pytest.param("/members?_graph=urn:x", "SPARQL: the index", id="a named graph"),
    ],
)
def test_a_plan_says_what_is_done(parliament: Asked, address: str, step: str):
    request = parliament.parse(address)
    matches = parliament.indexed.search("schools") if request.search else None

    assert any(one.startswith(step) for one in make_plan(parliament.api, request, parliament.indexed, matches).steps)


def test_a_dataset_without_an_index_is_asked_in_sparql(parliament: Asked):
    plan = make_plan(parliament.api, parliament.parse("/members"), parliament.plain, None)

    assert (plan.steps, plan.items, plan.total) == (("SPARQL: there is no index of values",), None, None)


@pytest.mark.parametrize(
    ("address", "items"),
    [
        pytest.param("/books?_sort=by.knows", "b3 b5 b2 b6 b1 b4", id="no value comes first"),
        pytest.param("/books?exists-by.knows=false", "b3 b5", id="there is none"),
    ],
)
def test_a_chain_is_not_there_if_one_way_along_it_ends_early(library: Asked, address: str, items: str):
    """Of the two authors of b5 one knows nobody."""
    for dataset in (library.indexed, library.plain):
        assert " ".join(item.value[-2:] for item in library.ask(address, dataset).items) == items


@pytest.mark.parametrize(
    ("condition", "longest", "step"),
    [
        pytest.param("sequelOf.length=true", 250, "index: sequelOf.length is there: 1 left", id="few have it"),
        pytest.param("sequelOf.length=false", 250, "index: sequelOf.length is not there: 5 left", id="not the few that have it"),
        pytest.param("printed=true", 5, "index: printed is there: 4 left", id="not the few that lack it"),
        pytest.param("printed=false", 5, "index: printed is not there: 2 left", id="few lack it"),
        pytest.param("by.knows.town=true", 250, "not by the index: more than 3 items", id="many have it, by one way of several"),
        pytest.param("by.knows.town=false", 250, "not by the index: what lacks a chain", id="lacking in one way of several"),
    ],
)
def test_what_the_index_does_not_hold_is_there_as_sparql_says(
    tmp_path: Path, library: Asked, condition: str, longest: int, step: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(columns, "LONGEST", longest)
    store = Store()
    store.load(path=LIBRARY / "data.ttl")
    asked = Asked(library.api, store, tmp_path, [])
    monkeypatch.setattr(planning, "MOST_TESTED", 1)
    monkeypatch.setattr(planning, "MOST_TOLD", 3)

    path = tuple((NamedNode(f"http://books.example/def/{name}"), False) for name in condition.partition("=")[0].split("."))
    assert not asked.indexed.values.all_of(NamedNode("http://books.example/def/Book")).has(path)
    expected = asked.ask(f"/books?exists-{condition}", asked.plain)
    for dataset in (asked.indexed, asked.changed):
        found = asked.ask(f"/books?exists-{condition}", dataset)

        assert (found.items, found.total) == (expected.items, expected.total)
        assert step in found.plan


def test_few_that_others_lead_to_are_found_by_sparql_first(library: Asked, monkeypatch: pytest.MonkeyPatch):
    """A path that is in no index is followed backwards, to a beginning of it that is."""
    found = library.ask("/books?by.knows.town=York", library.indexed)

    assert [item.value[-2:] for item in found.items] == ["b2", "b6"]
    assert "index: by" in found.plan
