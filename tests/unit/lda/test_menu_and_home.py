"""What a configuration says of the menu, the search and the first page of a service."""

import pytest

from pqlod.lda.config import read_configuration
from pqlod.lda.model import MenuEntry

PREFIXES = {
    "api": "http://purl.org/linked-data/api/vocab#",
    "elda": "http://www.epimorphics.com/vocabularies/lda#",
    "pqlod": "urn:pqlod:vocab:",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "": "http://x.example/config#",
}
API = """:api a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint :qs , :one .
    :qs a api:ListEndpoint ; api:uriTemplate "/qs" ; api:selector [ pqlod:facets ( [ pqlod:property "n" ; pqlod:steps ( 0 9 ) ]
        [ pqlod:property "by" ] ) ] .
    :one a api:ItemEndpoint ; api:uriTemplate "/one/{id}" ; api:itemTemplate "http://x.example/{id}" .
    :n api:label "n" ; rdfs:range xsd:integer . :by api:label "by" ; rdfs:range :Person . """


@pytest.fixture
def read(tmp_path):
    def read(text, prefix=""):
        path = tmp_path / "api.ttl"
        path.write_text(API + text)
        return read_configuration(f"{prefix}{path}", prefixes=PREFIXES)

    return read


def test_a_menu_leads_to_lists_and_elsewhere(read):
    configuration = read(
        """:api pqlod:menu ( [ rdfs:label "Questions" ; pqlod:list "/qs?_sort=n" ]
        [ rdfs:label "SPARQL" ; pqlod:address "/sparql" ]
        [ rdfs:label "Elsewhere" ; pqlod:address "https://x.example/" ] ) ; pqlod:search "/qs" ."""
    )

    assert configuration.mistakes == ()
    assert configuration.apis[0].menu == (
        MenuEntry("Questions", "/qs?_sort=n"),
        MenuEntry("SPARQL", "/sparql"),
        MenuEntry("Elsewhere", "https://x.example/"),
    )
    assert configuration.apis[0].search == "/qs"


def test_lists_of_a_mounted_api_are_where_it_is_mounted(read):
    api = read(':api pqlod:menu ( [ rdfs:label "Qs" ; pqlod:list "/qs" ] ) ; pqlod:search "/qs" .', prefix="p1::").apis[0]

    assert (api.menu, api.search) == ((MenuEntry("Qs", "/p1/qs"),), "/p1/qs")


def test_the_first_page_has_panels(read):
    charted = '[ pqlod:list "/qs" ; pqlod:size 0 ; pqlod:charts "by, n-step/by" ]'

    api = read(f':api pqlod:home ( [ rdfs:label "newest" ; pqlod:list "/qs" ] {charted} ) .').apis[0]

    assert [(panel.label, panel.address.text, panel.size, panel.charts) for panel in api.home] == [
        ("newest", "/qs", 5, ()),
        ("", "/qs", 0, ("by", "n-step/by")),
    ]


def test_a_chart_that_the_list_does_not_have_is_told_and_left_out(read):
    configuration = read(':api pqlod:home ( [ pqlod:list "/qs" ; pqlod:charts "n-stop,by" ] ) .')

    assert [str(each) for each in configuration.mistakes] == [
        ":api pqlod:home pqlod:charts: '/qs' has no chart 'n-stop', and it is left out. Did you mean n-step?"
    ]
    assert configuration.apis[0].home[0].charts == ("by",)


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param('pqlod:search "/qss"', ":api pqlod:search: No list has the path '/qss'. Did you mean /qs?", id="no list"),
        pytest.param('pqlod:search "/one/1"', ":api pqlod:search: No list has the path '/one/1'.", id="an item"),
        pytest.param(
            'pqlod:menu ( [ rdfs:label "Qs" ] )',
            ":api pqlod:menu: The entry is left out. Expected: rdfs:label, and one of pqlod:list and pqlod:address.",
            id="an entry that leads nowhere",
        ),
        pytest.param(
            'pqlod:menu ( [ rdfs:label "Qs" ; pqlod:address "javascript:a()" ] )',
            ":api pqlod:menu pqlod:address: 'javascript:a()' is no address. Expected: a path such as /sparql, or http(s)://….",
            id="an address that does something",
        ),
        pytest.param(
            'pqlod:home ( [ pqlod:list "/qs?by={item}" ] )',
            ":api pqlod:home: There is no item here of which {item} could be a value.",
            id="a value of no item",
        ),
        pytest.param(
            'pqlod:menus "/qs"', ":api pqlod:menus: Unknown property. Did you mean pqlod:menu or pqlod:home?", id="a slip"
        ),
    ],
)
def test_a_mistake_is_told_and_leaves_the_api_usable(read, text, mistake):
    configuration = read(f":api {text} .")

    assert [str(each) for each in configuration.mistakes] == [mistake]
    assert (configuration.apis[0].search, configuration.apis[0].menu, configuration.apis[0].home) == ("", (), ())
    assert len(configuration.apis[0].endpoints) == 2
