"""Selections: which items are found, in what order, and by which query."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pqlod.errors import BadParameter
from pqlod.lda.filters import Equality
from pqlod.lda.parameters import PageRequest, RequestUrl
from pqlod.lda.paths import parse_path
from pqlod.lda.selection import count_query, selection_query
from pqlod.rdf import Literal, NamedNode
from pqlod.store.dataset import Match


def test_the_query_is_laid_out_to_be_read(api, parse):
    request = parse("/books?by.label=Ann&min-printed=2018-01-02&_sort=-printed,title&_pageSize=5&_page=2")

    assert (
        selection_query(api, request).text
        == """\
PREFIX b: <http://books.example/def/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?item
WHERE {
  ?_by rdfs:label "Ann" .
  ?item b:by ?_by .
  ?item b:printed ?_printed .
  ?item a b:Book .
  OPTIONAL { ?item b:title ?_title . }
  FILTER (?_printed >= "2018-01-02"^^xsd:date)
  FILTER (isIRI(?item))
}
ORDER BY DESC(?_printed) LANG(?_title) ?_title ?item
OFFSET 10 LIMIT 6"""
    )


@pytest.mark.parametrize(
    ("address", "items"),
    [
        pytest.param("/books", "b1 b2 b3 b4 b5 b6", id="CF13 all of a class, no blank node (#18)"),
        pytest.param("/books?pages=7", "b1 b4", id="FL01 equality"),
        pytest.param("/books?pages=07", "b1 b4", id="numbers by value"),
        pytest.param("/books?pages=7&pages=9", "b1 b3 b4", id="FL11 repeated: a union"),
        pytest.param("/books?title=Roads", "b3", id="FL02 without a language"),
        pytest.param("/books?title=Kites", "", id="FL02 a tagged text is another"),
        pytest.param("/books?title=Kites&_lang=en,fr", "b1", id="FL02 languages"),
        pytest.param("/books?title=Roads&title=Rivers&lang-title=none,en", "b2 b3", id="FL03 texts and languages"),
        pytest.param("/english?title=Rivers", "b2", id="languages of the configuration"),
        pytest.param("/books?by=r_ann", "b1 b4 b5", id="FL04 a resource"),
        pytest.param("/books?by=r_ann&by=r_bob", "b1 b2 b4 b5 b6", id="a union of resources finds each once"),
        pytest.param("/books?by.label=Ann", "b1 b4 b5", id="a chain"),
        pytest.param("/books?by.town=York&by.label=Ann", "b1 b4 b5", id="FL09 chains share their beginning"),
        pytest.param("/books?by.town=York&by.town=Ely", "b1 b2 b4 b5 b6", id="a union at the end of a chain"),
        pytest.param("/books?by.knows.label=Ann", "b2 b6", id="a longer chain"),
        pytest.param("/books?~sequelOf=r_b4", "b1", id="D04 inverse, last"),
        pytest.param("/books?~sequelOf.number=6", "b5", id="FL10 inverse, in the middle"),
        pytest.param("/books?b_town=none", "", id="an undeclared property"),
        pytest.param("/books?min-pages=70", "b5 b6", id="FL05 min"),
        pytest.param("/books?max-pages=7", "b1 b4", id="FL05 max"),
        pytest.param("/books?minEx-pages=70", "b5", id="FL05 minEx"),
        pytest.param("/books?maxEx-pages=9", "b1 b4", id="FL05 maxEx"),
        pytest.param("/books?min-pages=8&max-pages=10", "b2 b3", id="both ends"),
        pytest.param("/books?min-pages=8&min-pages=10", "b2 b5 b6", id="repeated bounds all hold"),
        pytest.param("/books?min-pages=abc", "", id="a bound that is no number"),
        pytest.param("/books?min-printed=2018-11-23", "b2 b5", id="days"),
        pytest.param("/books?min-length=2", "b1", id="FL06 texts that look like numbers are texts"),
        pytest.param("/books?min-size=10", "b2", id="D18 numbers are numbers"),
        pytest.param("/books?min-title=K&_lang=en", "b1 b2", id="D18 texts of a language"),
        pytest.param("/books?min-title=K", "b3", id="D18 texts without one"),
        pytest.param("/books?min-by.label=B&max-by.label=C", "b2 b6", id="a bound on a chain"),
        pytest.param("/books?min-pages=8&pages=9", "b3", id="equality and bound"),
        pytest.param("/books?exists-printed=true", "b1 b2 b4 b5", id="FL07 there"),
        pytest.param("/books?exists-printed=false", "b3 b6", id="FL07 not there"),
        pytest.param("/books?exists-printed=false&exists-by=true", "b6", id="both"),
        pytest.param("/books?exists-by.knows=false", "b3 b5", id="FL07 a chain that ends early, one way of several"),
        pytest.param("/authors?exists-~by=false", "", id="D04 inverse absence"),
        pytest.param("/books?exists-~sequelOf=true", "b1 b5", id="inverse presence"),
        pytest.param("/books?name-by=Bob", "b2 b6", id="FL08 by label"),
        pytest.param("/books?name-by=Bob&name-by=Ann", "b1 b2 b4 b5 b6", id="several labels"),
        pytest.param("/strict?lent=2018-11-27", "b1", id="a day for an instant"),
        pytest.param("/strict?min-lent=2018-11-28", "b2", id="an instant without a zone"),
        pytest.param("/strict?max-lent=2018-11-27", "b1", id="up to the end of a day"),
        pytest.param("/narrow/9", "b2 b3 b6", id="CF10 variables in filters"),
        pytest.param("/narrow/9?high=10", "b2 b3", id="a declared variable in the request"),
        pytest.param("/narrow/9?pages=70", "b6", id="CF09 configuration and request"),
        pytest.param("/by/Ann", "b5 b1 b4", id="CF11 variables in where"),
        pytest.param("/by/Zed", "", id="CF11 nothing"),
        pytest.param("/list", "b2 b1", id="CF12 a select in its own order, each item once (#173)"),
        pytest.param("/list?_sort=number", "b1 b2", id="#28 a select sorted otherwise"),
        pytest.param("/list?pages=7", "b1", id="#28 a select filtered"),
        pytest.param("/chosen?than=69", "b5 b6", id="a named query"),
        pytest.param("/chosen", "b1 b2 b3 b4 b5 b6", id="a named query without its parameter"),
        pytest.param("/chosen?than=8&pages=9", "b3", id="a named query filtered"),
        pytest.param("/since?year=2019", "b5", id="RT02 a parameter of the path"),
        pytest.param("/neighbours/Ann", "b2 b6", id="CF08 a computed variable"),
        pytest.param("/nobody", "", id="D42 a variable that is not computed restricts to nothing"),
        pytest.param("/graph/one", "", id="VW09 a named graph"),
        pytest.param("/books?_subject=r_ann", "ann", id="FL18 one subject"),
        pytest.param("/places?near-lat=51.5&near-long=-0.12&_distance=10", "north", id="FL16 near"),
        pytest.param("/books?_where=?item b:pages ?n FILTER(?n > 50)", "b5 b6", id="FL18 where"),
        pytest.param("/books?_where=?item b:pages ?n&_where=FILTER(?n > 50)", "b5 b6", id="two pieces of one group"),
        pytest.param("/books?_where=FILTER(?_pages = 7) # why&exists-pages=true", "b1 b4", id="a piece that ends in a comment"),
        pytest.param("/books?_select=SELECT ?item { ?item b:tag ?t } ORDER BY DESC(?t) %23 why", "b2 b1", id="FL18 select"),
        pytest.param("/books?_orderBy=DESC(?item)&pages=7", "b4 b1", id="FL18 order"),
        pytest.param("/books?_search=kites", "b1", id="search"),
        pytest.param("/books?_search=kites&_search=rivers&_sort=-number", "b2 b1", id="searches united, sorted"),
    ],
)
def test_the_items_of_an_address(names, address, items):
    assert names(address) == items.split()


@pytest.mark.parametrize(
    ("address", "items"),
    [
        pytest.param("/books?_sort=pages", "b1 b4 b3 b2 b6 b5", id="SO01 ascending, SO04 ties by item"),
        pytest.param("/books?_sort=-pages", "b5 b6 b2 b3 b1 b4", id="SO01 descending"),
        pytest.param("/books?_sort=-printed,-pages", "b5 b2 b1 b4 b6 b3", id="SO01 two keys"),
        pytest.param("/books?_sort=printed", "b3 b6 b1 b4 b2 b5", id="SO02 items without a value stay, first"),
        pytest.param("/books?_sort=tag", "b3 b4 b5 b6 b1 b2", id="SO03 several values, one item"),
        pytest.param("/books?_sort=-tag&exists-tag=true", "b2 b1", id="the greatest value decides downwards"),
        pytest.param("/books?_sort=title&exists-title=true", "b3 b6 b5 b4 b1 b2", id="texts by language"),
        pytest.param("/books?_sort=by.town,number", "b3 b2 b6 b1 b4 b5", id="a chain"),
        pytest.param("/books?_sort=-~sequelOf.number", "b5 b1 b2 b3 b4 b6", id="D05 an inverse step"),
        pytest.param("/books?_sort=pages&min-pages=9", "b3 b2 b6 b5", id="a key that is filtered too"),
        pytest.param("/ordered", "b5 b6 b2 b3 b1 b4", id="orderBy with a variable"),
        pytest.param("/ordered?way=ASC", "b1 b4 b3 b2 b6 b5", id="#159 a direction in the request"),
        pytest.param("/ordered?_sort=number", "b1 b2 b3 b4 b5 b6", id="sort over orderBy"),
        pytest.param("/books?_orderBy=DESC(?item)", "b6 b5 b4 b3 b2 b1", id="D03 the request's order over the configuration's"),
        pytest.param("/strict?_sort=isRare", "b3 b4 b5 b6 b2 b1", id="a tie-break of the configuration"),
    ],
)
def test_the_order_of_an_address(names, address, items):
    assert names(address) == items.split()


def test_an_order_takes_one_word_from_a_request(fetch):
    with pytest.raises(BadParameter, match="stands in an order"):
        fetch("/ordered?way=DESC(?x) } UNION { ?y")


def test_search_ranks_items_where_no_order_is_asked_for(api, parse, dataset):
    request = parse("/books?_search=anything")
    matches = [
        Match(NamedNode(f"http://books.example/id/{name}"), score) for name, score in (("b6", 1.0), ("b2", 2.5), ("ann", 9.0))
    ]

    found = dataset.select(selection_query(api, request, matches)).values("item")

    assert [item.value[-2:] for item in found] == ["b2", "b6"]


def test_fl17_a_search_of_another_endpoint_is_its_own_triple(api, parse):
    text = selection_query(api, parse("/indexed?_search=kites&_search=rivers")).text

    assert '{ ?item b:query (b:title "kites" 200) . } UNION { ?item b:query (b:title "rivers" 200) . }' in text


@pytest.mark.parametrize(
    ("address", "total"),
    [
        pytest.param("/books?by=r_ann&by=r_bob", 5, id="PG07 items, not rows"),
        pytest.param("/list", 2, id="D17 of a select"),
        pytest.param("/books?_sort=by.label&pages=7", 2, id="whatever the order"),
        pytest.param("/books?pages=1", 0, id="nothing"),
    ],
)
def test_the_total_is_the_number_of_different_items(api, parse, dataset, address, total):
    query = count_query(api, parse(address))

    assert dataset.select(query).values("count")[0].value == str(total)


@pytest.mark.parametrize(("address", "is_trusted"), [("/by/Ann?pages=7", True), ("/books?_where=?item b:tag ?t", False)])
def test_a_query_with_text_of_a_client_is_not_trusted(api, parse, address, is_trusted):
    assert selection_query(api, parse(address)).is_trusted == is_trusted
    assert count_query(api, parse(address)).is_trusted == is_trusted


def test_d06_a_parameter_does_not_reach_the_variables_of_the_configuration(api, parse):
    """The where text of ``/by/{name}`` has a ?who that is nobody's to fill, and ?name, which the path fills."""
    text = selection_query(api, parse("/by/Ann?by.label=x&pages=7")).text

    assert '?item b:by ?who . ?who rdfs:label "Ann"\n.' in text


@pytest.fixture(scope="session")
def books_titled(api, dataset):
    """Finds books by a title, in English or without a language."""
    endpoint = next(endpoint for endpoint in api.endpoints if endpoint.template.text == "/books")

    def find(title):
        equality = Equality(parse_path("title", api.vocabulary), (Literal(title), Literal(title, language="en")))
        request = PageRequest(endpoint, RequestUrl("http://h", "/books"), {}, endpoint.default_viewer, (equality,), page_size=20)
        return [item.value[-2:] for item in dataset.select(selection_query(api, request)).values("item")]

    return find


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@example('"};DROP')
@example("Roads")
@example("\\u0022 . } #")
def test_any_text_stays_a_value(books_titled, title):
    """A filter by a text finds exactly what holds it, whatever characters it has."""
    known = {"Roads": ["b3"], '"};DROP': ["b6"], "Kites": ["b1"], "Rivers": ["b2"], "Bridges": ["b4"], "100% & more": ["b5"]}

    assert books_titled(title) == known.get(title, [])
