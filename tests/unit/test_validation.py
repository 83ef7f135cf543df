"""Checks by the shapes of ontology/shapes.ttl: what each shape takes and what it refuses, and what is told of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store

from pqlod.errors import CheckError
from pqlod.rdf import PARL, DefaultGraph, NamedNode
from pqlod.sources import quads
from pqlod.validation import Batch, Breach, Checked, Extent, Finding, Rule, breaches_of, check_resources, merged

ROOT = Path(__file__).parents[2]
PREFIXES = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix schema: <http://schema.org/> .
@prefix geo: <http://data.ordnancesurvey.co.uk/ontology/admingeo/> .
@prefix parl: <http://data.parliament.uk/schema/parl#> .
@prefix t: <http://data.parliament.uk/terms/> .
@prefix m: <http://data.parliament.uk/members/> .
@prefix x: <http://data.parliament.uk/x/> .
@prefix file: <http://data.parliament.uk/x/attachment/> .
@prefix version: <http://data.parliament.uk/x/previousversion/> .
@prefix body: <http://data.parliament.uk/x/QuestionTimeAnswerBody/> .
@prefix : <http://data.parliament.uk/> .
"""
# What others lead to: each has all that its shape wants.
KNOWN = """
:m a parl:Member ; parl:fullName "Ms A" .
:d a parl:Department ; parl:answeringDeptId "60" ; rdfs:label "Education" .
:p a parl:Party ; rdfs:label "A Party" .
:c a parl:Constituency ; rdfs:label "A Place" .
:e a parl:Parliament ; parl:parliamentNumber "57" .
:place a skos:Concept ; skos:prefLabel "Chamber" .
"""
# Of each shape what it takes without a word; what is wrong in the tables below stands in place of a line, or beside them.
GOOD = {
    "written question": """:x a parl:WrittenParliamentaryQuestion ; parl:uin "HL6676" ; parl:questionText "To ask why." ;
        parl:dateTabled "2017-04-05"^^xsd:date ; dct:date "2017-04-05"^^xsd:date ; parl:tablingMember :m ;
        parl:answeringDepartment :d ;
        parl:answeringDeptId "60" ; parl:houseId "2" ; parl:legislature t:25277 ; parl:session "2016/17" ;
        parl:isWithdrawn false ;
        parl:answer x:answer ; parl:questionFirstAnswered "2014-08-28T11:45:56.4853257Z"^^xsd:dateTime .
        x:answer a parl:WrittenParliamentaryAnswer ; parl:answerText "So." ;
        parl:dateOfAnswer "2017-04-06"^^xsd:date ; parl:answeringMember m:0 .""",
    "oral question": """:x a parl:OralParliamentaryQuestion ; parl:uin "901201" ; parl:questionText "What?" ;
        parl:dateTabled "2018-11-06"^^xsd:date ;
        parl:tablingMember :m ; parl:answeringDepartment :d ; parl:CommonsQuestionTime :time ; parl:Location :place ;
        parl:AnswerDateTime "2018-11-12T14:30:00Z"^^xsd:dateTime ; parl:ballotNumber "1" .
        :time a parl:QuestionTime ; dct:date "2018-11-12"^^xsd:date .""",
    "answer": """:x a parl:WrittenParliamentaryAnswer ; parl:answerText "<p>So.</p>" ; parl:textFormat "html" ;
        parl:answeringMember :m ;
        parl:dateOfAnswer "2014-07-07"^^xsd:date ; parl:dateOfCorrection "2014-08-28"^^xsd:date ;
        parl:groupedQuestionUIN "1" , "HL2" ;
        parl:attachment file:1 ; parl:attachmentCount 1 ; parl:previousAnswerVersion version:1 .
        file:1 a parl:Attachment ; dct:title "Table" .
        version:1 a parl:AnswerVersion .""",
    "version of an answer": ':x a parl:AnswerVersion ; parl:answeringMember :m ; parl:answeringMemberPrinted "Ms A" .',
    "attachment": ':x a parl:Attachment ; dct:title "Table" ; parl:fileName "table.pdf" .',
    "question time": """:x a parl:QuestionTime ; dct:title "Education" ; dct:date "2018-11-12"^^xsd:date ;
        parl:session "2017/19" ;
        parl:AnswerDateTime "2018-11-12"^^xsd:date ; parl:Location :place ; parl:AnswerBody body:1 .
        body:1 a parl:QuestionTimeAnswerBody ; parl:AnswerBodyName "Education" .""",
    "answering body of a question time": """:x a parl:QuestionTimeAnswerBody ; parl:AnswerBodyName "Education" ;
        parl:AnswerBodyTarget "Minister" .""",
    "member": """:x a parl:Member ; parl:fullName "Ms B" ; parl:party "A Party" ; parl:memberOfParty :p ;
        parl:constituency :c ;
        parl:memberOf t:25259 , t:25277 ; schema:birthDate "1960-01-01"^^xsd:date ; parl:isCurrent true .""",
    "seat": """:x a parl:Seat ; parl:member :m ; parl:startDate "2017-06-08"^^xsd:date ; parl:endDate "2019-11-06"^^xsd:date ;
        parl:constituency :c ; parl:memberOfParty :p ; parl:parliament :e ; parl:electionType "general" .""",
    "House": """t:25259 a parl:House , skos:Concept ; skos:prefLabel "House of Commons" ; skos:altLabel "Commons" ;
        parl:houseId "1" .""",
    "department": """:x a parl:Department ; parl:answeringDeptId "7" ; rdfs:label "Housing" ; skos:altLabel "Communities" ;
        parl:status "current" .""",
    "party": ':x a parl:Party ; rdfs:label "B Party" ; skos:altLabel "B" ; parl:hasBeenInParliament false .',
    "constituency": """:x a parl:Constituency ; rdfs:label "B" ; skos:prefLabel "B" ; parl:constituencyType "" ;
        geo:gssCode "" ; parl:country "Wales" ;
        parl:startedDate "1997-04-09"^^xsd:date ; parl:endedDate "2010-04-12"^^xsd:date .""",
    "parliament": ':x a parl:Parliament ; parl:parliamentNumber "58" ; parl:startDate "2019-12-17"^^xsd:date .',
    "session": """:x a parl:Session ; parl:session "1899/99 Session II" ; parl:displayName "1899-99 Session II" ;
        parl:sessionNumber "2" ; parl:parliament :e ;
        parl:startDate "1899-10-17"^^xsd:date ; parl:endDate "1899-10-27"^^xsd:date .""",
    "sitting day": """:x a parl:SittingDay ; dct:date "2018-11-12"^^xsd:date ; parl:legislature t:25259 ;
        parl:session "2017/19" .""",
    "term": """:x a skos:Concept ; skos:prefLabel "Schools" ; skos:altLabel "Schooling" ; skos:broader :place ;
        parl:isPreferred "true" .""",
}  # fmt: skip
# Of each shape: what is there in place of what, and the properties that it is then told of.
BAD = [
    ("written question", '"HL6676"', '"HL 6676"', ["uin"]),
    ("written question", '"HL6676"', '"1" , "2"', ["uin"]),
    ("written question", '"To ask why."', '""', ["questionText"]),
    ("written question", 'parl:dateTabled "2017-04-05"^^xsd:date', 'parl:dateTabled "2017-13-05"^^xsd:date', ["dateTabled"]),
    ("written question", 'parl:dateTabled "2017-04-05"^^xsd:date', 'parl:dateTabled "2017-04-05"', ["dateTabled"]),
    ("written question", "parl:tablingMember :m", "parl:tablingMember :d", ["tablingMember"]),
    ("written question", "parl:answeringDepartment :d", "parl:answeringDepartment :nobody", ["answeringDepartment"]),
    ("written question", 'parl:houseId "2"', 'parl:houseId "3"', ["houseId"]),
    ("written question", "parl:legislature t:25277", "parl:legislature :place", ["legislature"]),
    ("written question", '"2016/17"', '"2016-17"', ["session"]),
    ("written question", "parl:isWithdrawn false", 'parl:isWithdrawn "false"', ["isWithdrawn"]),
    ("written question", "4853257Z", "4853257Z!", ["questionFirstAnswered"]),
    ("written question", '"2014-08-28T11:45:56.4853257Z"^^xsd:dateTime', '"2014-08-28"^^xsd:dateTime', ["questionFirstAnswered"]),
    ("written question", "parl:answeringMember m:0", "parl:answeringMember :d", ["answeringMember"]),
    ("written question", "a parl:Written", 'parl:withdrawnAsOf "2017" ; a parl:Withdrawn', ["withdrawnAsOf"]),
    ("oral question", "parl:CommonsQuestionTime :time", "parl:CommonsQuestionTime :place", ["CommonsQuestionTime"]),
    ("oral question", 'parl:ballotNumber "1"', 'parl:ballotNumber "first"', ["ballotNumber"]),
    ("oral question", "parl:Location :place", "parl:Location :m", ["Location"]),
    ("answer", '"<p>So.</p>"', '"<p>So.</p>"@en', ["answerText"]),
    ("answer", 'parl:textFormat "html"', 'parl:textFormat "pdf"', ["textFormat"]),
    ("answer", '"2014-08-28"^^xsd:date', '"2014-07-06"^^xsd:date', ["dateOfAnswer"]),
    ("answer", '"HL2"', '"two"', ["groupedQuestionUIN"]),
    ("answer", "parl:attachmentCount 1", "parl:attachmentCount -1", ["attachmentCount"]),
    ("answer", "file:1 ; parl:att", "file:2 ; parl:att", ["attachment"]),
    ("version of an answer", "parl:answeringMember :m", "parl:answeringMember :p", ["answeringMember"]),
    ("attachment", '"table.pdf"', '"table.pdf" , "other.pdf"', ["fileName"]),
    ("question time", "parl:Location :place", "parl:Location :d", ["Location"]),
    ("question time", '"2017/19"', '"2017-19"', ["session"]),
    ("answering body of a question time", '"Education"', "7", ["AnswerBodyName"]),
    ("member", "parl:memberOf t:25259", "parl:memberOf :p", ["memberOf"]),
    ("member", "parl:memberOfParty :p", "parl:memberOfParty :c", ["memberOfParty"]),
    ("member", "parl:isCurrent true", 'parl:isCurrent true ; schema:deathDate "1959-01-01"^^xsd:date', ["birthDate"]),
    ("seat", "parl:member :m ; ", "", ["member"]),
    ("seat", '"2019-11-06"', '"2017-06-07"', ["startDate"]),
    ("seat", '"general"', '"lottery"', ["electionType"]),
    ("House", 'parl:houseId "1"', 'parl:houseId "1" , "2"', ["houseId"]),
    ("department", '"7"', '"seven"', ["answeringDeptId"]),
    ("department", '"current"', '"gone"', ["status"]),
    ("party", "parl:hasBeenInParliament false", 'parl:hasBeenInParliament "no"', ["hasBeenInParliament"]),
    ("constituency", 'geo:gssCode ""', 'geo:gssCode "W0700004"', ["gssCode"]),
    ("constituency", '"Wales"', '"France"', ["country"]),
    ("constituency", '"1997-04-09"', '"2011-04-09"', ["startedDate"]),
    ("parliament", '"58"', '"LVIII"', ["parliamentNumber"]),
    ("session", '"1899/99 Session II"', '"1899/1899"', ["session"]),
    ("session", '"1899-10-27"', '"1899-10-16"', ["startDate"]),
    ("sitting day", 'dct:date "2018-11-12"^^xsd:date ; ', "", ["date"]),
    ("term", '"Schooling"', '"Schools"', ["altLabel"]),
    ("term", "skos:broader :place", 'skos:broader "Chamber"', ["broader"]),
]  # fmt: skip
INCOMPLETE = [
    ("written question", 'parl:questionText "To ask why." ;', "", "questionText"),
    ("written question", 'parl:uin "HL6676" ;', "", "uin"),
    ("written question", "parl:tablingMember :m ;", "", "tablingMember"),
    ("answer", 'parl:answerText "<p>So.</p>" ;', "", "answerText"),
    ("member", 'parl:fullName "Ms B" ;', "", "fullName"),
    ("seat", "parl:memberOfParty :p", "parl:memberOfParty :nobody", "memberOfParty"),
    ("session", "parl:parliament :e", "parl:parliament :later", "parliament"),
    ("term", 'skos:prefLabel "Schools" ;', "", "prefLabel"),
]


def triples(text: str) -> Store:
    store = Store()
    store.load((PREFIXES + text).encode(), RdfFormat.TURTLE)
    return store


def breaches(text: str) -> list[Breach]:
    """What is broken by what the text describes."""
    store = triples(text)
    data = store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    assert data is not None
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    return breaches_of(Batch(data, tuple(sorted(subjects)), len(subjects)))


@pytest.mark.parametrize("shape", GOOD)
def test_what_is_whole_passes_each_shape(shape: str) -> None:
    assert breaches(KNOWN + GOOD[shape]) == []


@pytest.mark.parametrize(("shape", "good", "bad", "properties"), BAD, ids=[f"{shape}: {bad[:40]}" for shape, _, bad, _ in BAD])
def test_what_is_wrong_is_a_violation(shape: str, good: str, bad: str, properties: list[str]) -> None:
    assert good in GOOD[shape]

    found = breaches(KNOWN + GOOD[shape].replace(good, bad, 1))

    assert {breach.rule.property for breach in found if breach.rule.is_violation} == set(properties)
    assert all(breach.rule.message.endswith(".") for breach in found)


@pytest.mark.parametrize(
    ("shape", "good", "bad", "name"), INCOMPLETE, ids=[f"{shape}: {name}" for shape, _, _, name in INCOMPLETE]
)
def test_what_is_left_out_is_a_warning(shape: str, good: str, bad: str, name: str) -> None:
    assert good in GOOD[shape]

    found = breaches(KNOWN + GOOD[shape].replace(good, bad, 1))

    assert [(breach.rule.property, breach.rule.is_violation) for breach in found] == [(name, False)]


def shapes() -> Store:
    store = Store()
    store.load(path=ROOT / "ontology" / "shapes.ttl")
    return store


def values(query: str, store: Store) -> set[str]:
    prefixes = "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX owl: <http://www.w3.org/2002/07/owl#> "
    return {row[0].value for row in store.query(prefixes + query)}  # type: ignore[union-attr]


def test_there_is_a_good_and_a_bad_example_of_each_shape() -> None:
    names = values("SELECT ?name { ?shape a sh:NodeShape ; sh:name ?name }", shapes())

    # A question that is of no kind is not data: its shape is that of both kinds, and stands beside theirs.
    assert names - {"question"} == set(GOOD) == {shape for shape, *_ in BAD}


def test_each_class_of_the_vocabulary_has_a_shape() -> None:
    vocabulary = Store()
    vocabulary.load(path=ROOT / "ontology" / "parl.ttl")
    targets = values("SELECT ?class { ?shape sh:targetClass ?class }", shapes())

    assert values("SELECT ?class { ?class a owl:Class FILTER (isIRI(?class)) }", vocabulary) - targets == set()


def test_each_class_and_property_that_readers_write_has_a_shape() -> None:
    text = Path(quads.__file__).read_text("utf-8")
    store = shapes()
    known = values("SELECT ?term { { ?shape sh:targetClass ?term } UNION { ?shape sh:path ?term } }", store)
    written = {
        name.value
        for name in vars(PARL).values()
        if isinstance(name, NamedNode) and f"PARL.{name.value[len(PARL.iri) :]}" in text
    }
    rows = {
        row.property.value
        for table in vars(quads).values()
        if isinstance(table, dict)
        for row in table.values()
        if isinstance(row, quads.Row)
    }

    assert len(written) > 60
    assert (written | rows) - known == {"http://purl.org/dc/terms/identifier"}


def test_each_constraint_is_named_and_explained() -> None:
    query = "SELECT ?p { ?shape sh:property ?p FILTER (NOT EXISTS { ?p sh:name ?n } || NOT EXISTS { ?p sh:message ?m }) }"

    assert values(query, shapes()) == set()


def test_a_name_is_that_of_its_property() -> None:
    query = 'SELECT ?name { ?p sh:path ?path ; sh:name ?name FILTER (REPLACE(STR(?path), "^.*[/#]", "") != ?name) }'

    assert values(query, shapes()) == set()


def test_only_what_is_given_is_checked_with_its_parts() -> None:
    text = KNOWN + GOOD["written question"].replace('"HL6676"', '"x"').replace('parl:answerText "So." ;', "").replace(
        ":m ;", ":bare ;"
    )
    store = triples(text + " :bare a parl:Member . :other a parl:Seat .")

    checked = check_resources(store, {"written question": ["http://data.parliament.uk/x"]})

    assert [(finding.rule.shape, finding.rule.property, finding.count) for finding in checked.findings] == [
        ("question", "uin", 1),
        ("answer", "answerText", 1),
    ]
    assert checked.counts == {"written question": (1, 1)}
    assert [finding.rule.property for finding in checked.violations] == ["uin"]


def test_what_has_no_shape_is_counted() -> None:
    checked = check_resources(
        triples(":x rdfs:label 'x' . :y a parl:Party ; rdfs:label 'y' ."),
        {"any": [f"http://data.parliament.uk/{n}" for n in "xy"]},
    )

    assert (checked.counts, checked.shapeless, checked.findings) == ({"any": (1, 2)}, 1, ())
    assert "1 have no shape" in str(checked)


def parties(count: int) -> tuple[Store, list[str]]:
    names = [f"http://data.parliament.uk/parties/{n}" for n in range(count)]
    return triples(" ".join(f"<{name}> a parl:Party ." for name in names)), names


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample of 5 of each kind, 4 of them at once."""
    monkeypatch.setattr("pqlod.validation.SAMPLE", 5)
    monkeypatch.setattr("pqlod.validation.AT_ONCE", 4)


@pytest.mark.usefixtures("few")
def test_of_many_the_same_sample_is_checked_in_whatever_order_they_come() -> None:
    store, names = parties(1200)

    one, other = check_resources(store, {"party": names}), check_resources(store, {"party": names[::-1]})

    assert one.counts == {"party": (5, 1200)}
    assert (one.findings, one.findings[0].count) == (other.findings, 5)
    assert "party 5 of 1,200" in str(one)


@pytest.mark.usefixtures("few")
def test_all_are_checked_if_that_is_asked_for() -> None:
    store, names = parties(30)

    checked = check_resources(store, {"party": names}, Extent.ALL)

    assert checked.counts == {"party": (30, 30)}
    assert [(finding.count, finding.rule.is_violation, len(finding.examples)) for finding in checked.findings] == [(30, False, 3)]


def test_an_example_has_the_value_and_the_file_that_told_it() -> None:
    store = triples(":a/answer a parl:WrittenParliamentaryAnswer .".replace(":a/answer", "<http://data.parliament.uk/a/answer>"))
    store.load(
        b"""<http://data.parliament.uk/a/answer> <http://data.parliament.uk/schema/parl#dateOfAnswer> "soon" .
        <http://data.parliament.uk/a> <http://www.w3.org/ns/prov#wasDerivedFrom> <urn:f> <urn:g> .
        <urn:f> <http://www.w3.org/2000/01/rdf-schema#label> "questions.jsonl" <urn:g> .""",
        RdfFormat.N_QUADS,
    )

    [violation] = check_resources(store, {"answer": ["http://data.parliament.uk/a/answer"]}).violations

    assert violation.examples == ("<http://data.parliament.uk/a/answer> 'soon' from questions.jsonl",)


def test_odd_terms_harm_no_check() -> None:
    store = triples("""
        <urn:x:\u00e9> a parl:Member ;
            parl:party <mailto:a@b.example> , [ parl:uin 1 ] , "\\u0000\\n\\"'"@en , "x"^^<urn:t> , 1e400 .
        <parl:y> a parl:Party ; rdfs:label 5 .""")

    found = check_resources(store, {"any": ["urn:x:\u00e9", "parl:y"]})

    assert {finding.rule.property for finding in found.violations} == {"party", "label"}


@pytest.mark.usefixtures("few")
def test_a_process_that_ends_in_the_middle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pqlod.validation._begin", os.abort)
    store, names = parties(30)

    with pytest.raises(CheckError, match="--check none does without"):
        check_resources(store, {"party": names}, Extent.ALL)


def test_pyshacl_is_not_imported_before_something_is_checked() -> None:
    program = "import sys, pqlod.cli, pqlod.server, pqlod.app, pqlod.loading; sys.exit('pyshacl' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_several_checks_found_is_one() -> None:
    wrong, bare = Rule("seat", "member", "One.", True), Rule("party", "label", "A name.", False)
    first = Checked({"seat": (1, 1)}, 1, (Finding(wrong, 1, ("a",)), Finding(bare, 9, ("p",))), 1.0)
    second = Checked({"seat": (2, 5), "party": (1, 1)}, 0, (Finding(wrong, 3, ("b", "c", "d")),), 2.0)

    assert merged([first, second]) == Checked(
        {"seat": (3, 6), "party": (1, 1)}, 1, (Finding(wrong, 4, ("a", "b", "c")), Finding(bare, 9, ("p",))), 3.0
    )
