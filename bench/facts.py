"""Values that a store has, for requests that find something: items, a month, a department, a member, words."""

import json
import random
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from http_client import Failed, get
from servers import Server

ITEMS = 2_000


@dataclass(frozen=True)
class Facts:
    """``values`` fill the braces of paths and queries; ``items`` are IRIs, ``item_paths`` where they are served."""

    values: Mapping[str, str]
    items: tuple[str, ...]
    total: int

    @property
    def item_paths(self) -> list[str]:
        return [urlsplit(item).path for item in self.items]

    def fill(self, text: str) -> str:
        """A path or query with its values; in a path they are encoded."""
        encode = quote if text.startswith(("/", "{item_path}")) else str
        for name, value in self.values.items():
            text = text.replace(f"{{{name}}}", value if name == "item_path" else encode(value))
        return text

    def mixed(self) -> list[str]:
        """Paths as readers ask them: items and lists of every kind, in several formats, each some times more than others."""
        chosen = random.Random(3)
        pages = max(self.total // 10, 1)
        lists = [
            "/commonswrittenquestions.html", "/commonswrittenquestions.json", "/answeredquestions.json",
            "/commonswrittenquestions.html?AnsweringBody={body}", "/commonswrittenquestions.json?tablingMember={member}",
            "/commonswrittenquestions.html?_search={word1}+{word2}", "/members.json", "/commonswrittenquestions.ttl",
            "/commonswrittenquestions.csv?_pageSize=100", "/commonswrittenquestions.xml",
        ]  # fmt: skip
        deep = [f"/commonswrittenquestions.json?_page={chosen.randrange(pages)}" for _ in range(200)]
        items = [path + chosen.choice((".json", ".html", ".html", ".ttl")) for path in self.item_paths]
        query = quote("SELECT ?s { ?s a <http://data.parliament.uk/schema/parl#WrittenParliamentaryQuestion> } LIMIT 10")
        return [*items, *deep, *(self.fill(path) for path in lists * 40), *[f"/sparql?query={query}&format=json"] * 20]


def facts_of(server: Server, store: Path) -> Facts:
    """What the store that this server serves has."""

    def result(path: str) -> Any:
        answer = get(server.url + path)
        if answer.status != 200:
            raise Failed(f"{path} was answered with {answer.status}")
        return json.loads(answer.body)["result"]

    total = int(result("/commonswrittenquestions.json?_pageSize=1")["totalResults"])
    items = _items(result, total)
    question = _answered(result)
    member = question["tablingMember"]
    words = _words(store)
    values = {
        "deep": str(min(4_999, max(total // 20, 0))),
        "last": str(max(total - 1, 0) // 10),
        "month": question["dateTabled"]["_value"][:7],
        "body": question["AnsweringBody"][0]["_value"],
        "member": member["_about"] if isinstance(member, dict) else member,
        "item": items[0],
        "item_path": urlsplit(items[0]).path,
        **words,
    }
    return Facts(values, items, total)


def _items(result: Any, total: int) -> tuple[str, ...]:
    """Items from everywhere in the list, in no order."""
    chosen = random.Random(11)
    size = 100
    pages = chosen.sample(range(max(total // size, 1)), min(ITEMS // size, max(total // size, 1)))
    found = [
        item["_about"]
        for page in pages
        for item in result(f"/commonswrittenquestions.json?_pageSize={size}&_page={page}")["items"]
    ]
    chosen.shuffle(found)
    return tuple(found)


def _answered(result: Any) -> Any:
    view = "_view=description&_properties=answer.dateOfAnswer"
    (question,) = result(f"/answeredquestions.json?_page=300&_pageSize=1&{view}&legislature=commons")["items"]
    return question


def _words(store: Path) -> dict[str, str]:
    """Two words of which 100 to 5,000 questions have both, and the most frequent word."""
    generation = (store / "CURRENT").read_text("ascii").strip().zfill(6)
    file = store / "generations" / generation / "words.sqlite"
    with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'row')")
        terms = connection.execute(
            "SELECT term, doc FROM temp.terms WHERE length(term) > 4 AND term GLOB '[a-z]*' ORDER BY doc DESC LIMIT 300"
        ).fetchall()
        for word1, _ in terms[40:]:
            for word2, _ in terms[41:]:
                count = "SELECT count(*) FROM words WHERE words MATCH ?"
                (both,) = connection.execute(count, (f'texts : ("{word1}" "{word2}")',)).fetchone()
                if word1 != word2 and 100 <= both <= 5_000:
                    return {"word1": word1, "word2": word2, "frequent": terms[0][0]}
    raise Failed("There are no two words that 100 to 5,000 questions have.")
