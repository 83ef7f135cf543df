"""What sources tell of parliament: frozen records, each with its source, from which its quads are written.

A value that a source does not give is None or empty; nothing is guessed here. Days are dates; instants stay text
(``2018-11-27T17:29:33.427Z``), because their fractions go up to seven digits and are given back as they came.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar
from urllib.parse import quote

DATA = "http://data.parliament.uk/"
RESOURCES = DATA + "resources/"
# Parts of the names of sources: what is told in passing; of that, a name only as printed, or none at all.
MENTION, PRINTED, BARE = "mention", "printed", "bare"
LABEL_PREFIX = "Biography information for "

# Of each House: the number that houseId holds, its term in the thesaurus, its name.
HOUSES = {"Commons": (1, 25259, "House of Commons"), "Lords": (2, 25277, "House of Lords")}

# First and last day of each session since 2010: the session of a question is that of its tabling date.
SESSIONS = (
    ("2010/12", date(2010, 5, 18), date(2012, 5, 1)),
    ("2012/13", date(2012, 5, 9), date(2013, 4, 25)),
    ("2013/14", date(2013, 5, 8), date(2014, 5, 14)),
    ("2014/15", date(2014, 6, 4), date(2015, 3, 30)),
    ("2015/16", date(2015, 5, 18), date(2016, 5, 12)),
    ("2016/17", date(2016, 5, 18), date(2017, 4, 27)),
    ("2017/19", date(2017, 6, 13), date(2019, 10, 8)),
    ("2019/19", date(2019, 10, 14), date(2019, 11, 5)),
    ("2019/21", date(2019, 12, 17), date(2021, 4, 29)),
    ("2021/22", date(2021, 5, 11), date(2022, 4, 28)),
    ("2022/23", date(2022, 5, 10), date(2023, 10, 26)),
    ("2023/24", date(2023, 11, 7), date(2024, 5, 24)),
    ("2024/26", date(2024, 7, 9), date(2026, 4, 29)),
    ("2026/27", date(2026, 5, 13), date.max),
)


def session_of(day: date | None) -> str:
    """The session to which a day belongs (``2017/19``), or "" for a day between sessions or before 2010."""
    return next((name for name, first, last in SESSIONS if day and first <= day <= last), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one source tells of one resource. ``as_of`` is the day of which that state is, if the source says so."""

    kind: ClassVar[str] = "record"
    source: str
    as_of: date | None = None

    @property
    def iri(self) -> str:
        """The IRI of the resource that this record describes."""
        raise NotImplementedError

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every IRI under which another record may mean the same resource."""
        return (self.iri,)

    def mentions(self) -> "Iterator[Record]":
        """What this record tells in passing of other resources: a member's name, a department's."""
        return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMention:
    """A member as a question or an answer names him: ``name`` as printed there, ``full_name`` as in his label."""

    id: int | None = None
    name: str = ""
    full_name: str = ""
    constituency: str = ""
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentMention:
    """An answering body under its name of the time."""

    id: int | None = None
    name: str = ""
    short_name: str = ""
    sort_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file beside an answer. ``number`` counts from 1 within the answer."""

    number: int
    title: str = ""
    file_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVersion:
    """An earlier version of a corrected answer: who gave it and its files; the text is not kept by any source."""

    number: int
    member: MemberMention = MemberMention()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A minister's answer. ``text_format`` is html or text; ``first_answered`` and ``first_corrected`` are instants."""

    text: str = ""
    text_format: str = ""
    is_clipped: bool = False
    member: MemberMention = MemberMention()
    answered_on: date | None = None
    first_answered: tuple[str, ...] = ()
    is_holding: bool | None = None
    held_on: date | None = None
    is_correction: bool | None = None
    first_corrected: tuple[str, ...] = ()
    corrected_on: date | None = None
    correcting_member: int | None = None
    grouped_uins: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    attachment_count: int | None = None
    previous_versions: tuple[AnswerVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Record):
    """A written question, with its answer if the source tells it.

    ``number`` is Parliament's own, which names the resource. A UIN starts again each session, so the key by which
    records of one question find each other is House, day tabled and UIN together.
    """

    kind: ClassVar[str] = "written question"
    uin: str
    house: str
    tabled_on: date
    number: int | None = None
    text: str = ""
    is_clipped: bool = False
    heading: str = ""
    title: str = ""
    due_on: date | None = None
    is_named_day: bool | None = None
    is_withdrawn: bool | None = None
    has_interest: bool | None = None
    session: str = ""
    asker: MemberMention = MemberMention()
    department: DepartmentMention = DepartmentMention()
    answer: Answer | None = None
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what only full descriptions tell: shortname, values

    @property
    def iri(self) -> str:
        if self.number is not None:
            return f"{RESOURCES}{self.number}"
        return self._path(session_of(self.tabled_on).replace("/", "-") or str(self.tabled_on))

    @property
    def aliases(self) -> tuple[str, ...]:
        """The IRIs under which another record may mean the same question; that with the day tabled is its key."""
        return self.iri, self._path(str(self.tabled_on))

    def _path(self, period: str) -> str:
        return f"{DATA}writtenparliamentaryquestion/{self.house.lower()}/{period}/{quote(self.uin, safe='')}"

    def mentions(self) -> Iterator[Record]:
        yield House(source=in_passing(self), id=HOUSES[self.house][0])
        yield from _mentioned_members(self, self.tabled_on, self.house, self.asker)
        yield from _mentioned_departments(self, self.tabled_on, self.department)
        if self.answer is not None:
            yield from _mentions_of_answer(self, self.answer, self.house)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneAnswer(Record):
    """An answer told without its question (the items of /commonsansweredquestions)."""

    kind: ClassVar[str] = "answer"
    number: int  # of the question
    answer: Answer
    house: str = ""
    department: DepartmentMention = DepartmentMention()

    @property
    def iri(self) -> str:
        return f"{RESOURCES}{self.number}"

    def mentions(self) -> Iterator[Record]:
        return _mentions_of_answer(self, self.answer, self.house)


@dataclass(frozen=True, slots=True, kw_only=True)
class OralQuestion(Record):
    """An oral question of the Commons. ``answer_at`` and ``modified`` are as the source writes them."""

    kind: ClassVar[str] = "oral question"
    number: int
    uin: str = ""
    text: str = ""
    status: str = ""
    ballot_number: str = ""
    tabled_on: date | None = None
    answer_on: date | None = None
    answer_at: str = ""
    modified: str = ""
    session: str = ""
    question_time: int | None = None
    question_type: str = ""
    location: str = ""  # the IRI of a term
    location_name: str = ""
    asker: MemberMention = MemberMention()
    asker_constituency: str = ""  # the IRI of a constituency
    department: DepartmentMention = DepartmentMention()

    @property
    def iri(self) -> str:
        return f"{RESOURCES}{self.number}"

    def mentions(self) -> Iterator[Record]:
        day = self.tabled_on or self.answer_on
        yield from _mentioned_members(self, day, "Commons", self.asker, self.asker_constituency)
        yield from _mentioned_departments(self, day, self.department)
        yield from _mentioned_term(self, self.location, self.location_name)
        if self.question_time is not None:
            yield QuestionTime(source=in_passing(self), as_of=day, number=self.question_time, question_type=self.question_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBody:
    """One answering body of a question time; ``number`` is that in its IRI."""

    number: int
    name: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTime(Record):
    """A slot for oral questions."""

    kind: ClassVar[str] = "question time"
    number: int
    title: str = ""
    held_on: date | None = None
    answer_at: str = ""
    modified: str = ""
    question_type: str = ""
    session: str = ""
    session_number: str = ""
    location: str = ""
    location_name: str = ""
    bodies: tuple[AnswerBody, ...] = ()

    @property
    def iri(self) -> str:
        return f"{RESOURCES}{self.number}"

    def mentions(self) -> Iterator[Record]:
        return _mentioned_term(self, self.location, self.location_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Record):
    """A member of either House, now or earlier; party and constituency are the latest."""

    kind: ClassVar[str] = "member"
    id: int
    full_name: str = ""
    list_name: str = ""
    full_title: str = ""
    given_name: str = ""
    additional_name: str = ""
    family_name: str = ""
    gender: str = ""  # Male or Female
    houses: tuple[str, ...] = ()  # in which the source has met the member
    party: str = ""
    party_id: int | None = None
    constituency: str = ""  # an IRI
    constituency_name: str = ""
    home_page: str = ""
    twitter: str = ""
    born_on: date | None = None
    died_on: date | None = None
    first_elected_on: date | None = None
    house_from: date | None = None
    house_to: date | None = None
    is_current: bool | None = None

    @property
    def iri(self) -> str:
        return f"{DATA}members/{self.id}"

    def mentions(self) -> Iterator[Record]:
        if self.constituency:
            yield Constituency(source=in_passing(self), address=self.constituency, name=self.constituency_name)
        if self.party_id is not None:
            yield Party(source=in_passing(self), id=self.party_id, name=self.party)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat(Record):
    """A seat of the Commons that a member won."""

    kind: ClassVar[str] = "seat"
    member: int
    elected_on: date
    election_type: str = ""
    constituency: str = ""  # an IRI
    constituency_name: str = ""
    party: str = ""
    party_id: int | None = None
    adjunct_party: str = ""
    parliament: int | None = None
    ended_on: date | None = None

    @property
    def iri(self) -> str:
        return f"{DATA}members/{self.member}/seats/{self.elected_on}"

    def mentions(self) -> Iterator[Record]:
        yield Member(
            source=in_passing(self, "commons"), as_of=self.elected_on, id=self.member, houses=("Commons",),
            party=self.party, constituency=self.constituency, constituency_name=self.constituency_name,
        )  # fmt: skip
        if self.constituency:
            yield Constituency(source=in_passing(self), address=self.constituency, name=self.constituency_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constituency(Record):
    """A constituency in one of its boundary periods; ``area_type`` is County, Borough, or as the source has it."""

    kind: ClassVar[str] = "constituency"
    address: str  # its IRI: resources/{number} or constituencies/mnis/{MNIS id}
    name: str = ""
    area_type: str | None = None
    gss_code: str | None = None  # "" is a value here: the source says that there is none
    os_name: str | None = None
    country: str = ""
    region: str = ""
    started_on: date | None = None
    ended_on: date | None = None

    @property
    def iri(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Record):
    """A political party; one that MNIS has not numbered goes by its name."""

    kind: ClassVar[str] = "party"
    id: int | None = None
    name: str = ""
    abbreviation: str = ""
    has_been_in_parliament: bool | None = None
    note: str = ""

    @property
    def iri(self) -> str:
        return f"{DATA}parties/{re.sub('[^a-z0-9]+', '-', self.name.lower()) if self.id is None else self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Record):
    """An answering body as a thing. The id stays when the body is renamed."""

    kind: ClassVar[str] = "department"
    id: int
    name: str = ""
    short_name: str = ""
    sort_name: str = ""
    other_names: tuple[str, ...] = ()
    status: str = ""

    @property
    def iri(self) -> str:
        return f"{DATA}departments/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class House(Record):
    """One of the two Houses."""

    kind: ClassVar[str] = "house"
    id: int
    short_name: str = ""

    @property
    def name(self) -> str:
        """``House of Commons`` or ``House of Lords``."""
        return next(name for number, _, name in HOUSES.values() if number == self.id)

    @property
    def iri(self) -> str:
        return f"{DATA}terms/{next(term for number, term, _ in HOUSES.values() if number == self.id)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parliament(Record):
    """A parliament, counted since 1801."""

    kind: ClassVar[str] = "parliament"
    address: str
    number: int | None = None
    summoned_on: date | None = None
    opened_on: date | None = None
    dissolved_on: date | None = None
    wikidata: str = ""

    @property
    def iri(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Session(Record):
    """A parliamentary session; ``name`` is the form that questions use (``2017/19``)."""

    kind: ClassVar[str] = "session"
    address: str
    name: str = ""
    display_name: str = ""
    number: str = ""
    parliament: str = ""  # an IRI
    started_on: date | None = None
    ended_on: date | None = None
    regnal_years: str = ""
    wikidata: str = ""

    @property
    def iri(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class ThesaurusTerm(Record):
    """A concept of Parliament's thesaurus; relations hold IRIs."""

    kind: ClassVar[str] = "term"
    address: str
    label: str = ""
    other_labels: tuple[str, ...] = ()
    notations: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    exact_matches: tuple[str, ...] = ()
    term_class: str = ""
    attributes: tuple[str, ...] = ()
    is_preferred: bool | None = None

    @property
    def iri(self) -> str:
        return self.address


RECORDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Question, LoneAnswer, OralQuestion, QuestionTime, Member, Seat, Constituency, Party,
        Department, House, Parliament, Session, ThesaurusTerm,
    )
}  # fmt: skip


def count_facts(record: Record) -> int:
    """How many of its fields a record tells."""
    return sum(getattr(record, field.name) not in (None, "", ()) for field in fields(record))


def in_passing(record: Record, *details: str) -> str:
    """The source name of what a record tells in passing: it is kept, and trusted, apart from the source's own records.

    What tells more is also kept apart from what tells less, so that a later bare mention does not hide a fuller one.
    """
    return "-".join((record.source, MENTION, *details))


def _mentioned_members(
    record: Record, day: date | None, house: str, member: MemberMention, constituency: str = ""
) -> Iterator[Record]:
    if not member.id:  # members/0 gives the standard answer to questions that lapsed; it is nobody
        return
    details = () if member.full_name else (PRINTED,) if member.name else (BARE,)
    yield Member(
        # By House, so that one who has sat in both is not forgotten in either.
        source=in_passing(record, *details, *([house.lower()] if house else [])), as_of=day, id=member.id,
        full_name=member.full_name or member.name, houses=(house,) if house else (), constituency=constituency,
    )  # fmt: skip
    if constituency:
        yield Constituency(source=in_passing(record), address=constituency, name=member.constituency)


def _mentioned_departments(record: Record, day: date | None, department: DepartmentMention) -> Iterator[Record]:
    if department.id is not None:
        details = () if department.short_name else (PRINTED,) if department.name else (BARE,)
        yield Department(
            source=in_passing(record, *details), as_of=day, id=department.id, name=department.name,
            short_name=department.short_name, sort_name=department.sort_name,
        )  # fmt: skip


def _mentioned_term(record: Record, iri: str, label: str) -> Iterator[Record]:
    if iri:
        yield ThesaurusTerm(source=in_passing(record), address=iri, label=label)


def _mentions_of_answer(record: Record, answer: Answer, house: str) -> Iterator[Record]:
    corrector = MemberMention(id=answer.correcting_member)
    for member in (answer.member, corrector, *(version.member for version in answer.previous_versions)):
        yield from _mentioned_members(record, answer.answered_on, house, member)
