"""Reads pages of the old Linked Data API in JSON: lists, single items, and items saved without their page."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from pqlod.errors import SourceError
from pqlod.sources.fields import DAYS_AS_INSTANTS, Fields, shown
from pqlod.sources.files import SourceFile
from pqlod.sources.records import (
    HOUSES,
    LABEL_PREFIX,
    Answer,
    AnswerBody,
    AnswerVersion,
    Attachment,
    Constituency,
    DepartmentMention,
    LoneAnswer,
    Member,
    MemberMention,
    OralQuestion,
    Question,
    QuestionTime,
    Record,
    Session,
    ThesaurusTerm,
)
from pqlod.sources.refusals import Refusal, read_each

SOURCE = "lda"
# A page does not say when it was saved. The service ended in 2024, so its pages are taken to be of that year's end:
# later than any copy made while it ran, earlier than what its successors told afterwards.
AS_OF = date(2024, 12, 31)

HOUSE_OF_ID = {str(number): house for house, (number, _, _) in HOUSES.items()}
HOUSE_OF_TERM = {str(term): house for house, (_, term, _) in HOUSES.items()}


def recognises(document: Any) -> bool:
    """Is this JSON value a page, an item, or a list of items of a Linked Data API?"""
    if isinstance(document, dict):
        return isinstance(document.get("result"), dict) or "_about" in document
    return isinstance(document, list) and bool(document) and all(isinstance(item, dict) and "_about" in item for item in document)


def read(file: SourceFile) -> Iterator[Record | Refusal]:
    """The records of a page; an item of no known kind, or with a wrong field, is a refusal."""
    page, items = _page_and_items(file.document)
    house = _house_of_address(page)
    return read_each(items, lambda item: _record(Item(item, file.notes), house), place="item {}")


class Item(Fields):
    """An item of a Linked Data API: ``{"_value": …}`` is its text, an array of one its value, a resource has an address."""

    def __init__(self, values: Any, notes: Counter[str]) -> None:
        super().__init__({"_about": values} if isinstance(values, str) else values, notes)

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a property in order; of a resource, its IRI."""
        return tuple(self._text(name, value) for value in self._values(name))

    def day(self, name: str) -> date | None:
        value = next(iter(self._values(name)), None)
        if isinstance(value, dict) and value.get("_datatype") == "dateTime" and "T" not in str(value.get("_value")):
            self.notes[DAYS_AS_INSTANTS] += 1
        return super().day(name)

    def integer(self, name: str) -> int | None:
        value = self.text(name)
        return Fields({name: value}, self.notes).integer(name)

    def boolean(self, name: str) -> bool | None:
        return Fields({name: self.text(name)}, self.notes).boolean(name)

    def instants(self, name: str) -> tuple[str, ...]:
        return tuple(self.checked_instant(name, value) for value in self.texts(name))

    def items(self, name: str) -> tuple["Item", ...]:
        """The resources of a property, each an item; one that shows nothing of itself is only its IRI."""
        return tuple(Item(value, self.notes) for value in self._values(name))

    def item(self, name: str) -> "Item":
        return next(iter(self.items(name)), Item({}, self.notes))

    def iris(self, name: str) -> tuple[str, ...]:
        """The IRIs of a property's resources; SourceError if one is none."""
        return tuple(self._iri(name, value) for value in self.texts(name))

    @property
    def about(self) -> str:
        return next(iter(self.iris("_about")), "")

    def number(self, pattern: str = r"/resources/(\d+)") -> int | None:
        """The number in the item's own IRI, or None if it is of another form."""
        match = re.search(pattern + "$", self.about)
        return int(match[1]) if match else None

    def required_number(self, pattern: str = r"/resources/(\d+)") -> int:
        number = self.number(pattern)
        if number is None:
            raise SourceError(f"_about is {shown(self.about)}, expected an IRI that ends in {pattern}.")
        return number

    def _values(self, name: str) -> tuple[Any, ...]:
        value = self.values.get(name)
        return () if value in (None, "", []) else tuple(value) if isinstance(value, list) else (value,)

    def _iri(self, name: str, value: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+", value):
            raise SourceError(f"{name} is {shown(value)}, expected an IRI.")
        return value

    def _text(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            value = value.get("_value", value.get("_about"))
        return Fields({name: value}, self.notes).text(name)


# What only the full description of a question has, by shortname, and how it is read.
OTHERS: dict[str, Callable[[Item, str], tuple[str, ...]]] = {
    "QuestionStatus": Item.texts,
    "creator": Item.iris,
    "ddpCreated": Item.instants,
    "ddpModified": Item.instants,
    "humanIndexable": Item.texts,
    "identifier": Item.texts,
    "parliamentNumber": Item.texts,
    "published": Item.texts,
    "publisher": Item.iris,
    "sessionNumber": Item.texts,
    "subject": Item.iris,
    "version": Item.texts,
    "writtenParliamentaryQuestionType": Item.texts,
}


def _page_and_items(document: Any) -> tuple[str, list[Any]]:
    if isinstance(document, list):
        return "", document
    result = document.get("result")
    if result is None:
        return "", [document]
    items = result.get("items", result.get("primaryTopic"))
    if items is None:
        raise SourceError("A page of a Linked Data API without items and without primaryTopic.")
    address = next((result[name] for name in ("definition", "_about") if isinstance(result.get(name), str)), "")
    return address, items if isinstance(items, list) else [items]


def _house_of_address(address: str) -> str:
    match = re.search(r"/(commons|lords)[a-z]+", address)
    return match[1].title() if match else ""


def _record(item: Item, house: str) -> Record:
    return next(read(item, house) for recognised, read in KINDS if recognised(item))


def _question(item: Item, house: str) -> Question:
    tabled = item.day("date") or item.required_day("dateTabled")
    uin = item.required_text("uin")
    answers = [answer for answer in item.items("answer") if len(answer.values) > 1]
    goes_by_uin = "/writtenparliamentaryquestion/" in item.about
    return Question(
        source=SOURCE, as_of=AS_OF, number=None if goes_by_uin else item.required_number(), uin=uin, tabled_on=tabled,
        house=_house(item) or house or ("Lords" if uin.startswith("HL") else "Commons"),
        text=item.text("questionText"), heading=item.text("hansardHeading"), title=item.text("title"),
        due_on=item.day("AnswerDate"), has_interest=item.boolean("registeredInterest"),
        session=next((text for text in item.texts("session") if "://" not in text), ""),
        asker=_member(item, "tablingMember"), department=_department(item),
        answer=_answer(answers[0]) if answers else None,
        others=tuple((name, OTHERS[name](item, name)) for name in OTHERS if name in item),
    )  # fmt: skip


def _house(item: Item) -> str:
    if "houseId" in item:
        return item.one_of("houseId", HOUSE_OF_ID)
    return HOUSE_OF_TERM.get(item.text("legislature").rpartition("/")[2], "")


def _member(item: Item, name: str) -> MemberMention:
    member = item.item(name)
    return MemberMention(
        id=member.number(r"/members/(\d+)"), name=item.text(name + "Printed"), constituency=item.text(name + "Constituency"),
        full_name=member.text("label").removeprefix(LABEL_PREFIX),
    )  # fmt: skip


def _department(item: Item) -> DepartmentMention:
    return DepartmentMention(
        id=item.integer("answeringDeptId"), name=item.text("AnsweringBody"),
        short_name=item.text("answeringDeptShortName"), sort_name=item.text("answeringDeptSortName"),
    )  # fmt: skip


def _answer(item: Item) -> Answer:
    return Answer(
        text=item.text("answerText"), text_format="html", member=_member(item, "answeringMember"),
        answered_on=item.day("dateOfAnswer"), is_correction=item.boolean("isMinisterialCorrection"),
        first_answered=item.instants("questionFirstAnswered"),
        first_corrected=item.instants("questionFirstMinisteriallyCorrected"),
        grouped_uins=item.texts("groupedQuestionUIN"), attachments=_attachments(item),
        previous_versions=tuple(map(_version, item.items("previousAnswerVersion"))),
    )  # fmt: skip


def _attachments(item: Item) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(number=file.required_number(r"/attachment/(\d+)"), title=file.text("title"), file_name=file.text("fileName"))
        for file in item.items("attachment")
    )


def _version(item: Item) -> AnswerVersion:
    number = item.required_number(r"/previousversion/(\d+)")
    return AnswerVersion(number=number, member=_member(item, "answeringMember"), attachments=_attachments(item))


def _lone_answer(item: Item, house: str) -> LoneAnswer:
    return LoneAnswer(
        source=SOURCE, as_of=AS_OF, number=item.required_number(r"/resources/(\d+)/answer"),
        house=house, answer=_answer(item), department=_department(item),
    )  # fmt: skip


def _oral_question(item: Item, house: str) -> OralQuestion:
    time, location, asker = item.item("CommonsQuestionTime"), item.item("Location"), item.item("tablingMember")
    constituency = asker.item("constituency")
    return OralQuestion(
        source=SOURCE, as_of=AS_OF, number=item.required_number(), uin=item.text("uin"), text=item.text("questionText"),
        status=item.text("QuestionStatus"), ballot_number=item.text("ballotNumber"), tabled_on=item.day("dateTabled"),
        answer_on=item.day("AnswerDate"), answer_at=_instant(item, "AnswerDateTime"), modified=_instant(item, "modified"),
        session=next((text for text in item.texts("session") if "://" not in text), ""),
        question_time=time.number(), question_type=time.text("QuestionType"),
        location=location.about, location_name=location.text("prefLabel"),
        asker=MemberMention(
            id=asker.number(r"/members/(\d+)"), name=item.text("tablingMemberPrinted"),
            full_name=asker.text("label").removeprefix(LABEL_PREFIX), constituency=constituency.text("prefLabel"),
        ),
        asker_constituency=constituency.about, department=_department(item),
    )  # fmt: skip


def _question_time(item: Item, house: str) -> QuestionTime:
    location = item.item("Location")
    return QuestionTime(
        source=SOURCE, as_of=AS_OF, number=item.required_number(), title=item.text("title"), held_on=item.day("date"),
        answer_at=_instant(item, "AnswerDateTime"), modified=_instant(item, "modified"),
        question_type=item.text("QuestionType"), session_number=item.text("sessionNumber"),
        session=next((text for text in item.texts("session") if "://" not in text), ""),
        location=location.about, location_name=location.text("prefLabel"),
        bodies=tuple(
            AnswerBody(number=body.required_number(r"/QuestionTimeAnswerBody/(\d+)"), name=body.text("AnswerBodyName"),
                       target=body.text("AnswerBodyTarget"))
            for body in item.items("AnswerBody")
        ),
    )  # fmt: skip


def _one_member(item: Item, house: str) -> Member:
    constituency = item.item("constituency")
    houses = (house,) if house else ("Commons",) if constituency.about else ()
    return Member(
        source=SOURCE, as_of=AS_OF, id=item.required_number(r"/members/(\d+)"), houses=houses,
        full_name=item.text("fullName") or item.text("label").removeprefix(LABEL_PREFIX),
        given_name=item.text("givenName"), additional_name=item.text("additionalName"), family_name=item.text("familyName"),
        gender=item.text("gender"), party=item.text("party"), home_page=item.text("homePage"), twitter=item.text("twitter"),
        constituency=constituency.about, constituency_name=constituency.text("label"), born_on=item.day("birthDate"),
    )  # fmt: skip


def _constituency(item: Item, house: str) -> Constituency:
    given = {name: item.values[name] for name in ("constituencyType", "gssCode", "osName") if name in item.values}
    return Constituency(
        source=SOURCE, as_of=AS_OF, address=item.about, name=item.text("label"),
        area_type=item.text("constituencyType") if "constituencyType" in given else None,
        gss_code=item.text("gssCode") if "gssCode" in given else None,
        os_name=item.text("osName") if "osName" in given else None,
        started_on=item.day("startedDate"), ended_on=item.day("endedDate"),
    )  # fmt: skip


def _session(item: Item, house: str) -> Session:
    return Session(
        source=SOURCE, as_of=AS_OF, address=item.about, display_name=item.text("displayName"), number=item.text("sessionNumber"),
        parliament=next(iter(item.iris("parliament")), ""), started_on=item.day("startDate"), ended_on=item.day("endDate"),
    )  # fmt: skip


def _term(item: Item, house: str) -> ThesaurusTerm:
    return ThesaurusTerm(
        source=SOURCE, as_of=AS_OF, address=item.about, label=item.text("prefLabel"), other_labels=item.texts("altLabel"),
        notations=item.texts("notation"), broader=item.iris("broader"), narrower=item.iris("narrower"),
        related=item.iris("related"), exact_matches=item.iris("exactMatch"), term_class=item.text("class"),
        attributes=item.texts("skosAttribute"), is_preferred=item.boolean("isPreferred"),
    )  # fmt: skip


def _instant(item: Item, name: str) -> str:
    return next(iter(item.instants(name)), "")


def _unknown(item: Item, house: str) -> Record:
    known = "questions, answers, question times, members, constituencies, sessions, terms"
    raise SourceError(f"{shown(item.about)} with {', '.join(sorted(item.values))[:80]} is not of a known kind ({known}).")


def _has(*names: str) -> Callable[[Item], bool]:
    return lambda item: any(name in item.values for name in names)


def _is_at(pattern: str) -> Callable[[Item], bool]:
    return lambda item: re.search(pattern, item.about) is not None


# What an item is, by its IRI or by properties that only its kind has: the first row that fits.
KINDS: tuple[tuple[Callable[[Item], bool], Callable[[Item, str], Record]], ...] = (
    (_is_at(r"/members/\d+$"), _one_member),
    (_is_at(r"/terms/\d+$"), _term),
    (_is_at(r"/resources/\d+/answer$"), _lone_answer),
    (_has("CommonsQuestionTime", "ballotNumber"), _oral_question),
    (lambda item: any(text.endswith("OralParliamentaryQuestion") for text in item.texts("type")), _oral_question),
    (_has("questionText", "uin"), _question),
    (_has("AnswerBody", "QuestionType"), _question_time),
    (_has("gssCode", "osName", "constituencyType"), _constituency),
    (_has("parliament", "displayName"), _session),
    (lambda item: True, _unknown),
)
