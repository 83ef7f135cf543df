"""Writes records as triples: the only place where our vocabulary is written (ontology/parl.ttl tells what it means)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from pqlod.rdf import DCT, PARL, RDF, RDFS, SCHEMA, SKOS, XSD, Literal, NamedNode, Namespace, Term, local_name
from pqlod.sources.records import (
    DATA,
    HOUSES,
    LABEL_PREFIX,
    Answer,
    AnswerVersion,
    Attachment,
    Constituency,
    Department,
    DepartmentMention,
    House,
    LoneAnswer,
    Member,
    MemberMention,
    OralQuestion,
    Parliament,
    Party,
    Question,
    QuestionTime,
    Record,
    Seat,
    Session,
    ThesaurusTerm,
    session_of,
)

Statement = tuple[NamedNode, NamedNode, Term]

ADMINGEO = Namespace("http://data.ordnancesurvey.co.uk/ontology/admingeo/")
WIKIDATA = Namespace("http://www.wikidata.org/entity/")
TYPE, LABEL, DATE, DATE_TIME = RDF.type, RDFS.label, XSD.date, XSD.dateTime
TRUE, FALSE = Literal(True), Literal(False)
iri = lru_cache(maxsize=65536)(NamedNode)
_text = lru_cache(maxsize=65536)(Literal)  # short texts that recur: names, headings


@lru_cache(maxsize=16384)
def day(value: date) -> Literal:
    """A day as xsd:date."""
    return Literal(value.isoformat(), datatype=DATE)


def instant(value: str) -> Literal:
    """An instant as xsd:dateTime, its text kept; a day that stands for one is xsd:date."""
    return Literal(value, datatype=DATE_TIME if "T" in value else DATE)


def boolean(value: bool) -> Literal:
    return TRUE if value else FALSE


class Row(NamedTuple):
    """How a field is written: the property, and what makes a term of its value. ``keeps_empty``: "" is a value too."""

    property: NamedNode
    term: Callable[[Any], Term]
    keeps_empty: bool = False


Table = Mapping[str, Row]

# What is written of each record as it stands; what takes more than that is in the functions below.
QUESTION: Table = {
    "uin": Row(PARL.uin, _text),
    "text": Row(PARL.questionText, Literal),
    "heading": Row(PARL.hansardHeading, _text),
    "title": Row(DCT.title, _text),
    "tabled_on": Row(PARL.dateTabled, day),
    "due_on": Row(PARL.AnswerDate, day),
    "is_named_day": Row(PARL.isNamedDay, boolean),
    "is_withdrawn": Row(PARL.isWithdrawn, boolean),
    "has_interest": Row(PARL.registeredInterest, boolean),
}
ANSWER: Table = {
    "text": Row(PARL.answerText, Literal),
    "text_format": Row(PARL.textFormat, _text),
    "answered_on": Row(PARL.dateOfAnswer, day),
    "first_answered": Row(PARL.questionFirstAnswered, instant),
    "is_holding": Row(PARL.isHolding, boolean),
    "held_on": Row(PARL.dateOfHoldingAnswer, day),
    "is_correction": Row(PARL.isMinisterialCorrection, boolean),
    "first_corrected": Row(PARL.questionFirstMinisteriallyCorrected, instant),
    "corrected_on": Row(PARL.dateOfCorrection, day),
    "grouped_uins": Row(PARL.groupedQuestionUIN, _text),
    "attachment_count": Row(PARL.attachmentCount, Literal),
}
ATTACHMENT: Table = {"title": Row(DCT.title, Literal), "file_name": Row(PARL.fileName, Literal)}
TABLER: Table = {
    "name": Row(PARL.tablingMemberPrinted, _text),
    "constituency": Row(PARL.tablingMemberConstituency, _text),
    "party": Row(PARL.tablingMemberParty, _text),
}
ANSWERER: Table = {
    "name": Row(PARL.answeringMemberPrinted, _text),
    "constituency": Row(PARL.answeringMemberConstituency, _text),
    "party": Row(PARL.answeringMemberParty, _text),
}
DEPARTMENT_MENTION: Table = {
    "name": Row(PARL.AnsweringBody, _text),
    "short_name": Row(PARL.answeringDeptShortName, _text),
    "sort_name": Row(PARL.answeringDeptSortName, _text),
}
ORAL_QUESTION: Table = {
    "uin": Row(PARL.uin, _text),
    "text": Row(PARL.questionText, Literal),
    "status": Row(PARL.QuestionStatus, _text),
    "ballot_number": Row(PARL.ballotNumber, _text),
    "tabled_on": Row(PARL.dateTabled, day),
    "answer_on": Row(PARL.AnswerDate, day),
    "answer_at": Row(PARL.AnswerDateTime, instant),
    "modified": Row(DCT.modified, instant),
    "location": Row(PARL.Location, iri),
}
QUESTION_TIME: Table = {
    "title": Row(DCT.title, _text),
    "held_on": Row(DCT.date, day),
    "answer_at": Row(PARL.AnswerDateTime, instant),
    "modified": Row(DCT.modified, instant),
    "question_type": Row(PARL.QuestionType, _text),
    "session": Row(PARL.session, _text),
    "session_number": Row(PARL.sessionNumber, _text),
    "location": Row(PARL.Location, iri),
}
ANSWER_BODY: Table = {"name": Row(PARL.AnswerBodyName, _text), "target": Row(PARL.AnswerBodyTarget, _text)}
MEMBER: Table = {
    "full_name": Row(PARL.fullName, Literal),
    "list_name": Row(PARL.listName, Literal),
    "full_title": Row(PARL.fullTitle, Literal),
    "given_name": Row(SCHEMA.givenName, Literal),
    "additional_name": Row(SCHEMA.additionalName, Literal),
    "family_name": Row(SCHEMA.familyName, Literal),
    "gender": Row(SCHEMA.gender, _text),
    "party": Row(PARL.party, _text),
    "constituency": Row(PARL.constituency, iri),
    "home_page": Row(PARL.homePage, Literal),
    "twitter": Row(PARL.twitter, Literal),
    "born_on": Row(SCHEMA.birthDate, day),
    "died_on": Row(SCHEMA.deathDate, day),
    "first_elected_on": Row(PARL.firstElectedDate, day),
    "house_from": Row(PARL.startDate, day),
    "house_to": Row(PARL.endDate, day),
    "is_current": Row(PARL.isCurrent, boolean),
}
SEAT: Table = {
    "elected_on": Row(PARL.startDate, day),
    "ended_on": Row(PARL.endDate, day),
    "election_type": Row(PARL.electionType, _text),
    "constituency": Row(PARL.constituency, iri),
    "party": Row(PARL.party, _text),
    "adjunct_party": Row(PARL.adjunctParty, _text),
}
CONSTITUENCY: Table = {
    "name": Row(LABEL, Literal),
    "area_type": Row(PARL.constituencyType, _text, keeps_empty=True),
    "gss_code": Row(ADMINGEO.gssCode, Literal, keeps_empty=True),
    "os_name": Row(PARL.osName, Literal, keeps_empty=True),
    "country": Row(PARL.country, _text),
    "region": Row(PARL.region, _text),
    "started_on": Row(PARL.startedDate, day),
    "ended_on": Row(PARL.endedDate, day),
}
PARTY: Table = {
    "name": Row(LABEL, Literal),
    "abbreviation": Row(SKOS.altLabel, Literal),
    "has_been_in_parliament": Row(PARL.hasBeenInParliament, boolean),
    "note": Row(SKOS.note, Literal),
}
DEPARTMENT: Table = {
    "name": Row(LABEL, Literal),
    "short_name": Row(PARL.answeringDeptShortName, Literal),
    "sort_name": Row(PARL.answeringDeptSortName, Literal),
    "other_names": Row(SKOS.altLabel, Literal),
    "status": Row(PARL.status, _text),
}
PARLIAMENT: Table = {
    "summoned_on": Row(PARL.startDate, day),
    "opened_on": Row(PARL.openingDate, day),
    "dissolved_on": Row(PARL.endDate, day),
    "wikidata": Row(SKOS.exactMatch, lambda name: WIKIDATA[name]),
}
SESSION: Table = {
    "name": Row(PARL.session, Literal),
    "display_name": Row(PARL.displayName, Literal),
    "number": Row(PARL.sessionNumber, Literal),
    "parliament": Row(PARL.parliament, iri),
    "started_on": Row(PARL.startDate, day),
    "ended_on": Row(PARL.endDate, day),
    "regnal_years": Row(SKOS.altLabel, Literal),
    "wikidata": Row(SKOS.exactMatch, lambda name: WIKIDATA[name]),
}
TERM: Table = {
    "label": Row(SKOS.prefLabel, Literal),
    "other_labels": Row(SKOS.altLabel, Literal),
    "notations": Row(SKOS.notation, Literal),
    "broader": Row(SKOS.broader, iri),
    "narrower": Row(SKOS.narrower, iri),
    "related": Row(SKOS.related, iri),
    "exact_matches": Row(SKOS.exactMatch, iri),
    "term_class": Row(PARL["class"], _text),
    "attributes": Row(PARL.skosAttribute, Literal),
    "is_preferred": Row(PARL.isPreferred, lambda value: _text(str(value).lower())),
}
# What only full descriptions of the Linked Data API tell of a question, by shortname.
OTHERS: Table = {
    "QuestionStatus": Row(PARL.QuestionStatus, _text),
    "creator": Row(DCT.creator, iri),
    "ddpCreated": Row(PARL.ddpCreated, instant),
    "ddpModified": Row(PARL.ddpModified, instant),
    "humanIndexable": Row(PARL.humanIndexable, _text),
    "identifier": Row(DCT.identifier, Literal),
    "parliamentNumber": Row(PARL.parliamentNumber, _text),
    "published": Row(PARL.published, _text),
    "publisher": Row(DCT.publisher, iri),
    "sessionNumber": Row(PARL.sessionNumber, _text),
    "subject": Row(DCT.subject, iri),
    "version": Row(PARL.version, _text),
    "writtenParliamentaryQuestionType": Row(PARL.writtenParliamentaryQuestionType, _text),
}


def statements(record: Record, subject: NamedNode) -> Iterator[Statement]:
    """The triples of a record, the resource of which is ``subject``: every one of them is about it or a part of it."""
    return WRITERS[type(record)](record, subject)


def _fields(record: Any, table: Table, subject: NamedNode) -> Iterator[Statement]:
    for name, row in table.items():
        value = getattr(record, name)
        if value is None or value == () or (value == "" and not row.keeps_empty):
            continue
        for one in value if type(value) is tuple else (value,):
            yield subject, row.property, row.term(one)


def _question(question: Question, subject: NamedNode) -> Iterator[Statement]:
    number, term, _ = HOUSES[question.house]
    session = question.session or session_of(question.tabled_on)
    yield subject, TYPE, PARL.WithdrawnParliamentaryQuestion if question.is_withdrawn else PARL.WrittenParliamentaryQuestion
    if question.is_withdrawn and question.as_of is not None:
        yield subject, PARL.withdrawnAsOf, day(question.as_of)
    yield subject, DCT.date, day(question.tabled_on)
    yield subject, PARL.houseId, _text(str(number))
    yield subject, PARL.legislature, iri(f"{DATA}terms/{term}")
    if question.number is not None:
        yield subject, PARL.resourceNumber, Literal(question.number)
    if session:
        yield subject, PARL.session, _text(session)
    if question.is_clipped:
        yield subject, PARL.isClipped, TRUE
    yield from _fields(question, QUESTION, subject)
    yield from _member(question.asker, PARL.tablingMember, TABLER, subject)
    yield from _department_of_question(question.department, subject)
    for name, values in question.others:
        yield from ((subject, OTHERS[name].property, OTHERS[name].term(value)) for value in values)
    if question.answer is not None:
        yield from _answer(question.answer, question.department, subject)


def _member(member: MemberMention, role: NamedNode, table: Table, subject: NamedNode) -> Iterator[Statement]:
    if member.id is not None:
        yield subject, role, iri(f"{DATA}members/{member.id}")
    yield from _fields(member, table, subject)


def _department_of_question(department: DepartmentMention, subject: NamedNode) -> Iterator[Statement]:
    yield from _fields(department, DEPARTMENT_MENTION, subject)
    if department.id is not None:
        yield subject, PARL.answeringDeptId, _text(str(department.id))
        yield subject, PARL.answeringDepartment, iri(f"{DATA}departments/{department.id}")


def _answer(answer: Answer, department: DepartmentMention, question: NamedNode) -> Iterator[Statement]:
    subject = NamedNode(f"{question.value}/answer")
    yield question, PARL.answer, subject
    yield subject, TYPE, PARL.WrittenParliamentaryAnswer
    # The body that answers stands on the answer as on the question: some lists have answers as their items.
    if department.name:
        yield subject, PARL.AnsweringBody, _text(department.name)
    if department.id is not None:
        yield subject, PARL.answeringDepartment, iri(f"{DATA}departments/{department.id}")
    if answer.is_clipped:
        yield subject, PARL.isClipped, TRUE
    if answer.correcting_member is not None:
        yield subject, PARL.correctingMember, iri(f"{DATA}members/{answer.correcting_member}")
    yield from _fields(answer, ANSWER, subject)
    for value in answer.first_answered:
        yield question, PARL.questionFirstAnswered, instant(value)
    for value in answer.first_corrected:
        yield question, PARL.questionFirstMinisteriallyCorrected, instant(value)
    yield from _member(answer.member, PARL.answeringMember, ANSWERER, subject)
    yield from _attachments(answer.attachments, subject)
    for version in answer.previous_versions:
        yield from _version(version, subject)


def _attachments(attachments: tuple[Attachment, ...], owner: NamedNode) -> Iterator[Statement]:
    for attachment in attachments:
        subject = NamedNode(f"{owner.value}/attachment/{attachment.number}")
        yield owner, PARL.attachment, subject
        yield subject, TYPE, PARL.Attachment
        yield from _fields(attachment, ATTACHMENT, subject)


def _version(version: AnswerVersion, answer: NamedNode) -> Iterator[Statement]:
    subject = NamedNode(f"{answer.value}/previousversion/{version.number}")
    yield answer, PARL.previousAnswerVersion, subject
    yield subject, TYPE, PARL.AnswerVersion
    yield from _member(version.member, PARL.answeringMember, ANSWERER, subject)
    yield from _attachments(version.attachments, subject)


def _lone_answer(record: LoneAnswer, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.WrittenParliamentaryQuestion
    yield subject, PARL.resourceNumber, Literal(record.number)
    if record.house:
        number, term, _ = HOUSES[record.house]
        yield subject, PARL.houseId, _text(str(number))
        yield subject, PARL.legislature, iri(f"{DATA}terms/{term}")
    yield from _department_of_question(record.department, subject)
    yield from _answer(record.answer, record.department, subject)


def _oral_question(question: OralQuestion, subject: NamedNode) -> Iterator[Statement]:
    session = question.session or session_of(question.tabled_on)
    yield subject, TYPE, PARL.OralParliamentaryQuestion
    yield subject, PARL.resourceNumber, Literal(question.number)
    yield subject, PARL.legislature, iri(f"{DATA}terms/{HOUSES['Commons'][1]}")
    if session:
        yield subject, PARL.session, _text(session)
    if question.question_time is not None:
        yield subject, PARL.CommonsQuestionTime, iri(f"{DATA}resources/{question.question_time}")
    yield from _fields(question, ORAL_QUESTION, subject)
    yield from _member(question.asker, PARL.tablingMember, {"name": TABLER["name"]}, subject)
    yield from _department_of_question(question.department, subject)


def _question_time(time: QuestionTime, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.QuestionTime
    yield subject, PARL.resourceNumber, Literal(time.number)
    yield from _fields(time, QUESTION_TIME, subject)
    for body in time.bodies:
        place = NamedNode(f"{subject.value}/QuestionTimeAnswerBody/{body.number}")
        yield subject, PARL.AnswerBody, place
        yield place, TYPE, PARL.QuestionTimeAnswerBody
        yield from _fields(body, ANSWER_BODY, place)


def _one_member(member: Member, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.Member
    if member.full_name:
        yield subject, LABEL, Literal(LABEL_PREFIX + member.full_name)
    if member.party_id is not None:
        yield subject, PARL.memberOfParty, iri(f"{DATA}parties/{member.party_id}")
    for house in member.houses:
        yield subject, PARL.memberOf, iri(f"{DATA}terms/{HOUSES[house][1]}")
    yield from _fields(member, MEMBER, subject)


def _seat(seat: Seat, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.Seat
    yield subject, PARL.member, iri(f"{DATA}members/{seat.member}")
    if seat.party_id is not None:
        yield subject, PARL.memberOfParty, iri(f"{DATA}parties/{seat.party_id}")
    if seat.parliament is not None:
        yield subject, PARL.parliament, iri(f"{DATA}parliaments/{seat.parliament}")
    yield from _fields(seat, SEAT, subject)


def _department(department: Department, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.Department
    yield subject, PARL.answeringDeptId, Literal(str(department.id))
    yield from _fields(department, DEPARTMENT, subject)


def _house(house: House, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.House
    yield subject, TYPE, SKOS.Concept
    yield subject, SKOS.prefLabel, Literal(house.name)
    yield subject, PARL.houseId, Literal(str(house.id))
    if house.short_name:
        yield subject, SKOS.altLabel, Literal(house.short_name)


def _parliament(parliament: Parliament, subject: NamedNode) -> Iterator[Statement]:
    yield subject, TYPE, PARL.Parliament
    if parliament.number is not None:
        yield subject, PARL.parliamentNumber, Literal(str(parliament.number))
    yield from _fields(parliament, PARLIAMENT, subject)


def _numbered(kind: NamedNode, table: Table) -> Callable[[Any, NamedNode], Iterator[Statement]]:
    """A writer for records that are all table, with the number of Parliament's that their IRI may end in."""

    def write(record: Any, subject: NamedNode) -> Iterator[Statement]:
        yield subject, TYPE, kind
        if subject.value.startswith(f"{DATA}resources/") and local_name(subject.value).isdecimal():
            yield subject, PARL.resourceNumber, Literal(int(local_name(subject.value)))
        yield from _fields(record, table, subject)

    return write


_area = _numbered(PARL.Constituency, CONSTITUENCY)


def _constituency(constituency: Constituency, subject: NamedNode) -> Iterator[Statement]:
    yield from _area(constituency, subject)
    if constituency.name:  # lists of members show its label, lists of oral questions its preferred label
        yield subject, SKOS.prefLabel, Literal(constituency.name)


WRITERS: Mapping[type[Record], Callable[[Any, NamedNode], Iterator[Statement]]] = MappingProxyType(
    {
        Question: _question,
        LoneAnswer: _lone_answer,
        OralQuestion: _oral_question,
        QuestionTime: _question_time,
        Member: _one_member,
        Seat: _seat,
        Constituency: _constituency,
        Party: _numbered(PARL.Party, PARTY),
        Department: _department,
        House: _house,
        Parliament: _parliament,
        Session: _numbered(PARL.Session, SESSION),
        ThesaurusTerm: _numbered(SKOS.Concept, TERM),
    }
)
