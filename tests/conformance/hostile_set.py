"""The hostile set: queries and requests that should hurt nobody, and what is to become of each.

``Attack.fits`` is matched by the outcome: a status, the name of the limit that was met, or "cut off" for a connection
that was broken after the response had begun.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
EX = "http://hostile.example/"

# Which outcomes there may be. Whichever limit is met first depends on the machine.
ENDED = "503 (time|memory|bytes)|cut off"
REFUSED = "403|400"
TOO_COMPLEX = "400 complexity|400 nesting|400|" + ENDED
ANSWERED = "200"


@dataclass(frozen=True)
class Attack:
    """One request, and the outcomes that are right for it."""

    fits: str
    method: str = "POST"
    target: str = "/sparql"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def query(text: str, fits: str, accept: str = "application/sparql-results+json, text/turtle;q=0.9") -> Attack:
    return Attack(fits, body=text.encode(), headers={"Content-Type": QUERY, "Accept": accept})


def page(text: str, fits: str) -> Attack:
    """A query whose result is shown as a page."""
    return query(text, fits, "text/html")


def form(fits: str, *parameters: tuple[str, str]) -> Attack:
    return Attack(fits, body=urlencode(parameters).encode(), headers={"Content-Type": FORM})


def get(fits: str, target: str) -> Attack:
    return Attack(fits, "GET", target)


CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
LONG = "x" * 190_000

# They run until a limit ends them.
ENDLESS: Mapping[str, Attack] = {
    "cross product, counted": query(f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", ENDED),
    "cross product, every row": query(f"SELECT * {{ {CROSS} }}", ENDED),
    "cross product, sorted": query(f"SELECT * {{ {CROSS} }} ORDER BY ?i ?f ?c", ENDED),
    "cross product, distinct": query(f"SELECT DISTINCT ?a ?d ?g {{ {CROSS} }}", ENDED),
    "cross product, grouped": query(f"SELECT ?a ?d (COUNT(?g) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d", ENDED),
    "cross product, as a graph": query(f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {CROSS} }}", ENDED),
    "cross product, on a page": page(f"SELECT (COUNT(*) AS ?n) {{ {CROSS} }}", ENDED),
    "cross product of searches": query(
        "PREFIX p: <urn:pqlod:vocab:> SELECT (COUNT(*) AS ?n) "
        f'{{ SERVICE p:search {{ ?x p:matches "question OR the OR a" ; p:limit 100 }} {CROSS} }}',
        ENDED + "|400",
    ),
    "path both ways, any length": query(f"SELECT (COUNT(*) AS ?n) {{ ?a (<{EX}to>|^<{EX}to>)* ?b }}", ENDED),
    "path of any property": query("SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^<urn:x>)+ ?b . ?b (!<urn:y>)* ?c }", ENDED),
    "stars in stars": query(f"SELECT (COUNT(*) AS ?n) {{ ?a (((<{EX}to>*)*)*/^<{EX}to>*)* ?b }}", ENDED),
    "values times values": query(
        "SELECT (COUNT(*) AS ?n) {"
        + " ".join(f"VALUES ?v{each} {{ {' '.join(map(str, range(8000)))} }}" for each in range(4))
        + " FILTER(?v0 + ?v1 + ?v2 + ?v3 < 0) }",
        ENDED,
    ),
    "regular expressions on everything": query(
        'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(.*a.*b.*c.*d)+$", "i")) }', ENDED
    ),
    "filters that look everywhere": query(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c FILTER NOT EXISTS { ?x ?y ?z FILTER(STRLEN(CONCAT(STR(?c), STR(?z))) < 0) } }", ENDED
    ),
    "many optionals of everything": query(
        "SELECT * { ?a ?b ?c " + "OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } " * 20 + "}", ENDED
    ),
    "text that doubles": query(
        f'SELECT ?x40 {{ BIND("{"x" * 100}" AS ?x0) '
        + " ".join(f"BIND(CONCAT(?x{each}, ?x{each}) AS ?x{each + 1})" for each in range(40))
        + " }",
        "200|" + ENDED,
    ),
    "all texts in one": query("SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?all) { ?a ?b ?c . ?d ?e ?f }", ENDED),
    "one long text for each": query(f'SELECT (GROUP_CONCAT(CONCAT(STR(?c), "{LONG}")) AS ?all) {{ ?a ?b ?c }}', ENDED),
    "a large value on a page": page(f'SELECT (GROUP_CONCAT(CONCAT(STR(?c), "{LONG[:2000]}")) AS ?all) {{ ?a ?b ?c }}', ENDED),
    "in a list of the API": get(ENDED, "/answeredquestions.json?_where=" + quote(CROSS)),
    "as the order of a list": get(ENDED, "/answeredquestions.json?_orderBy=" + quote("?z") + "&_where=" + quote(CROSS)),
    "as the view of a list": get(ENDED, "/answeredquestions.json?_template=" + quote(CROSS)),
}

# They are answered or refused soon.
BRIEF: Mapping[str, Attack] = {
    "ten thousand optionals": query("SELECT * {" + "OPTIONAL{?a ?b ?c}" * 10_000 + "}", TOO_COMPLEX),
    "ten thousand unions": query("SELECT * {" + "UNION".join(["{?a ?b ?c}"] * 10_000) + "}", TOO_COMPLEX + "|200"),
    "twenty thousand braces": query("SELECT * " + "{" * 20_000 + "}" * 20_000, TOO_COMPLEX),
    "twenty thousand open braces": query("SELECT * " + "{" * 20_000, TOO_COMPLEX),
    "braces within the limit": query("SELECT * " + "{" * 95 + "?a ?b ?c" + "}" * 95 + " LIMIT 1", "200|" + TOO_COMPLEX),
    "fifty thousand negations": query("SELECT * { FILTER(" + "!" * 50_000 + "true) }", TOO_COMPLEX + "|200"),
    "fifty thousand minus signs": query("SELECT * { BIND(" + "- " * 50_000 + "?a AS ?x) }", TOO_COMPLEX + "|200"),
    "fifty thousand sums": query("SELECT * { BIND(1" + "+1" * 50_000 + " AS ?x) }", TOO_COMPLEX + "|200"),
    "twenty thousand alternatives": query("SELECT * { FILTER(1=2" + "||1=2" * 20_000 + ") }", TOO_COMPLEX + "|200"),
    "nested quoted triples": query("SELECT * { " + "<<" * 20_000 + " ?a ?b ?c " + ">>" * 20_000 + " ?p ?o }", TOO_COMPLEX),
    "ten thousand steps of a path": query(
        "SELECT * { ?a " + "/".join([f"<{EX}to>"] * 4000) + " ?b } LIMIT 1", TOO_COMPLEX + "|200"
    ),
    "ten thousand inversions": query("SELECT * { ?a " + "^" * 20_000 + f"<{EX}to> ?b }}", TOO_COMPLEX),
    "thousands of unknown functions": query(
        "SELECT (COALESCE(" + ",".join(f"<urn:f{each}>(1)" for each in range(4000)) + ",1) AS ?x) {}", TOO_COMPLEX + "|200"
    ),
    "huge VALUES": query("SELECT (COUNT(*) AS ?n) { VALUES ?x { " + " ".join(map(str, range(30_000))) + " } }", ANSWERED),
    "huge VALUES in a pattern": query(
        "SELECT (COUNT(*) AS ?n) { ?x ?p ?o VALUES ?x { " + " ".join(f"<{EX}{each}>" for each in range(5000)) + " } }",
        "200|" + ENDED,
    ),
    "regular expression that backtracks": query(f'ASK {{ FILTER(REGEX("{"a" * 50_000}b", "(a+)+$")) }}', ANSWERED),
    "regular expression that is large": query('ASK { FILTER(REGEX("a", "((a{1,1000}){1,1000}){1,1000}")) }', ANSWERED),
    "replacement that grows": query(
        f'ASK {{ FILTER(STRLEN(REPLACE("{"a" * 90_000}", "a", "{"b" * 90_000}")) > 1) }}', "200|" + ENDED
    ),
    "strings that are open": query("SELECT * { ?a ?b " + "'''\"" * 40_000, REFUSED),
    "operators that may be IRIs": query("SELECT * { FILTER(" + "?a<?b&&" * 25_000 + "true) }", TOO_COMPLEX + "|200"),
    "thousands of prefixes": query("PREFIX a:<urn:a>" * 11_000 + "ASK {}", "200|400"),
    "thousands of graphs": form(
        "200|400|503 time", ("query", "ASK {}"), *[("default-graph-uri", f"{EX}{each}") for each in range(9000)]
    ),
    "no query": Attack("400", headers={"Content-Type": QUERY}),
    "no UTF-8": Attack("400", body=b"ASK {} # \xff\xfe", headers={"Content-Type": QUERY}),
    "zeros": Attack("400", body=b"\0" * 100_000, headers={"Content-Type": QUERY}),
    "10 MB as the body": Attack("413 body", body=b"ASK {}" + b" " * 10_000_000, headers={"Content-Type": QUERY}),
    "10 MB in a form": Attack("413 body", body=b"query=" + b"%20" * 3_500_000, headers={"Content-Type": FORM}),
    "10 MB in the address": get("4..|cut off.*", "/sparql?query=" + "a" * 10_000_000),
    "1 MB as the body": Attack("400 query length", body=b"ASK {}" + b" " * 1_000_000, headers={"Content-Type": QUERY}),
    "an update": form("400", ("update", "DROP ALL")),
    "an update as a query": query("DROP ALL", "400"),
    "an update where writing is off": Attack(
        "403", "POST", "/update", b"DROP ALL", {"Content-Type": "application/sparql-update"}
    ),
}


def calls(port: int) -> Iterator[tuple[str, Attack]]:
    """Every spelling of a call of this port of loopback; it is to be refused, and nobody to call."""
    for name, text in _spellings(f"http://127.0.0.1:{port}/").items():
        yield f"SERVICE {name}", query(text, REFUSED)
    for name, text in _loads(f"http://127.0.0.1:{port}/").items():
        update = {"Content-Type": "application/sparql-update"}
        yield f"LOAD {name}", Attack(REFUSED, "POST", "/update", text.encode(), update)
        yield f"LOAD {name}, as a query", query(text, REFUSED)
    group = f"?item ?p ?o SERVICE <http://127.0.0.1:{port}/> {{ ?a ?b ?c }}"
    for parameter in ("_where", "_template", "_select", "_orderBy"):
        yield f"SERVICE in {parameter}", get(REFUSED, f"/answeredquestions.json?{parameter}={quote(group)}")
    away = quote(f"http://127.0.0.1:{port}/x")
    yield "a graph that is elsewhere", query(f"SELECT * FROM <http://127.0.0.1:{port}/x> {{ ?s ?p ?o }}", ANSWERED)
    yield "a dataset that is elsewhere", get(ANSWERED, f"/sparql?query=ASK+%7B%7D&default-graph-uri={away}&format=json")


def _spellings(iri: str) -> Mapping[str, str]:
    call, group = f"SERVICE <{iri}>", "{ ?s ?p ?o }"
    escaped = "".join(f"\\U{ord(letter):08X}" for letter in "SERVICE")
    prefix = f"PREFIX : <{iri}> PREFIX l: <{iri}> "
    return {
        "plain": f"SELECT * {{ {call} {group} }}",
        "in small letters": f"SELECT * {{ {call.lower()} {group} }}",
        "in letters of both sizes": f"SELECT * {{ sErViCe <{iri}> {group} }}",
        "silent": f"SELECT * {{ SERVICE SILENT <{iri}> {group} }}",
        "by localhost": f"SELECT * {{ {call.replace('127.0.0.1', 'localhost')} {group} }}",
        "by a number": f"SELECT * {{ {call.replace('127.0.0.1', '2130706433')} {group} }}",
        "by IPv6": f"SELECT * {{ {call.replace('127.0.0.1', '[::ffff:127.0.0.1]')} {group} }}",
        "by a variable": f"SELECT * {{ VALUES ?x {{ <{iri}> }} SERVICE ?x {group} }}",
        "by a bound variable": f"SELECT * {{ BIND(<{iri}> AS ?x) SERVICE $x {group} }}",
        "by a prefixed name": f"{prefix} SELECT * {{ SERVICE l:x {group} }}",
        "by an empty prefix": f"{prefix} SELECT * {{ SERVICE :x {group} }}",
        "by a relative IRI": f"BASE <{iri}> SELECT * {{ SERVICE <x> {group} }}",
        "without spaces": f"{prefix} SELECT*{{SERVICE:x{group}}}",
        "grown together with SILENT": f"SELECT * {{ SERVICESILENT<{iri}>{group} }}",
        "grown together with what precedes": f"{prefix} SELECT * {{ ?s ?p trueSERVICE:x{group} }}",
        "after a number": f"SELECT * {{ ?s ?p 1SERVICE <{iri}> {group} }}",
        "after a comment": f"SELECT * {{ # nothing {{\n{call} {group} }}",
        "with a comment within": f"SELECT * {{ SERVICE # <urn:x>\n <{iri}> # {{\n {group} }}",
        "after a carriage return": f"SELECT * {{ # nothing\r{call} {group} }}",
        "after a form feed": f"SELECT * {{\f{call} {group} }}",
        "after a comparison that seems an IRI": f"{prefix} SELECT * {{ FILTER(1<2)SERVICE:x#>\n{group} }}",
        "after a string in a comment": f'{prefix} SELECT * {{ FILTER(1<2)#>"""\nSERVICE:x {group} }} #"""',
        "after an escaped quote": f'SELECT * {{ ?s ?p "\\"" . {call} {group} }}',
        "after a long string": f"SELECT * {{ ?s ?p '''a''b\\'''' . {call} {group} }}",
        "after an IRI with a fragment": f"SELECT * {{ ?s <urn:x#> ?o . {call} {group} }}",
        "with an escaped letter": f"SELECT * {{ \\u0053ERVICE <{iri}> {group} }}",
        "with every letter escaped": f"SELECT * {{ {escaped} <{iri}> {group} }}",
        "with an escaped space": f"SELECT * {{ SERVICE\\u0020<{iri}> {group} }}",
        "with an escaped line end in a comment": f"SELECT * {{ # \\u000A {call} {group}\n}}",
        "with an escaped quote": f"SELECT * {{ ?s ?p '\\u0027 . {call} {group} #'\n }}",
        "in a subquery": f"SELECT * {{ {{ SELECT * {{ {{ {call} {group} }} }} }} }}",
        "in an optional": f"SELECT * {{ OPTIONAL {{ {call} {group} }} }}",
        "in MINUS": f"SELECT * {{ ?s ?p ?o MINUS {{ {call} {group} }} }}",
        "in EXISTS": f"ASK {{ FILTER EXISTS {{ {call} {group} }} }}",
        "in GRAPH": f"SELECT * {{ GRAPH ?g {{ {call} {group} }} }}",
        "in HAVING": f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ {call} {group} }})",
        "in ORDER BY": f"SELECT ?s {{ ?s ?p ?o }} ORDER BY EXISTS {{ {call} {group} }}",
        "in CONSTRUCT": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {call} {group} }}",
        "in DESCRIBE": f"DESCRIBE ?s {{ {call} {group} }}",
        "within a search of our own": f"PREFIX p: <urn:pqlod:vocab:> SELECT * {{ SERVICE p:search {{ {call} {group} }} }}",
        "after a search of our own": 'PREFIX p: <urn:pqlod:vocab:> SELECT * { SERVICE p:search { ?x p:matches "a" } '
        f"{call} {group} }}",
        "under the name of our own": f"PREFIX p: <{iri}> SELECT * {{ SERVICE p:search {group} }}",
        "in an update": f"INSERT {{ ?s ?p ?o }} WHERE {{ {call} {group} }}",
    }


def _loads(iri: str) -> Mapping[str, str]:
    return {
        "plain": f"LOAD <{iri}>",
        "silent": f"LOAD SILENT <{iri}> INTO GRAPH <urn:g>",
        "in small letters": f"load<{iri}>into graph<urn:g>",
        "by a prefixed name": f"PREFIX l: <{iri}> LOAD l:x",
        "after another operation": f"INSERT DATA {{ <urn:a> <urn:b> 1 }} ; LOAD <{iri}>",
        "after a comment": f"# ;\nLOAD # <urn:x>\n<{iri}>",
        "with an escaped letter": f"\\u004COAD <{iri}>",
        "grown together": f"LOADSILENT<{iri}>",
    }
