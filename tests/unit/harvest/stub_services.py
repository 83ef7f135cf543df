"""Stubs of the services that are harvested, on loopback: they page, filter, clip, throttle, fail, and break off."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Json = Any
Headers = dict[str, str]
QUESTIONS, MEMBERS, LDA = "/api/writtenquestions/questions", "/members/api", "/answeredquestions.json"
CLIPPED = 255
SLOW = 0.6  # seconds within a body


@dataclass
class Stub:
    """What the services know, how they page, and which troubles they make.

    ``troubles`` are made at random by a seed, never more than twice in a row for one address; ``asked`` are all addresses.
    """

    questions: list[Json] = field(default_factory=list)
    members: list[Json] = field(default_factory=list)
    items: list[Json] = field(default_factory=list)
    page: int = 100  # the most results of a page of questions
    loses_page_size: bool = False
    troubles: tuple[str, ...] = ()
    likelihood: float = 0.4
    seed: int = 1
    gone: frozenset[str] = frozenset()  # paths that are answered with 404
    root: str = ""
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    in_a_row: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.lock = threading.Lock()

    def trouble(self, url: str) -> str:
        """The trouble to be made this time, or ""."""
        with self.lock:
            if not self.troubles or self.in_a_row[url] >= 2 or self.chance.random() >= self.likelihood:
                self.in_a_row[url] = 0
                return ""
            self.in_a_row[url] += 1
            trouble = self.troubles[self.made.total() % len(self.troubles)]
            self.made[trouble] += 1
            return trouble

    def document(self, url: str) -> Json | None:
        """What is at an address, or None."""
        parts = urlsplit(url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.path in self.gone:
            return None
        if parts.path.startswith(QUESTIONS):
            return self._questions(parts.path, query)
        if parts.path.startswith(MEMBERS):
            return self._members(parts.path.removeprefix(MEMBERS), query, parse_qs(parts.query))
        return self._list(query) if parts.path == LDA else None

    def _questions(self, path: str, query: dict[str, str]) -> Json | None:
        number = path.removeprefix(QUESTIONS).strip("/")
        if number:
            return next((result for result in self.questions if result["value"]["id"] == int(number)), None)
        found = [result for result in self.questions if _is_asked_for(result["value"], query)]
        start = int(query["skip"])
        page = found[start : start + min(int(query["take"]), self.page)]
        return {"totalResults": len(found), "results": [_clipped(result) for result in page]}

    def _members(self, path: str, query: dict[str, str], all_of: dict[str, list[str]]) -> Json | None:
        if path == "/Members/History":
            return [_history(int(number)) for number in all_of["ids"]]
        if path == "/Reference/AnsweringBodies":
            return [
                {"id": 17, "name": "Department of Health and Social Care", "shortName": "Health", "target": "Secretary of State"}
            ]
        if path.startswith("/Parties/GetActive/"):
            party = {"id": 15, "name": "Labour", "abbreviation": "Lab", "isIndependentParty": False}
            return {"items": [{"value": party}], "totalResults": 1}
        known = {"/Members/Search": self.members, "/Location/Constituency/Search": CONSTITUENCIES}.get(path)
        if known is None:
            return None
        start = int(query["skip"])
        return {"items": known[start : start + int(query["take"])], "totalResults": len(known)}

    def _list(self, query: dict[str, str]) -> Json:
        size, page = int(query.get("_pageSize", 10)), int(query.get("_page", 0))
        items, address = self.items[page * size : (page + 1) * size], f"http://lda.elsewhere.example{LDA}"
        kept = {name: value for name, value in query.items() if name not in {"_page", "_pageSize"}}
        if not self.loses_page_size:
            kept |= {"_pageSize": str(size)}
        result = {"_about": f"{address}?{urlencode(query)}", "items": items, "itemsPerPage": size, "page": page,
                  "startIndex": page * size + 1, "totalResults": len(self.items)}  # fmt: skip
        if (page + 1) * size < len(self.items):
            result["next"] = f"{address}?{urlencode(kept | {'_page': page + 1})}"
        return {"format": "linked-data-api", "version": "0.2", "result": result}


def _is_asked_for(question: Json, query: dict[str, str]) -> bool:
    if question["house"] != query["house"] or (question["isWithdrawn"] and query.get("includeWithdrawn") != "true"):
        return False
    if query.get("questionStatus") == "NotAnswered" and question["dateAnswered"]:
        return False
    for bound, name in (("tabledWhen", "dateTabled"), ("answeredWhen", "dateAnswered"), ("correctedWhen", "dateAnswerCorrected")):
        day = (question[name] or "")[:10]
        if (f"{bound}From" in query or f"{bound}To" in query) and not (
            query.get(f"{bound}From", "") <= day <= query.get(f"{bound}To", "9") and day
        ):
            return False
    return True


def _clipped(result: Json) -> Json:
    """A question as lists show it."""
    value = dict(result["value"])
    text = (value["answerText"] or "").replace("<p>", "").replace("</p>", "")
    value["answerText"] = text[:CLIPPED] + "..." if len(text) > CLIPPED else text
    value["questionText"] = value["questionText"][:CLIPPED]
    return {**result, "value": value}


def question(number: int, *, house: str = "Commons", tabled: str = "2026-11-01", answer: str = "", **others: Json) -> Json:
    """A result of the written questions API; with an answer, it was answered on its last day of grace."""
    value = {
        "id": number, "uin": f"HL{number}" if house == "Lords" else str(number), "house": house, "askingMemberId": number % 7 + 1,
        "askingMember": {"id": number % 7 + 1, "name": f"Member {number % 7 + 1}", "party": "Labour", "memberFrom": "Anywhere"},
        "memberHasInterest": False, "dateTabled": f"{tabled}T00:00:00", "dateForAnswer": "2026-11-20T00:00:00",
        "questionText": f"To ask the Secretary of State about matter {number}.", "answeringBodyId": 17,
        "answeringBodyName": "Department of Health and Social Care", "isWithdrawn": False, "isNamedDay": False,
        "groupedQuestions": [], "answerIsHolding": False if answer else None, "answerIsCorrection": False if answer else None,
        "answeringMemberId": 4 if answer else None, "answeringMember": None, "correctingMemberId": None, "correctingMember": None,
        "dateAnswered": "2026-11-20T00:00:00" if answer else None, "answerText": f"<p>{answer}</p>" if answer else None,
        "dateAnswerCorrected": None, "dateHoldingAnswer": None, "attachmentCount": 0, "heading": f"Matter {number % 5}",
        "attachments": [], "groupedQuestionsDates": [],
    } | others  # fmt: skip
    return {"value": value, "links": [{"rel": "self", "href": f"/Questions/{number}", "method": "GET"}]}


def questions(count: int) -> list[Json]:
    """Questions of both Houses over some weeks: a third without an answer, a third with a long one, a few with a long text."""
    days = [f"2026-10-{day:02}" for day in range(1, 32)] + [f"2026-11-{day:02}" for day in range(1, 21)]
    return [
        question(
            1_900_000 + n,
            house="Lords" if n % 6 == 0 else "Commons",
            tabled=days[n * len(days) // count],
            answer=("", "Yes.", f"As was said of matter {n}: " + "much is done, " * 30)[n % 3],
            **({"questionText": f"To ask at length about {n}, " + "and more " * 40 + "so?"} if n % 10 == 9 else {}),
        )
        for n in range(count)
    ]


def members(count: int) -> list[Json]:
    return [
        {"value": {
            "id": n, "nameListAs": f"{n}, Member", "nameDisplayAs": f"Member {n}", "gender": "F" if n % 2 else "M",
            "latestParty": {"id": 15, "name": "Labour"},
            "latestHouseMembership": {"membershipFrom": "Anywhere", "membershipFromId": 4000 + n, "house": 1,
                                      "membershipStartDate": "2024-07-04T00:00:00", "membershipStatus": {"statusIsActive": True}},
        }}
        for n in range(1, count + 1)
    ]  # fmt: skip


def _history(number: int) -> Json:
    membership = {"house": 1, "membershipFrom": "Anywhere", "membershipFromId": 4000 + number,
                  "membershipStartDate": "2024-07-04T00:00:00", "membershipEndDate": None}  # fmt: skip
    party = {"party": {"id": 15, "name": "Labour"}, "startDate": "2024-07-04T00:00:00", "endDate": None}
    return {"value": {"id": number, "partyHistory": [party], "houseMembershipHistory": [membership], "nameHistory": []}}


def items(count: int) -> list[Json]:
    """Items of a list of the Linked Data API."""
    return [
        {"_about": f"http://data.parliament.uk/resources/{700_000 + n}", "uin": str(n), "questionText": f"To ask about {n}.",
         "date": {"_value": "2018-11-22", "_datatype": "dateTime"}, "houseId": {"_value": "1"},
         "AnsweringBody": [{"_value": "Ministry of Justice"}]}
        for n in range(count)
    ]  # fmt: skip


CONSTITUENCIES = [
    {"value": {"id": 4000 + n, "name": f"Place {n}", "startDate": "2024-05-31T00:00:00", "endDate": None}} for n in range(25)
]


class Handler(BaseHTTPRequestHandler):
    """Answers for a stub, or makes the trouble that it tells."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stub: Stub

    def do_GET(self) -> None:  # the name that http.server asks for
        stub = self.stub
        with stub.lock:
            stub.asked.append(self.path)
            stub.agents.add(self.headers["User-Agent"])
        trouble = stub.trouble(self.path)
        if trouble in TROUBLES:
            TROUBLES[trouble](self)
            return
        document = stub.document(self.path)
        if document is None:
            self.answer(404, b"")
            return
        body = json.dumps(document).encode()
        tag = f'"{sha256(body).hexdigest()[:8]}"'
        if self.headers.get("If-None-Match") == tag:
            self.answer(304, b"")
        elif trouble in BODIES:
            BODIES[trouble](self, body)
        else:
            self.answer(200, body, {"ETag": tag})

    def answer(self, status: int, body: bytes, headers: Headers | None = None, length: int | None = None) -> None:
        with self.stub.lock:
            self.stub.statuses[status] += 1
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def cut(self, body: bytes) -> None:
        self.answer(200, body[: len(body) // 2], length=len(body))
        self.close_connection = True

    def drip(self, body: bytes) -> None:
        self.answer(200, body[:10], length=len(body))
        try:
            time.sleep(SLOW)
            self.wfile.write(body[10:])
        except OSError:
            self.close_connection = True  # who asked has left

    def hang_up(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        pass


TROUBLES: dict[str, Callable[[Handler], None]] = {
    "throttled": lambda handler: handler.answer(429, b"", {"Retry-After": "7"}),
    "failing": lambda handler: handler.answer(500, b"<html>Server error</html>"),
    "away": lambda handler: handler.answer(503, b""),
    "silent": Handler.hang_up,
}
BODIES: dict[str, Callable[[Handler, bytes], None]] = {
    "broken": lambda handler, body: handler.answer(200, body[: len(body) // 2]),
    "excused": lambda handler, body: handler.answer(200, b'{"status": 500, "title": "An error occurred"}'),
    "cut": Handler.cut,
    "slow": Handler.drip,
}
EVERY_TROUBLE = (*TROUBLES, *BODIES)


@contextmanager
def serving(stub: Stub) -> Iterator[Stub]:
    """Serves the stub on a free port; ``stub.root`` is its address."""
    handler = type("StubHandler", (Handler,), {"stub": stub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        stub.root = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
