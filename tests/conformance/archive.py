"""What the tests of features and defects share: the archive of letters in features/, and a reader of an API's answers."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from lxml import etree, html
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from pqlod.rdf import Graph, Namespace

FEATURES = Path(__file__).with_name("features")
PREFIXES = "".join(re.findall(r"(?m)^@prefix.*\n", (FEATURES / "config.ttl").read_text(encoding="utf-8")))
L, ID = Namespace("http://letters.example/def/"), Namespace("http://letters.example/id/")
AT = "http://letters.test/archive"  # where its configuration says that it is
UNINDENTED = etree.XMLParser(remove_blank_text=True)


class Reader:
    """Asks an application for a page, and reads the answer in one of its formats; a failed request fails the test."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **headers: str) -> TestResponse:
        """Whatever is answered; headers by their names with ``_`` for ``-``."""
        return self.client.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def read(self, url: str, **headers: str) -> TestResponse:
        answer = self.get(url, **headers)
        assert answer.status_code == 200, answer.text
        return answer

    def result(self, url: str, **headers: str) -> Any:
        """The page in JSON; fractions are Decimal."""
        return json.loads(self.read(url, **headers).data, parse_float=Decimal)["result"]

    def at(self, url: str, way: str) -> Any:
        """What stands in the JSON at the end of a way such as ``items 0 label``; None where there is nothing."""
        found = self.result(url)
        for step in way.split():
            found = found[int(step)] if isinstance(found, list) else found.get(step)
        return found

    def names(self, url: str) -> str:
        """The last parts of the IRIs of a list's items, in order."""
        iris = [item if isinstance(item, str) else item["_about"] for item in self.result(url)["items"]]
        return " ".join(iri.rpartition("/")[2] for iri in iris)

    def graph(self, url: str, **headers: str) -> Graph:
        return Graph(quad.triple for quad in parse(self.read(url, **headers).data, RdfFormat.TURTLE))

    def xml(self, url: str) -> etree._Element:
        return etree.fromstring(self.read(url).data, UNINDENTED)

    def html(self, url: str) -> html.HtmlElement:
        return html.fromstring(self.read(url).text)
