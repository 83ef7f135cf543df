"""The queries that documents show find something in the sample."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

TEXTS = [Path(__file__).parents[1].joinpath("docs", name).read_text("utf-8") for name in ("sparql.md", "loading.md")]
EXAMPLES = [query for text in TEXTS for query in re.findall(r"^```sparql\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: re.sub(r"\s+", " ", example)[-40:])
def test_an_example_finds_something(client: FlaskClient, example: str) -> None:
    response = client.get("/sparql", query_string={"query": example}, headers={"Accept": "text/csv, application/n-triples"})

    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.data.count(b"\n") > 1


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3
