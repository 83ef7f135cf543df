"""Pages: items, links, totals, and what is missing."""

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pqlod.errors import BadParameter, ItemNotFound, RequestError
from pqlod.lda import pages, planning
from pqlod.lda.kept import Kept
from pqlod.lda.pages import fetch_page
from pqlod.lda.parameters import OPERATORS, RESERVED
from pqlod.rdf import RDFS, Literal, NamedNode


def links(page):
    return page.previous, page.first, page.next


def test_links_keep_the_size_and_the_order_of_the_parameters(fetch):
    page = fetch("/books.ttl?_pageSize=2&_page=1&_sort=-number")

    assert page.iri.value == "http://h.example/books.ttl?_pageSize=2&_page=1&_sort=-number"
    assert links(page) == tuple(f"http://h.example/books.ttl?_pageSize=2&_page={number}&_sort=-number" for number in (0, 0, 2))


@pytest.mark.parametrize(
    ("address", "has_next"),
    [
        pytest.param("/books?_pageSize=4", True, id="more"),
        pytest.param("/books?_pageSize=4&_page=1", False, id="PG05 a short last page"),
        pytest.param("/books?_pageSize=3&_page=1", False, id="D01 a full last page"),
        pytest.param("/books?_page=9", False, id="PG06 beyond the end"),
        pytest.param("/books?_page=2147483647", False, id="D34 far beyond the end"),
    ],
)
def test_there_is_a_next_page_only_where_it_has_items(fetch, address, has_next):
    page = fetch(address)

    assert (page.has_next, page.next is not None) == (has_next, has_next)


def test_all_pages_have_all_items_once(fetch):
    address, seen = "/books?_pageSize=4", []
    while address:
        page = fetch(address)
        seen += page.items
        address = page.next and page.next.removeprefix("http://h.example")

    assert [item.value[-1] for item in seen] == list("123456")


def test_the_format_is_in_the_address_and_nowhere_else(fetch):
    """FM05."""
    assert fetch("/books?_format=json&_page=0").iri.value == "http://h.example/books.json?_page=0"


def test_links_keep_the_state_of_the_data(api, match, parse, dataset):
    class Generation:
        version, generation, values = "42-0", 42, None
        select, construct, ask, describe = dataset.select, dataset.construct, dataset.ask, dataset.describe
        follow = dataset.follow

    found, _ = match("/strict?_pageSize=2")
    formatter = found.endpoint.formatters["json"]

    page = fetch_page(api, found.endpoint, parse("/strict?_pageSize=2"), formatter, Generation())

    assert page.next == "http://h.example/strict.json?_pageSize=2&_page=1&_generation=42"
    assert page.first == "http://h.example/strict.json?_pageSize=2&_page=0"


@pytest.mark.parametrize(
    ("address", "total"), [("/books?_count=yes&_pageSize=2", 6), ("/books", None), ("/books?_subject=r_b1&_count=yes", 1)]
)
def test_a_list_is_counted_when_asked(fetch, address, total):
    """PG07."""
    assert fetch(address).total == total


def test_the_same_list_of_the_same_data_is_counted_once(fetch, monkeypatch):
    counted = []
    monkeypatch.setattr(pages, "_totals", Kept(pages.MOST_TOTALS))
    monkeypatch.setattr(pages, "_count", lambda query, dataset: counted.append(query) or 7)

    totals = [fetch(f"/books?_count=yes&_page={number}").total for number in range(3)]

    assert (totals, len(counted)) == ([7, 7, 7], 1)


def test_an_item_is_found_by_its_iri(fetch):
    """IT01."""
    page = fetch("/book/b1")

    assert (page.is_list, page.item, links(page)) == (False, NamedNode("http://books.example/id/b1"), (None, None, None))


def test_an_item_by_a_selector_is_one_item(fetch):
    """D46: not a page of them."""
    page = fetch("/newest")

    assert [item.value[-2:] for item in page.items] == ["b5"]
    assert {subject.value[-2:] for subject in page.graph.subjects()} == {"b5"}


@pytest.mark.parametrize("resource", ["http://books.example/id/b1", "b_Book"], ids=["an IRI", "a name that is none"])
def test_an_item_template_may_be_a_whole_iri(fetch, resource):
    address = f"/about?resource={resource}"
    if ":" in resource:
        assert fetch(address).item == NamedNode(resource)
    else:
        with pytest.raises(BadParameter, match="not an IRI"):
            fetch(address)


@pytest.mark.parametrize("view", ["description", "short", "basic"])
def test_nothing_is_known_of_a_missing_item_in_any_view(fetch, view):
    """IT02, D16."""
    with pytest.raises(ItemNotFound, match=r"<http://books\.example/id/nothing>"):
        fetch(f"/book/nothing?_view={view}")


def test_an_item_exists_whatever_its_view_shows(fetch):
    """D16: b3 has no tag, and is a book all the same."""
    assert len(fetch("/book/b3?_template=?item b:tag ?t").graph) == 0


def test_a_selector_that_finds_no_item_is_a_missing_one(fetch, api, match, parse, dataset):

    found, _ = match("/newest")
    nothing = replace(found.endpoint, selector=replace(found.endpoint.selector, filters=(("pages", "1"),)))
    request = replace(parse("/newest"), endpoint=nothing)

    with pytest.raises(ItemNotFound):
        fetch_page(api, nothing, request, nothing.formatters["json"], dataset)


@pytest.mark.parametrize(
    ("address", "wish", "is_missing"),
    [("/books?pages=1", "yes", True), ("/books?pages=1", "no", False), ("/book/none", "no", False)],
)
def test_a_variable_decides_whether_nothing_is_an_error(api, match, parse, dataset, address, wish, is_missing):
    """IT03."""

    found, _ = match(address)
    request = replace(parse(address), bindings={**parse(address).bindings, "_exceptionIfEmpty": Literal(wish)})
    formatter = found.endpoint.formatters["json"]

    if is_missing:
        with pytest.raises(ItemNotFound):
            fetch_page(api, found.endpoint, request, formatter, dataset)
    else:
        assert len(fetch_page(api, found.endpoint, request, formatter, dataset).graph) == 0


PATHS = (
    "number",
    "title",
    "printed",
    "by.label",
    "by.knows.label",
    "~sequelOf",
    "~by.number",
    "tag",
    "b_town",
    "type",
    "*.*",
    "item",
)
PREFIXES = (*(f"{prefix}-" for prefix in OPERATORS), "", "foo-")
NAMES = st.one_of(st.tuples(st.sampled_from(PREFIXES), st.sampled_from(PATHS)).map("".join), st.sampled_from(tuple(RESERVED)))
VALUES = st.one_of(
    st.sampled_from(
        ("7", "2018-11-22", "true", "Book", "r_ann", "en,none", "-title,n.", "{greeting}", "?x", "} {", "*", "1e999", "\x85")
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
ADDRESSES = st.tuples(
    st.sampled_from(["/books", "/strict", "/list", "/chosen", "/authors", "/book/b4", "/newest", "/by/Ann", "/english"]),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
).map(lambda parts: f"{parts[0]}?{urlencode(parts[1])}")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(address=ADDRESSES)
def test_a_request_has_a_page_or_is_told_what_is_wrong_with_it(fetch, address):
    """Whatever its parameters are: every other error would be ours."""
    with suppress(RequestError):
        page = fetch(address)
        assert {term for triple in page.metadata for term in triple} >= set(page.items)


@pytest.mark.parametrize(("found", "is_partial"), [(2, True), (3, False)], ids=["more than are listed", "all are listed"])
def test_a_page_says_that_a_search_found_too_much(fetch, monkeypatch, found, is_partial):
    monkeypatch.setattr(planning, "MOST_MATCHES", found)

    page = fetch("/books?_search=kites OR rivers OR roads")

    assert bool(page.metadata.values(page.iri, RDFS.comment)) == is_partial
