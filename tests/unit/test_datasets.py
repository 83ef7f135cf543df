import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pqlod.datasets import Datasets
from pqlod.errors import StoreError
from pqlod.lda.model import Source
from pqlod.rdf import PQLOD, NamedNode
from pqlod.store.generations import Generations
from pqlod.store.keeping import roll_back
from pqlod.store.remote import RemoteDataset

EMBEDDED = Source(PQLOD.store)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    """A store of which four generations were made, so that the first is gone."""
    made = Generations(tmp_path / "store", grace=0)
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

    assert opened.generation == 4
    assert opened.loaded == generations.last_loaded


def test_a_generation_that_is_kept_is_opened(generations: Generations) -> None:
    opened = Datasets(generations, None).open(EMBEDDED, 3)

    assert opened.generation == 3
    assert opened.loaded == generations.loaded(3)


@pytest.mark.parametrize("number", [1, 99], ids=["gone", "to come"])
def test_a_generation_that_is_not_there_is_replaced_by_the_current_one(generations: Generations, number: int) -> None:
    assert Datasets(generations, None).open(EMBEDDED, number).generation == 4


def spoil_manifest(generations: Generations) -> None:
    with generations.writing() as writing:
        writing.store.update("INSERT DATA { <urn:s> <urn:p> 5 }")
    for path in generations.path(5).glob("MANIFEST*"):
        path.unlink()
        path.write_bytes(b"x" * 50)


def spoil_current(generations: Generations) -> None:
    (generations.folder / "CURRENT").write_text("five\n")


def renew_format(generations: Generations) -> None:
    (generations.folder / "FORMAT").write_text("pqlod store 2\n")
    (generations.folder / "CURRENT").write_text("17\n")


def forbid(generations: Generations) -> None:
    (generations.folder / "CURRENT").unlink()
    (generations.folder / "CURRENT").symlink_to("CURRENT")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (spoil_manifest, "is damaged"),
        (spoil_current, "is damaged"),
        (renew_format, "of version 2"),
        (forbid, "is damaged: Too many"),
    ],
    ids=["damaged generation", "damaged store", "store of a newer version", "store that may not be read"],
)
def test_a_store_that_cannot_be_read_any_more_is_served_on_as_it_was(
    generations: Generations, caplog: pytest.LogCaptureFixture, harm: Callable[[Generations], None], message: str
) -> None:
    datasets = Datasets(Generations(generations.folder), None)
    before = datasets.open(EMBEDDED)
    harm(generations)

    assert [datasets.open(EMBEDDED) for _ in range(2)] == [before, before]

    assert [record.message.count("Generation 4 is served on.") for record in caplog.records] == [1]
    assert message in caplog.text
    with pytest.raises(StoreError, match=message):
        Datasets(Generations(generations.folder), None).open(EMBEDDED)


def test_a_store_that_can_be_read_again_is(generations: Generations) -> None:
    datasets = Datasets(Generations(generations.folder), None)
    datasets.open(EMBEDDED)
    spoil_manifest(generations)
    datasets.open(EMBEDDED)

    roll_back(Generations(generations.folder), 3)

    assert datasets.open(EMBEDDED).generation == 6


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
