"""Configurations of five kinds, each served from its file alone, and what their URLs give.

Four are in configurations/; the fifth, of bathing waters, is the one that docs/tutorial.md builds.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

from pqlod.app import configuration_reader, running_app
from pqlod.lda.files import read_file
from pqlod.lda.known import UNDERSTOOD
from pqlod.rdf import API, RDF, BlankNode, Graph, NamedNode
from pqlod.settings import Settings

FOLDER = Path(__file__).with_name("configurations")
TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
NAMES = ("bathing-waters", "buses", "land-register", "museum", "schools")

# Configuration, URL, and the ends of the IRIs of its items in their order.
ITEMS = [
    ("schools", "/schools", "school/3 school/1 school/2"),
    ("schools", "/schools?_page=1", "school/4"),
    ("schools", "/schools/open/primary", "school/1 school/2"),
    ("schools", "/schools/large", "school/3 school/1"),
    ("schools", "/towns/Upton/schools", "school/2 school/4"),
    ("schools", "/schools?specialism=science", "school/3"),
    ("schools", "/schools?specialism=science&_lang=en", ""),
    ("schools", "/schools?head.label=Ana+Reyes&_lang=none", "school/1"),
    ("schools", "/schools?head.governs.pupils=1040", "school/1 school/2"),
    ("schools", "/schools?~governs=http://schools.example/id/person/ben", "school/3 school/1"),
    ("schools", "/schools?min-opened=1952-09-01&_sort=-opened", "school/4 school/2 school/1"),
    ("schools", "/schools?_sort=town.label,-pupils", "school/3 school/1 school/4"),
    ("land-register", "/land/sales/2019", "sale/3 sale/1 sale/2"),
    ("land-register", "/land/sales/2020", "sale/4 sale/2"),
    ("land-register", "/land/sales/2019?over=100000", "sale/1 sale/3"),
    ("land-register", "/land/tenures/Freehold/2019", "sale/1 sale/3"),
    ("land-register", "/land/tenures/Leasehold/2020", "sale/2"),
    ("land-register", "/land/sales/2018", ""),
    ("land-register", "/land/sales/2019?max-date=2019-05-30", "sale/1 sale/2"),
    ("land-register", "/land/sales/2020?price=9007199254740993.07", "sale/4"),
    ("museum", "/objects", "object/3 object/4 object/2 object/1"),
    ("museum", "/objects/made", "object/3 object/1 object/2 object/4"),
    ("museum", "/objects/made?from=1800&until=1893", "object/1 object/2"),
    ("museum", "/galleries/West/objects", "object/4 object/2"),
    ("museum", "/galleries/Nowhere/objects", ""),
    ("museum", "/objects?_search=harbour", "object/3 object/1"),
    ("museum", "/objects?_search=harbour+NOT+bell", "object/1"),
    ("museum", "/objects?_search=okoro", ""),
    ("museum", "/tours/all", "tour/long tour/short"),
    ("buses", "/departures", "run/1 run/2 run/3 run/4"),
    ("buses", "/departures?stop=mill", "run/4 run/2 run/1"),
    ("buses", "/departures?time=2024-05-01", "run/1 run/2"),
    ("buses", "/departures?max-time=2024-05-01&_session=x&pageSize=1", "run/1"),
    ("buses", "/departures?b_line=9", "run/4"),
    ("buses", "/stops/busiest", "stop/mill stop/hill"),
    ("buses", "/stops/by-name", "stop/quay stop/mill stop/hill"),
    ("buses", "/stops/by-name?shelter=true", "stop/quay stop/hill"),
    ("buses", "/stops", "stop/hill stop/mill"),
    ("bathing-waters", "/bathing-waters", "long-beach mill-pond south-cove"),
    ("bathing-waters", "/bathing-waters?rating=good", "mill-pond south-cove"),
    ("bathing-waters", "/bathing-waters?min-sampled=2024-06-01", "long-beach mill-pond"),
    ("bathing-waters", "/councils/kent/bathing-waters", "mill-pond"),
    ("bathing-waters", "/bathing-waters?near-lat=50.60&near-long=-1.98&_distance=5", "long-beach south-cove"),
]

SEATON = {"_about": "http://schools.example/id/place/seaton", "label": "Seaton"}
ANA = {"_about": "http://schools.example/id/person/ana", "governs": "http://schools.example/id/school/3", "label": "Ana Reyes"}
SOUTH = {"_about": "https://land.example/id/district/south", "label": "South Marsh"}
CHEAPEST = {"_about": "https://land.example/id/sale/2", "district": SOUTH, "price": 96000}

# Configuration, URL, the way to a value in its JSON, and the value.
VALUES: list[tuple[str, str, str, Any]] = [
    ("schools", "/schools", "totalResults", 4),
    ("schools", "/schools", "items 1 label", "Ashgrove Primary"),
    ("schools", "/schools?_lang=cy,en", "items 1 label", ["Ashgrove Primary", "Ysgol Gynradd Ashgrove"]),
    ("schools", "/schools?_view=places", "items 1 town", SEATON),
    ("schools", "/schools", "license", "http://schools.example/licence"),
    (
        "schools",
        "/schools?_metadata=formats",
        "hasFormat 1 _about",
        "http://localhost/schools.json?_metadata=formats&_format=atom",
    ),
    ("schools", "/towns/Upton/schools", "source", "the list of Upton"),
    ("schools", "/towns/Upton/schools", "comment", None),
    ("schools", "/towns/Upton/schools?_metadata=%2Bcontact", "comment", "Ask the town hall."),
    ("schools", "/schools/1", "primaryTopic specialism", ["music"]),
    ("schools", "/schools/1", "primaryTopic town county label", "Southshire"),
    ("schools", "/schools/1", "primaryTopic head", ANA),
    ("schools", "/schools/1?_format=iso", "primaryTopic opened", "1952-09-01"),
    ("land-register", "/land/sales/2020", "items 0 district", SOUTH),
    ("land-register", "/land/sales/2020", "items 0 price", Decimal("9007199254740993.07")),
    ("land-register", "/land/sales/2019", "licence", {"_about": "https://land.example/id/licence/open", "label": "Open licence"}),
    ("land-register", "/land/sales/2019", "notice label", "Prices are as registered."),
    ("land-register", "/land/sales/2019?_view=summary&_sort=price", "items 0", CHEAPEST),
    ("land-register", "/land/sales/2019/3", "primaryTopic _about", "https://land.example/id/sale/3"),
    ("land-register", "/land/sales/2020/2", "primaryTopic price", 101000),
    ("land-register", "/land/sales/2019?_count=yes", "totalResults", 3),
    ("museum", "/objects/1", "primaryTopic replica", "in the harbour office"),
    ("museum", "/objects/1?_view=all", "primaryTopic maker label", "Ife Okoro"),
    ("museum", "/objects/newest", "primaryTopic label", "Signal lamp"),
    ("museum", "/objects/1?_view=preferred", "primaryTopic gallery prefLabel", "East gallery"),
    ("museum", "/objects/1?_view=all", "primaryTopic gallery label", "East"),
    ("museum", "/tours/all", "items 1 stops", [f"http://museum.example/id/object/{number}" for number in (3, 1, 2)]),
    ("buses", "/departures?_view=times", "items 0 time", {"_value": "2024-05-01T07:40:00Z", "_datatype": "dateTime"}),
    ("buses", "/departures?_view=times", "items 0 driver", None),
    ("buses", "/departures?_view=times&line=9", "items 0 fare", [{"for": "adult", "pence": 210}, {"for": "child", "pence": 90}]),
    ("buses", "/stops", "xhv_next", "http://buses.example/stops.json?_page=1"),
    ("buses", "/stops", "itemsPerPage", None),
    ("buses", "/stops/hill", "primaryTopic next next label", "Quay"),
    ("buses", "/departures?_page=0", "items 0 _about", "http://buses.example/id/run/1"),
    ("bathing-waters", "/bathing-waters", "totalResults", 3),
    ("bathing-waters", "/bathing-waters/mill-pond", "primaryTopic operator label", "Kent County Council"),
]


def block(name: str) -> str:
    """The file of a name as the tutorial leaves it: the last block after a line that ends with the name."""
    blocks: list[str] = re.findall(
        rf"`{re.escape(name)}`:\n\n```turtle\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL
    )
    return blocks[-1]


@pytest.fixture(scope="module")
def config_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the file of the configuration of a name."""

    @cache
    def config_of(name: str) -> Path:
        if name != "bathing-waters":
            return FOLDER / name / "config.ttl"
        folder = tmp_path_factory.mktemp(name)
        for file in ("beaches.ttl", "api.ttl"):
            (folder / file).write_text(block(file), encoding="utf-8")
        return folder / "api.ttl"

    return config_of


@pytest.fixture(scope="module")
def client_of(config_of: Callable[[str], Path]) -> Iterator[Callable[[str], FlaskClient]]:
    """Gives a client of the configuration of a name."""
    with ExitStack() as stack:

        @cache
        def client_of(name: str) -> FlaskClient:
            return stack.enter_context(running_app(Settings(config=(str(config_of(name)),)))).test_client()

        yield client_of


def in_format(url: str, name: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}_format={name}"


def result(client: FlaskClient, url: str) -> Any:
    answer = client.get(url, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data, parse_float=Decimal)["result"]


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_has_no_mistakes(config_of: Callable[[str], Path], name: str) -> None:
    assert configuration_reader((str(config_of(name)),))().mistakes == ()


@pytest.mark.parametrize(("name", "url", "expected"), ITEMS, ids=[f"{name} {url}" for name, url, _ in ITEMS])
def test_a_list_has_its_items(client_of: Callable[[str], FlaskClient], name: str, url: str, expected: str) -> None:
    items = result(client_of(name), url)["items"]

    ends = [item if isinstance(item, str) else item["_about"] for item in items]
    assert [iri.partition("/id/")[2] or iri.partition(".example/")[2] for iri in ends] == expected.split()


@pytest.mark.parametrize(("name", "url", "way", "expected"), VALUES, ids=[f"{name} {url} {way}" for name, url, way, _ in VALUES])
def test_a_page_has_its_values(client_of: Callable[[str], FlaskClient], name: str, url: str, way: str, expected: Any) -> None:
    found = result(client_of(name), url)

    for step in way.split():
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    assert found == expected


# A list of each configuration, every format of which is read.
PAGES = {
    "bathing-waters": "/bathing-waters",
    "buses": "/departures?_view=times",
    "land-register": "/land/sales/2019",
    "museum": "/objects",
    "schools": "/schools",
}


def graph(body: bytes, syntax: RdfFormat) -> Graph:
    return Graph(quad.triple for quad in parse(body, syntax, base_iri="http://localhost/"))


def items_of_graph(syntax: RdfFormat, body: bytes) -> list[str]:
    """The members of the page's list of items."""
    found = graph(body, syntax)
    cell = next(value for _, predicate, value in found if predicate == API["items"])
    iris = []
    while cell != RDF.nil:
        assert isinstance(cell, NamedNode | BlankNode)
        first, rest = found.value(cell, RDF.first), found.value(cell, RDF.rest)
        assert isinstance(first, NamedNode)
        assert rest
        iris.append(first.value)
        cell = rest
    return iris


def rows(delimiter: str, body: bytes) -> list[str]:
    return [row["uri"] for row in csv.DictReader(body.decode("utf-8").splitlines(), delimiter=delimiter)]


def texts(path: str, body: bytes) -> list[str]:
    return [str(text) for text in etree.fromstring(body).xpath(path, namespaces={"a": "http://www.w3.org/2005/Atom"})]


def json_items(body: bytes) -> list[str]:
    return [item["_about"] for item in json.loads(body)["result"]["items"]]


RDF_FORMATS = {"ttl": RdfFormat.TURTLE, "rdf": RdfFormat.RDF_XML, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}
READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    "json": json_items,
    "text": json_items,
    "geojson": lambda body: [feature["id"] for feature in json.loads(body)["features"]],
    "xml": partial(texts, "/result/items/item/@href"),
    "atom": partial(texts, "/a:feed/a:entry/a:id/text()"),
    "csv": partial(rows, ","),
    "tsv": partial(rows, "\t"),
    **{name: partial(items_of_graph, syntax) for name, syntax in RDF_FORMATS.items()},
}
FORMATS = [(name, format, reader) for name in NAMES for format, reader in READERS.items()] + [("schools", "iso", json_items)]


@pytest.mark.parametrize(("name", "format", "read"), FORMATS, ids=[f"{name} {format}" for name, format, _ in FORMATS])
def test_every_format_tells_the_items_in_their_order(
    client_of: Callable[[str], FlaskClient], name: str, format: str, read: Callable[[bytes], Iterable[str]]
) -> None:
    client = client_of(name)
    expected = json_items(client.get(in_format(PAGES[name], "json")).data)

    assert list(read(client.get(in_format(PAGES[name], format)).data)) == expected
    assert expected


@pytest.mark.parametrize("name", NAMES)
def test_a_page_for_people_has_the_items_in_their_order(client_of: Callable[[str], FlaskClient], name: str) -> None:
    client = client_of(name)
    expected = json_items(client.get(in_format(PAGES[name], "json")).data)

    headings = re.findall(r'<article class="card">\s*<h2><a href="([^"]*)"', client.get(in_format(PAGES[name], "html")).text)

    assert [address.rpartition("/")[2] for address in headings] == [iri.rpartition("/")[2] for iri in expected]


def test_a_feed_is_as_the_configuration_describes_it_newest_first(client_of: Callable[[str], FlaskClient]) -> None:
    body = client_of("museum").get("/objects.news?exists-acquired=true").data

    assert texts("/a:feed/a:title/text() | /a:feed/a:rights/text()", body) == ["New in the museum", "No rights reserved"]
    assert texts("//a:entry/a:updated/text()", body) == ["2019-10-15T00:00:00Z", "2001-03-02T00:00:00Z", "1954-06-30T00:00:00Z"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("asked", ["_format=html", "_format=json&callback=f"])
def test_links_to_other_formats_lead_to_them(client_of: Callable[[str], FlaskClient], name: str, asked: str) -> None:
    """Whatever format was asked for, and however."""
    client = client_of(name)
    page = client.get(f"{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}{asked}")

    links = dict(re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', ", ".join(page.headers.getlist("Link"))))

    assert {url: client.get(url).mimetype for url in links} == links
    assert len(links) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_every_syntax_of_rdf_has_the_same_graph(client_of: Callable[[str], FlaskClient], name: str) -> None:
    graphs = [
        canonical(graph(client_of(name).get(in_format(PAGES[name], format)).data, syntax), format)
        for format, syntax in RDF_FORMATS.items()
    ]

    assert graphs[1:] == graphs[:1] * 3


def canonical(found: Graph, format: str) -> set[Quad]:
    """The graph of a page without the format in its addresses, blank nodes named by what is said of them."""

    def plain(term: Any) -> Any:
        is_address = isinstance(term, NamedNode) and f".{format}" in term.value
        return NamedNode(term.value.replace(f".{format}", "")) if is_address else term

    dataset = Dataset(Quad(*map(plain, triple)) for triple in found)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


def test_every_property_of_selectors_viewers_and_variables_is_used(config_of: Callable[[str], Path]) -> None:
    graphs = [read_file(config_of(name), {}).graph for name in NAMES]
    used = {predicate for found in graphs for _, predicate, _ in found}

    kinds = ("selector", "viewer", "variable", "computed value", "rewriting rule", "prefix mapping")
    assert frozenset[NamedNode]().union(*(UNDERSTOOD[kind] for kind in kinds)) - used == set()


@pytest.mark.parametrize(
    ("name", "path", "page"),
    [
        ("buses", "/id/stop/hill", "http://buses.example/stops/hill"),
        ("bathing-waters", "/id/mill-pond.ttl?_view=short", "http://localhost/bathing-waters/mill-pond.ttl?_view=short"),
        ("museum", "/id/object/1", "http://localhost/objects/1"),
    ],
)
def test_the_path_of_a_thing_leads_to_its_page(client_of: Callable[[str], FlaskClient], name: str, path: str, page: str) -> None:
    answer = client_of(name).get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, page)
