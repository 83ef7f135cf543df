"""Reads XML of the Members' Names Information Service (MNIS)."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from pqlod.errors import SourceError
from pqlod.sources.fields import Fields
from pqlod.sources.files import SourceFile
from pqlod.sources.records import Member, Record
from pqlod.sources.refusals import Refusal, read_each

SOURCE = "mnis"
HOUSES = {"Commons": "Commons", "Lords": "Lords"}
GENDERS = {"M": "Male", "F": "Female"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
ROOTS = ("Members", "Member")


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The member of each element; SourceError tells the line of broken XML."""
    # No entity is resolved and no network asked: an XML file may come from anywhere.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(file.read(), parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(f"Broken XML: {error.msg}", source=file.name, place=f"line {error.lineno}") from error
    members = [root] if root.tag == "Member" else root.findall("Member")
    return read_each(members, lambda member: _member(member, file.notes), place="Member {}", kind=Member.kind)


def _member(element: etree._Element, notes: Counter[str]) -> Member:
    member = Fields({child.tag: child.text for child in element if child.get(NIL) != "true"}, notes)
    house = member.one_of("House", HOUSES)
    return Member(
        source=SOURCE, id=Fields(dict(element.attrib), notes).required_integer("Member_Id"),
        full_name=member.required_text("DisplayAs"), list_name=member.text("ListAs"), full_title=member.text("FullTitle"),
        gender=member.one_of("Gender", GENDERS), party=member.text("Party"), party_id=_party(element),
        houses=(house,) if house else (), house_from=member.day("HouseStartDate"), house_to=member.day("HouseEndDate"),
        born_on=member.day("DateOfBirth"), died_on=member.day("DateOfDeath"), is_current=_is_current(element),
        constituency_name=member.text("MemberFrom") if house == "Commons" else "",
    )  # fmt: skip


def _party(element: etree._Element) -> int | None:
    party = element.find("Party")
    return None if party is None else Fields(dict(party.attrib), Counter()).integer("Id")


def _is_current(element: etree._Element) -> bool | None:
    status = element.find("CurrentStatus")
    return None if status is None else status.get("IsActive") == "True"
