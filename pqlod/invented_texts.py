"""Texts that nobody has written: questions, headings and answers about invented places, as long as they are asked to be."""

from calendar import month_name
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple


class Body(NamedTuple):
    """An answering body: Parliament's number and name of it, whom one asks, how often, and what about."""

    id: int
    name: str
    whom: str
    share: float  # per cent of all questions
    topics: tuple[str, ...]


_GENERAL = ("staff", "official visits", "consultants", "cyber security", "correspondence", "office space")


def _department(id: int, name: str, share: float, topics: str, whom: str = "") -> Body:
    subject = name.removeprefix("Department for ").removeprefix("Department of ").removeprefix("Ministry of ")
    return Body(id, name, whom or f"Secretary of State for {subject}", share, tuple(topics.split(", ")))


# The bodies by the shares of the real questions; fifteen smaller ones together have some two per cent.
BODIES = (
    _department(17, "Department of Health and Social Care", 14.7,
                "hospital beds, general practitioners, dental services, cancer screening, ambulance services, mental "
                "health services, social care, pharmacies, vaccination, nurses"),
    _department(7, "Ministry of Housing, Communities and Local Government", 8.1,
                "council housing, planning permission, homelessness, leasehold, local government finance, building safety, "
                "rented housing, brownfield land",
                "Secretary of State for Housing, Communities and Local Government"),
    _department(11, "Ministry of Defence", 8.1,
                "armed forces housing, frigates, helicopters, army reserves, veterans, shipbuilding, military bases, "
                "defence procurement"),
    _department(1, "Home Office", 8.0,
                "passports, police numbers, visas, asylum seekers, knife crime, border control, fire services, fraud",
                "Secretary of State for the Home Department"),
    _department(27, "Department for Transport", 7.5,
                "bus services, railway stations, potholes, electric vehicles, driving tests, airports, cycling, level "
                "crossings"),
    _department(13, "Department for Environment, Food and Rural Affairs", 6.9,
                "flood defences, water quality, farm payments, fisheries, air pollution, waste, hedgehogs, food labelling"),
    _department(60, "Department for Education", 6.5,
                "school buildings, special educational needs, apprenticeships, teachers, free school meals, universities, "
                "nurseries, school attendance"),
    _department(14, "Treasury", 6.3,
                "value added tax, business rates, fuel duty, inheritance tax, banking hubs, savings, tax reliefs, public "
                "expenditure",
                "Chancellor of the Exchequer"),
    _department(208, "Foreign, Commonwealth and Development Office", 5.7,
                "consular services, development aid, sanctions, embassies, human rights, humanitarian aid, treaties, "
                "refugees",
                "Secretary of State for Foreign, Commonwealth and Development Affairs"),
    _department(29, "Department for Work and Pensions", 4.8,
                "state pensions, universal credit, jobcentres, carers, disability benefits, child maintenance, housing "
                "benefit, winter fuel payments"),
    _department(53, "Cabinet Office", 4.7,
                "civil servants, public appointments, government departments, procurement, honours, elections, emergency "
                "planning, data protection",
                "Minister for the Cabinet Office"),
    _department(214, "Department for Business and Trade", 3.9,
                "small businesses, exports, post offices, late payments, employment rights, steel, trade agreements, "
                "parcels"),
    _department(54, "Ministry of Justice", 3.7,
                "prisons, probation, court backlogs, legal aid, magistrates, young offenders, tribunals, reoffending"),
    _department(215, "Department for Energy Security and Net Zero", 3.5,
                "heat pumps, solar power, energy bills, wind farms, nuclear power, insulation, hydrogen, the national grid"),
    _department(216, "Department for Science, Innovation and Technology", 3.0,
                "broadband, artificial intelligence, mobile phone coverage, research, online safety, space, data centres, "
                "quantum computing"),
    _department(217, "Department for Culture, Media and Sport", 2.3,
                "libraries, football, museums, gambling, theatres, broadcasting, youth services, listed buildings"),
    *(
        Body(id, name, whom, 0.2, _GENERAL)
        for id, name, whom in (
            (2, "Scotland Office", "Secretary of State for Scotland"),
            (9, "Church Commissioners", "Member for the Church Commissioners"),
            (18, "House of Commons Commission", "Member for the House of Commons Commission"),
            (21, "Northern Ireland Office", "Secretary of State for Northern Ireland"),
            (23, "Prime Minister", "Prime Minister"),
            (28, "Wales Office", "Secretary of State for Wales"),
            (31, "Women and Equalities", "Minister for Women and Equalities"),
            (34, "Leader of the House", "Leader of the House"),
            (36, "Speaker's Committee on the Electoral Commission", "Member for the Speaker's Committee"),
            (88, "Attorney General", "Attorney General"),
        )
    ),
)  # fmt: skip

QUALIFIERS = (
    "Finance", "Standards", "Staff", "Rural Areas", "Waiting Lists", "Costs", "Reviews", "Young People", "Training",
    "Inspections", "Closures", "Regulation", "Statistics", "Older People", "Contracts", "Buildings", "Scotland",
    "Fees and Charges",
)  # fmt: skip
OPENERS = (
    "what steps they are taking to improve", "what assessment they have made of the adequacy of",
    "how much was spent on", "whether they plan to review the rules on", "when they plan to publish figures on",
    "how many complaints there were about", "what discussions they have had with local authorities on",
    "if they will make a statement on", "what progress has been made on",
    "what recent estimate they have made of the cost of",
)  # fmt: skip
CLAUSES = (
    "in each of the last five years", "and what the reasons were for the changes", "broken down by age and sex",
    "with reference to the report of the review", "since the start of the present session",
    "and whether they will meet those affected", "compared with the same months of the year before",
    "for which figures are held", "and in other parts of the country",
    "and what account was taken of the views of those who live there", "by the end of the financial year",
    "(a) in total and (b) for each local authority", "and what the timetable is for the next stage",
)  # fmt: skip
REPLIES = (
    "The information requested on {topic} in {place} is not held in the form asked for.",
    "We have set aside £{number} million for {topic} in {place}.",
    "Officials met those responsible for {topic} in {place} in {month}.",
    "There were {number} cases that concerned {topic} in {place} in {year}.",
    "No assessment has been made of {topic} in {place}.",
    "The rules on {topic} are under review, and {place} is part of that.",
)  # fmt: skip
SENTENCES = (
    "The number rose from {number} in {year} to {other} in the year after.",
    "Figures for {month} {year} will be published in due course.",
    "Decisions of this kind are for the authority in {place}, and not for ministers.",
    "A consultation was open until {month} {year}, and {number} replies were received.",
    "We work with partners in {place} and elsewhere to bring waiting times down.",
    "This is in addition to £{number} million that was announced in {month} {year}.",
    "The inspector for {place} reported on this in {month}, and the report is in the Library.",
    "Of these, {number} were in {place} and {other} in other places.", "Guidance was renewed in {year} after a review.",
    "The next review is planned for {month} {year}.", "Costs of this kind are met from budgets that exist already.",
)  # fmt: skip
SYLLABLES = (
    "al", "bar", "cor", "den", "el", "fen", "gar", "hal", "in", "jor", "kel", "lan", "mor", "nar", "or", "pen", "quin",
    "ras", "sal", "tor", "ul", "ver", "wes", "yar",
)  # fmt: skip
PLACE_ENDINGS = ("ton", "bury", "ham", "mouth", "ford", "wick", "stead", "borough", "field", "minster", "combe", "thwaite")
NAME_ENDINGS = ("son", "ley", "man", "er", "ing", "wood", "well", "ard", "ett", "by")
GIVEN_NAMES = (
    "Ada", "Bryn", "Cora", "Dervla", "Edwin", "Fergus", "Greta", "Hugh", "Isla", "Jonas", "Kezia", "Lorcan", "Mair",
    "Ned", "Olive", "Piers", "Rhona", "Silas", "Tamsin", "Una", "Viktor", "Wynne", "Yusuf", "Zelda",
)  # fmt: skip
PARAGRAPHS = 4_000  # that are written beforehand, and put together to answers


class Texts:
    """Texts about invented places. The same random numbers give the same texts."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.places = _names(random, PLACE_ENDINGS, 650)
        self._paragraphs = [f"<p>{self._paragraph()}</p>" for _ in range(PARAGRAPHS)]

    def people(self, count: int) -> list[str]:
        """So many different names."""
        families = _names(self._random, NAME_ENDINGS, -(-count // len(GIVEN_NAMES)) * 4)
        names = [f"{given} {family}" for given in GIVEN_NAMES for family in families]
        return self._random.sample(names, count)

    def question(self, body: Body, topic: str, place: str, length: int) -> str:
        text = f"To ask the {body.whom}, {self._any(OPENERS)} {topic} in {place}"
        while len(text) < length - 20:
            text = f"{text} {self._any(CLAUSES)}"
        return text + "."

    def heading(self, topic: str, is_qualified: bool) -> str:
        subject = topic.title()
        return f"{subject}: {self._any(QUALIFIERS)}" if is_qualified else subject

    def answer(self, topic: str, place: str, length: int) -> str:
        """Paragraphs that have together some ``length`` characters."""
        parts = [f"<p>{self._filled(self._any(REPLIES), place, topic)}</p>"]
        size = len(parts[0])
        while size < length - 100:  # half a paragraph, so that the mean is right
            parts.append(self._any(self._paragraphs))
            size += len(parts[-1])
        return "".join(parts)

    def table(self, length: int) -> str:
        """A table of places and numbers, of some ``length`` characters."""
        row = "<tr><td><p>{}</p></td><td><p>{}</p></td><td><p>{}</p></td></tr>"
        rows = [row.format("Place", "Cases", "Costs in £")]
        for _ in range(length // len(rows[0]) + 1):
            rows.append(row.format(self._any(self.places), int(self._random.random() * 900), int(self._random.random() * 90_000)))
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    def _any(self, choices: Sequence[str]) -> str:
        return choices[int(self._random.random() * len(choices))]  # thrice as fast as Random.choice

    def _paragraph(self) -> str:
        return " ".join(self._filled(self._any(SENTENCES), self._any(self.places)) for _ in range(self._random.randint(1, 5)))

    def _filled(self, pattern: str, place: str, topic: str = "") -> str:
        draw = self._random.random
        numbers = {"number": 2 + int(draw() * 900), "other": 2 + int(draw() * 2_000), "year": 2012 + int(draw() * 14)}
        return pattern.format(topic=topic, place=place, month=month_name[1 + int(draw() * 12)], **numbers)


# What some answers have in them, with the part of all answers that do.
EXTRAS: tuple[tuple[float, Callable[[str], str]], ...] = (
    (
        0.17,
        lambda place: f'<p>More is at <a href="https://www.example.org/{place.lower()}" target="_blank">this address</a>.</p>',
    ),
    (0.05, lambda place: f"<p><strong>{place}</strong></p>"),
    (0.015, lambda place: f"<ul><li>those in {place};</li><li>those elsewhere.</li></ul>"),
    (0.01, lambda place: f"<p>As of the last day of the year.<br>{place} is counted in.<sup>1</sup></p>"),
)


def _names(random: Random, endings: Sequence[str], count: int) -> list[str]:
    """So many different names of places or families."""
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(random.choices(SYLLABLES, k=random.randint(1, 2))).capitalize() + random.choice(endings)] = None
    return list(names)
