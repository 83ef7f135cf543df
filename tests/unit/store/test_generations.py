"""Generations: readers see a write whole or not at all, whatever becomes of the writer."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from pqlod.errors import StoreError
from pqlod.rdf import RDFS, DefaultGraph, Literal, NamedNode
from pqlod.store.embedded import EmbeddedDataset
from pqlod.store.generations import GenerationGone, Generations

ITEM = NamedNode("urn:item")


def quad(text: str, item: NamedNode = ITEM) -> Quad:
    return Quad(item, RDFS.label, Literal(text), DefaultGraph())


def texts(dataset: EmbeddedDataset) -> list[str]:
    return sorted(found.object.value for found in dataset.store.quads_for_pattern(None, None, None))


def publish(generations: Generations, text: str) -> None:
    with generations.writing() as writing:
        writing.store.add(quad(text))


def publish_patiently(generations: Generations, text: str) -> None:
    with generations.writing(patience=10) as writing:
        writing.store.add(quad(text))


def primary(generations: Generations) -> Path:
    """The folder of the writer's store, which is alone of its kind."""
    (place,) = (generations.folder / "primary").iterdir()
    return place


def fail_after(first: Quad) -> Iterator[Quad]:
    yield first
    raise ValueError("no more")


def fail_after_compaction(store: Store, outliving: list[Store]) -> None:
    """Leaves the store without the files of its generation, and with somebody who holds it."""
    outliving.append(store)
    store.optimize()
    raise ValueError("no more")


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "store")


def test_a_write_makes_the_store_and_its_first_generation(generations: Generations) -> None:
    with generations.writing() as writing:
        assert writing.is_empty
        assert not (generations.folder / "CURRENT").exists()
        writing.store.add(quad("one"))

    assert generations.exists
    assert (generations.current(), generations.numbers()) == (1, (1,))
    assert texts(generations.dataset()) == ["one"]
    assert generations.dataset().generation == 1


def test_readers_see_a_write_when_it_is_whole(generations: Generations) -> None:
    publish(generations, "one")
    reader = Generations(generations.folder)
    before = reader.dataset()

    with generations.writing() as writing:
        assert not writing.is_empty
        writing.store.add(quad("two"))
        assert reader.dataset() is before

    assert texts(reader.dataset()) == ["one", "two"]
    assert texts(before) == ["one"]


def test_a_primary_that_is_damaged_is_made_again(generations: Generations) -> None:
    publish(generations, "one")
    manifest = next(primary(generations).glob("MANIFEST-*"))
    manifest.write_bytes(manifest.read_bytes()[:-7] + b"damaged")

    publish(generations, "two")

    assert sorted(texts(generations.dataset())) == ["one", "two"]


def test_an_exception_throws_everything_away(generations: Generations) -> None:
    publish(generations, "one")

    with pytest.raises(ValueError, match="no more"), generations.writing() as writing:
        writing.store.bulk_extend(fail_after(quad("two")))

    assert generations.current() == 1
    publish(generations, "three")
    assert texts(generations.dataset()) == ["one", "three"]


def test_discard_throws_everything_away(generations: Generations) -> None:
    publish(generations, "one")

    with generations.writing() as writing:
        writing.store.add(quad("two"))
        writing.discard()

    publish(generations, "three")
    assert texts(generations.dataset()) == ["one", "three"]


def test_unchanged_makes_no_generation_and_keeps_primary(generations: Generations) -> None:
    publish(generations, "one")
    before = primary(generations)

    with generations.writing() as writing:
        writing.unchanged()

    assert generations.numbers() == (1,)
    publish(generations, "two")
    assert texts(generations.dataset()) == ["one", "two"]
    assert primary(generations) == before


def test_the_last_generations_are_kept(tmp_path: Path) -> None:
    generations = Generations(tmp_path, kept=2, grace=0)
    for text in ("one", "two"):
        publish(generations, text)
    oldest = generations.dataset(1)
    publish(generations, "three")

    assert generations.numbers() == (2, 3)
    assert texts(generations.dataset(2)) == ["one", "two"]
    assert texts(oldest) == ["one"]
    with pytest.raises(GenerationGone, match=r"Generation 1 is not kept\. Kept are: 2, 3\.") as caught:
        generations.dataset(1)
    assert (caught.value.number, caught.value.kept) == (1, (2, 3))


def test_a_generation_is_kept_for_some_time_after_it_was_superseded(tmp_path: Path) -> None:
    generations = Generations(tmp_path, kept=1, grace=60)
    for text in ("one", "two", "three"):
        publish(generations, text)
    long_ago = time.time() - 61
    os.utime(generations.path(2).parent / "generation.json", (long_ago, long_ago))

    publish(generations, "four")

    assert generations.numbers() == (2, 3, 4)


def test_a_writer_with_patience_waits_for_another(generations: Generations) -> None:
    with generations.writing() as writing:
        writing.store.add(quad("one"))
        patient = threading.Thread(target=publish_patiently, args=(Generations(generations.folder), "two"))
        patient.start()
    patient.join()

    assert texts(generations.dataset()) == ["one", "two"]


def test_the_logs_that_rocksdb_puts_aside_do_not_heap_up(generations: Generations) -> None:
    for number in range(4):
        publish(generations, str(number))

    assert len(list(primary(generations).glob("LOG.old.*"))) == 1


def test_datasets_are_opened_once(generations: Generations) -> None:
    publish(generations, "one")

    assert generations.dataset() is generations.dataset(1)


def test_another_store_in_the_same_folder_is_seen(generations: Generations) -> None:
    publish(generations, "one")
    assert texts(generations.dataset()) == ["one"]
    shutil.rmtree(generations.folder)

    publish(Generations(generations.folder), "another")

    assert texts(generations.dataset()) == ["another"]


def test_the_time_of_a_load_is_told(generations: Generations) -> None:
    publish(generations, "one")

    assert generations.last_loaded.tzinfo is not None
    assert generations.last_loaded == generations.loaded(1)


def test_another_writer_is_told_who_writes(generations: Generations) -> None:
    with (
        generations.writing(),
        pytest.raises(StoreError, match=f"is being written by process {os.getpid()}; try again"),
        Generations(generations.folder).writing(),
    ):
        pass


def test_a_primary_that_is_still_held_is_in_nobody_s_way(generations: Generations) -> None:
    publish(generations, "one")
    held = Store(str(primary(generations)))

    publish(generations, "two")

    held.add(quad("stray"))
    del held
    publish(generations, "three")
    assert texts(generations.dataset()) == ["one", "three", "two"]


def test_a_store_that_outlives_its_failed_write_harms_no_later_one(generations: Generations) -> None:
    publish(generations, "one")
    outliving: list[Store] = []
    with pytest.raises(ValueError, match="no more"), generations.writing() as writing:
        fail_after_compaction(writing.store, outliving)
    subprocess.run([sys.executable, "-c", WRITER, generations.folder, "none"], check=True)
    files = sorted(primary(generations).iterdir())

    outliving.clear()  # closed, it deletes the files of its folder that it does not know

    assert sorted(primary(generations).iterdir()) == files
    Store(str(primary(generations)))


def test_a_store_of_an_earlier_layout_is_written(generations: Generations) -> None:
    publish(generations, "one")
    place, folder = primary(generations), generations.folder
    place.rename(folder / "moved")
    (folder / "primary").rmdir()
    (folder / "moved").rename(folder / "primary")
    (folder / "PRIMARY").write_text("1\n")

    publish(generations, "two")

    assert texts(generations.dataset()) == ["one", "two"]
    assert list((folder / "primary").iterdir()) == [primary(generations)]


def test_a_full_disk_is_told(generations: Generations) -> None:
    with pytest.raises(StoreError, match="has no space left on its disk"), generations.writing():
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_error_of_the_writer_s_own_passes(generations: Generations) -> None:
    with pytest.raises(FileNotFoundError), generations.writing():
        raise FileNotFoundError(errno.ENOENT, "No such file", "questions.jsonl")


def test_search_finds_what_was_published(generations: Generations) -> None:
    with generations.writing() as writing:
        writing.store.extend([quad("free schools"), quad("hospital", NamedNode("urn:other"))])

    assert [match.item for match in generations.dataset().search("schools")] == [ITEM]
    assert (generations.path(1).parent / "words.sqlite").exists()


def test_changed_items_are_indexed_again(generations: Generations) -> None:
    items = [NamedNode(f"urn:{number}") for number in range(20)]
    with generations.writing() as writing:
        writing.store.extend([quad(f"text of {number}", item) for number, item in enumerate(items)])

    with generations.writing() as writing:
        writing.store.remove(quad("text of 7", items[7]))
        writing.store.add(quad("hospital", items[7]))
        writing.changed([items[7]])

    dataset = generations.dataset()
    assert [match.item for match in dataset.search("hospital")] == [items[7]]
    assert items[7] not in [match.item for match in dataset.search("text")]
    assert len(dataset.search("text")) == 19


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param({}, "is not a store of pqlod; one is made by", id="empty-folder"),
        pytest.param({"FORMAT": "pqlod store 2\n", "CURRENT": "1"}, "is of version 2; this pqlod reads version 1", id="newer"),
        pytest.param({"FORMAT": "rocksdb\n", "CURRENT": "1"}, "is damaged: its file FORMAT says 'rocksdb'", id="other-format"),
        pytest.param({"FORMAT": "pqlod store 1\n"}, "holds no data yet", id="no-data"),
        pytest.param(
            {"FORMAT": "pqlod store 1\n", "CURRENT": "x\n"}, "is damaged: its file CURRENT says 'x'", id="damaged-current"
        ),
        pytest.param({"FORMAT": "pqlod store 1\n", "CURRENT": "4"}, "is damaged", id="missing-generations"),
    ],
)
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    with pytest.raises(StoreError, match=message):
        Generations(tmp_path).dataset()


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "none")

    assert not generations.exists
    with pytest.raises(StoreError, match="none does not exist; one is made by: pqlod load"):
        generations.dataset()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="file is not a folder"):
        publish(Generations(tmp_path / "file"), "one")


def test_a_place_where_no_folder_can_be_made_is_told() -> None:
    with pytest.raises(StoreError, match="The store /proc/store cannot be made: No such file or directory"):
        Generations(Path("/proc/store")).create()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("")

    with pytest.raises(StoreError, match=r"is not a store of pqlod, and is not empty: it holds thesis\.txt"):
        publish(Generations(tmp_path), "one")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_damaged_generation_is_told(generations: Generations) -> None:
    publish(generations, "one")
    for path in generations.path(1).glob("MANIFEST*"):
        path.unlink()
        path.write_bytes(b"x" * 50)

    with pytest.raises(StoreError, match=rf"The store {generations.folder} is damaged: Corruption: .* may be corrupted\.$"):
        generations.dataset()


def test_a_folder_without_permission_is_told(generations: Generations) -> None:
    publish(generations, "one")
    generations.folder.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read and write everything
    try:
        with pytest.raises(StoreError, match="may not be read or written by this user"):
            publish(Generations(generations.folder), "two")
    finally:
        os.seteuid(user)
        generations.folder.chmod(0o700)


def test_readers_need_no_right_to_write(generations: Generations) -> None:
    publish(generations, "one")
    before = sorted(generations.folder.rglob("*"))

    texts(Generations(generations.folder).dataset())

    assert sorted(generations.folder.rglob("*")) == before


STEPS = ["opened", "changed", "copied", "indexed", "renamed", "switched", "marked", "pruned"]
WRITER = """
import os, signal, sys
from pathlib import Path
from pyoxigraph import Quad
from pqlod.rdf import RDFS, DefaultGraph, Literal, NamedNode
from pqlod.store.generations import Generations

folder, step = Path(sys.argv[1]), sys.argv[2]
generations = Generations(folder, kept=2, grace=0, checkpoint=lambda done: done == step and os.kill(os.getpid(), signal.SIGKILL))
with generations.writing() as writing:
    writing.store.bulk_extend(Quad(NamedNode(f"urn:{n}"), RDFS.label, Literal("new"), DefaultGraph()) for n in range(100))
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_at_any_step_leaves_a_whole_generation_and_the_next_one_goes_on(tmp_path: Path, step: str) -> None:
    generations = Generations(tmp_path / "store", kept=2, grace=0)
    publish(generations, "one")
    publish(generations, "two")

    killed = subprocess.run([sys.executable, "-c", WRITER, generations.folder, step], check=False)

    assert killed.returncode == -signal.SIGKILL
    is_published = STEPS.index(step) >= STEPS.index("switched")
    assert texts(Generations(generations.folder).dataset()) == (["new"] * 100 if is_published else []) + ["one", "two"]
    publish(generations, "three")
    assert texts(generations.dataset()) == (["new"] * 100 if is_published else []) + ["one", "three", "two"]
    assert generations.numbers() == ((3, 4) if is_published else (2, 3))
    assert not list(generations.folder.rglob("*.tmp"))


def test_a_writer_killed_before_its_first_generation_leaves_a_store_without_data(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "store")

    subprocess.run([sys.executable, "-c", WRITER, generations.folder, "copied"], check=False)

    with pytest.raises(StoreError, match="holds no data yet"):
        generations.current()
    publish(generations, "one")
    assert texts(generations.dataset()) == ["one"]


def test_readers_go_on_while_generations_come_and_go(generations: Generations) -> None:
    publish(generations, "0")
    reader, failures, is_done = Generations(generations.folder), [], threading.Event()

    def read() -> None:
        while not is_done.is_set():
            dataset = reader.dataset()
            if len(texts(dataset)) != dataset.generation:
                failures.append(dataset.generation)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 12):
        publish(generations, str(number))
    is_done.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert reader.current() == 12
