"""A library: eight books by three authors, and an API over them that uses most of what a configuration can say."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from pqlod.lda.config import read_configuration
from pqlod.lda.model import Api
from pqlod.lda.pages import Page, fetch_page
from pqlod.lda.parameters import PageRequest, RequestUrl, parse_parameters
from pqlod.lda.routing import Match, Router
from pqlod.rdf import Graph
from pqlod.store.dataset import Solutions
from pqlod.store.embedded import EmbeddedDataset, dataset_from_files
from pqlod.store.query import Query, read_query

PREFIXES = """
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
@prefix api: <http://purl.org/linked-data/api/vocab#> .
@prefix elda: <http://www.epimorphics.com/vocabularies/lda#> .
@prefix pqlod: <urn:pqlod:vocab:> .
@prefix b: <http://books.example/def/> .
@prefix r: <http://books.example/id/> .
@prefix : <http://books.example/config#> .
"""

DATA = """
r:b1 a b:Book ; b:number 1 ; b:title "Kites"@en , "Cerfs-volants"@fr ; b:printed "2018-11-22"^^xsd:date ; b:pages 7 ;
    b:lent "2018-11-27T17:29:33Z"^^xsd:dateTime ; b:tag "b" , "a" ; b:by r:ann ; b:isRare true ; b:length "9" ; b:size 9 .
r:b2 a b:Book ; b:number 2 ; b:title "Rivers"@en ; b:printed "2018-11-23"^^xsd:date ; b:pages 10 ;
    b:lent "2018-11-28T00:00:00"^^xsd:dateTime ; b:tag "c" ; b:by r:bob ; b:isRare false ; b:length "10" ; b:size 10 .
r:b3 a b:Book ; b:number 3 ; b:title "Roads" ; b:pages 9 .
r:b4 a b:Book ; b:number 4 ; b:title "Bridges"@en ; b:printed "2018-11-22"^^xsd:date ; b:pages 7 ; b:by r:ann ; b:sequelOf r:b1 ;
    b:shelf [ b:room "Attic" ] .
r:b5 a b:Book , b:Rare ; b:number 5 ; b:title "100% & more"@en ; b:printed "2020-02-29"^^xsd:date ; b:pages 700 ; b:by r:cat , r:ann .
r:b6 a b:Book ; b:number 6 ; b:title "\\"};DROP"@en ; b:pages 70 ; b:by r:bob ; b:sequelOf r:b5 .
[] a b:Book ; b:number 7 ; b:pages 70 .
r:ann a b:Author ; rdfs:label "Ann" ; b:town "York" ; b:knows r:bob .
r:bob a b:Author ; rdfs:label "Bob" ; b:town "Ely" ; b:knows r:ann .
r:cat a b:Author ; rdfs:label "Cat"@en ; b:town "York" .
r:north a b:Place ; rdfs:label "North" ; geo:lat 51.50 ; geo:long -0.12 .
r:far a b:Place ; rdfs:label "Far" ; geo:lat 55.95 ; geo:long -3.19 .
"""

CONFIGURATION = """
:api a api:API ; api:sparqlEndpoint <local:data.ttl> ; api:base "http://h.example/" ; elda:enableCounting "optional" ;
    api:defaultPageSize 10 ; api:maxPageSize 20 ; api:viewer :short , :full , :list , :templated , :preferred ;
    api:variable [ api:name "greeting" ; api:value "hello" ] ;
    api:endpoint :books , :strict , :narrow , :written , :lister , :chosen , :since , :ordered , :english , :graph , :places , :indexed ,
        :licensed , :plain , :book , :newest , :about , :authors , :closed , :computed , :uncomputed .
:short a api:Viewer ; api:name "short" ; api:properties "number,title" .
:full a api:Viewer ; api:name "full" ; api:properties "number,pages,by.label,by.knows.label,sequelOf.number" .
:list a api:Viewer ; api:name "list" ; api:property ( b:by b:town ) ; api:include :short .
:templated a api:Viewer ; api:name "templated" ; api:template "?item b:by ?who . ?who rdfs:label ?name" .
:preferred a api:Viewer ; api:name "preferred" ; elda:describeAllLabel rdfs:label , b:town .
:ofBooks a api:Selector ; api:filter "type=Book" ; api:sort "number" .
:books a api:ListEndpoint ; api:uriTemplate "/books" ; api:selector :ofBooks ; api:defaultViewer :short .
:strict a api:ListEndpoint ; api:uriTemplate "/strict" ; api:selector :ofBooks ; api:defaultViewer :short ; pqlod:strictValues true ;
    pqlod:wholeDays true ; pqlod:tolerantParameters true ; pqlod:keepGeneration true ; pqlod:tieBreak b:number .
:narrow a api:ListEndpoint ; api:uriTemplate "/narrow/{low}" ; api:selector [ api:parent :ofBooks ; api:filter "min-pages={low}&max-pages={high}" ] ;
    api:variable [ api:name "high" ; api:value "70" ] ; api:defaultViewer :short .
:written a api:ListEndpoint ; api:uriTemplate "/by/{name}" ; api:variable [ api:name "name" ; api:type xsd:string ] ;
    api:selector [ api:where "?item b:by ?who . ?who rdfs:label ?name" ; api:sort "-pages" ] ; api:defaultViewer :short .
:lister a api:ListEndpoint ; api:uriTemplate "/list" ; api:selector [ api:select "SELECT ?item { ?item b:tag ?tag } ORDER BY DESC(?tag)" ] ; api:defaultViewer :short .
:chosen a api:ListEndpoint ; api:uriTemplate "/chosen" ; api:selector [ api:parent :ofBooks ; pqlod:query "longer" ] ; api:defaultViewer :short .
:since a api:ListEndpoint ; api:uriTemplate "/since?year={year}" ; api:selector [ api:parent :ofBooks ; api:filter "min-printed={year}-01-01" ] ; api:defaultViewer :short .
:ordered a api:ListEndpoint ; api:uriTemplate "/ordered" ; api:variable [ api:name "way" ; api:value "DESC" ] ;
    api:selector [ api:where "?item a b:Book ; b:pages ?pages" ; api:orderBy "{way}(?pages)" ] ; api:defaultViewer :short .
:english a api:ListEndpoint ; api:uriTemplate "/english" ; api:lang "en" ; api:selector :ofBooks ; api:defaultViewer :short .
:graph a api:ListEndpoint ; api:uriTemplate "/graph/{g}" ; elda:graphTemplate "http://books.example/graph/{g}" ; api:selector :ofBooks ; api:defaultViewer :short .
:places a api:ListEndpoint ; api:uriTemplate "/places" ; api:selector [ api:type b:Place ] ; api:defaultViewer api:basicViewer .
:indexed a api:ListEndpoint ; api:uriTemplate "/indexed" ; api:selector :ofBooks ; elda:textQueryProperty b:query ;
    elda:textSearchOperand ( b:title "?_search" 200 ) .
:licensed a api:ListEndpoint ; api:uriTemplate "/licensed" ; elda:license r:licence ; elda:notice r:notice ; api:selector :ofBooks ; api:defaultViewer :short ;
    elda:metadata [ api:name "about" ; rdfs:comment "greets with {greeting}" ] , [ api:name "-more" ; rdfs:seeAlso r:notice ] .
:plain a api:ListEndpoint ; api:uriTemplate "/plain" ; elda:disable-default-metadata true ; elda:enable-default-metadata ( api:page ) ; api:selector :ofBooks ; api:defaultViewer :short .
:book a api:ItemEndpoint ; api:uriTemplate "/book/{k}" ; api:itemTemplate "http://books.example/id/{k}" .
:newest a api:ItemEndpoint ; api:uriTemplate "/newest" ; api:selector [ api:parent :ofBooks ; api:sort "-printed" ] ; api:defaultViewer :short .
:about a api:ItemEndpoint ; api:uriTemplate "/about?resource={u}" ; api:itemTemplate "{u}" ; api:variable [ api:name "u" ; api:type rdfs:Resource ] .
:authors a api:ListEndpoint ; api:uriTemplate "/authors" ; api:selector [ api:type b:Author ; api:sort "town" ] ; api:defaultViewer api:labelledDescribeViewer .
:closed a api:ListEndpoint ; api:uriTemplate "/closed" ; pqlod:allowFragments false ; api:selector :ofBooks ; api:defaultViewer :short .
:computed a api:ListEndpoint ; api:uriTemplate "/neighbours/{name}" ; api:selector [ api:filter "by={who}" ; api:sort "number" ] ; api:defaultViewer :short ;
    api:variable [ api:name "who" ; api:type rdfs:Resource ; api:value [ elda:mapFrom "{name}" ; elda:mapWith :knows ] ] .
:uncomputed a api:ListEndpoint ; api:uriTemplate "/nobody" ; api:selector [ api:where "?item b:by ?who" ] ; api:defaultViewer :short ;
    api:variable [ api:name "who" ; api:value [ elda:mapFrom "Zed" ; elda:mapWith :knows ] ] .
:knows a elda:SPARQLMap ; elda:mapQuery "SELECT ?result { ?one <http://www.w3.org/2000/01/rdf-schema#label> ?input ; <http://books.example/def/knows> ?result }" .
r:licence rdfs:label "Open licence" ; rdfs:seeAlso r:terms . r:terms rdfs:label "Terms" . r:notice rdfs:label "A notice" .
b:Book a rdfs:Class ; api:label "Book" . b:Rare a rdfs:Class ; api:label "Rare" .
b:number api:label "number" ; rdfs:range xsd:integer . b:pages api:label "pages" ; rdfs:range xsd:integer .
b:printed api:label "printed" ; rdfs:range xsd:date . b:lent api:label "lent" ; rdfs:range xsd:dateTime .
b:isRare api:label "isRare" ; rdfs:range xsd:boolean . b:title a rdf:Property ; api:label "title" .
b:tag a rdf:Property ; api:label "tag" ; rdfs:range xsd:string . b:length a rdf:Property ; api:label "length" .
b:size a rdf:Property ; api:label "size" . b:town a rdf:Property ; api:label "town" ; rdfs:range xsd:string .
b:by a owl:ObjectProperty ; api:label "by" . b:knows a owl:ObjectProperty ; api:label "knows" . b:sequelOf a owl:ObjectProperty ; api:label "sequelOf" .
"""

LONGER = """# title: Books longer than a number of pages
# param than: integer?  A number of pages
PREFIX lib: <http://books.example/def/>
SELECT ?item WHERE { ?item lib:pages ?pages FILTER (?pages > COALESCE($than, 0)) }
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "data.ttl").write_text(PREFIXES + DATA)
    (folder / "api.ttl").write_text(PREFIXES + CONFIGURATION)
    return folder / "api.ttl"


@pytest.fixture(scope="session")
def api(library: Path) -> Api:
    configuration = read_configuration(library, {"longer.rq": read_query(LONGER, "longer.rq")})
    assert configuration.mistakes == ()
    return configuration.apis[0]


class InThisProcess:
    """Evaluates what the sandbox would: the strangers of the tests do no harm."""

    def __init__(self) -> None:
        self.dataset: EmbeddedDataset | None = None

    def evaluate(self, location: Path, text: str) -> Solutions | Graph | bool:
        assert self.dataset is not None
        is_view = "CONSTRUCT {" in text
        return self.dataset.construct(Query(text)) if is_view else self.dataset.select(Query(text))


@pytest.fixture(scope="session")
def dataset(library: Path) -> EmbeddedDataset:
    evaluator = InThisProcess()
    evaluator.dataset = dataset_from_files([library.parent / "data.ttl"], evaluator)
    return evaluator.dataset


@pytest.fixture
def match(api: Api) -> Callable[[str], tuple[Match, RequestUrl]]:
    """The endpoint of an address such as ``/books.json?pages=7``, and the address taken apart."""
    router = Router([api])

    def match(address: str) -> tuple[Match, RequestUrl]:
        path, _, query = address.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        values: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            values[name] = (*values.get(name, ()), value)
        found = router.match(path, values)
        return found, RequestUrl("http://h.example", found.path_without_suffix, pairs)

    return match


@pytest.fixture
def parse(api: Api, match: Callable[[str], tuple[Match, RequestUrl]]) -> Callable[[str], PageRequest]:
    """What an address asks for."""

    def parse(address: str) -> PageRequest:
        found, url = match(address)
        return parse_parameters(api, found.endpoint, found.variables, url, found.consumed)

    return parse


@pytest.fixture
def fetch(api: Api, match: Callable, parse: Callable, dataset: EmbeddedDataset) -> Callable[[str], Page]:
    """The page of an address."""

    def fetch(address: str) -> Page:
        found, _ = match(address)
        formatter = found.endpoint.formatters[found.suffix or "json"]
        return fetch_page(api, found.endpoint, parse(address), formatter, dataset)

    return fetch


@pytest.fixture
def names(fetch: Callable[[str], Page]) -> Callable[[str], list[str]]:
    """The local names of the items at an address, in order."""
    return lambda address: [item.value.rsplit("/", 1)[-1] for item in fetch(address).items]
