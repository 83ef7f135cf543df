"""Makes requests that should bring no server down, sends them, and tells what became of them.

Each is a path of the API with parameters: good ones, good ones in bad company, expensive ones, and nonsense. The same
seed makes the same requests. Against a server that runs:

    python tests/conformance/fuzz.py http://127.0.0.1:8000 --requests 20000 --seed 7 --limit 10
"""

import argparse
import http.client
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, urlsplit

from pqlod.app import configuration_reader
from pqlod.lda.model import Api, Endpoint
from pqlod.lda.parameters import OPERATORS, RESERVED
from pqlod.lda.templates import VARIABLE

GRACE = 1.0  # seconds beyond the limit that an answer may take

METHODS = ["GET"] * 30 + ["HEAD", "OPTIONS", "POST", "PUT", "DELETE"]
ACCEPTS = [
    "",
    "application/json",
    "text/html",
    "text/turtle",
    "application/xml;q=0.5, */*;q=0.1",
    "image/png",
    "nonsense",
    "*/*;q=2",
]
SUFFIXES = ["", "", "", ".json", ".xml", ".csv", ".tsv", ".ttl", ".rdf", ".nt", ".jsonld", ".html", ".atom", ".exe", "."]

PLAUSIBLE = [
    "true", "false", "1", "2017", "2018-11-27", "2018-11-27T09:30:00", "2018-11-27T09:30:00Z", "2017/19", "194746", "HL6676",
    "Department for Education", "House of Commons", "commons", "Labour", "Walker", "Ministry of Justice", "housing", "4649",
    "60", "http://data.parliament.uk/members/4649", "http://data.parliament.uk/departments/60",
    "http://data.parliament.uk/resources/1012383", "WrittenParliamentaryQuestion", "parl_WrittenParliamentaryQuestion", "en",
    "none",
]  # fmt: skip
HOSTILE = [
    "", " ", "'", '"', '"""', "\\", "\\u0022", "}", "{", "{}", "{id}", "{{x}}", "${x}", "<", ">", "<x>", "?item", "$item",
    "%", "%zz", "#", ";", "|", "\n", "\r\n", "\t", "\0", "\x7f", "\ufffe", "\u2028", "é" * 50, "🦆", "a" * 5000, "-1", "0",
    "99999999999999999999", "1e400", "NaN", "-INF", "0x1", "１２", "2018-02-30", "10000-01-01", "-0001-01-01", "24:00:00",
    "http://", "http://[", "urn:x", "mailto:a@b", "javascript:alert(1)", "//x", "../../etc/passwd", "_:b", "_:b0",
    "' OR 1=1 --", '" } UNION { ?a ?b ?c } #', "> . ?item ?p ?o . <urn:x", '"^^<urn:x>', '"@en', "<script>alert(1)</script>",
    "AND OR NOT", '"open', "*", "a*", "*bbo*", "NOT x", "(a OR", "a-b", "free+AND+schools", "NEAR(a b)", "question:x",
    "a" * 300 + "*", "true,false", "\u202e",
]  # fmt: skip
WHERES = [
    "?item ?p ?o", "?a ?b ?c . ?d ?e ?f . ?g ?h ?i", "?item (!<urn:x>)* ?o", "?item (<urn:x>|!<urn:x>)+ ?o",
    'FILTER(REGEX(STR(?item), "(a+)+$"))', "FILTER(STRLEN(STR(?item)) > 1000)", "BIND(1/0 AS ?x)", "}", "{", "{ ?item ?p",
    "?item", "{ SELECT * { ?x ?y ?z . ?s ?t ?u . ?v ?w ?q } }", "SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }",
    "OPTIONAL { ?item ?p ?o } " * 300, "{" * 200 + "}" * 200, "VALUES ?item { <urn:x> }",
    "?item a parl:WrittenParliamentaryQuestion", "?item a nope:Thing", "# a comment", "MINUS { ?item ?p ?o }",
    "GRAPH ?g { ?item ?p ?o }", '?item ?p "open', "FILTER(?item = ?item) } # ", "UNION", "?item ?p ?o ; ; .",
    "FILTER NOT EXISTS { ?a ?b ?c . ?d ?e ?f . FILTER(?a != ?d && ?c = ?e) }", "?item <http://x/%zz> ?o",
]  # fmt: skip
SELECTS = [
    "SELECT ?item WHERE { ?item ?p ?o }", "SELECT ?item WHERE { ?item ?p ?o . ?a ?b ?c . ?d ?e ?f } ORDER BY ?f",
    "SELECT * { ?item ?p ?o }", "SELECT ?x { ?x ?p ?o }", "ASK { ?item ?p ?o }",
    "CONSTRUCT { ?item ?p ?o } WHERE { ?item ?p ?o }", "SELECT ?item { } ORDER BY",
    "SELECT ?item WHERE { ?item ?p ?o } ORDER BY RAND() LIMIT 5", "DROP ALL", "SELECT ?item { ?item ?p ?o } LIMIT 3 OFFSET 2",
    "PREFIX x: <urn:x:> SELECT ?item { ?item x:y ?o }", "SELECT (1 AS ?item) {}", 'SELECT ("x" AS ?item) {}',
    "SELECT ?item { ?item ?p ?o",
    "SELECT ?item (COUNT(*) AS ?n) { ?item ?p ?o . ?o ?q ?r . ?s ?t ?item } GROUP BY ?item ORDER BY DESC(?n)",
]  # fmt: skip
ORDERS = [
    "?item", "DESC(?item)", "?nothing", "RAND()", "STRLEN(STR(?item))", "DESC(", ")", "?item LIMIT 1", "", "1/0", "?item # x",
    "COUNT(*)",
]  # fmt: skip
TEMPLATES = [
    "?item ?p ?o", "?item ?p ?o . ?o ?q ?r", "?a ?b ?c", "?a ?b ?c . ?d ?e ?f", "?item <urn:p> ?o", "{", "?item a",
    "_:b ?p ?item", '?item <urn:p> "x"', "?item ?p ?o . ?s ?q ?o . ?s ?r ?t",
]  # fmt: skip
BAD_NUMBERS = ["2147483648", "-1", "1.5", "x", "+3"]


@dataclass(frozen=True)
class Request:
    """What is sent; ``target`` is a path with its query, percent-encoded."""

    method: str
    target: str
    accept: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came back: the status (0 if nothing did), how long that took, and the limit that a refusal names."""

    request: Request
    status: int
    seconds: float
    size: int = 0
    limit: str = ""
    retry_after: str = ""
    error: str = ""

    def __str__(self) -> str:
        url = self.request.target if len(self.request.target) <= 400 else self.request.target[:400] + "…"
        told = " ".join(part for part in (self.limit and f"limit {self.limit}", self.error) if part)
        return f"{self.seconds:7.2f} s  {self.status}  {self.size:>9} bytes  {self.request.method} {url}  {told}"


class Fuzzer:
    """Makes requests from the words of an API. Half of them are wild: in these anything may be wrong."""

    def __init__(self, api: Api, random: Random) -> None:
        self.api, self.random = api, random
        self.is_wild = False
        declared = [name for name in api.vocabulary.names() if api.vocabulary.inputs[name] in api.vocabulary.properties]
        # Names of properties that the API declares come often, of other known terms seldom.
        self.names = declared * 5 + list(api.vocabulary.names())

    def requests(self, number: int) -> Iterator[Request]:
        return (self.request() for _ in range(number))

    def request(self) -> Request:
        self.is_wild = self.random.random() < 0.5
        endpoint = self.random.choice(self.api.endpoints)
        path, parameters = self.path(endpoint), [self.parameter(endpoint) for _ in range(self.few())]
        if self.maybe(0.1):
            parameters.append(
                self.random.choice(["&", "=", "=x", "a=b=c", "x", "%", "%ff=%fe", "a%00=b", "_page", "&&&", ";", "?", "a=%zz"])
            )
        if self.maybe(0.1) and parameters:
            parameters.append(self.random.choice(parameters))
        target = path + ("?" + "&".join(parameters) if parameters else "")
        return Request(self.random.choice(METHODS) if self.is_wild else "GET", target, self.random.choice(ACCEPTS))

    def path(self, endpoint: Endpoint) -> str:
        if endpoint.examples and not self.maybe(0.7):
            path = self.random.choice(endpoint.examples).partition("?")[0]
        else:
            path = VARIABLE.sub(lambda _: quote(self.value(), safe="/"), endpoint.template.path_part)
        if self.maybe(0.06):
            path += self.random.choice(["/", "//", "/x", "%00", "%ff", "%2e%2e", "/..", ";a=b", "%2F", "%", "/meta", "." * 50])
        return path + self.random.choice(SUFFIXES if self.is_wild else SUFFIXES[:-2])

    def parameter(self, endpoint: Endpoint) -> str:
        name, value = self.reserved(endpoint) if self.chance(0.5) else self.filter(endpoint)
        return f"{quote(name)}={quote(value, safe=':/')}"

    def filter(self, endpoint: Endpoint) -> tuple[str, str]:
        if endpoint.template.query_part and self.chance(0.3):
            return self.random.choice([(name, self.value()) for name, _ in endpoint.template.query_part])
        operator = self.random.choice([*OPERATORS, "", "", "exists", "exists", *(["nope"] if self.is_wild else [])])
        value = self.random.choice(["true", "false"]) if operator == "exists" and not self.maybe(0.2) else self.value()
        return f"{operator}-{self.property_path()}" if operator else self.property_path(), value

    def reserved(self, endpoint: Endpoint) -> tuple[str, str]:
        name = self.random.choice(
            [*RESERVED, "_sort", "_sort", "_properties", "_where", "page", "pageSize", *(["_nope"] if self.is_wild else [])]
        )
        make = self.makers(endpoint).get(name, self.value)
        return name, self.value() if self.maybe(0.2) else make()

    def makers(self, endpoint: Endpoint) -> dict[str, Callable[[], str]]:
        """What gives a value that fits, for each reserved parameter that has such."""
        choice = self.random.choice
        return {
            "_page": self.number,
            "page": self.number,
            "_pageSize": self.number,
            "pageSize": self.number,
            "_sort": lambda: ",".join(choice(["", "-"]) + self.property_path() for _ in range(self.few() + 1)),
            "_view": lambda: choice([*endpoint.viewers, *(["description", "nope"] if self.is_wild else [])]),
            "_properties": lambda: ",".join(self.property_path() for _ in range(self.few() + 1)),
            "_format": lambda: choice([*endpoint.formatters, "nope"]),
            "callback": lambda: choice(["f", "a.b", "alert(1)//", "_1"]),
            "_metadata": lambda: choice(["versions", "formats", "bindings", "execution", "all", "all,nope"]),
            "_lang": lambda: choice(["en", "cy", "none", "en,none", "x-y-z", "e" * 9]),
            "_count": lambda: choice(["yes", "no"]),
            "_search": self.value,
            "_generation": self.number,
            "near-lat": self.number,
            "near-long": self.number,
            "_distance": self.number,
            "_where": lambda: choice(WHERES),
            "_select": lambda: choice(SELECTS),
            "_orderBy": lambda: choice(ORDERS),
            "_template": lambda: choice(TEMPLATES),
        }

    def property_path(self) -> str:
        steps = self.few() // 2 + 1 if not self.chance(0.05) else self.random.randint(5, 60)
        return ".".join(self.step() for _ in range(steps)) + self.random.choice(["", "", "", "", "."])

    def step(self) -> str:
        if self.maybe(0.05):
            return self.value()
        name = "*" if self.chance(0.05) else self.random.choice(self.names)
        return "~" + name if self.chance(0.15) else name

    def value(self) -> str:
        return self.random.choice(HOSTILE if self.maybe(0.5) else PLAUSIBLE)

    def number(self) -> str:
        return self.random.choice(
            ["0", "1", "2", "10", "50", "1000", "5000", "2147483647", *(BAD_NUMBERS if self.is_wild else [])]
        )

    def few(self) -> int:
        return min(int(self.random.expovariate(0.6)), 8)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def maybe(self, share: float) -> bool:
        """Whether to do something wrong, in a wild request."""
        return self.is_wild and self.chance(share)


def send(connection: http.client.HTTPConnection, request: Request) -> Outcome:
    begin = time.monotonic()
    try:
        connection.request(request.method, request.target, headers={"Accept": request.accept} if request.accept else {})
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return Outcome(request, 0, time.monotonic() - begin, error=repr(error))
    seconds = time.monotonic() - begin
    problem = problem_of(body) if answer.status >= 500 else {}
    limit, detail = str(problem.get("limit", "")), str(problem.get("detail", ""))
    return Outcome(request, answer.status, seconds, len(body), limit, answer.getheader("Retry-After", ""), detail)


def problem_of(body: bytes) -> dict[str, object]:
    """The members of a problem; of a page or a text, those that it says."""
    try:
        return dict(json.loads(body))
    except ValueError:
        text = body.decode("utf-8", "replace")
        limit = re.search(r"the limit of <code>(.*?)</code>|at its (limit) of", text)
        return {"limit": (limit[1] or limit[2]) if limit else "", "detail": text[-300:]}


def send_all(root: str, requests: Iterable[Request], *, limit: float, at_once: int = 2) -> list[Outcome]:
    """What becomes of each request. Several are sent at once."""
    everything, address = list(requests), urlsplit(root)

    def send_share(share: int) -> list[Outcome]:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=limit + 30)
        with closing(connection):
            return [send(connection, request) for request in everything[share::at_once]]

    with ThreadPoolExecutor(at_once) as pool:
        return [outcome for share in pool.map(send_share, range(at_once)) for outcome in share]


def faults(outcomes: Iterable[Outcome], limit: float) -> list[Outcome]:
    """Those that should not have been: errors of the server but for refusals that name their limit, and late answers."""
    return [outcome for outcome in outcomes if not is_good(outcome) or outcome.seconds > limit + GRACE]


def is_good(outcome: Outcome) -> bool:
    if outcome.request.method == "HEAD" and outcome.status == 503:
        return bool(outcome.retry_after)
    return 200 <= outcome.status < 500 or (outcome.status == 503 and bool(outcome.limit and outcome.retry_after))


def report(outcomes: Sequence[Outcome]) -> str:
    """How many there were of each status, and the slowest five."""
    counts = Counter(f"{outcome.status} {outcome.limit}".strip() for outcome in outcomes)
    slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:5]
    lines = [f"{count:>6}  {status}" for status, count in sorted(counts.items())]
    return "\n".join([f"{len(outcomes)} requests", *lines, "The slowest:", *map(str, slowest)])


def fuzzer(seed: int) -> Fuzzer:
    """Of pqlod's own API."""
    return Fuzzer(configuration_reader(())().apis[0], Random(seed))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("root", help="such as http://127.0.0.1:8000")
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=10.0, help="the server's limit of a query, in seconds")
    options = parser.parse_args()
    outcomes = send_all(options.root, fuzzer(options.seed).requests(options.requests), limit=options.limit)
    print(report(outcomes))
    bad = faults(outcomes, options.limit)
    print(f"{len(bad)} of them should not have been:", *bad, sep="\n") if bad else print("None of them should not have been.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
