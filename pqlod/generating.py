"""Invents written questions, as many as are wanted, in the exchange format and in the shape of Parliament's real ones.

The tables restate what was counted in some 49,000 real questions of 2013 to 2026. Questions go back from one last day;
if more are wanted than Parliament was asked since 2010, the days are fuller.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import orjson

from pqlod.invented_texts import BODIES, EXTRAS, Body, Texts
from pqlod.packing import written
from pqlod.sources.records import SESSIONS, session_of

Value = TypeVar("Value")

SOURCE = "generated"
LAST_DAY = date(2026, 7, 16)
FIRST_NUMBER = 90_000_001  # of the questions; Parliament has not got there yet
FIRST_MEMBER = 700_001
ASKERS, MINISTERS = 711, 182
STEPS = 4096  # into which a distribution is cut

# Quantiles: up to which value so many per mille of the real ones go.
QUESTIONS_A_DAY = {0: 1, 100: 138, 250: 230, 500: 325, 750: 440, 900: 529, 985: 974, 990: 3256, 1000: 3358}
QUESTION_LENGTH = {0: 90, 100: 143, 250: 169, 500: 207, 750: 260, 900: 327, 990: 487, 1000: 1225}
ANSWER_LENGTH = {0: 60, 100: 201, 250: 382, 500: 672, 750: 1101, 900: 1704, 990: 4205, 999: 16_000, 1000: 54_992}
DAYS_TO_ANSWER = {0: 1, 100: 5, 250: 7, 500: 8, 750: 13, 900: 29, 990: 41, 1000: 172}
QUESTIONS_BY_ASKER = {0: 1, 100: 2, 250: 7, 500: 31, 750: 83, 900: 177, 990: 852, 1000: 2130}

# Weights: how often each value was met.
DAYS_TO_DUE = {2: 4247, 4: 3669, 5: 1716, 6: 58, 34: 357, 26: 202, 21: 131, 25: 190, 20: 170, 35: 151}
DAYS_TO_NAMED_DAY = {5: 1443, 6: 1073, 3: 894, 7: 402, 21: 86, 8: 71, 26: 57, 27: 41}
QUESTIONS_IN_GROUP = {2: 1566, 3: 746, 4: 391, 5: 230, 6: 64, 7: 41, 8: 41, 9: 37, 10: 30, 11: 22, 12: 37, 20: 53, 24: 21, 27: 24}
PARTIES = {"Conservative": 39, "Labour": 30, "Liberal Democrat": 18, "Reform UK": 6, "Democratic Unionist Party": 2,
           "Scottish National Party": 1, "Green Party": 1, "Plaid Cymru": 1, "Independent": 1}  # fmt: skip
SITTING = (0.80, 0.81, 0.77, 0.68, 0.61)  # on how many Mondays, Tuesdays … questions were tabled
RECESS = 0.15  # of these days, in August and around Christmas

# Parts of all questions.
GROUPED, NAMED_DAY, INTEREST, UNANSWERED, HOLDING, CORRECTED = 0.22, 0.26, 0.008, 0.0002, 0.02, 0.0025
LORDS, TABLE, ATTACHMENT, QUALIFIED_HEADING = 0.0084, 0.024, 0.003, 0.77


@dataclass(frozen=True)
class Person:
    """A member who asks, or a minister who answers."""

    id: int
    name: str
    party: str
    constituency: str
    house: str = "Commons"


class Draws:
    """Random values by the tables above."""

    def __init__(self, random: Random) -> None:
        self.random = random.random
        self.question_length, self.answer_length = spread(QUESTION_LENGTH), spread(ANSWER_LENGTH)
        self.days_to_answer = spread(DAYS_TO_ANSWER)
        self.days_to_due, self.days_to_named_day = weighted(DAYS_TO_DUE), weighted(DAYS_TO_NAMED_DAY)
        singles = sum(QUESTIONS_IN_GROUP.values()) * (1 - GROUPED) / GROUPED
        sets = {size: count / size for size, count in QUESTIONS_IN_GROUP.items()}
        self.set_size = weighted({1: singles, **sets})

    def of(self, values: Sequence[Value]) -> Value:
        return values[int(self.random() * len(values))]

    def happens(self, part: float) -> bool:
        return self.random() < part


def write_questions(output: Path, questions: int, seed: int) -> None:
    """Writes questions as JSON lines; SourceError if the file cannot be written."""
    with written(output) as file:
        file.writelines(lines(questions, seed))


def lines(questions: int, seed: int) -> Iterator[bytes]:
    """So many questions, one a line, in the order in which they were tabled. The same numbers give the same lines."""
    random = Random(seed)
    days = tabling_days(random, questions)
    house = _House(random)
    for tabled_on, count in days:
        for record in house.questions(tabled_on, count):
            yield orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def tabling_days(random: Random, questions: int) -> list[tuple[date, int]]:
    """Days on which questions were tabled, with how many, so many in all; the last day is LAST_DAY."""
    a_day = spread(QUESTIONS_A_DAY)
    days = [(LAST_DAY, a_day[int(random.random() * STEPS)])]
    wanted = questions - days[0][1]
    for back in range(1, (LAST_DAY - SESSIONS[0][1]).days + 1):
        if wanted <= 0:
            break
        day = LAST_DAY - timedelta(back)
        if random.random() < _sitting(day):
            days.append((day, a_day[int(random.random() * STEPS)]))
            wanted -= days[-1][1]
    days.reverse()
    return _scaled(days, questions)


def spread(quantiles: Mapping[int, int]) -> tuple[int, ...]:
    """Values that are distributed as the quantiles say, in ascending order."""
    points = sorted(quantiles.items())
    return tuple(_between(points, 1000 * (step + 0.5) / STEPS) for step in range(STEPS))


def weighted(weights: Mapping[Value, float]) -> tuple[Value, ...]:
    """Values, each as often as its weight says."""
    total, bounds = sum(weights.values()), list(accumulate(weights.values()))
    found, values = [], list(weights)
    place = 0
    for step in range(STEPS):
        while bounds[place] < total * (step + 0.5) / STEPS:
            place += 1
        found.append(values[place])
    return tuple(found)


def _between(points: Sequence[tuple[int, int]], mark: float) -> int:
    after = next(place for place, (bound, _) in enumerate(points) if bound >= mark)
    (low, least), (high, most) = points[after - 1], points[after]
    return round(least + (most - least) * (mark - low) / (high - low))


def _sitting(day: date) -> float:
    """How probable it is that questions were tabled on a day."""
    if day.weekday() > 4 or not session_of(day):
        return 0
    is_recess = day.month == 8 or (day.month, day.day) >= (12, 20)
    return SITTING[day.weekday()] * (RECESS if is_recess else 1)


def _scaled(days: list[tuple[date, int]], questions: int) -> list[tuple[date, int]]:
    total = sum(count for _, count in days)
    times = max(questions / total, 1)
    ends = [min(round(end * times), questions) for end in accumulate(count for _, count in reversed(days))]
    ends[-1] = questions  # of the first day, in case that rounding has lost some
    counts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return [(day, count) for (day, _), count in zip(days, reversed(counts), strict=True) if count]


class _House:
    """Those who ask and answer, and how far the numbers of questions have come."""

    def __init__(self, random: Random) -> None:
        self._texts, self._draws = Texts(random), Draws(random)
        self._bodies = weighted({body: body.share for body in BODIES})
        people = self._people()
        often = spread(QUESTIONS_BY_ASKER)
        self._askers = weighted({person: often[place * STEPS // ASKERS] for place, person in enumerate(people[:ASKERS])})
        ministers = people[ASKERS:]
        self._ministers = {body: ministers[place :: len(BODIES)] for place, body in enumerate(BODIES)}
        self._number, self._session, self._uins = FIRST_NUMBER, "", {"Commons": 0, "Lords": 0}
        self._later = _days_later()

    def questions(self, tabled_on: date, count: int) -> Iterator[dict[str, Any]]:
        if session_of(tabled_on) != self._session:
            self._session, self._uins = session_of(tabled_on), {"Commons": 0, "Lords": 0}
        left = count
        while left:
            size = min(self._draws.of(self._draws.set_size), left)
            yield from self._set(tabled_on, size)
            left -= size

    def _people(self) -> list[Person]:
        parties, draw = weighted(PARTIES), self._draws
        return [
            Person(FIRST_MEMBER + place, name, draw.of(parties), draw.of(self._texts.places))
            for place, name in enumerate(self._texts.people(ASKERS + MINISTERS))
        ]

    def _set(self, tabled_on: date, size: int) -> Iterator[dict[str, Any]]:
        """Questions of one member to one body that are given the same answer."""
        draw, texts = self._draws, self._texts
        body, asker, house = draw.of(self._bodies), draw.of(self._askers), "Lords" if draw.happens(LORDS) else "Commons"
        topic, place = draw.of(body.topics), draw.of(texts.places)
        uins = [self._uin(house) for _ in range(size)]
        answer = self._answer(tabled_on, body, topic, place)
        heading = texts.heading(topic, draw.happens(QUALIFIED_HEADING))
        for uin in uins:
            is_named_day = draw.happens(NAMED_DAY)
            due = draw.of(draw.days_to_named_day if is_named_day else draw.days_to_due)
            question = {
                "uin": uin, "house": house, "type": "written", "date_tabled": tabled_on,
                "date_for_answer": self._later[tabled_on.toordinal() + due], "heading": heading,
                "question_text": texts.question(body, topic, place, draw.of(draw.question_length)), "question_truncated": False,
                "named_day": is_named_day, "withdrawn": False, "interest_declared": draw.happens(INTEREST),
                "asking_member_id": asker.id, "asking_member_name": asker.name, "asking_member_party": asker.party,
                "asking_member_constituency": asker.constituency, "answering_body_id": body.id, "answering_body_name": body.name,
                "source_id": self._next_number(), "source": SOURCE, "as_of": LAST_DAY, "answered": answer is not None,
            }  # fmt: skip
            if answer is not None:
                question |= answer
                question["grouped_questions"] = [other for other in uins if other != uin]
            yield question

    def _answer(self, tabled_on: date, body: Body, topic: str, place: str) -> dict[str, Any] | None:
        draw, start = self._draws, tabled_on.toordinal()
        days = draw.of(draw.days_to_answer)
        answered_on = self._later[start + days]
        if answered_on > LAST_DAY or draw.happens(UNANSWERED):
            return None
        minister = draw.of(self._ministers[body])
        is_held = days > 3 and draw.happens(HOLDING)
        corrected_on = self._later[answered_on.toordinal() + draw.of(draw.days_to_answer)]
        is_corrected = draw.happens(CORRECTED) and corrected_on <= LAST_DAY
        return {
            "date_answered": answered_on, "answering_member_id": minister.id, "answering_member_name": minister.name,
            "answer_text": self._answer_text(topic, place), "answer_format": "html", "answer_truncated": False,
            "answer_is_holding": is_held, "date_holding_answer": self._later[start + 2] if is_held else None,
            "answer_is_correction": is_corrected, "date_answer_corrected": corrected_on if is_corrected else None,
            "correcting_member_id": minister.id if is_corrected else None, "attachment_count": int(draw.happens(ATTACHMENT)),
        }  # fmt: skip

    def _answer_text(self, topic: str, place: str) -> str:
        draw, texts = self._draws, self._texts
        length = draw.of(draw.answer_length)
        if draw.happens(TABLE):
            return texts.answer(topic, place, 0) + texts.table(length)
        extras = "".join([extra(place) for part, extra in EXTRAS if draw.happens(part)])
        return texts.answer(topic, place, length - len(extras)) + extras

    def _uin(self, house: str) -> str:
        self._uins[house] += 1
        return f"{'HL' if house == 'Lords' else ''}{self._uins[house]}"

    def _next_number(self) -> int:
        self._number += 1
        return self._number - 1


def _days_later() -> dict[int, date]:
    """By their ordinal: the days themselves, a weekend being put off to its Monday."""
    ordinals = range(SESSIONS[0][1].toordinal(), LAST_DAY.toordinal() + 400)
    return {ordinal: date.fromordinal(ordinal + (0, 0, 0, 0, 0, 2, 1)[(ordinal - 1) % 7]) for ordinal in ordinals}
