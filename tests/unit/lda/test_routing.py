"""Which endpoint answers a path, and where resources are shown."""

import pytest

from pqlod.errors import EndpointNotFound
from pqlod.lda.config import read_configuration
from pqlod.lda.routing import Redirect, Router

HEAD = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix elda: <http://www.epimorphics.com/vocabularies/lda#> .
@prefix pqlod: <urn:pqlod:vocab:> . @prefix : <http://x.example/config#> .
"""
ENDPOINTS = """
:api a api:API ; api:sparqlEndpoint pqlod:store ; api:base "http://h.example/root/" ;
    api:endpoint :qs , :any , :primary , :item , :latest , :about , :deep , :byAuthor .
:qs a api:ListEndpoint ; api:uriTemplate "/qs" .
:any a api:ListEndpoint ; api:uriTemplate "/s/{a}/{b}" .
:primary a api:ListEndpoint ; api:uriTemplate "/s/primary/{b}" .
:item a api:ItemEndpoint ; api:uriTemplate "/items/{k}" ; api:itemTemplate "http://x.example/id/{k}" .
:latest a api:ItemEndpoint ; api:uriTemplate "/items/latest" ; api:itemTemplate "http://h.example/root/newest" .
:about a api:ItemEndpoint ; api:uriTemplate "/about?resource={u}" ; api:itemTemplate "{u}" .
:deep a api:ItemEndpoint ; api:uriTemplate "/resources/{+path}" ; api:itemTemplate "http://x.example/resources/{+path}" .
:byAuthor a api:ListEndpoint ; api:uriTemplate "/books?author={who}" .
"""


@pytest.fixture
def router(tmp_path):
    path = tmp_path / "api.ttl"
    path.write_text(HEAD + ENDPOINTS)
    return Router(read_configuration(path).apis)


def name_of(match):
    return match.endpoint.iri.value.partition("#")[2]


@pytest.mark.parametrize(
    ("path", "endpoint", "variables", "suffix"),
    [
        pytest.param("/qs", "qs", {}, "", id="literal"),
        pytest.param("/qs.json", "qs", {}, "json", id="RT03 a known suffix"),
        pytest.param("/qs.json-ld", "qs", {}, "json-ld", id="another spelling of a format"),
        pytest.param("/s/primary/7.ttl", "primary", {"b": "7"}, "ttl", id="RT01 literal before variable"),
        pytest.param("/s/other/10.zzz", "any", {"a": "other", "b": "10.zzz"}, "", id="RT03 an unknown suffix is a value"),
        pytest.param("/items/latest", "latest", {}, "", id="RT01 a literal item"),
        pytest.param("/items/a.b.json", "item", {"k": "a.b"}, "json", id="the last dot counts"),
        pytest.param(
            "/resources/1/answer/attachment/1.rdf", "deep", {"path": "1/answer/attachment/1"}, "rdf", id="many segments"
        ),
    ],
)
def test_a_path_finds_its_endpoint(router, path, endpoint, variables, suffix):
    match = router.match(path, {})

    assert (name_of(match), match.variables, match.suffix) == (endpoint, variables, suffix)
    assert match.path_without_suffix == path.removesuffix(f".{suffix}")


def test_rt02_a_query_part_uses_up_its_parameters(router):
    match = router.match("/books.json", {"author": ("Ann",), "n": ("7",)})

    assert (name_of(match), match.variables, match.consumed) == ("byAuthor", {"who": "Ann"}, {"author"})


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("/qs/", "Did you mean /qs?", id="RT04 a slash too many"),
        pytest.param("/qs.zzz", "'zzz' is none of its formats: json, text, xml", id="RT12 an unknown format"),
        pytest.param("/books", "It wants parameters: /books?author={who}.", id="RT02 a parameter is missing"),
        pytest.param("/", "No endpoint answers the path '/'.", id="RT12 the root"),
    ],
)
def test_a_path_without_an_endpoint_says_what_is_near(router, path, message):
    with pytest.raises(EndpointNotFound, match="No endpoint answers") as caught:
        router.match(path, {})

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        pytest.param("/id/7", "", "/items/7", id="RT07 the path of an item's IRI"),
        pytest.param("/id/7.ttl", "", "/items/7.ttl", id="RT07 the suffix is kept"),
        pytest.param("/id/7.zzz", "", "/items/7.zzz", id="no suffix but a part of the IRI"),
        pytest.param("/id/7", "_view=all", "/items/7?_view=all", id="D32 the query is kept"),
        pytest.param("/id/a b", "", "/items/a%20b", id="the address is encoded"),
        pytest.param("/newest", "", "/items/latest", id="relative to the base"),
        pytest.param("/nothing", "", None, id="no item template"),
    ],
)
def test_item_templates_lead_from_a_resource_to_its_document(router, path, query, location):
    found = router.redirect(path, query)

    assert (found.location if found else None) == location


def test_the_document_of_an_iri_is_found_by_the_most_specific_item_template(router):
    assert router.document("http://x.example/id/q1").location == "/items/q1"
    assert router.document("http://x.example/resources/1/answer").location == "/resources/1/answer"
    assert router.document("http://elsewhere.example/1") is None


@pytest.mark.parametrize(
    ("path", "endpoint", "suffix"),
    [
        pytest.param("/meta/qs", "qs", "", id="RT10 a literal template"),
        pytest.param("/meta/qs.json", "qs", "json", id="with a format"),
        pytest.param("/meta/items/_k", "item", "", id="variables as they are written"),
        pytest.param("/meta/items/_k.ttl", "item", "ttl", id="and with a format"),
        pytest.param("/meta/items/q1.xml", "item", "xml", id="variables filled in"),
        pytest.param("/meta/about", "about", "", id="without the parameter that it asks for"),
        pytest.param("/meta/resources/_path", "deep", "", id="many segments"),
    ],
)
def test_descriptions_are_found(router, path, endpoint, suffix):
    match = router.endpoint_of_meta(path)

    assert (name_of(match), match.suffix) == (endpoint, suffix)


def test_there_is_no_description_of_nothing(router):
    with pytest.raises(EndpointNotFound):
        router.endpoint_of_meta("/meta/nothing")


def test_rt05_rt06_mounts_and_prefixes_part_equal_templates(tmp_path):
    api = ":api a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint :qs , :item ."
    lists = ':qs a api:ListEndpoint ; api:uriTemplate "qs" .'
    items = ':item a api:ItemEndpoint ; api:uriTemplate "/items/{k}" ; api:itemTemplate "http://x.example/id/{k}" .'
    (tmp_path / "one.ttl").write_text(HEAD + api + lists + items)
    (tmp_path / "two.ttl").write_text(HEAD + api + lists + items + ':api elda:uriTemplatePrefix "/v2" .')
    router = Router(read_configuration([f"p1::{tmp_path}/one.ttl", f"p*::{tmp_path}/t*o.ttl"]).apis)

    assert router.match("/p1/qs.json", {}).endpoint.template.text == "/p1/qs"
    assert router.match("/pw/v2/qs", {}).endpoint.template.text == "/pw/v2/qs"
    assert router.redirect("/pw/v2/id/7") == Redirect(router.match("/pw/v2/qs", {}).api, "/pw/v2/items/7")
    assert router.redirect("/id/7.ttl").location == "/p1/items/7.ttl"
    with pytest.raises(EndpointNotFound):
        router.match("/qs", {})
