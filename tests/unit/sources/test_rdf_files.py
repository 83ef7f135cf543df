"""RDF files give the same quads whenever they are read."""

import gzip
from collections.abc import Callable

import pytest
from pyoxigraph import RdfFormat, Store

from pqlod.errors import SourceError
from pqlod.rdf import XSD, BlankNode, Literal, NamedNode, Quad
from pqlod.sources import SourceFile, rdf_files

Make = Callable[..., SourceFile]
A, B, C = (NamedNode(f"http://example.org/{name}") for name in "abc")
TURTLE = "@prefix : <http://example.org/> . :a :b :c ."


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TURTLE, "x"),
        (gzip.compress(TURTLE.encode()), "x"),
        ("\ufeff" + TURTLE, "x"),
        ("<http://example.org/a> <http://example.org/b> <http://example.org/c> .", "x"),
        ('{"@id": "http://example.org/a", "http://example.org/b": {"@id": "http://example.org/c"}}', "x"),
        ("<a> <b> <c> .".replace("<", "<http://example.org/"), "x.ttl"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
            '<rdf:Description rdf:about="http://example.org/a"><e:b rdf:resource="http://example.org/c"/></rdf:Description></rdf:RDF>',
            "x",
        ),
    ],
    ids=["Turtle", "gzip", "mark", "N-Triples", "JSON-LD", "suffix", "RDF/XML"],
)
def test_each_syntax_is_read(make_file: Make, content: str | bytes, name: str) -> None:
    assert list(rdf_files.read(make_file(content, name))) == [Quad(A, B, C)]


def test_named_graphs_are_kept(make_file: Make) -> None:
    assert list(rdf_files.read(make_file(f"{A} {B} {C} <http://example.org/g> ."))) == [
        Quad(A, B, C, NamedNode("http://example.org/g"))
    ]


def test_a_day_typed_as_instant_becomes_a_day_and_is_noted(make_file: Make) -> None:
    file = make_file(f'{A} {B} "2018-11-22"^^{XSD.dateTime}, "2018-11-22T01:02:03Z"^^{XSD.dateTime} .')

    quads = list(rdf_files.read(file))

    assert [quad.object for quad in quads] == [
        Literal("2018-11-22", datatype=XSD.date),
        Literal("2018-11-22T01:02:03Z", datatype=XSD.dateTime),
    ]
    assert file.notes.total() == 1


def test_blank_nodes_are_the_same_in_every_reading_of_one_content(make_file: Make) -> None:
    text = f"{A} {B} [ {B} _:x ] . _:x {B} {C} ."

    first = list(rdf_files.read(make_file(text, "one")))

    assert first == list(rdf_files.read(make_file(text, "two")))
    assert len({quad.subject for quad in first if isinstance(quad.subject, BlankNode)}) == 2
    assert not set(first) & {quad for quad in rdf_files.read(make_file(text + "#", "three")) if quad.subject != A}


def test_a_broken_file_gives_nothing(make_file: Make) -> None:
    with pytest.raises(SourceError, match="line 2: Broken RDF"):
        rdf_files.read(make_file(TURTLE + "\n:a :b"))


def test_the_suffix_decides_where_the_content_does_not(make_file: Make) -> None:
    assert rdf_files.syntax_of(make_file("", "x.ttl.gz")) == RdfFormat.TRIG
    assert rdf_files.syntax_of(make_file("some text", "x.txt")) is None


PLAIN = (
    f'{A} {B} {C} .\n{A} {B} "a_: b > \'x\' \\"_" <http://example.org/g> .\n'
    f'{A} {B} "2018-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
    f'{A} {B} "2018-01-01"^^<http://www.w3.org/2001/XMLSchema#date> .\n'
)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", ["", "\n"])
def test_plain_quads_are_loaded_as_they_stand(make_file: Make, monkeypatch: pytest.MonkeyPatch, end: str, packed: bool) -> None:
    monkeypatch.setattr(rdf_files, "BLOCK", 50)
    content = PLAIN.rstrip("\n") + end
    file, store = make_file(gzip.compress(content.encode()) if packed else content, "x.nq"), Store()

    assert rdf_files.load_as_it_stands(file, store) == 4
    assert set(store) == set(rdf_files.read(file))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{PLAIN}_:x {B} {C} .\n", id="blank subject"),
        pytest.param(f"{PLAIN}{A} {B} _:x .\n", id="blank object"),
        pytest.param(f"{PLAIN}{A} {B}_:x .\n", id="blank object at once"),
        pytest.param(f'{PLAIN}{A} {B} "x" _:g .\n', id="blank graph"),
        pytest.param(f'{PLAIN}{A} {B} "2018-01-01"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n', id="day as instant"),
        pytest.param(f"# comment\n{PLAIN}", id="comment"),
        pytest.param(f"{PLAIN}\n{PLAIN}", id="empty line"),
        pytest.param(f"{PLAIN}{A} {B} .\n", id="broken"),
        pytest.param(f"{PLAIN}{A} {B} <http://exa mple.org/> .\n", id="broken IRI"),
        pytest.param(TURTLE, id="Turtle"),
    ],
)
def test_anything_else_is_not_loaded_as_it_stands(make_file: Make, content: str) -> None:
    store = Store()

    assert rdf_files.load_as_it_stands(make_file(content, "x"), store) is None
    assert len(store) == 0
