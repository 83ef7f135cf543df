"""What is fetched beside the page of an item: panels, neighbours, what links to it; all of it within a time."""

from dataclasses import replace
from pathlib import Path

import pytest

from pqlod.errors import ClientLeft, DatasetError
from pqlod.lda.addresses import filled
from pqlod.lda.companions import Companions, fetch_companions
from pqlod.lda.config import read_configuration
from pqlod.lda.model import PageDeclaration, Panel
from pqlod.lda.pages import fetch_page
from pqlod.lda.parameters import RequestUrl, parse_parameters
from pqlod.lda.routing import Router
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import RDFS, Graph, Literal, Namespace, Triple
from pqlod.store.deadline import Deadline
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.query import load_queries

B, R = Namespace("http://books.example/def/"), Namespace("http://books.example/id/")
LIBRARY = Path(__file__).with_name("library")


def panel(address, label="Books", **others):
    return Panel(label, UriTemplate(address), **others)


@pytest.fixture
def beside(api, dataset):
    """What is beside the page of a book, where the configuration says this of books."""

    def beside(item, *panels, neighbours="", path="", dataset=dataset, **others) -> Companions:
        declaration = PageDeclaration((B.Book,), "", panels, UriTemplate(neighbours) if neighbours else None)
        shown = replace(api, pages=(declaration,))
        return fetch_companions(page_of(shown, dataset, path or f"/book/{item}"), dataset, **others)

    return beside


def page_of(api, dataset, address):
    path, _, query = address.partition("?")
    match = Router((api,)).match(path, {})
    url = RequestUrl("http://h.example", path, tuple(tuple(pair.split("=")) for pair in query.split("&") if pair))
    request = parse_parameters(api, match.endpoint, match.variables, url)
    return fetch_page(api, match.endpoint, request, match.endpoint.formatters["html"], dataset)


def items_of(companions):
    return [[item.value.rsplit("/", 1)[1] for item in panel.page.items] for panel in companions.panels]


# Panels


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("/books?by={by}", [["b4", "b5"]], id="by a value"),
        pytest.param("/books?sequelOf={item}", [["b4"]], id="by the item"),
        pytest.param("/books?printed={printed}&_sort=-number", [["b4"]], id="by a day, in an order"),
        pytest.param("/books?by={knows}", [], id="by what the item lacks"),
        pytest.param("/books?pages=1", [], id="of a list without items"),
        pytest.param("/since?year=2019", [["b5"]], id="of a list that wants a parameter"),
    ],
)
def test_a_panel_has_the_first_items_of_its_list_but_not_the_item_itself(beside, address, expected):
    assert items_of(beside("b1", panel(address))) == expected


def test_a_path_with_several_values_asks_for_any_of_them(beside):
    assert items_of(beside("b5", panel("/books?by={by}", size=9))) == [["b1", "b4"]]


def test_a_panel_has_so_many_items_and_the_total_of_its_list(beside):
    (filled,) = beside("b1", panel("/books?_count=yes", size=2)).panels

    assert ([item.value for item in filled.page.items], filled.page.total) == ([R.b2.value, R.b3.value], 6)


def test_what_one_panel_shows_those_after_it_do_not_show_again(beside):
    assert items_of(beside("b1", panel("/books?by={by}", size=1), panel("/books", size=3))) == [["b4"], ["b2", "b3", "b5"]]


def test_the_page_of_a_panel_tells_nothing_of_its_queries(beside):
    (filled,) = beside("b1", panel("/books")).panels

    assert not any("query" in triple.predicate.value for triple in filled.page.metadata)


def test_an_item_of_another_class_has_no_panels(beside):
    assert beside("ann", panel("/books")).panels == ()


def test_a_page_that_a_view_was_asked_of_has_no_panels(beside):
    assert beside("b1", panel("/books"), path="/book/b1?_view=description").panels == ()


def test_words_that_are_searched_for_are_no_operators(api, dataset):
    page = page_of(api, dataset, "/book/b1")
    page = replace(page, graph=Graph([Triple(R.b1, B.title, Literal('NOT "this" (OR that*) -those: NHS'))]))

    assert filled(UriTemplate("/books?_search={title}"), page).parameters == (("_search", "not this or that those nhs"),)


def test_a_path_leads_through_what_the_page_shows(api, dataset):
    assert filled(UriTemplate("/by/{b_shelf.b_room}"), page_of(api, dataset, "/book/b4")).path == "/by/Attic"


def test_values_in_an_address_stay_values(api, dataset):
    page = page_of(api, dataset, "/book/b1")
    page = replace(page, graph=Graph([Triple(R.b1, B.tag, Literal("a&_view=x#?/%2F{item}"))]))

    assert filled(UriTemplate("/by/{tag}?tag={tag}"), page) == RequestUrl(
        "http://h.example", "/by/a&_view=x#?/%2F{item}", (("tag", "a&_view=x#?/%2F{item}"),)
    )


# What is before and after


@pytest.mark.parametrize(
    ("item", "previous", "next_"),
    [("b1", None, R.b2), ("b3", R.b2, R.b4), ("b6", R.b5, None)],
    ids=["the first", "one between", "the last"],
)
def test_an_item_has_neighbours_in_a_list(beside, item, previous, next_):
    neighbours = beside(item, neighbours="/books?exists-title=true").neighbours

    assert (neighbours.previous, neighbours.next) == (previous, next_)


def test_neighbours_are_found_across_pages(api, beside, dataset, monkeypatch):
    for endpoint in api.endpoints:
        if endpoint.template.text == "/books":
            monkeypatch.setitem(endpoint.__dict__, "max_page_size", 2)

    found = {item: beside(item, neighbours="/books").neighbours for item in ("b2", "b3", "b5")}

    assert {item: (each.previous, each.next) for item, each in found.items()} == {
        "b2": (R.b1, R.b3),
        "b3": (R.b2, R.b4),
        "b5": (R.b4, R.b6),
    }


def test_an_item_that_is_not_in_the_list_has_no_neighbours(beside):
    neighbours = beside("b1", neighbours="/books?min-number=3").neighbours

    assert (neighbours.previous, neighbours.next) == (None, None)


# What links here


def test_what_links_to_an_item_is_told_by_property(beside):
    incoming = {each.property: (each.count, each.is_more, set(each.subjects)) for each in beside("ann").incoming}

    assert incoming == {B.by: (3, False, {R.b1, R.b4, R.b5}), B.knows: (1, False, {R.bob})}


def test_links_are_counted_up_to_a_limit(beside, monkeypatch):
    monkeypatch.setattr("pqlod.lda.incoming.MOST_COUNTED", 2)
    monkeypatch.setattr("pqlod.lda.incoming.MOST_SHOWN", 1)

    (by, _) = beside("ann").incoming

    assert (by.property, by.count, by.is_more, len(by.subjects)) == (B.by, 2, True, 1)


def test_what_is_mentioned_has_its_title_and_labels(api, dataset):
    entitled = replace(api, titles=read_configuration(LIBRARY / "api.ttl", load_queries(LIBRARY)).apis[0].titles)
    companions = fetch_companions(page_of(entitled, dataset, "/book/ann"), dataset)

    assert companions.mentioned.values(R.bob, RDFS.label) == (Literal("Bob"),)


# Time and failures


class Failing(EmbeddedDataset):
    """Fails at every query, as a page is that was fetched already."""

    def __init__(self, error) -> None:
        self.error = error

    def until(self, deadline):
        return self

    values = None
    version = ""
    generation = None

    def select(self, query):
        raise self.error


def test_what_fails_is_left_out_and_named(api, dataset):
    page = page_of(replace(api, pages=(PageDeclaration((B.Book,), "", (panel("/books", "All books"),)),)), dataset, "/book/b1")

    companions = fetch_companions(page, Failing(DatasetError("broken")))

    assert (companions.panels, companions.missing) == ((), ("All books", "what links here"))


def test_what_is_late_is_left_out_and_named(beside):
    companions = beside("b1", panel("/books", "All books"), neighbours="/books", seconds=0)

    assert (companions.panels, companions.neighbours) == ((), None)
    assert companions.missing == ("All books", "what is before and after", "what links here")


def test_the_deadline_of_the_request_counts_too(beside):
    assert beside("b1", panel("/books", "All books"), deadline=Deadline.after(0)).missing[0] == "All books"


def test_a_client_that_has_left_waits_for_nothing(api, dataset):
    with pytest.raises(ClientLeft):
        fetch_companions(page_of(api, dataset, "/book/b1"), Failing(ClientLeft()))


def test_a_list_has_no_panels_and_no_links(beside):
    companions = beside("", panel("/books"), path="/books")

    assert (companions.panels, companions.neighbours, companions.incoming, companions.missing) == ((), None, (), ())
