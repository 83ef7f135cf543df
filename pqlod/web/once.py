"""Work that takes longer than a request may: done once for each version of the data, beside the requests."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

PATIENCE = 0.5  # seconds for which a page waits for what it can do without

T = TypeVar("T")


class OncePerVersion(Generic[T]):
    """What comes of some work on data, kept as long as the data have the same version; for any number of threads."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience, self._lock = patience, threading.Lock()
        self._version, self._made = "", Future[T]()
        self._made.set_exception(LookupError("nothing was made yet"))

    def get(self, version: str, work: Callable[[], T]) -> T | None:
        """What the work gives on this version, or None if that takes longer than the patience in seconds.

        Raises what the work raises; it is tried again then by the next who asks.
        """
        with self._lock:
            is_known = version == self._version and not (self._made.done() and self._made.exception())
            if not is_known and self._made.done():  # one at a time
                self._version, self._made = version, _beside(work)
            made = self._made if version == self._version else None
        with suppress(TimeoutError):
            if made:
                return made.result(self._patience)
        return None


def _beside(work: Callable[[], T]) -> Future[T]:
    """What comes of the work, done in a thread that keeps no process from ending."""
    future = Future[T]()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=run, name="once-per-version", daemon=True).start()
    return future
