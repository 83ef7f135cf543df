"""Rows of CSV tables become records."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pqlod.sources import SourceFile, tables
from pqlod.sources.records import Constituency, Department, House, Member, Parliament, Party, Record, Seat, Session
from pqlod.sources.refusals import Refusal

Make = Callable[..., SourceFile]
DATA = "http://data.parliament.uk/"

ROWS: list[tuple[str, Record]] = [
    (
        "mnis_id,display_name,gender,house,latest_party,first_elected_on,sitting_mid_2026\n"
        "1,Patrick Hall,M,Commons,Labour,1997-05-01,no",
        Member(
            source="members-table", id=1, full_name="Patrick Hall", gender="Male", houses=("Commons",), party="Labour",
            first_elected_on=date(1997, 5, 1), is_current=False,
        ),
    ),
    (
        "member_id,constituency,constituency_mnis_id,party_elected_as,party_mnis_id,elected_on,election_type,parliament\n"
        "1382,Aberavon,3287,Labour,15,2010-05-06,general,55",
        Seat(
            source="memberships-table", member=1382, constituency=f"{DATA}constituencies/mnis/3287", constituency_name="Aberavon",
            party="Labour", party_id=15, elected_on=date(2010, 5, 6), election_type="general", parliament=55,
        ),
    ),
    (
        "mnis_id,name,geographic_code,area_type,country,start_date,end_date\n5,Aberavon,W07000022,County,Wales,1997-04-09,",
        Constituency(
            source="constituencies-table", address=f"{DATA}constituencies/mnis/5", name="Aberavon", gss_code="W07000022",
            area_type="County", country="Wales", started_on=date(1997, 4, 9),
        ),
    ),
    (
        "mnis_id,name,abbreviation,has_been_parliamentary_party\n1,Alliance,APNI,yes",
        Party(source="parties-table", id=1, name="Alliance", abbreviation="APNI", has_been_in_parliament=True),
    ),
    (
        'id,name,other_names,short_name,sort_name,status\n14,Treasury,HM Treasury; The Treasury,Treasury,CaTreasury,current',
        Department(
            source="answering-bodies-table", id=14, name="Treasury", other_names=("HM Treasury", "The Treasury"),
            short_name="Treasury", sort_name="CaTreasury", status="current",
        ),
    ),
    (
        "number,summoned_on,state_opening_on,dissolved_on,wikidata_id\n59,2024-07-09,2024-07-17,,Q126063704",
        Parliament(
            source="parliaments-table", address=f"{DATA}parliaments/59", number=59, summoned_on=date(2024, 7, 9),
            opened_on=date(2024, 7, 17), wikidata="Q126063704",
        ),
    ),
    (
        "parliament,session,start_date,end_date,citation\n57,1,2017-06-13,2019-10-08,2017-19",
        Session(
            source="sessions-table", address=f"{DATA}sessions/2017-19", name="2017/19", display_name="2017-19", number="1",
            parliament=f"{DATA}parliaments/57", started_on=date(2017, 6, 13), ended_on=date(2019, 10, 8),
        ),
    ),
    ("id,name,short_name\n2,House of Lords,Lords", House(source="houses-table", id=2, short_name="Lords")),
]  # fmt: skip


@pytest.mark.parametrize(("table", "record"), ROWS, ids=[record.kind for _, record in ROWS])
def test_a_row_is_read(make_file: Make, table: str, record: Record) -> None:
    assert list(tables.read(make_file(table))) == [record]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,House of Commons", "2 cells, where the header has 3."),
        ("1,House of Commons,Commons,", "4 cells, where the header has 3."),
        (",House of Commons,Commons", "id is missing."),
        ("3,House of Keys,Keys", "id is '3', expected 1 (Commons) or 2 (Lords)."),
    ],
)
def test_a_wrong_row_is_refused_by_line_and_the_others_are_read(make_file: Make, row: str, reason: str) -> None:
    refusal, house = tables.read(make_file(f"id,name,short_name\n{row}\n2,House of Lords,Lords\n"))

    assert refusal == Refusal(reason, "line 2", "house")
    assert house == House(source="houses-table", id=2, short_name="Lords")


def test_sessions_of_one_year_keep_apart(make_file: Make) -> None:
    rows = "\n".join(f"1,{n},1857-01-01,1857-02-01,1857-57 Session {'I' * n}" for n in (1, 2))

    records = list(tables.read(make_file(f"parliament,session,start_date,end_date,citation\n{rows}")))

    assert [record.iri for record in records if isinstance(record, Session)] == [
        f"{DATA}sessions/1857-57-Session-I",
        f"{DATA}sessions/1857-57-Session-II",
    ]


def test_a_party_without_number_goes_by_its_name(make_file: Make) -> None:
    (party,) = tables.read(make_file("mnis_id,name,has_been_parliamentary_party\n,Co-operative Party,no"))

    assert isinstance(party, Party)
    assert party.iri == f"{DATA}parties/co-operative-party"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("members", 2544), ("memberships", 3311), ("constituencies", 1959), ("parties", 324), ("answering_bodies", 37),
        ("parliaments", 59), ("sessions", 240), ("houses", 2),
    ],
)  # fmt: skip
def test_the_real_tables_are_all_read(shared: Path, name: str, count: int) -> None:
    records = list(tables.read(SourceFile(shared / f"data/real/{name}.csv")))

    assert not [record for record in records if isinstance(record, Refusal)]
    assert len({record.iri for record in records if isinstance(record, Record)}) == count
