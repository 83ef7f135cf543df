"""Views: which triples of the items are shown."""

from dataclasses import replace

import pytest

from pqlod.lda.model import Rewrite, ViewKind
from pqlod.lda.views import fetch_view, in_languages, rewritten, view_queries
from pqlod.rdf import RDFS, Graph, Literal, NamedNode, Namespace, Triple

B = Namespace("http://books.example/def/")
R = Namespace("http://books.example/id/")


def short(graph):
    """The triples of a graph, by local names and texts."""
    return {" ".join(term.value.rsplit("/")[-1].rsplit("#")[-1] for term in triple) for triple in graph}


class Asked:
    """A dataset that answers SPARQL only, as an endpoint elsewhere does."""

    def __init__(self, dataset):
        self.construct, self.describe = dataset.construct, dataset.describe

    def follow(self, resources, branches, graph):
        return None


@pytest.mark.parametrize(
    "address",
    [
        "/books", "/books?_view=full", "/books?_view=list", "/books?_view=basic", "/books?_view=preferred", "/authors",
        "/book/b6", "/book/b4", "/books?_view=full&_graph=http://books.example/graph",
    ],
)  # fmt: skip
def test_a_view_is_the_same_whether_it_is_followed_or_asked_for(api, parse, dataset, address):
    request = parse(address)
    items = (R.b6,) if address.startswith("/book/") else (R.b1, R.b2, R.b3, R.b4, R.b5, R.b6)

    followed, asked = (fetch_view(api, request, items, (one,)).graph for one in (dataset, Asked(dataset)))

    assert set(followed) == set(asked)


@pytest.mark.parametrize(
    ("address", "triples"),
    [
        pytest.param("/books?number=2", {"b2 number 2", "b2 title Rivers"}, id="chains"),
        pytest.param(
            "/books?number=6&_view=full",
            {
                "b6 number 6",
                "b6 pages 70",
                "b6 by bob",
                "bob label Bob",
                "bob knows ann",
                "ann label Ann",
                "b6 sequelOf b5",
                "b5 number 5",
            },
            id="chains that begin alike",
        ),
        pytest.param("/books?number=3&_view=full", {"b3 number 3", "b3 pages 9"}, id="VW06 missing ends take nothing away"),
        pytest.param(
            "/books?number=2&_view=list", {"b2 number 2", "b2 title Rivers", "b2 by bob", "bob town Ely"}, id="CF15 include"
        ),
        pytest.param("/books?number=3&_view=basic", {"b3 type Book"}, id="VW01 basic"),
        pytest.param("/books?number=2&_view=templated", {"b2 by bob", "bob label Bob"}, id="CF14 template"),
        pytest.param("/books?number=2&_template=?item b:tag ?t", {"b2 tag c"}, id="FL18 template of a request"),
        pytest.param("/books?number=2&_properties=tag", {"b2 number 2", "b2 title Rivers", "b2 tag c"}, id="VW03 properties"),
        pytest.param(
            "/books?number=2&_view=basic&_properties=by.*",
            {"b2 type Book", "b2 by bob", "bob type Author", "bob label Bob", "bob town Ely", "bob knows ann"},
            id="VW04 any property",
        ),
        pytest.param(
            "/books?number=5&_view=basic&_properties=~sequelOf.number",
            {"b5 type Book", "b5 type Rare", "b6 sequelOf b5", "b6 number 6"},
            id="VW05 inverse",
        ),
        pytest.param("/book/b3", {"b3 type Book", "b3 number 3", "b3 title Roads", "b3 pages 9"}, id="VW01 description"),
        pytest.param("/books?pages=1", set(), id="no items"),
    ],
)
def test_the_view_of_an_address(fetch, address, triples):
    assert short(fetch(address).graph) == triples


def test_a_description_goes_on_through_blank_nodes(fetch):
    graph = fetch("/book/b4").graph

    (shelf,) = graph.values(R.b4, B.shelf)
    assert graph.value(shelf, B.room) == Literal("Attic")


def test_cf16_vw01_a_labelled_description_labels_all_that_it_mentions(fetch):
    graph = fetch("/books?number=6&_view=preferred&_properties=sequelOf.by").graph

    assert {"bob label Bob", "bob town Ely", "ann label Ann", "cat label Cat", "b6 pages 70"} <= short(graph)


def test_issue_9_labels_are_fetched_in_batches(api, parse, dataset, monkeypatch):
    """A store may not take a long list of resources."""
    monkeypatch.setattr("pqlod.lda.views.LABELS_AT_ONCE", 2)
    request = parse("/authors")

    view = fetch_view(api, request, (R.ann, R.bob, R.cat), (Asked(dataset),))

    assert {"ann label Ann", "bob label Bob", "cat label Cat"} <= short(view.graph)
    assert view.query() == "DESCRIBE <http://books.example/id/ann> <http://books.example/id/bob> <http://books.example/id/cat>"


def test_cf17_further_datasets_are_asked_too(api, parse, dataset):
    class Other(Asked):
        def __init__(self):
            pass

        def construct(self, query):
            return Graph([Triple(R.b3, B.number, Literal("III"))])

    view = fetch_view(api, parse("/books"), (R.b3,), (dataset, Other()))

    assert set(view.graph.values(R.b3, B.number)) == {Literal(3), Literal("III")}


@pytest.mark.parametrize("encloses", [True, False], ids=["VW08 #277 enclosed", "VW08 as the store describes it"])
def test_of_a_description_only_what_an_item_leads_to_may_be_kept(parse, encloses):
    class Symmetric:
        def describe(self, items, graph):
            return Graph([Triple(R.b3, B.number, Literal(3)), Triple(R.b9, B.sequelOf, R.b3)])

    request = parse("/books?_view=description")
    request = replace(request, endpoint=replace(request.endpoint, encloses_describe=encloses))

    view = fetch_view(None, request, (R.b3,), (Symmetric(),))

    assert short(view.graph) == ({"b3 number 3"} if encloses else {"b3 number 3", "b9 sequelOf b3"})


def test_the_query_of_chains_is_laid_out_to_be_read(api, parse):
    (query,) = view_queries(api, parse("/books?_view=full"), (R.b1, R.b2))

    assert (
        query.text
        == """\
PREFIX b: <http://books.example/def/>
PREFIX r: <http://books.example/id/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT {
  ?item b:by ?_by .
  ?_by rdfs:label ?_by_label .
  ?_by b:knows ?_by_knows .
  ?_by_knows rdfs:label ?_by_knows_label .
  ?item b:sequelOf ?_sequelOf .
  ?_sequelOf b:number ?_sequelOf_number .
  ?item ?_property ?_value .
}
WHERE {
  VALUES ?item { r:b1 r:b2 }
  { ?item ?_property ?_value FILTER (?_property IN (b:number, b:pages)) }
  UNION { ?item b:by ?_by OPTIONAL { { ?_by rdfs:label ?_by_label } UNION { ?_by b:knows ?_by_knows OPTIONAL { { ?_by_knows rdfs:label ?_by_knows_label } } } } }
  UNION { ?item b:sequelOf ?_sequelOf OPTIONAL { { ?_sequelOf b:number ?_sequelOf_number } } }
}"""  # noqa: E501
    )


def test_a_template_of_a_client_is_not_trusted(api, parse):
    own, given = (
        view_queries(api, parse(f"/books?{query}"), (R.b1,))[0] for query in ("_view=templated", "_template=?item b:tag ?t")
    )

    assert (own.is_trusted, given.is_trusted) == (True, False)


def test_a_view_without_properties_asks_nothing(api, parse, dataset):

    request = parse("/books")
    empty = replace(request, viewer=replace(request.viewer, paths=(), kind=ViewKind.CHAINS))

    assert len(fetch_view(api, empty, (R.b1,), (dataset,)).graph) == 0


TEXTS = {
    "Red": Literal("Red"),
    "Red@en": Literal("Red", language="en"),
    "Rot@de": Literal("Rot", language="de"),
    "Coch@cy": Literal("Coch", language="cy"),
    "Rouge@fr-BE": Literal("Rouge", language="fr-BE"),
    "7": Literal(7),
    "thing": NamedNode("urn:thing"),
}


@pytest.mark.parametrize(
    ("texts", "languages", "shown"),
    [
        pytest.param("Red@en Rot@de Red", "", "Red@en Rot@de Red", id="no languages: all"),
        pytest.param("Red@en Rot@de", "en", "Red@en", id="VW07 only those of the language"),
        pytest.param("Rot@de", "en", "", id="D23 none of it"),
        pytest.param("Red@en Red", "en", "Red@en", id="VW07 no untagged text beside it"),
        pytest.param("Rot@de Red", "en", "Red", id="VW07 untagged text in its place"),
        pytest.param("Red@en Red", "en,none", "Red@en Red", id="none is untagged text"),
        pytest.param("Red@en Coch@cy", "cy,en", "Red@en Coch@cy", id="several"),
        pytest.param("Rouge@fr-BE", "fr-be", "Rouge@fr-BE", id="tags in any case"),
        pytest.param("7 thing Rot@de", "en", "7 thing", id="other values stay"),
    ],
)
def test_texts_are_shown_in_the_languages_of_the_request(texts, languages, shown):
    graph = Graph(Triple(R.b1, RDFS.label, TEXTS[text]) for text in texts.split())

    values = in_languages(graph, tuple(filter(None, languages.split(",")))).values(R.b1, RDFS.label)

    assert set(values) == {TEXTS[text] for text in shown.split()}


def test_iris_are_rewritten_by_the_longest_beginning():
    """CF18."""
    graph = Graph([Triple(R.b1, B.by, R["people/ann"]), Triple(R.b1, B.size, Literal("1", datatype=B.metres))])
    rewrites = (Rewrite(R.iri, "http://new/"), Rewrite(R.iri + "people/", "http://new/who/"), Rewrite(B.iri, "urn:"))

    assert set(rewritten(graph, rewrites)) == {
        Triple(NamedNode("http://new/b1"), NamedNode("urn:by"), NamedNode("http://new/who/ann")),
        Triple(NamedNode("http://new/b1"), NamedNode("urn:size"), Literal("1", datatype=NamedNode("urn:metres"))),
    }


@pytest.mark.parametrize(
    ("address", "is_bounded"),
    [
        pytest.param("/books?number=6&_view=full", True, id="forwards, as configured"),
        pytest.param("/books?number=6&_properties=tag", False, id="with properties of the request"),
        pytest.param("/books?number=6&_properties=~sequelOf", False, id="backwards"),
        pytest.param("/books?number=6&_view=templated", False, id="a template"),
    ],
)
def test_a_view_is_bounded_if_its_paths_are_configured_and_lead_forwards(api, parse, address, is_bounded):
    (query,) = view_queries(api, parse(address), [R.b6])

    assert query.is_bounded == is_bounded
