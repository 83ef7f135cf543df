"""The names of an API: in requests, in results, and the terms that values become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from pqlod.errors import BadParameter
from pqlod.lda.declarations import read_vocabulary
from pqlod.lda.naming import ShortnameMode, decode_iri, encode_iri
from pqlod.lda.paths import Step
from pqlod.lda.reading import Report
from pqlod.lda.vocabulary import RELATIVE, LanguageChoice, Vocabulary
from pqlod.rdf import API, RDF, RDFS, XSD, Graph, Literal, NamedNode, Namespace

X, Y = Namespace("http://x.example/def/"), Namespace("http://y.example/terms#")
PREFIXES = {"x": X.iri, "y": Y.iri, "xsd": XSD.iri, "rdf": RDF.iri, "rdfs": RDFS.iri, "api": API.iri}
PREFIXES["owl"] = "http://www.w3.org/2002/07/owl#"
PREFIXES["pqlod"] = "urn:pqlod:vocab:"
PREFIXES["elda"] = "http://www.epimorphics.com/vocabularies/lda#"


def graph(turtle: str) -> Graph:
    declarations = "".join(f"@prefix {prefix}: <{iri}> . " for prefix, iri in PREFIXES.items())
    return Graph(quad.triple for quad in parse(declarations + turtle, RdfFormat.TURTLE))


def declared(*turtles: str, report: Report | None = None, frees_syntax_names: bool = False) -> Vocabulary:
    first, *others = map(graph, turtles)
    return read_vocabulary(first, others, PREFIXES, report or Report(), frees_syntax_names=frees_syntax_names)


@pytest.mark.parametrize(
    ("turtle", "name", "iri"),
    [
        pytest.param('x:n api:label "count" .', "count", X.n, id="api:label"),
        pytest.param('x:n rdfs:label "count" .', "count", X.n, id="rdfs:label"),
        pytest.param('x:n rdfs:label "count" ; api:label "size" .', "size", X.n, id="api:label over rdfs:label"),
        pytest.param('x:n rdfs:label "a count" ; rdfs:range xsd:int .', "a count", None, id="rdfs:label outside the grammar"),
        pytest.param('x:n api:label "count" .', "n", X.n, id="the local name is an alias"),
        pytest.param('x:n api:label "count" .', "x_n", X.n, id="prefix and local name are an alias"),
        pytest.param("x:size a owl:DatatypeProperty .", "size", X.size, id="declared without a label"),
        pytest.param("", "x_any", X.any, id="CF04 undeclared, by prefix"),
        pytest.param("", "nope_any", None, id="an unknown prefix"),
        pytest.param("", "type", RDF.type, id="built in"),
        pytest.param('x:date api:label "vdate" .', "date", XSD.date, id="an alias loses to what is built in"),
        pytest.param('x:date api:label "date" .', "date", X.date, id="a label wins over what is built in"),
        pytest.param('x:i api:label "items" .', "items", None, id="CF06 reserved as input"),
        pytest.param(
            ':e a api:ListEndpoint ; rdfs:label "members" .'.replace(":e", "x:e"), "members", None, id="not an endpoint"
        ),
        pytest.param("", "unknown_urnCxC1Z", NamedNode("urn:x:1"), id="round trip"),
    ],
)
def test_a_name_of_a_request_stands_for_an_iri(turtle, name, iri):
    assert declared(turtle).resolve(name) == iri


def test_a_configuration_goes_before_its_vocabularies_and_the_clash_is_told():
    report = Report()

    vocabulary = declared('x:n api:label "n" .', 'y:n api:label "n" . y:m api:label "m" .', report=report)

    assert (vocabulary.resolve("n"), vocabulary.resolve("m"), vocabulary.resolve("y_n")) == (X.n, Y.m, Y.n)
    assert [str(mistake) for mistake in report.mistakes] == [
        "y:n api:label: 'n' is the name of x:n already. Expected: a name of its own."
    ]


def test_of_two_terms_with_one_label_the_first_by_iri_has_it():
    forwards, backwards = (
        declared(text) for text in ('x:a api:label "n" . x:b api:label "n" .', 'x:b api:label "n" . x:a api:label "n" .')
    )

    assert forwards.resolve("n") == backwards.resolve("n") == X.a


def test_a_label_that_is_no_shortname_is_told_and_not_used():
    report = Report()

    vocabulary = declared('x:n api:label "a-b" .', report=report)

    assert vocabulary.shortname(X.n) == "n"
    assert [mistake.property for mistake in report.mistakes] == ["api:label"]


def test_syntax_names_can_be_freed():
    freed = declared('x:i api:label "items" .', frees_syntax_names=True)

    assert freed.resolve("items") == X.i
    assert freed.resolve("item") is None
    assert freed.shortname(X.i) == freed.shortname(API["items"]) == "items"


@pytest.mark.parametrize(
    ("terms", "mode", "names"),
    [
        pytest.param([X.free], "preferLocalnames", ["free"], id="a local name"),
        pytest.param([X.common, Y.common], "preferLocalnames", ["x_common", "y_common"], id="D21 a shared local name"),
        pytest.param([X.n], "preferPrefixes", ["count"], id="a declared name in every mode"),
        pytest.param([Y.count], "preferLocalnames", ["y_count"], id="D21 a local name that a declared term has"),
        pytest.param([Y.homepage], "preferLocalnames", ["y_homepage"], id="D51 a local name that a built-in term has"),
        pytest.param([Y["2018x"]], "preferLocalnames", ["y_2018x"], id="an illegal local name"),
        pytest.param([X["a,b"]], "preferLocalnames", ["x_a_2c_b"], id="a character that breaks XML"),
        pytest.param([X.free], "preferPrefixes", ["x_free"], id="prefixes preferred"),
        pytest.param([NamedNode("http://z/9")], "preferLocalnames", ["_9_e336"], id="neither local name nor prefix"),
        pytest.param([X.free], "roundTrip", ["x_free"], id="round trip by prefix"),
        pytest.param([X["a-b"]], "roundTrip", ["pre_x_aMb"], id="round trip of an odd local name"),
        pytest.param([NamedNode("http://z.y/A")], "roundTrip", ["unknown_httpXzDySZ_41"], id="round trip without prefix"),
        pytest.param([XSD.date], "preferLocalnames", ["date"], id="a built-in name"),
        pytest.param([XSD.dateTime], "preferLocalnames", ["dateTime"], id="a datatype that is not built in"),
    ],
)
def test_js10_terms_of_a_page_get_names(terms, mode, names):
    vocabulary = declared('x:n api:label "count" .')

    assert list(vocabulary.name_terms(terms, ShortnameMode(mode)).values()) == names


def test_a_built_in_term_whose_name_is_taken_gets_its_prefix():
    vocabulary = declared('x:date api:label "date" .')

    assert vocabulary.name_terms([XSD.date, X.date]) == {XSD.date: "xsd_date", X.date: "date"}


IRIS = st.builds(
    lambda namespace, local: NamedNode(namespace + local),
    st.sampled_from([X.iri, Y.iri, "http://z/", "urn:a:", XSD.iri]),
    st.text(st.sampled_from("abAZ_19-é~,"), max_size=4),
)


@given(st.sets(IRIS), st.sampled_from(ShortnameMode))
def test_d21_no_two_terms_of_a_page_share_a_name(terms, mode):
    names = declared('x:n api:label "a" . x:a rdfs:range xsd:int .').name_terms(terms, mode)

    assert names.keys() == terms
    assert len(set(names.values())) == len(terms)


@given(IRIS)
def test_an_encoded_iri_decodes_to_itself(iri):
    assert decode_iri(encode_iri(iri.value), {}) == iri


TYPED = """
x:text rdfs:range api:PlainLiteral . x:simple rdfs:range api:SimpleLiteral . x:date rdfs:range xsd:date .
x:length a owl:DatatypeProperty ; rdfs:range x:metres . x:by a owl:ObjectProperty ; rdfs:range xsd:string .
x:of rdfs:range x:Thing . x:Thing api:label "Thing" . x:open rdf:type rdf:Property . x:string rdfs:range xsd:string .
"""


@pytest.mark.parametrize(
    ("step", "value", "languages", "term"),
    [
        pytest.param(Step(X.open), "v", (), Literal("v"), id="no range"),
        pytest.param(Step(X.open), "v", ("en",), Literal("v", language="en"), id="no range, a language"),
        pytest.param(Step(X.open), "v", ("none",), Literal("v"), id="no range, no language"),
        pytest.param(Step(X.open), "v", ("en", "none"), LanguageChoice("v", ("en", "none")), id="FL02 several languages"),
        pytest.param(Step(X.text), "v", ("en",), Literal("v", language="en"), id="plain"),
        pytest.param(Step(X.simple), "v", ("en",), Literal("v"), id="simple"),
        pytest.param(Step(X.string), "v", ("en",), Literal("v"), id="a string"),
        pytest.param(Step(X.date), "2018-11-22", (), Literal("2018-11-22", datatype=XSD.date), id="FL01 a datatype"),
        pytest.param(Step(X.date), "abc", (), Literal("abc", datatype=XSD.date), id="outside the lexical space"),
        pytest.param(Step(X.length), "3", (), Literal("3", datatype=X.metres), id="the range of a datatype property"),
        pytest.param(Step(X.of), "Thing", (), X.Thing, id="FL04 a shortname"),
        pytest.param(Step(X.of), "x_Other", (), X.Other, id="FL04 a prefixed name"),
        pytest.param(Step(X.of), "http://x/1", (), NamedNode("http://x/1"), id="FL04 an IRI"),
        pytest.param(Step(X.by), "http://x/1", (), NamedNode("http://x/1"), id="an object property, whatever its range"),
        pytest.param(Step(X.of), "Nope", (), NamedNode(f"{RELATIVE}Nope"), id="an unknown word matches nothing"),
        pytest.param(Step(X.date, is_inverse=True), "http://x/1", (), NamedNode("http://x/1"), id="an inverse step"),
        pytest.param(Step(RDF.type), "Thing", (), X.Thing, id="the built-in range of type"),
        pytest.param(Step(None), "v", (), Literal("v"), id="any property"),
    ],
)
def test_a_value_becomes_the_term_that_its_range_asks_for(step, value, languages, term):
    assert declared(TYPED).term(step, value, languages) == term


@pytest.mark.parametrize(
    ("step", "value", "languages"),
    [
        pytest.param(Step(X.of), "a b", (), id="FL15 a blank in an IRI"),
        pytest.param(Step(X.of), "http://x/{y}", (), id="FL15 braces in an IRI"),
        pytest.param(Step(X.of), "http://x/> ?s ?p ?o", (), id="FL15 the end of an IRI"),
        pytest.param(Step(X.open), "v", ("e n",), id="no language tag"),
    ],
)
def test_what_cannot_be_a_term_is_refused(step, value, languages):
    with pytest.raises(BadParameter):
        declared(TYPED).term(step, value, languages)


def test_a_property_holds_what_is_declared_of_it():
    vocabulary = declared(
        'x:p a api:Multivalued , api:Hidden ; api:structured true ; rdfs:range xsd:date ; elda:cacheExpiryTime "10m" .',
        "x:p pqlod:printedDatatype xsd:dateTime .",
    )

    p = vocabulary.property(X.p)

    assert (p.is_multivalued, p.is_hidden, p.is_structured, p.is_resource) == (True, True, True, False)
    assert (p.range, p.printed_datatype, p.expires_after) == (XSD.date, XSD.dateTime, 600)
    assert vocabulary.property(X.other).range is None
