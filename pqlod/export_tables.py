"""Writes the data of a store as what other tools read: questions as JSON lines of the exchange format, everything as CSV tables.

The columns of the tables are those that ``pqlod load`` reads, so that they can be loaded again.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple

import orjson
from pyoxigraph import Store

from pqlod.rdf import DCT, PARL, PROV, RDF, RDFS, SCHEMA, SKOS, DefaultGraph, Literal, NamedNode, Term, local_name
from pqlod.sources.ledger import GRAPHS, RECORD
from pqlod.sources.merging import trust
from pqlod.sources.quads import ADMINGEO
from pqlod.sources.records import DATA, HOUSES, MENTION

Facts = Mapping[NamedNode, list[Term]]

HOUSE_OF = {f"{DATA}terms/{term}": name for name, (_, term, _) in HOUSES.items()}
SAME_TIME = (1980, 1, 1, 0, 0, 0)  # of all files in an archive, so that the same data gives the same bytes


def text(term: Term) -> str:
    return term.value if isinstance(term, Literal | NamedNode) else str(term)


def number(term: Term) -> int | str:
    return int(text(term)) if text(term).isdecimal() else text(term)


def flag(term: Term) -> bool:
    return text(term) == "true"


def yes_or_no(term: Term) -> str:
    return "yes" if flag(term) else "no"


def last_part(term: Term) -> int | str:
    """The number, or else the name, in which an IRI ends."""
    name = local_name(text(term))
    return int(name) if name.isdecimal() else name


def numbered(root: str) -> Callable[[Term], str]:
    """Reads the number that stands in an IRI after ``root``; "" where there is none."""
    start = DATA + root
    return lambda term: text(term)[len(start) :] if text(term).startswith(start) and text(term)[len(start) :].isdecimal() else ""


class Field(NamedTuple):
    """A field or column: what it is named, the property whose values it has, and how they are read; a list has all of them."""

    name: str
    property: NamedNode
    read: Callable[[Term], Any] = text
    is_list: bool = False


QUESTION = (
    Field("uin", PARL.uin), Field("house", PARL.legislature, lambda term: HOUSE_OF.get(text(term), "")),
    Field("date_tabled", PARL.dateTabled), Field("date_for_answer", PARL.AnswerDate),
    Field("heading", PARL.hansardHeading), Field("question_text", PARL.questionText), Field("title", DCT.title),
    Field("question_truncated", PARL.isClipped, flag), Field("named_day", PARL.isNamedDay, flag),
    Field("withdrawn", PARL.isWithdrawn, flag), Field("interest_declared", PARL.registeredInterest, flag),
    Field("session", PARL.session), Field("asking_member_id", PARL.tablingMember, last_part),
    Field("asking_member_name", PARL.tablingMemberPrinted), Field("asking_member_party", PARL.tablingMemberParty),
    Field("asking_member_constituency", PARL.tablingMemberConstituency), Field("answering_body_id", PARL.answeringDeptId, number),
    Field("answering_body_name", PARL.AnsweringBody), Field("answering_body_short_name", PARL.answeringDeptShortName),
    Field("answering_body_sort_name", PARL.answeringDeptSortName), Field("number", PARL.resourceNumber, number),
)  # fmt: skip
ANSWERER = (
    Field("answering_member_id", PARL.answeringMember, last_part), Field("answering_member_name", PARL.answeringMemberPrinted),
    Field("answering_member_party", PARL.answeringMemberParty),
    Field("answering_member_constituency", PARL.answeringMemberConstituency),
)  # fmt: skip
ANSWER = (
    Field("date_answered", PARL.dateOfAnswer), *ANSWERER, Field("answer_text", PARL.answerText),
    Field("answer_format", PARL.textFormat), Field("answer_truncated", PARL.isClipped, flag),
    Field("answer_is_holding", PARL.isHolding, flag), Field("date_holding_answer", PARL.dateOfHoldingAnswer),
    Field("answer_is_correction", PARL.isMinisterialCorrection, flag), Field("date_answer_corrected", PARL.dateOfCorrection),
    Field("correcting_member_id", PARL.correctingMember, last_part),
    Field("first_answered", PARL.questionFirstAnswered, is_list=True),
    Field("first_corrected", PARL.questionFirstMinisteriallyCorrected, is_list=True),
    Field("grouped_questions", PARL.groupedQuestionUIN, is_list=True), Field("attachment_count", PARL.attachmentCount, number),
)  # fmt: skip
ATTACHMENT = (Field("title", DCT.title), Field("file_name", PARL.fileName))


class Table(NamedTuple):
    """A CSV table: its name, the class of the resources that are its rows, and its columns after that of their IRI.

    ``key`` is the column for the number in which an IRI ends, if what stands before it is the ``root``.
    """

    name: str
    rows: NamedNode
    columns: tuple[Field, ...]
    key: str = ""
    root: str = ""


NAME = Field("name", RDFS.label)
WIKIDATA = Field("wikidata_id", SKOS.exactMatch, last_part)
TABLES = (
    Table("members", PARL.Member, (
        Field("display_name", PARL.fullName), Field("full_title", PARL.fullTitle), Field("given_name", SCHEMA.givenName),
        Field("family_name", SCHEMA.familyName), Field("gender", SCHEMA.gender, lambda term: text(term)[:1]),
        Field("house", PARL.memberOf, lambda term: HOUSE_OF.get(text(term), "")), Field("latest_party", PARL.party),
        Field("first_elected_on", PARL.firstElectedDate), Field("sitting_mid_2026", PARL.isCurrent, yes_or_no),
    ), "mnis_id", "members/"),
    Table("memberships", PARL.Seat, (
        Field("member_id", PARL.member, last_part),
        Field("constituency_mnis_id", PARL.constituency, numbered("constituencies/mnis/")),
        Field("party_elected_as", PARL.party), Field("party_mnis_id", PARL.memberOfParty, numbered("parties/")),
        Field("adjunct_party", PARL.adjunctParty), Field("elected_on", PARL.startDate), Field("election_type", PARL.electionType),
        Field("parliament", PARL.parliament, last_part), Field("parliament_dissolved_on", PARL.endDate),
    )),
    Table("constituencies", PARL.Constituency, (
        NAME, Field("geographic_code", ADMINGEO.gssCode), Field("area_type", PARL.constituencyType),
        Field("country", PARL.country), Field("english_region", PARL.region), Field("start_date", PARL.startedDate),
        Field("end_date", PARL.endedDate),
    ), "mnis_id", "constituencies/mnis/"),
    Table("parties", PARL.Party, (
        NAME, Field("abbreviation", SKOS.altLabel), Field("note", SKOS.note),
        Field("has_been_parliamentary_party", PARL.hasBeenInParliament, yes_or_no),
    ), "mnis_id", "parties/"),
    Table("answering_bodies", PARL.Department, (
        NAME, Field("other_names", SKOS.altLabel, is_list=True), Field("short_name", PARL.answeringDeptShortName),
        Field("sort_name", PARL.answeringDeptSortName), Field("status", PARL.status),
    ), "id", "departments/"),
    Table("parliaments", PARL.Parliament, (
        Field("summoned_on", PARL.startDate), Field("state_opening_on", PARL.openingDate), Field("dissolved_on", PARL.endDate),
        WIKIDATA,
    ), "number", "parliaments/"),
    Table("sessions", PARL.Session, (
        Field("parliament", PARL.parliament, last_part), Field("session", PARL.sessionNumber),
        Field("start_date", PARL.startDate), Field("end_date", PARL.endDate), Field("citation", PARL.displayName),
        Field("regnal_years", SKOS.altLabel), WIKIDATA,
    )),
    Table("houses", PARL.House, (Field("id", PARL.houseId), Field("name", SKOS.prefLabel), Field("short_name", SKOS.altLabel))),
)  # fmt: skip
QUESTIONS = ("uri", *(field.name for field in QUESTION), "answered", *(field.name for field in ANSWER), "source", "as_of")


def write_questions(store: Store, file: IO[bytes]) -> int:
    """Writes the written questions of the default graph as JSON lines of the exchange format; gives their number."""
    count = 0
    for _, question in _questions(store):
        file.write(orjson.dumps(question, option=orjson.OPT_APPEND_NEWLINE))
        count += 1
    return count


def write_tables(store: Store, file: IO[bytes]) -> int:
    """Writes CSV tables, one for each kind of resource, into a zip archive; gives the number of rows."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in TABLES:
            rows = (_row(table, subject, _facts(store, subject)) for subject in _members_of(store, table.rows))
            header = ("uri", *filter(None, [table.key]), *(column.name for column in table.columns))
            count += _write_table(archive, table.name, header, rows)
        flat = ({"uri": iri, **question} for iri, question in _questions(store))
        count += _write_table(archive, "questions", QUESTIONS, flat)
    return count


def _write_table(archive: zipfile.ZipFile, name: str, header: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    about = zipfile.ZipInfo(f"{name}.csv", SAME_TIME)
    about.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(about, "w", force_zip64=True) as binary, io.TextIOWrapper(binary, "utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(header)
        for row in rows:
            table.writerow([_cell(row.get(column)) for column in header])
            count += 1
    return count


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _row(table: Table, subject: NamedNode, facts: Facts) -> dict[str, Any]:
    return {"uri": subject.value, table.key: numbered(table.root)(subject), **_read(table.columns, facts)}


def _questions(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each written question that has a key: its IRI and its record."""
    for subject in _members_of(store, PARL.WrittenParliamentaryQuestion, PARL.WithdrawnParliamentaryQuestion):
        facts = _facts(store, subject)
        question = _read(QUESTION, facts)
        if all(question.get(name) for name in ("uin", "house", "date_tabled")):
            yield subject.value, question | _answer(store, facts) | _source(store, subject)


def _answer(store: Store, question: Facts) -> dict[str, Any]:
    answer = next((term for term in question.get(PARL.answer, ()) if isinstance(term, NamedNode)), None)
    if answer is None:
        return {"answered": False}
    facts = _facts(store, answer)
    parts = {"attachments": _attachments(store, facts), "previous_versions": _versions(store, facts)}
    return {"answered": True, **_read(ANSWER, facts), **{name: items for name, items in parts.items() if items}}


def _attachments(store: Store, owner: Facts) -> list[dict[str, Any]]:
    return _parts(store, owner, PARL.attachment, lambda facts: _read(ATTACHMENT, facts))


def _versions(store: Store, answer: Facts) -> list[dict[str, Any]]:
    def read(facts: Facts) -> dict[str, Any]:
        attachments = _attachments(store, facts)
        return {**_read(ANSWERER, facts), **({"attachments": attachments} if attachments else {})}

    return _parts(store, answer, PARL.previousAnswerVersion, read)


def _parts(store: Store, owner: Facts, role: NamedNode, read: Callable[[Facts], dict[str, Any]]) -> list[dict[str, Any]]:
    """What an answer has several of, in the order of their numbers."""
    parts = [term for term in owner.get(role, ()) if isinstance(term, NamedNode)]
    return sorted(({"number": last_part(part), **read(_facts(store, part))} for part in parts), key=json.dumps)


def _source(store: Store, subject: NamedNode) -> dict[str, Any]:
    """The most trusted source that tells of a resource, and the day of which it tells."""
    graphs = [quad.graph_name for quad in store.quads_for_pattern(subject, RECORD, None, None)]
    sources = [text(graph).removeprefix(GRAPHS) for graph in graphs if isinstance(graph, NamedNode)]
    own = sorted((source for source in sources if MENTION not in source), key=lambda source: (-trust(source), source))
    if not own:
        return {}
    days = store.quads_for_pattern(subject, PROV.generatedAtTime, None, NamedNode(GRAPHS + own[0]))
    day = next((text(quad.object)[:10] for quad in days), None)
    return {"source": own[0], "as_of": day}


def _members_of(store: Store, *kinds: NamedNode) -> list[NamedNode]:
    """The resources of classes, in alphabetical order."""
    quads = (quad for kind in kinds for quad in store.quads_for_pattern(None, RDF.type, kind, DefaultGraph()))
    return sorted((quad.subject for quad in quads if isinstance(quad.subject, NamedNode)), key=lambda subject: subject.value)


def _facts(store: Store, subject: NamedNode) -> Facts:
    facts: dict[NamedNode, list[Term]] = {}
    for quad in store.quads_for_pattern(subject, None, None, DefaultGraph()):
        facts.setdefault(quad.predicate, []).append(quad.object)
    return facts


def _read(fields: Iterable[Field], facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        values = sorted((field.read(term) for term in facts.get(field.property, ())), key=str)
        if values:
            found[field.name] = values if field.is_list else values[0]
    return found
