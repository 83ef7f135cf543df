"""Members of the Members API and of MNIS."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pqlod.errors import SourceError
from pqlod.sources import SourceFile, members_api, mnis_xml
from pqlod.sources.records import Constituency, Department, Member, Party, Record, Seat
from pqlod.sources.refusals import Refusal

Make = Callable[..., SourceFile]
DATA = "http://data.parliament.uk/"


def test_a_member_of_the_commons_is_read(shared: Path) -> None:
    (member,) = members_api.read(SourceFile(shared / "data/api-samples/members-api-member-172.json"))

    assert member == Member(
        source="members-api", id=172, full_name="Ms Diane Abbott", list_name="Abbott, Ms Diane",
        full_title="Rt Hon Diane Abbott MP", gender="Female", party="Independent", party_id=8, houses=("Commons",),
        house_from=date(1987, 6, 11), is_current=True, constituency=f"{DATA}constituencies/mnis/4074",
        constituency_name="Hackney North and Stoke Newington",
    )  # fmt: skip


def test_a_peer_who_left_is_read(shared: Path) -> None:
    (member,) = members_api.read(SourceFile(shared / "data/api-samples/members-api-member-4707-trimmed.json"))

    assert member == Member(
        source="members-api", id=4707, full_name="The Earl of Devon", list_name="Devon, E.", party="Crossbench", party_id=6,
        houses=("Lords",), house_from=date(2018, 7, 12), house_to=date(2026, 4, 29), is_current=False,
    )  # fmt: skip


def test_a_page_of_a_search_gives_each_member(make_file: Make) -> None:
    items = [{"value": {"id": number, "nameDisplayAs": f"Member {number}"}} for number in (1, 2)]

    members = list(members_api.read(make_file(json.dumps({"items": items, "totalResults": 2}))))

    assert members == [Member(source="members-api", id=number, full_name=f"Member {number}") for number in (1, 2)]


def test_a_member_without_number_is_refused(make_file: Make) -> None:
    (refusal,) = members_api.read(make_file('[{"value": {"nameDisplayAs": "Nobody"}}]'))

    assert refusal == Refusal("id is missing.", "item 1", "member")


def test_a_member_of_mnis_is_read(shared: Path) -> None:
    (member,) = mnis_xml.read(SourceFile(shared / "data/api-samples/mnis-members-4378.xml"))

    assert member == Member(
        source="mnis", id=4378, full_name="Colleen Fletcher", list_name="Fletcher, Colleen", full_title="Colleen Fletcher MP",
        gender="Female", party="Labour", party_id=15, houses=("Commons",), house_from=date(2015, 5, 7), born_on=date(1954, 11,
        23),
        is_current=True, constituency_name="Coventry North East",
    )  # fmt: skip


def test_broken_xml_is_refused_with_its_line(make_file: Make) -> None:
    with pytest.raises(SourceError, match="line 2: Broken XML"):
        list(mnis_xml.read(make_file("<Members>\n<Member></Members>")))


def test_entities_of_xml_are_not_resolved(make_file: Make, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    text = f"""<!DOCTYPE Members [<!ENTITY x SYSTEM "{tmp_path / "secret"}">]>
        <Members><Member Member_Id="1"><DisplayAs>&x;</DisplayAs></Member></Members>"""

    assert "secret" not in str(list(mnis_xml.read(make_file(text))))


def test_a_history_gives_the_seats_of_the_commons_with_the_party_of_their_first_day(make_file: Make) -> None:
    labour, independent = {"id": 15, "name": "Labour"}, {"id": 8, "name": "Independent"}
    history = {
        "id": 172,
        "partyHistory": [
            {"party": independent, "startDate": "2023-04-23T00:00:00", "endDate": None},
            {"party": labour, "startDate": "1987-06-11T00:00:00", "endDate": "2023-04-23T00:00:00"},
        ],
        "houseMembershipHistory": [
            {"house": 2, "membershipFrom": "Life peer", "membershipFromId": 1, "membershipStartDate": "2030-01-01T00:00:00"},
            {"house": 1, "membershipFrom": "Hackney North and Stoke Newington", "membershipFromId": 4074,
             "membershipStartDate": "2024-07-04T00:00:00", "membershipEndDate": None},
            {"house": 1, "membershipFrom": "Hackney North and Stoke Newington", "membershipFromId": 2793,
             "membershipStartDate": "2019-12-12T00:00:00", "membershipEndDate": "2024-05-30T00:00:00"},
        ],
    }  # fmt: skip

    seats = list(members_api.read(make_file(json.dumps([{"value": history}]))))

    name = "Hackney North and Stoke Newington"
    assert seats == [
        Seat(source="members-api", member=172, elected_on=date(2024, 7, 4), constituency=f"{DATA}constituencies/mnis/4074",
             constituency_name=name, party="Independent", party_id=8),
        Seat(source="members-api", member=172, elected_on=date(2019, 12, 12), ended_on=date(2024, 5, 30),
             constituency=f"{DATA}constituencies/mnis/2793", constituency_name=name, party="Labour", party_id=15),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            {"items": [{"value": {"id": 15, "name": "Labour", "abbreviation": "Lab", "isIndependentParty": False}}]},
            Party(source="members-api", id=15, name="Labour", abbreviation="Lab"),
            id="party",
        ),
        pytest.param(
            {"items": [{"value": {"id": 4074, "name": "Hackney", "startDate": "2024-05-31T00:00:00", "endDate": None}}]},
            Constituency(
                source="members-api", address=f"{DATA}constituencies/mnis/4074", name="Hackney", started_on=date(2024, 5, 31)
            ),
            id="constituency",
        ),
        pytest.param(
            [{"id": 1, "name": "Home Office", "shortName": "Home", "target": "the Secretary of State", "department": None}],
            Department(source="members-api", id=1, name="Home Office", short_name="Home"),
            id="answering body",
        ),
    ],
)
def test_a_result_of_another_shape_is_read(make_file: Make, document: object, expected: Record) -> None:
    assert list(members_api.read(make_file(json.dumps(document)))) == [expected]
