"""Promises that hold for whatever is asked: values, addresses, paths, formats. Hypothesis looks for what breaks them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from random import Random
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from lxml import html
from page_facts import cells_of, holds, json_facts, of_the_items, read_table, turtle_facts, xml_facts
from pyoxigraph import Quad, Store
from werkzeug.test import TestResponse

from pqlod.app import configuration_reader
from pqlod.lda.config import read_configuration
from pqlod.lda.model import Api, ItemEndpoint, ListEndpoint
from pqlod.lda.pages import fetch_page
from pqlod.lda.parameters import RequestUrl, parse_parameters
from pqlod.lda.paths import Step, parse_path
from pqlod.lda.templates import UriTemplate
from pqlod.rdf import RDF, XSD, Literal, NamedNode, Namespace
from pqlod.store.embedded import EmbeddedDataset

X = Namespace("http://x.example/")
API: Api = configuration_reader(())().apis[0]
LISTS = [endpoint for endpoint in API.endpoints if isinstance(endpoint, ListEndpoint)]
FIXTURES = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# Any literal as the value of a filter finds exactly the items that hold it

THINGS = """
@prefix api:  <http://purl.org/linked-data/api/vocab#> .
@prefix rdf:  <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix xsd:  <http://www.w3.org/2001/XMLSchema#> .
@prefix x:    <http://x.example/> .

x:api a api:API ; api:sparqlEndpoint <urn:pqlod:vocab:store> ; api:endpoint x:things .
x:things a api:ListEndpoint ; api:uriTemplate "/things" ; api:selector [ api:type x:Thing ] ; api:maxPageSize 1000 .
"""
RANGES = ("string", "integer", "decimal", "double", "boolean", "date", "dateTime", "gYear")

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
DIGITS = st.text("0123456789", min_size=1, max_size=25)
ZONES = st.sampled_from(["", "Z", "+01:00", "-14:00"])
LEXICAL = {
    "string": TEXTS,
    "integer": st.builds("{}{}".format, st.sampled_from(["", "-", "+", "0"]), DIGITS),
    "decimal": st.builds("{}{}.{}".format, st.sampled_from(["", "-", "+"]), DIGITS, DIGITS),
    "double": st.builds(repr, st.floats()) | st.sampled_from(["INF", "-INF", "NaN", "1e0", "1.0", "01.0E0", "-0"]),
    "boolean": st.sampled_from(["true", "false", "1", "0", "TRUE", "yes"]),
    "date": st.builds("{}{}".format, st.dates(), ZONES),
    "dateTime": st.builds("{}{}".format, st.datetimes().map(lambda moment: moment.isoformat()), ZONES),
    "gYear": st.builds("{:04}{}".format, st.integers(1, 9999), ZONES),
}


@pytest.fixture(scope="session")
def things(tmp_path_factory: pytest.TempPathFactory) -> Api:
    """An API with a property of each range, named like it, and ``plain`` of none."""
    file = tmp_path_factory.mktemp("things") / "api.ttl"
    declared = (f'x:{name} a owl:DatatypeProperty ; api:label "{name}" ; rdfs:range xsd:{name} .\n' for name in RANGES)
    file.write_text(THINGS + 'x:plain a rdf:Property ; api:label "plain" .\n' + "".join(declared), "utf-8")
    return read_configuration(file, {}).apis[0]


def dataset_of(values: Iterable[tuple[NamedNode, Literal]]) -> tuple[EmbeddedDataset, dict[NamedNode, Literal]]:
    """Things with one value each, and what the store made of the values."""
    store = Store()
    for number, (property_iri, value) in enumerate(values):
        store.add(Quad(X[f"t{number}"], RDF.type, X.Thing))
        store.add(Quad(X[f"t{number}"], property_iri, value))
    held = {quad.subject: quad.object for quad in store if quad.predicate != RDF.type}
    return EmbeddedDataset(store, ""), held


def found(api: Api, dataset: EmbeddedDataset, **parameters: str) -> set[NamedNode]:
    """The items of the list with these parameters, which come by way of a URL."""
    query = urlencode({**parameters, "_pageSize": "1000"})
    url = RequestUrl("http://h.example", "/things", tuple(parse_qsl(query, keep_blank_values=True)))
    endpoint = api.endpoints[0]
    request = parse_parameters(api, endpoint, {}, url)
    return set(fetch_page(api, endpoint, request, endpoint.default_formatter, dataset).items)


def same(one: Literal, other: Literal) -> bool:
    """Equal as terms, or of one datatype and equal by value, as far as the store compares so."""
    if one == other:
        return True
    if one.datatype != other.datatype:
        return False
    try:
        return one.datatype in VALUES and VALUES[one.datatype](one.value) == VALUES[other.datatype](other.value)
    except (ValueError, KeyError):
        return False


VALUES: Mapping[NamedNode, Callable[[str], object]] = {
    XSD.integer: int,
    XSD.decimal: Decimal,
    XSD.double: lambda text: repr(float(text)),  # the two zeros are two terms
    XSD.boolean: {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    XSD.dateTime: lambda text: re.sub(r"(\.\d*?)0+(?=\D|$)", r"\1", text),
}


@given(st.sampled_from(RANGES).flatmap(lambda name: st.tuples(st.just(name), st.lists(LEXICAL[name], min_size=1, max_size=8))))
@FIXTURES
def test_a_value_finds_the_items_that_hold_it_and_no_others(things: Api, drawn: tuple[str, list[str]]) -> None:
    name, texts = drawn
    dataset, held = dataset_of((X[name], Literal(text, datatype=XSD[name])) for text in texts)

    for text in texts:
        wanted = Literal(text, datatype=XSD[name])
        assert found(things, dataset, **{name: text}) == {item for item, value in held.items() if same(value, wanted)}


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["", "en", "cy", "en-gb"])), min_size=1, max_size=8))
@example([("'", ""), ('"', "en"), ("\\", ""), ("}", ""), ("\n", ""), ("\0", ""), ("{x}", ""), ("?item", "")])
@FIXTURES
def test_a_text_finds_the_items_that_hold_it_in_the_language_that_is_asked_for(things: Api, drawn: list[tuple[str, str]]) -> None:
    literals = [Literal(text, language=language) if language else Literal(text) for text, language in drawn]
    dataset, held = dataset_of((X.plain, literal) for literal in literals)

    for literal in literals:
        items = found(things, dataset, plain=literal.value, _lang=literal.language or "none")
        assert items == {item for item, value in held.items() if value == literal}


# What a URL template or a property path is made into leads back to it

SEGMENTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=20)
NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=4, unique=True)


@given(NAMES.flatmap(lambda names: st.fixed_dictionaries(dict.fromkeys(names, SEGMENTS))), st.integers(0, 4))
def test_an_address_made_from_a_template_gives_its_variables_back(values: Mapping[str, str], in_path: int) -> None:
    names = list(values)
    path = "".join(f"/{name}/{{{name}}}" for name in names[:in_path])
    query = "&".join(f"{name}={{{name}}}" for name in names[in_path:])
    template = UriTemplate(path + (f"?{query}" if query else ""))

    path, _, query = template.expand_url(values).partition("?")

    given_back = template.match(unquote(path), {name: (value,) for name, value in parse_qsl(query, keep_blank_values=True)})
    assert given_back == dict(values)


@given(st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join))
def test_a_variable_of_several_segments_comes_back_too(value: str) -> None:
    template = UriTemplate("/resources/{+path}")

    assert template.match(unquote(template.expand_url({"path": value}))) == {"path": value}


STEPS = st.builds(Step, st.none() | st.sampled_from(sorted(API.vocabulary.properties, key=str)), st.booleans())


@given(st.lists(STEPS, min_size=1, max_size=6))
def test_a_property_path_is_read_as_it_is_written(steps: list[Step]) -> None:
    names = [API.vocabulary.shortname(step.property) if step.property else "*" for step in steps]
    assume(all(names))

    text = ".".join("~" * step.is_inverse + str(name) for step, name in zip(steps, names, strict=True))

    assert parse_path(text, API.vocabulary).steps == tuple(steps)


# Whatever the parameters are, it is not the server that fails

PARAMETERS = st.lists(st.tuples(st.sampled_from(API.vocabulary.names()) | TEXTS, TEXTS), max_size=4)


@given(st.sampled_from([endpoint.template.path_part for endpoint in LISTS]), PARAMETERS)
@FIXTURES
def test_no_request_of_random_parameters_makes_the_server_fail(
    client: FlaskClient, path: str, parameters: list[tuple[str, str]]
) -> None:
    answer = client.get(quote(path) + "?" + urlencode(parameters))

    assert answer.status_code < 500, answer.text


# Whatever address a page has, the server reads it

DATA_HOST = "data.parliament.uk"
SEEDS = [
    "/", "/api-config", "/sparql", "/queries",
    *(f"{path}.{suffix}?{query}" for endpoint in API.endpoints for example in endpoint.examples
      for path, _, query in [example.partition("?")] for suffix in ("json", "html")),
]  # fmt: skip


def addresses_in(url: str, answer: TestResponse) -> Iterator[str]:
    """The absolute URLs that a page has: of JSON all values that are such, of HTML all that can be followed."""
    if answer.mimetype == "application/json":
        yield from re.findall(r'"(http://[^"\\]+)"', answer.text)
    elif answer.mimetype == "text/html":
        yield from (urljoin(url, link) for link in html.fromstring(answer.text).xpath("//@href | //@src | //form/@action"))


@pytest.mark.parametrize("most", [150, pytest.param(10_000, marks=pytest.mark.full)], ids=["some", "all"])
def test_every_address_that_a_page_has_is_one_that_the_server_reads(client: FlaskClient, most: int) -> None:
    found: dict[str, str] = {}
    for seed in SEEDS:
        answer = client.get(seed)
        assert answer.status_code == 200, seed
        found |= dict.fromkeys(addresses_in(f"http://localhost{seed}", answer), seed)
    ours = sorted(url for url in found if urlsplit(url).hostname in ("localhost", DATA_HOST))

    unread = {url: found[url] for url in Random(1).sample(ours, min(most, len(ours))) if not is_read(client, url)}

    assert len(ours) > 1000
    assert unread == {}


def is_read(client: FlaskClient, url: str) -> bool:
    parts = urlsplit(url)
    with client.get(parts.path + (f"?{parts.query}" if parts.query else "")) as answer:  # which may be a file
        return answer.status_code < 400


# JSON, XML, CSV and Turtle of the same page tell the same facts: what is at the end of each property path of each item

ITEMS = [endpoint for endpoint in API.endpoints if isinstance(endpoint, ItemEndpoint)]
PAGES = [
    *((endpoint.template.path_part, True, sorted(endpoint.viewers)) for endpoint in LISTS if not endpoint.template.variables),
    *((path.partition("?")[0], False, sorted(endpoint.viewers)) for endpoint in ITEMS for path in endpoint.examples),
]


@given(st.sampled_from(PAGES), st.integers(0, 3), st.integers(1, 30), st.integers(0, 10))
@settings(FIXTURES, max_examples=60)
def test_the_formats_of_a_page_tell_the_same_facts(
    client: FlaskClient, drawn: tuple[str, bool, list[str]], page: int, size: int, which: int
) -> None:
    path, is_list, views = drawn
    query = f"?_view={quote(views[which % len(views)])}" + (f"&_page={page}&_pageSize={size}" if is_list else "")
    bodies = {suffix: client.get(f"{path}.{suffix}{query}") for suffix in ("json", "xml", "csv", "ttl")}
    assert {answer.status_code for answer in bodies.values()} == {200}

    told = json_facts(bodies["json"].data)
    items = {fact[0] for fact in told}

    assert of_the_items(xml_facts(bodies["xml"].data)) == of_the_items(told)
    assert of_the_items(turtle_facts(bodies["ttl"].data, items, API.vocabulary)) == of_the_items(told)
    table = read_table(bodies["csv"].data)
    for place, texts in cells_of(of_the_items(told), API.vocabulary).items():
        assert holds(table[place], texts), (place, table[place], texts)
