"""Exports, and what a store is said to hold."""

import json
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from pqlod.errors import SourceError, StoreError
from pqlod.export import export, info
from pqlod.loading import load
from pqlod.packing import unpacked
from pqlod.rdf import DefaultGraph


@pytest.fixture
def store(tmp_path: Path) -> Path:
    question = {"uin": "1", "house": "Commons", "date_tabled": "2024-01-05", "source": "wq-api", "source_id": 17}
    (tmp_path / "q.jsonl").write_text(json.dumps(question))
    load([tmp_path / "q.jsonl"], tmp_path / "store")
    return tmp_path / "store"


@pytest.mark.parametrize(
    ("name", "syntax"),
    [("x.nq", RdfFormat.N_QUADS), ("x.NT", RdfFormat.N_TRIPLES), ("x.y.ttl", RdfFormat.TURTLE)],
)
@pytest.mark.parametrize("packed", ["", ".gz", ".zst"], ids=["plain", "gzip", "Zstandard"])
def test_the_suffix_says_the_syntax(store: Path, tmp_path: Path, name: str, syntax: RdfFormat, packed: str) -> None:
    output = tmp_path / (name + packed)

    count = export(store, output)

    with unpacked(output) as file:
        content = file.read()
    quads = list(parse(content, syntax))
    assert len(quads) == count
    assert {quad.graph_name == DefaultGraph() for quad in quads} == ({True, False} if syntax == RdfFormat.N_QUADS else {True})


def test_the_same_data_gives_the_same_archive(store: Path, tmp_path: Path) -> None:
    for name in ("a.nt.gz", "b.nt.gz"):
        export(store, tmp_path / name)

    assert (tmp_path / "a.nt.gz").read_bytes() == (tmp_path / "b.nt.gz").read_bytes()


@pytest.mark.parametrize("name", ["x", "x.json", "x.gz", "x.ttl.xz"])
def test_another_suffix_is_refused(store: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"one of \.nq, \.nt, \.ttl, \.jsonl, \.zip, or one of them with \.gz or \.zst"):
        export(store, tmp_path / name)


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(store: Path, tmp_path: Path) -> None:
    (tmp_path / "x.nq").mkdir()

    with pytest.raises(SourceError, match=r"x\.nq: Cannot be written"):
        export(store, tmp_path / "x.nq")

    assert not list(tmp_path.glob(".*"))


def test_a_missing_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        export(tmp_path / "nothing", tmp_path / "x.nq")


def test_a_store_is_told_by_class_and_source(store: Path) -> None:
    holdings = info(store)

    assert holdings.generation == 1
    assert holdings.classes == {"Concept": 1, "House": 1, "WrittenParliamentaryQuestion": 1}
    assert holdings.sources == {"wq-api": 1}
    assert holdings.size > 0
    assert f"{holdings.triples:,} triples" in str(holdings)
    assert "WrittenParliamentaryQuestion" in str(holdings)
