"""How to fetch a page, or what is known of its item, by program: texts to be copied."""

import json
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pqlod.lda.pages import Page

PYTHON = """import requests

item = requests.get({address}).json()["result"]["primaryTopic"]
print(item)"""
R = """library(jsonlite)

item <- fromJSON({address})$result$primaryTopic
str(item)"""


class Copy(NamedTuple):
    """A text to be copied, by the name of the language that it is in."""

    language: str
    text: str


def copies(page: "Page") -> list[Copy]:
    """The address of an item's page, programs that fetch it as JSON, and the query that describes the item."""
    url = page.request.url.with_suffix("")
    address = str(url.in_format("json", by_suffix=page.api.negotiates_by_suffix))
    return [
        Copy("URL", str(url.without("_format"))),
        Copy("curl", f"curl --location {shlex.quote(address)}"),
        Copy("Python", PYTHON.format(address=json.dumps(address))),
        Copy("R", R.format(address=json.dumps(address))),
        Copy("SPARQL", f"DESCRIBE {page.item}"),
    ]
