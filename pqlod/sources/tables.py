"""Reads CSV tables of members, seats, constituencies, parties, answering bodies, parliaments, sessions, Houses."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pqlod.errors import SourceError
from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import DATA, Constituency, Department, House, Member, Parliament, Party, Record, Seat, Session
from pqlod.sources.refusals import Refusal

HOUSES = {"Commons": "Commons", "Lords": "Lords"}
GENDERS = {"M": "Male", "F": "Female"}


class Table(NamedTuple):
    """A table: the columns that tell it from others, and what reads a row. Other columns may be there in any order."""

    columns: frozenset[str]
    kind: str
    read: Callable[[Fields], Record]


def recognises(head: str) -> bool:
    """Does a file begin with the header of one of the tables?"""
    return _table(_header(_rows(head))) is not None


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The record of each row; a row with too many or too few cells, or a wrong value, is a refusal with its line."""
    rows = _rows(file.read().decode())
    header = _header(rows)
    table = _table(header)
    if table is None:
        raise SourceError(f"Not the header of a known table: {', '.join(header)[:80]}", source=file.name, place="line 1")
    return _records(rows, header, table, file.notes)


def _records(rows: Iterator[list[str]], header: list[str], table: Table, notes: Counter[str]) -> Iterator[Record | Refusal]:
    number = 1
    while True:
        try:
            row = next(rows)
            number = rows.line_num  # type: ignore[attr-defined]  # a csv.reader
            if row:
                yield table.read(Fields(_cells(header, row), notes))
        except StopIteration:
            return
        except SourceError as error:
            yield Refusal(error.problem, f"line {number}", table.kind)
        except csv.Error as error:
            yield Refusal(f"Broken CSV: {error}.", f"line {number + 1}", table.kind)


def _rows(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _header(rows: Iterator[list[str]]) -> list[str]:
    """The names of the columns, or none where the first row is none of CSV."""
    try:
        return [cell.strip() for cell in next(rows, [])]
    except csv.Error:
        return []


def _table(header: list[str]) -> Table | None:
    return next((table for table in TABLES if table.columns <= set(header)), None)


def _cells(header: list[str], row: list[str]) -> dict[str, str]:
    if len(row) != len(header):
        raise SourceError(f"{len(row)} cells, where the header has {len(header)}.")
    return dict(zip(header, map(str.strip, row), strict=True))


def _member(row: Fields) -> Member:
    house = row.one_of("house", HOUSES)
    return Member(
        source="members-table", id=row.required_integer("mnis_id"), full_name=row.required_text("display_name"),
        full_title=row.text("full_title"), given_name=row.text("given_name"), family_name=row.text("family_name"),
        gender=row.one_of("gender", GENDERS), houses=(house,) if house else (), party=row.text("latest_party"),
        constituency_name=row.text("latest_constituency"), first_elected_on=row.day("first_elected_on"),
        is_current=row.boolean("sitting_mid_2026"),
    )  # fmt: skip


def _seat(row: Fields) -> Seat:
    constituency = row.integer("constituency_mnis_id")
    return Seat(
        source="memberships-table", member=row.required_integer("member_id"), elected_on=row.required_day("elected_on"),
        election_type=row.text("election_type"), party=row.text("party_elected_as"), party_id=row.integer("party_mnis_id"),
        adjunct_party=row.text("adjunct_party"), parliament=row.integer("parliament"),
        ended_on=row.day("parliament_dissolved_on"),
        constituency="" if constituency is None else f"{DATA}constituencies/mnis/{constituency}",
        constituency_name=row.text("constituency"),
    )  # fmt: skip


def _constituency(row: Fields) -> Constituency:
    return Constituency(
        source="constituencies-table", address=f"{DATA}constituencies/mnis/{row.required_integer('mnis_id')}",
        name=row.required_text("name"), gss_code=row.text("geographic_code"), area_type=row.text("area_type"),
        country=row.text("country"), region=row.text("english_region"), started_on=row.day("start_date"),
        ended_on=row.day("end_date"),
    )  # fmt: skip


def _party(row: Fields) -> Party:
    return Party(
        source="parties-table", id=row.integer("mnis_id"), name=row.required_text("name"),
        abbreviation=row.text("abbreviation"), note=row.text("note"),
        has_been_in_parliament=row.boolean("has_been_parliamentary_party"),
    )  # fmt: skip


def _department(row: Fields) -> Department:
    return Department(
        source="answering-bodies-table", id=row.required_integer("id"), name=row.required_text("name"),
        short_name=row.text("short_name"), sort_name=row.text("sort_name"), status=row.text("status"),
        other_names=tuple(filter(None, map(str.strip, row.text("other_names").split(";")))),
    )  # fmt: skip


def _parliament(row: Fields) -> Parliament:
    number = row.required_integer("number")
    return Parliament(
        source="parliaments-table", address=f"{DATA}parliaments/{number}", number=number, summoned_on=row.day("summoned_on"),
        opened_on=row.day("state_opening_on"), dissolved_on=row.day("dissolved_on"), wikidata=_wikidata(row),
    )  # fmt: skip


def _session(row: Fields) -> Session:
    citation = row.required_text("citation")
    if not re.fullmatch(r"\d{4}-\d{2,4}( Session I+)?", citation):  # some years before 1923 had two sessions
        raise row.wrong("citation", "years such as 2017-19")
    return Session(
        source="sessions-table", address=f"{DATA}sessions/{citation.replace(' ', '-')}",
        name=citation.replace("-", "/", 1), display_name=citation,
        number=str(row.required_integer("session")), parliament=f"{DATA}parliaments/{row.required_integer('parliament')}",
        started_on=row.day("start_date"), ended_on=row.day("end_date"), regnal_years=row.text("regnal_years"),
        wikidata=_wikidata(row),
    )  # fmt: skip


def _house(row: Fields) -> House:
    number = row.required_integer("id")
    if number not in (1, 2):
        raise row.wrong("id", "1 (Commons) or 2 (Lords)")
    return House(source="houses-table", id=number, short_name=row.text("short_name"))


def _wikidata(row: Fields) -> str:
    name = row.text("wikidata_id")
    if name and not re.fullmatch(r"Q\d+", name):
        raise row.wrong("wikidata_id", "an item such as Q108990856")
    return name


TABLES = (
    Table(frozenset({"mnis_id", "display_name", "house"}), Member.kind, _member),
    Table(frozenset({"member_id", "constituency_mnis_id", "elected_on"}), Seat.kind, _seat),
    Table(frozenset({"mnis_id", "name", "geographic_code"}), Constituency.kind, _constituency),
    Table(frozenset({"mnis_id", "name", "has_been_parliamentary_party"}), Party.kind, _party),
    Table(frozenset({"id", "name", "sort_name", "status"}), Department.kind, _department),
    Table(frozenset({"number", "summoned_on", "dissolved_on"}), Parliament.kind, _parliament),
    Table(frozenset({"parliament", "session", "citation"}), Session.kind, _session),
    Table(frozenset({"id", "name", "short_name"}), House.kind, _house),
)
