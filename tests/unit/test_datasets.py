import os
from pathlib import Path

import pytest

from pqlod.datasets import Datasets
from pqlod.errors import StoreError
from pqlod.lda.model import Source
from pqlod.rdf import PQLOD, NamedNode
from pqlod.store.generations import Generations
from pqlod.store.remote import RemoteDataset

EMBEDDED = Source(PQLOD.store)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    """A store of which four generations were made, so that the first is gone."""
    made = Generations(tmp_path / "store")
    for number in range(4):
        with made.writing() as writing:
            writing.store.update(f"INSERT DATA {{ <urn:s> <urn:p> {number} }}")
    return made


@pytest.fixture
def files(tmp_path: Path) -> Source:
    (tmp_path / "data.nt").write_text("<urn:s> <urn:p> <urn:o> .\n")
    return Source(NamedNode("local:data.nt"), (str(tmp_path / "data.nt"),))


def test_the_embedded_store_is_opened_at_its_current_generation(generations: Generations) -> None:
    opened = Datasets(generations, None).open(EMBEDDED)

    assert (opened.generation, opened.dataset.version) == (4, "4")
    assert opened.loaded == generations.last_loaded


def test_a_generation_that_is_kept_is_opened(generations: Generations) -> None:
    opened = Datasets(generations, None).open(EMBEDDED, 3)

    assert (opened.generation, opened.dataset.version) == (3, "3")
    assert opened.loaded == generations.loaded(3)


@pytest.mark.parametrize("number", [1, 99], ids=["gone", "to come"])
def test_a_generation_that_is_not_there_is_replaced_by_the_current_one(generations: Generations, number: int) -> None:
    assert Datasets(generations, None).open(EMBEDDED, number).generation == 4


def test_without_a_store_the_message_says_how_to_give_one() -> None:
    with pytest.raises(StoreError, match="--store"):
        Datasets(None, None).open(EMBEDDED)


def test_files_are_read_once(files: Source) -> None:
    datasets = Datasets(None, None)

    assert datasets.open(files).dataset is datasets.open(files).dataset


def test_changed_files_are_read_again(files: Source) -> None:
    datasets = Datasets(None, None)
    before = datasets.open(files)
    Path(files.files[0]).write_text("<urn:s> <urn:p> <urn:other> .\n")
    os.utime(files.files[0], (1_000_000_000, 1_000_000_000))

    after = datasets.open(files)

    assert after.dataset.version != before.dataset.version
    assert after.loaded is not None
    assert after.loaded.year == 2001


def test_a_missing_file_is_named(files: Source) -> None:
    Path(files.files[0]).unlink()

    with pytest.raises(StoreError, match=r"data\.nt"):
        Datasets(None, None).open(files)


def test_an_address_is_an_endpoint_elsewhere() -> None:
    datasets, source = Datasets(None, None), Source(NamedNode("http://sparql.example/"))

    opened = datasets.open(source)

    assert isinstance(opened.dataset, RemoteDataset)
    assert datasets.open(source).dataset is opened.dataset
