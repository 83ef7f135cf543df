"""Records as triples, in the vocabulary of ontology/parl.ttl."""

from dataclasses import replace
from datetime import date

import pytest

from pqlod.assets import asset
from pqlod.rdf import DCT, PARL, RDF, RDFS, SKOS, XSD, Graph, Literal, NamedNode, Term, Triple
from pqlod.sources import quads
from pqlod.sources.quads import statements
from pqlod.sources.records import (
    Answer,
    AnswerVersion,
    Attachment,
    Constituency,
    DepartmentMention,
    House,
    LoneAnswer,
    Member,
    MemberMention,
    Question,
    Record,
    ThesaurusTerm,
)

DATA = "http://data.parliament.uk/"
QUESTION = Question(
    source="lda", uin="203136", house="Commons", tabled_on=date(2014, 6, 30), number=64819, text="To ask.", has_interest=False,
    asker=MemberMention(id=3972, name="Jenny Chapman", full_name="Jenny Chapman", constituency="Darlington", party="Labour"),
    department=DepartmentMention(id=54, name="Ministry of Justice", short_name="Justice", sort_name="Justice"),
    answer=Answer(
        text="<p>Some.</p>", member=MemberMention(id=76, name="Damian Green"), answered_on=date(2014, 7, 7),
        first_answered=("2014-07-07T15:20:18.13Z",), grouped_uins=("1", "2"), attachments=(Attachment(number=1, title="Table"),),
        previous_versions=(AnswerVersion(number=9, member=MemberMention(id=76), attachments=(Attachment(number=1),)),),
    ),
)  # fmt: skip


def iri(path: str) -> NamedNode:
    return NamedNode(DATA + path)


def graph(record: Record) -> Graph:
    return Graph(Triple(*statement) for statement in statements(record, NamedNode(record.iri)))


@pytest.mark.parametrize(
    ("subject", "predicate", "values"),
    [
        ("", RDF.type, [PARL.WrittenParliamentaryQuestion]),
        ("", PARL.uin, [Literal("203136")]),
        ("", DCT.date, [Literal("2014-06-30", datatype=XSD.date)]),
        ("", PARL.dateTabled, [Literal("2014-06-30", datatype=XSD.date)]),
        ("", PARL.houseId, [Literal("1")]),
        ("", PARL.legislature, [iri("terms/25259")]),
        ("", PARL.session, [Literal("2014/15")]),
        ("", PARL.registeredInterest, [Literal(False)]),
        ("", PARL.resourceNumber, [Literal(64819)]),
        ("", PARL.tablingMember, [iri("members/3972")]),
        ("", PARL.tablingMemberPrinted, [Literal("Jenny Chapman")]),
        ("", PARL.AnsweringBody, [Literal("Ministry of Justice")]),
        ("", PARL.answeringDeptId, [Literal("54")]),
        ("", PARL.answeringDepartment, [iri("departments/54")]),
        ("", PARL.answer, [iri("resources/64819/answer")]),
        ("", PARL.isWithdrawn, []),
        ("/answer", RDF.type, [PARL.WrittenParliamentaryAnswer]),
        ("/answer", PARL.AnsweringBody, [Literal("Ministry of Justice")]),
        ("/answer", PARL.dateOfAnswer, [Literal("2014-07-07", datatype=XSD.date)]),
        ("/answer", PARL.questionFirstAnswered, [Literal("2014-07-07T15:20:18.13Z", datatype=XSD.dateTime)]),
        ("/answer", PARL.groupedQuestionUIN, [Literal("1"), Literal("2")]),
        ("/answer", PARL.attachment, [iri("resources/64819/answer/attachment/1")]),
        ("/answer/attachment/1", DCT.title, [Literal("Table")]),
        ("/answer", PARL.previousAnswerVersion, [iri("resources/64819/answer/previousversion/9")]),
        ("/answer/previousversion/9", PARL.attachment, [iri("resources/64819/answer/previousversion/9/attachment/1")]),
    ],
)
def test_a_question_is_written_with_its_answer(subject: str, predicate: NamedNode, values: list[Term]) -> None:
    assert list(graph(QUESTION).values(iri("resources/64819" + subject), predicate)) == values


def test_a_withdrawn_question_is_of_a_class_of_its_own_with_the_day_on_which_that_was_known() -> None:
    withdrawn = graph(replace(QUESTION, is_withdrawn=True, as_of=date(2026, 11, 9)))

    assert list(withdrawn.values(iri("resources/64819"), RDF.type)) == [PARL.WithdrawnParliamentaryQuestion]
    assert list(withdrawn.values(iri("resources/64819"), PARL.withdrawnAsOf)) == [Literal("2026-11-09", datatype=XSD.date)]


def test_every_triple_of_a_record_is_about_its_resource_or_a_part_of_it() -> None:
    assert all(str(s).startswith(f"<{QUESTION.iri}") for s, _, _ in statements(QUESTION, NamedNode(QUESTION.iri)))


def test_a_question_without_number_is_written_under_its_other_iri() -> None:
    question = Question(source="moj-csv", uin="7", house="Commons", tabled_on=date(2014, 6, 30))

    written = graph(question)

    assert written.describes(iri("writtenparliamentaryquestion/commons/2014-15/7"))
    assert written.values(NamedNode(question.iri), PARL.resourceNumber) == ()


def test_an_answer_told_alone_hangs_on_its_question() -> None:
    written = graph(LoneAnswer(source="lda", number=17, house="Lords", answer=Answer(text="Yes.")))

    assert written.value(iri("resources/17"), PARL.answer) == iri("resources/17/answer")
    assert written.value(iri("resources/17"), PARL.legislature) == iri("terms/25277")


def test_a_member_is_labelled_as_in_the_original() -> None:
    member = graph(Member(source="t", id=172, full_name="Ms Diane Abbott", houses=("Commons",)))

    assert member.value(iri("members/172"), RDFS.label) == Literal("Biography information for Ms Diane Abbott")
    assert member.value(iri("members/172"), PARL.memberOf) == iri("terms/25259")


def test_an_empty_code_of_a_constituency_is_a_value_and_an_untold_one_is_none() -> None:
    written = graph(Constituency(source="lda", address=f"{DATA}resources/5", gss_code="", name=""))

    assert written.values(iri("resources/5"), quads.ADMINGEO.gssCode) == (Literal(""),)
    assert written.values(iri("resources/5"), PARL.osName) == ()
    assert written.values(iri("resources/5"), RDFS.label) == ()
    assert written.values(iri("resources/5"), PARL.resourceNumber) == (Literal(5),)


def test_a_house_is_a_term_of_the_thesaurus() -> None:
    written = graph(House(source="t", id=2))

    assert written.value(iri("terms/25277"), SKOS.prefLabel) == Literal("House of Lords")


def test_whether_a_term_is_preferred_is_a_text_as_in_the_vocabulary() -> None:
    written = graph(ThesaurusTerm(source="lda", address=f"{DATA}terms/1", is_preferred=True))

    assert written.value(iri("terms/1"), PARL.isPreferred) == Literal("true")


def test_every_property_that_is_written_is_in_the_vocabulary() -> None:
    vocabulary = asset("ontology/parl.ttl").read_text("utf-8")
    tables = [value for name, value in vars(quads).items() if name.isupper() and isinstance(value, dict)]
    written = {row.property for table in tables for row in table.values() if isinstance(row, quads.Row)}

    missing = {term.value.rpartition("#")[2] for term in written if term in PARL} - {
        line.split()[0].removeprefix("parl:") for line in vocabulary.splitlines() if line.startswith("parl:")
    }

    assert missing == set()
