"""Reads JSON of Parliament's Members API: one member, or a page of a search."""

from collections.abc import Iterator
from typing import Any

from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import DATA, Member, Record
from pqlod.sources.refusals import Refusal, read_each

SOURCE = "members-api"
HOUSES = {"1": "Commons", "2": "Lords"}
GENDERS = {"M": "Male", "F": "Female"}


def recognises(document: Any) -> bool:
    """Is this JSON value a member or a page of members of the Members API?"""
    results = _results(document)
    first = results[0] if results else None
    value = first.get("value", first) if isinstance(first, dict) else None
    return isinstance(value, dict) and "nameDisplayAs" in value


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The member of each result."""
    return read_each(
        _results(file.document), lambda result: _member(Fields(result, file.notes)), place="item {}", kind=Member.kind
    )


def _results(document: Any) -> list[Any]:
    if isinstance(document, dict) and "items" in document:
        document = document["items"]
    return document if isinstance(document, list) else [document]


def _member(result: Fields) -> Member:
    member = result.object("value") if "value" in result else result
    party, membership = member.object("latestParty"), member.object("latestHouseMembership")
    house = membership.one_of("house", HOUSES)
    seat = membership.integer("membershipFromId") if house == "Commons" else None
    status = membership.object("membershipStatus").boolean("statusIsActive")
    return Member(
        source=SOURCE, id=member.required_integer("id"), full_name=member.required_text("nameDisplayAs"),
        list_name=member.text("nameListAs"), full_title=member.text("nameFullTitle"),
        gender=member.one_of("gender", GENDERS), party=party.text("name"), party_id=party.integer("id"),
        houses=(house,) if house else (), house_from=membership.day("membershipStartDate"),
        house_to=membership.day("membershipEndDate"), is_current=bool(status) if membership.values else None,
        constituency="" if seat is None else f"{DATA}constituencies/mnis/{seat}",
        constituency_name="" if seat is None else membership.text("membershipFrom"),
    )  # fmt: skip
