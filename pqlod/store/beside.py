"""The index of words of a large store made beside that of values, in a process of its own: each takes a core for minutes."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Store

from pqlod.errors import StoreError
from pqlod.store.indexing import GenerationWords

LARGE = 64 * 2**20  # bytes of a store, from which on a process that takes half a second to start is worth it


def is_large(store: Path) -> bool:
    """Is the store in this folder worth another process?"""
    return sum(file.stat().st_size for file in store.iterdir()) >= LARGE


@contextmanager
def words_made(generation: Path) -> Iterator[None]:
    """Makes the index of words in the folder of a generation while the body runs. StoreError if that fails.

    If the body fails, or this process ends, so does the other one.
    """
    with subprocess.Popen(
        [sys.executable, "-m", __name__, str(generation)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr  # it is a pipe
        try:
            yield
            told = process.stderr.read().decode("utf-8", "replace").strip()
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise StoreError(f"The index of words could not be made: {told.rpartition(chr(10))[2] or process.returncode}")


def main() -> None:
    threading.Thread(target=_end_at_end_of_input, daemon=True).start()
    generation = Path(sys.argv[1])
    GenerationWords(generation).complete(Store.read_only(str(generation / "store")))


def _end_at_end_of_input() -> None:
    while os.read(0, 1):  # of what is open, as nothing of Python's may be held when this process ends
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
