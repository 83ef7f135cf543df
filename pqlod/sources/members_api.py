"""Reads JSON of Parliament's Members API: members, their histories, parties, constituencies, answering bodies."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from pqlod.errors import SourceError
from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import DATA, Constituency, Department, Member, Party, Record, Seat
from pqlod.sources.refusals import Refusal

SOURCE = "members-api"
HOUSES = {"1": "Commons", "2": "Lords"}
GENDERS = {"M": "Male", "F": "Female"}


class Shape(NamedTuple):
    """What a result may be: the fields that tell it from others, the kind of its records, and what reads them."""

    fields: frozenset[str]
    kind: str
    read: Callable[[Fields], Iterator[Record]]


def recognises(document: Any) -> bool:
    """Is this JSON value a result, a list of results, or a page of results of the Members API?"""
    results = _results(document)
    return bool(results) and _shape(_value(results[0])) is not None


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The records of each result; all results of a file are of one shape."""
    results = _results(file.document)
    shape = _shape(_value(results[0])) if results else None
    if shape is None:
        return
    for number, result in enumerate(results, 1):
        try:
            yield from tuple(shape.read(Fields(_value(result), file.notes)))
        except SourceError as error:
            yield Refusal(error.problem, f"item {number}", shape.kind)


def _results(document: Any) -> list[Any]:
    if isinstance(document, dict) and "items" in document:
        document = document["items"]
    return document if isinstance(document, list) else [document]


def _value(result: Any) -> Any:
    return result.get("value", result) if isinstance(result, dict) else None


def _shape(value: Any) -> Shape | None:
    return next((shape for shape in SHAPES if isinstance(value, dict) and shape.fields <= value.keys()), None)


def _member(member: Fields) -> Iterator[Record]:
    party, membership = member.object("latestParty"), member.object("latestHouseMembership")
    house = membership.one_of("house", HOUSES)
    seat = membership.integer("membershipFromId") if house == "Commons" else None
    status = membership.object("membershipStatus").boolean("statusIsActive")
    yield Member(
        source=SOURCE, id=member.required_integer("id"), full_name=member.required_text("nameDisplayAs"),
        list_name=member.text("nameListAs"), full_title=member.text("nameFullTitle"),
        gender=member.one_of("gender", GENDERS), party=party.text("name"), party_id=party.integer("id"),
        houses=(house,) if house else (), house_from=membership.day("membershipStartDate"),
        house_to=membership.day("membershipEndDate"), is_current=bool(status) if membership.values else None,
        constituency="" if seat is None else _constituency_iri(seat),
        constituency_name="" if seat is None else membership.text("membershipFrom"),
    )  # fmt: skip


def _history(history: Fields) -> Iterator[Record]:
    """The seats of the Commons that the member has held; what he was in the Lords, his latest membership tells."""
    parties = sorted(
        ((party.required_day("startDate"), party.object("party")) for party in history.objects("partyHistory")),
        key=lambda known: known[0],
    )
    for membership in history.objects("houseMembershipHistory"):
        if membership.one_of("house", HOUSES) != "Commons":
            continue
        day, seat = membership.required_day("membershipStartDate"), membership.integer("membershipFromId")
        party = _party_on(day, parties, history)
        yield Seat(
            source=SOURCE, member=history.required_integer("id"), elected_on=day, ended_on=membership.day("membershipEndDate"),
            constituency="" if seat is None else _constituency_iri(seat), constituency_name=membership.text("membershipFrom"),
            party=party.text("name"), party_id=party.integer("id"),
        )  # fmt: skip


def _party_on(day: date, parties: list[tuple[date, Fields]], history: Fields) -> Fields:
    known = [party for start, party in parties if start <= day]
    return known[-1] if known else Fields({}, history.notes)


def _party(party: Fields) -> Iterator[Record]:
    yield Party(
        source=SOURCE, id=party.required_integer("id"), name=party.required_text("name"), abbreviation=party.text("abbreviation")
    )


def _constituency(constituency: Fields) -> Iterator[Record]:
    yield Constituency(
        source=SOURCE, address=_constituency_iri(constituency.required_integer("id")), name=constituency.required_text("name"),
        started_on=constituency.day("startDate"), ended_on=constituency.day("endDate"),
    )  # fmt: skip


def _answering_body(body: Fields) -> Iterator[Record]:
    yield Department(
        source=SOURCE, id=body.required_integer("id"), name=body.required_text("name"), short_name=body.text("shortName")
    )


def _constituency_iri(number: int) -> str:
    return f"{DATA}constituencies/mnis/{number}"


# The first row that fits. Only members were seen in real answers; the others follow the service's published OpenAPI document.
SHAPES = (
    Shape(frozenset({"nameDisplayAs"}), Member.kind, _member),
    Shape(frozenset({"houseMembershipHistory"}), Seat.kind, _history),
    Shape(frozenset({"id", "name", "isIndependentParty"}), Party.kind, _party),
    Shape(frozenset({"id", "name", "startDate"}), Constituency.kind, _constituency),
    Shape(frozenset({"id", "name", "shortName", "target"}), Department.kind, _answering_body),
)
