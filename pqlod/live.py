"""The configuration that is being served, taken up anew when one of its files has changed."""

import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pqlod.errors import ConfigurationError
from pqlod.lda.config import Configuration
from pqlod.lda.model import Api
from pqlod.lda.routing import Router

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0  # at the files; Elda looked every five seconds

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Served:
    """A configuration as it is served: its APIs, their routes, and a version that changes when a file of it does."""

    apis: tuple[Api, ...]
    router: Router
    version: str
    changed: datetime


class LiveConfiguration:
    """Reads a configuration, and reads it again when a file changes; one with mistakes leaves the last good one serving.

    ``read`` gives the configuration. At the start its good endpoints are served and its mistakes logged;
    ConfigurationError if there is nothing to serve.
    """

    def __init__(self, read: Callable[[], Configuration], clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock, self._lock = read, clock, threading.Lock()
        configuration = read()
        if not any(api.endpoints for api in configuration.apis):
            raise ConfigurationError(configuration.mistakes)
        for mistake in configuration.mistakes:
            logger.error("Configuration: %s", mistake)
        self._files = configuration.files
        self._stamp = stamp(self._files)
        self._had_mistakes = bool(configuration.mistakes)
        self._served = _served(configuration, self._stamp)
        self._looked = clock()

    def current(self) -> Served:
        """What to serve now."""
        if self._clock() - self._looked >= SECONDS_BETWEEN_LOOKS and self._lock.acquire(blocking=False):
            try:
                self._looked = self._clock()
                self._take_up_changes()
            finally:
                self._lock.release()
        return self._served

    def _take_up_changes(self) -> None:
        now = stamp(self._files)
        if now == self._stamp:
            return
        self._stamp = now
        try:
            configuration = self._read()
        except ConfigurationError as error:
            logger.error("The changed configuration is not taken up: %s", error)
            return
        if configuration.mistakes and not self._had_mistakes:
            logger.error("The changed configuration is not taken up: %s", ConfigurationError(configuration.mistakes))
            return
        self._files, self._had_mistakes = configuration.files, bool(configuration.mistakes)
        self._stamp = stamp(self._files)
        self._served = _served(configuration, self._stamp)
        logger.info("The changed configuration is taken up: %d APIs", len(configuration.apis))


def stamp(files: Sequence[Path]) -> Stamp:
    """The time and size of each file that is there."""
    return tuple((str(file), status.st_mtime_ns, status.st_size) for file in files if (status := _status(file)))


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None


def _served(configuration: Configuration, files: Stamp) -> Served:
    version = hashlib.sha256(repr(files).encode()).hexdigest()[:12]
    newest = max((time for _, time, _ in files), default=0)
    return Served(configuration.apis, Router(configuration.apis), version, datetime.fromtimestamp(newest / 1e9, UTC))
