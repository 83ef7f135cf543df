"""How a configuration wants its items to be shown to people, and what is said of its mistakes."""

import pytest

from pqlod.lda.config import read_configuration
from pqlod.lda.model import PageDeclaration, Panel
from pqlod.lda.page_declarations import MOST_ITEMS
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import Namespace

X = Namespace("http://x.example/def/")
PREFIXES = """
@prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix pqlod: <urn:pqlod:vocab:> . @prefix x: <http://x.example/def/> .
@prefix : <http://x.example/config#> .
"""
API = """
:api a api:API ; api:sparqlEndpoint pqlod:store ; api:endpoint :qs , :one ; pqlod:page [ %s ] .
:qs a api:ListEndpoint ; api:uriTemplate "/qs/{k}" ;
    api:selector [ pqlod:facets ( [ pqlod:property "n" ] [ pqlod:property "by" ] ) ] .
:one a api:ItemEndpoint ; api:uriTemplate "/one/{k}" ; api:itemTemplate "http://x.example/{k}" .
x:n api:label "n" . x:by a owl:ObjectProperty ; api:label "by" . x:Q a owl:Class ; api:label "Q" . x:P a owl:Class .
"""


@pytest.fixture
def read(tmp_path):
    """Reads a configuration whose page is declared so."""

    def read(declaration, prefix=""):
        path = tmp_path / "api.ttl"
        path.write_text(PREFIXES + API % declaration)
        return read_configuration(f"{prefix}{path}", templates={"question", "member"})

    return read


def test_the_page_of_a_class_is_declared(read):
    configuration = read(
        """pqlod:of x:P , "Q" ; pqlod:template "question" ; pqlod:neighbours "/qs/1?by={by}&_sort=n" ; pqlod:panels (
            [ rdfs:label "Others" ; api:name "others" ; pqlod:list "/qs/{n}?by={by.n}&n={item}" ; pqlod:size 3 ;
              pqlod:charts "n, by" ]
            [ pqlod:list "/qs/1" ; pqlod:size 900 ] )"""
    )

    assert configuration.mistakes == ()
    (page,) = configuration.apis[0].pages
    assert set(page.classes) == {X.P, X.Q}
    assert (page.template, page.neighbours) == ("question", UriTemplate("/qs/1?by={by}&_sort=n"))
    assert page.panels == (
        Panel("Others", UriTemplate("/qs/{n}?by={by.n}&n={item}"), 3, ("n", "by"), "others"),
        Panel("", UriTemplate("/qs/1"), MOST_ITEMS),
    )


def test_the_first_declaration_that_fits_counts(read):
    api = read("pqlod:of x:P ] , [ pqlod:of x:Q").apis[0]

    assert {page.classes for page in api.pages} == {(X.P,), (X.Q,)}
    assert api.page_of([X.other, X.Q]) == PageDeclaration((X.Q,))
    assert api.page_of([X.other]) is None


def test_two_declarations_for_one_class_are_told_and_the_first_counts(read):
    configuration = read('pqlod:of x:Q ; pqlod:template "member" ] , [ pqlod:of x:Q , x:P ; pqlod:template "question"')

    assert [str(each) for each in configuration.mistakes] == [
        ":api pqlod:page pqlod:of: x:Q has a page already, which counts. Expected: one."
    ]
    assert configuration.apis[0].page_of([X.Q]).template == "member"


def test_lists_of_a_mounted_file_are_found_under_its_mount(read):
    api = read('pqlod:of x:Q ; pqlod:panels ( [ pqlod:list "/qs/1?by={item}" ] )', prefix="p1::").apis[0]

    assert api.pages[0].panels[0].address.text == "/p1/qs/1?by={item}"


@pytest.mark.parametrize(
    ("declaration", "problem"),
    [
        pytest.param(
            'pqlod:template "question"',
            ":api pqlod:page pqlod:of: There is none. Expected: a class, as a resource or by its shortname.",
            id="no class",
        ),
        pytest.param(
            'pqlod:of "Nothing"',
            ':api pqlod:page pqlod:of: Unknown class "Nothing". Expected: a class, as a resource or by its shortname.',
            id="an unknown class",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:template "questoin"',
            ":api pqlod:page pqlod:template: There is no template 'questoin'. Did you mean 'question'?",
            id="a slip in the name of a template",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:template "../base"',
            ":api pqlod:page pqlod:template: There is no template '../base'. Expected one of: member, question.",
            id="a template elsewhere",
        ),
        pytest.param(
            "pqlod:of x:Q ; pqlod:panels ( [ pqlod:size 3 ] )",
            ":api pqlod:page pqlod:panels pqlod:list: There is none. "
            "Expected: the address of a list, such as /questions?by={item}.",
            id="a panel without a list",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:panels ( "/qs/1" )',
            ':api pqlod:page pqlod:panels: "/qs/1" is text. Expected: a resource with pqlod:list.',
            id="a panel that is text",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:panels ( [ pqlod:list "/one/1" ] )',
            ":api pqlod:page pqlod:panels pqlod:list: No list has the path '/one/1'.",
            id="a panel of an item",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:panels ( [ pqlod:list "/qs/1?by={buy}" ] )',
            ":api pqlod:page pqlod:panels pqlod:list: Unknown property 'buy'. Did you mean 'by'?",
            id="the value of an unknown property",
        ),
        pytest.param(
            'pqlod:of x:Q ; pqlod:neighbours "/none"',
            ":api pqlod:page pqlod:neighbours: No list has the path '/none'.",
            id="neighbours in no list",
        ),
        pytest.param(
            "pqlod:of x:Q ; pqlod:size 3",
            "a page pqlod:size: This is a property of a panel, not of a page.",
            id="a property of panels",
        ),
    ],
)
def test_each_mistake_is_told_and_the_rest_is_served(read, declaration, problem):
    configuration = read(declaration)

    assert [str(mistake) for mistake in configuration.mistakes] == [problem]
    assert len(configuration.apis[0].endpoints) == 2


def test_more_panels_than_fit_are_told(read):
    panels = '[ pqlod:list "/qs/1" ] ' * 13

    configuration = read(f"pqlod:of x:Q ; pqlod:panels ( {panels})")

    assert [str(each) for each in configuration.mistakes] == [
        ":api pqlod:page pqlod:panels: 13 panels, of which the first 12 count."
    ]
    assert len(configuration.apis[0].pages[0].panels) == 12
