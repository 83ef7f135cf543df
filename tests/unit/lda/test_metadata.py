"""What a page says of itself."""

from dataclasses import replace

import pytest

from pqlod.lda.pages import fetch_page
from pqlod.rdf import API, DCT, ELDA, FOAF, OPENSEARCH, RDF, RDFS, XHV, XSD, Graph, Literal, NamedNode, Namespace

H = Namespace("http://h.example/")
R = Namespace("http://books.example/id/")


def objects(graph: Graph, subject, *path):
    """What a path leads to: through blank nodes, as texts."""
    found = [subject]
    for predicate in path:
        found = [value for one in found for value in graph.values(one, predicate)]
    return {term.value for term in found}


def long(number):
    return Literal(str(number), datatype=XSD.long)


def test_md01_a_list_that_is_its_own_first_page(fetch):
    page = fetch("/books.ttl")
    said = page.metadata.properties(H["books.ttl"])

    assert {predicate: values for predicate, values in said.items() if predicate != API.items} == {
        RDF.type: (API.Page, API.ListEndpoint),
        API.definition: (H["meta/books.ttl"],),
        API.extendedMetadataVersion: (H["books.ttl?_metadata=all"],),
        API.page: (long(0),),
        OPENSEARCH.itemsPerPage: (long(10),),
        OPENSEARCH.startIndex: (long(1),),
        XHV.first: (H["books.ttl?_page=0"],),
        DCT.isPartOf: (H["books.ttl"],),
        DCT.hasPart: (H["books.ttl"],),
    }


def test_a_later_page_is_part_of_its_list(fetch):
    page = fetch("/books.json?number=1&number=2&_page=1&_pageSize=1&_count=yes")
    whole = H["books.json?number=1&number=2&_count=yes"]

    assert page.metadata.values(page.iri, DCT.isPartOf) == (whole,)
    assert page.metadata.properties(whole) == {
        DCT.hasPart: (page.iri,),
        API.definition: (H["meta/books.json?number=1&number=2&_count=yes"],),
        RDF.type: (API.ListEndpoint,),
    }
    assert page.metadata.value(page.iri, OPENSEARCH.startIndex) == long(2)
    assert page.metadata.value(page.iri, OPENSEARCH.totalResults) == Literal("2", datatype=XSD.int)


def test_the_items_are_a_list_in_order(fetch):
    page = fetch("/books?_sort=-number&_pageSize=2")
    cell = page.metadata.value(page.iri, API.items)
    rest = page.metadata.value(cell, RDF.rest)

    assert [page.metadata.value(one, RDF.first) for one in (cell, rest)] == [R.b6, R.b5]
    assert page.metadata.value(rest, RDF.rest) == RDF.nil


def test_no_items_are_an_empty_list(fetch):
    page = fetch("/books?pages=1")

    assert page.metadata.values(page.iri, API.items) == (RDF.nil,)


def test_it01_an_item_is_the_topic_of_its_page(fetch):
    page = fetch("/book/b1.ttl?number=1")

    assert page.metadata.properties(page.iri) == {
        RDF.type: (API.Page, API.ItemEndpoint),
        API.definition: (H["meta/book/_k.ttl?number=1"],),
        API.extendedMetadataVersion: (H["book/b1.ttl?number=1&_metadata=all"],),
        FOAF.primaryTopic: (R.b1,),
    }
    assert page.metadata.values(R.b1, FOAF.isPrimaryTopicOf) == (page.iri,)


def test_an_endpoint_that_parameters_choose_is_its_own_definition(fetch):
    page = fetch("/about?resource=http://books.example/id/b1")

    assert page.metadata.values(page.iri, API.definition) == (page.iri,)


def test_md04_default_metadata_can_be_switched_off_but_for_some(fetch):
    page = fetch("/plain")

    assert set(page.metadata.properties(page.iri)) == {API.items, API.page}


def test_a_page_without_default_metadata_is_still_a_page_in_xml(fetch):
    page = fetch("/plain.xml")

    assert page.metadata.values(page.iri, RDF.type) == (API.Page,)


def test_md05_d59_licences_and_notices_come_with_what_the_configuration_tells_of_them(fetch):
    page = fetch("/licensed")

    assert page.metadata.values(page.iri, DCT.license) == (R.licence,)
    assert page.metadata.values(page.iri, ELDA.notice) == (R.notice,)
    assert [objects(page.metadata, one, RDFS.label) for one in (R.licence, R.terms, R.notice)] == [
        {"Open licence"},
        {"Terms"},
        {"A notice"},
    ]


@pytest.mark.parametrize(("address", "is_more"), [("/licensed", False), ("/licensed?_metadata=%2Bmore", True)])
def test_md04_d35_blocks_of_metadata_are_shown_by_default_or_when_asked_for(fetch, address, is_more):
    page = fetch(address)

    assert objects(page.metadata, page.iri, RDFS.comment) == {"greets with hello"}
    assert bool(page.metadata.values(page.iri, RDFS.seeAlso)) == is_more


@pytest.mark.parametrize(
    ("group", "predicate"),
    [("versions", DCT.hasVersion), ("formats", DCT.hasFormat), ("bindings", API.wasResultOf), ("execution", API.wasResultOf)],
)
def test_md02_a_group_comes_only_when_asked_for(fetch, group, predicate):
    pages = [fetch(f"/books?_metadata={names}") for names in (group, "all", f"nosuch,{group.upper()}", "nosuch")]

    assert [bool(page.metadata.values(page.iri, predicate)) for page in pages] == [True, True, True, False]


def test_md03_an_html_page_has_all_groups(fetch):
    page = fetch("/books.html")

    assert {DCT.hasVersion, DCT.hasFormat, API.wasResultOf} <= set(page.metadata.properties(page.iri))


def test_versions_are_the_views(fetch):
    page = fetch("/books.json?_view=full&_metadata=versions")
    version = H["books.json?_view=list&_metadata=versions&_page=0"]

    assert {"basic", "description", "all", "short", "full", "list"} <= objects(
        page.metadata, page.iri, DCT.hasVersion, ELDA.viewName
    )
    assert page.metadata.properties(version) == {
        DCT.isVersionOf: (page.iri,),
        RDFS.label: (Literal("list"),),
        ELDA.viewName: (Literal("list"),),
        API.properties: (Literal("by.town"), Literal("number"), Literal("title")),
    }


def test_an_item_has_no_page_in_the_addresses_of_its_views(fetch):
    page = fetch("/book/b1.json?_metadata=versions")

    assert H["book/b1.json?_metadata=versions&_view=short"] in page.metadata.values(page.iri, DCT.hasVersion)


def test_formats_are_addresses_with_other_suffixes_and_the_page_is_one_of_them(fetch):
    page = fetch("/books.json?_metadata=formats")

    assert {"json", "xml", "ttl", "rdf", "csv", "html"} <= objects(page.metadata, page.iri, DCT.hasFormat, RDFS.label)
    assert objects(page.metadata, H["books.ttl?_metadata=formats"], DCT["format"], RDFS.label) == {"text/turtle"}
    assert objects(page.metadata, page.iri, DCT["format"], RDFS.label) == {"application/json"}


def test_fm06_formats_by_parameter_keep_the_suffix(api, match, parse, dataset):
    found, _ = match("/books.json?_metadata=formats")
    by_parameter = replace(api, negotiates_by_suffix=False)

    page = fetch_page(by_parameter, found.endpoint, parse("/books?_metadata=formats"), found.endpoint.formatters["json"], dataset)

    assert H["books.json?_metadata=formats&_format=ttl"] in page.metadata.values(page.iri, DCT.hasFormat)


def test_bindings_tell_variables_and_names(fetch):
    page = fetch("/by/Ann?_metadata=bindings&pages=7")
    execution = page.metadata.value(page.iri, API.wasResultOf)
    variables, terms = ({} for _ in range(2))
    for found, predicate, value in ((variables, API.variableBinding, API.value), (terms, API.termBinding, API.property)):
        for node in page.metadata.values(execution, predicate):
            found[page.metadata.value(node, API.label).value] = page.metadata.value(node, value).value

    assert variables.items() >= {"name": "Ann", "greeting": "hello", "pages": "7", "_selectedView": "short", "_page": ""}.items()
    assert variables["_HOST"] == "h.example"
    assert terms["title"] == "http://books.example/def/title"
    assert terms["first"] == XHV.first.value


def test_pg01_d68_execution_tells_the_queries_and_no_path_of_this_machine(fetch):
    page = fetch("/books?_metadata=execution&_page=2&_pageSize=2")
    sparql, service = (
        Namespace(f"http://{name}#") for name in ("purl.org/net/opmv/types/sparql", "www.w3.org/ns/sparql-service-description")
    )
    execution = page.metadata.value(page.iri, API.wasResultOf)

    (selection,), (view,) = (
        objects(page.metadata, execution, one, sparql.query, RDF.value) for one in (API.selectionResult, API.viewingResult)
    )
    assert selection.endswith("OFFSET 4 LIMIT 3")
    assert view.startswith("PREFIX b: <http://books.example/def/>\n")
    assert objects(page.metadata, execution, API.selectionResult, sparql.endpoint, service.url) == set()
    assert "local:" not in "".join(str(triple) for triple in page.metadata)


def test_the_address_of_an_endpoint_is_told(api, match, parse, dataset):

    found, _ = match("/books")
    remote = replace(api, source=replace(api.source, iri=NamedNode("https://sparql.example/q")))

    page = fetch_page(remote, found.endpoint, parse("/books?_metadata=execution"), found.endpoint.formatters["json"], dataset)

    assert NamedNode("https://sparql.example/q") in {triple.object for triple in page.metadata}
