"""The page of the vocabulary tells every term of it, how often each is used, and items that use it."""

import re
import time
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from pqlod.app import configuration_reader, running_app
from pqlod.formatters.html.vocabulary import Link, Vocabulary
from pqlod.rdf import PARL, RDF, SKOS, Graph, NamedNode
from pqlod.settings import Settings
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.query import Query
from pqlod.store.usage import Usage, usage
from pqlod.web.once import OncePerVersion
from pqlod.web.vocabulary import graph_of

PATH = "/docs/vocabulary"


@pytest.fixture(scope="module")
def page(app: Flask) -> str:
    """The page with its counts."""
    client, deadline = app.test_client(), time.monotonic() + 30
    while "are being counted" in (text := client.get(PATH).text) and time.monotonic() < deadline:
        time.sleep(0.05)
    return text


@pytest.fixture(scope="module")
def vocabulary(dataset: EmbeddedDataset) -> Vocabulary:
    apis = configuration_reader(())().apis
    shown = Vocabulary(apis, graph_of(apis), address=str)
    return Vocabulary(apis, shown.graph, str, usage(dataset, shown.classes, shown.properties))


def test_every_class_and_property_of_the_configuration_has_its_place(page: str) -> None:
    (api,) = configuration_reader(())().apis
    names = {api.vocabulary.outputs[iri] for iri in api.vocabulary.properties} - {"commons", "lords"}  # which are things

    assert len(names) > 90
    assert names - set(re.findall(r'id="([^"]+)"', page)) == set()


def test_every_term_of_our_vocabulary_is_explained(vocabulary: Vocabulary) -> None:
    entries = [vocabulary.entry(term) for term in (*vocabulary.classes, *vocabulary.properties) if term in PARL]

    assert [entry.name for entry in entries if not entry.meaning and not entry.between] == []


def test_links_within_the_page_have_their_ends_and_no_place_is_there_twice(page: str) -> None:
    places = re.findall(r'id="([^"]+)"', page)

    assert sorted(places) == sorted(set(places))
    assert set(re.findall(r'href="#([^"]+)"', page)) - {"main"} <= set(places)


def test_every_example_has_a_page(client: FlaskClient, page: str) -> None:
    addresses = {unescape(address) for address in re.findall(r'<dd>[^\n]*?<a href="\.\./([^"]+)"', page)}

    assert len(addresses) > 20
    for address in addresses:
        assert client.get(f"/{address}").status_code in (200, 303, 410), address


@pytest.mark.parametrize("term", [PARL.Member, PARL.WrittenParliamentaryQuestion, PARL.Seat, SKOS.Concept], ids=str)
def test_items_of_a_class_are_counted(vocabulary: Vocabulary, dataset: EmbeddedDataset, term: NamedNode) -> None:
    (row,) = dataset.select(Query(f"SELECT (COUNT(*) AS ?n) {{ ?s a {term} }}"))

    assert vocabulary.entry(term).uses == int(row["n"].value) > 0  # type: ignore[union-attr]  # a literal


@pytest.mark.parametrize("term", [PARL.uin, PARL.answer, RDF.type], ids=str)
def test_statements_of_a_property_are_counted(vocabulary: Vocabulary, dataset: EmbeddedDataset, term: NamedNode) -> None:
    (row,) = dataset.select(Query(f"SELECT (COUNT(*) AS ?n) {{ ?s {term} ?o }}"))

    assert vocabulary.entry(term).uses == int(row["n"].value) > 0  # type: ignore[union-attr]  # a literal


def test_a_property_of_several_classes_stands_with_the_first_and_the_others_lead_there(vocabulary: Vocabulary) -> None:
    sections = {section.entry.iri: section for section in vocabulary.sections()}
    question, answer = sections[PARL.ParliamentaryQuestion.value], sections[PARL.WrittenParliamentaryAnswer.value]

    assert "AnsweringBody" in [each.name for each in question.properties]
    assert "AnsweringBody" not in [each.name for each in answer.properties]
    assert Link("AnsweringBody", "#AnsweringBody") in answer.shared
    assert Link("written parliamentary question", "#WrittenParliamentaryQuestion") in question.kinds


def test_every_property_stands_once(vocabulary: Vocabulary) -> None:
    shown = [each.iri for section in vocabulary.sections() for each in section.properties]
    shown += [each.iri for each in vocabulary.others()]

    assert sorted(shown) == sorted(each.value for each in vocabulary.properties)


def test_what_is_worked_out_says_from_what(page: str) -> None:
    assert "worked out here, from <code>dateTabled</code> to <code>answer.dateOfAnswer</code>" in page


def test_a_configuration_that_names_none_of_our_terms_tells_its_own(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<urn:a> a <urn:v:School> ; <urn:v:size> 3 .")
    (tmp_path / "api.ttl").write_text(f"""
        @prefix api: <http://purl.org/linked-data/api/vocab#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        <urn:x:api> a api:API ; api:sparqlEndpoint <{(tmp_path / "data.ttl").as_uri()}> ; api:endpoint <urn:x:schools> .
        <urn:x:schools> a api:ListEndpoint ; api:uriTemplate "/schools" ; api:selector [ api:filter "type=School" ] .
        <urn:v:School> a owl:Class ; api:label "School" ; rdfs:comment "Where pupils learn." .
        <urn:v:size> a owl:DatatypeProperty ; api:label "size" ; rdfs:domain <urn:v:School> .
    """)
    with running_app(Settings(config=(str(tmp_path / "api.ttl"),))) as app:
        page = app.test_client().get(PATH).text

    assert "Where pupils learn." in page
    assert 'id="size"' in page
    assert "ParliamentaryQuestion" not in page


def test_a_list_that_leads_to_itself_ends() -> None:
    text = "<urn:p> a owl:ObjectProperty ; rdfs:domain [ owl:unionOf _:b ] . _:b rdf:first <urn:C> ; rdf:rest _:b ."
    prefixes = "PREFIX owl: <http://www.w3.org/2002/07/owl#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    prefixes += "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    graph = Graph(quad.triple for quad in parse((prefixes + text).encode(), RdfFormat.TURTLE))

    assert [link.text for link in Vocabulary((), graph).entry(NamedNode("urn:p")).owners] == ["urn:C"]


def test_a_page_whose_counts_are_not_there_yet_is_not_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OncePerVersion, "get", lambda *_: None)

    response = app.test_client().get(PATH)

    assert "The uses are being counted" in response.text
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-cache"


def test_a_page_that_the_client_has_is_not_made_again(client: FlaskClient, page: str) -> None:
    tag = client.get(PATH).headers["ETag"]

    assert page
    assert client.get(PATH, headers={"If-None-Match": tag}).status_code == 304


def test_a_class_that_is_not_used_has_no_example(vocabulary: Vocabulary) -> None:
    unused = Vocabulary(vocabulary.apis, vocabulary.graph, str, Usage({}, {}))

    assert (unused.entry(PARL.Member).uses, unused.entry(PARL.Member).example) == (0, None)
