"""Processes that can be ended, one for each query that runs: how they are started, lent, asked and replaced."""

import fcntl
import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from pqlod.errors import ClientLeft, DatasetUnavailable, QueryLimitExceeded, TooManyQueries
from pqlod.store.deadline import RETRY_AFTER
from pqlod.store.screening import Limits
from pqlod.store.worker import HEADER

# What a worker needs of our environment; what else stands there, tokens perhaps, is not for it.
ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")

GRACE = 2.0  # seconds for which a worker may be silent after its alarm should have rung
PIPE_SIZE = 2**19  # bytes
LOOK = 0.2  # seconds after which whoever waits looks whether there is still something to wait for

WORKER = Path(__file__).with_name("worker.py")


def nobody_leaves() -> bool:
    """Of a client that waits for its result however long that takes."""
    return False


@dataclass(frozen=True)
class Client:
    """Who asks: the name by which its queries are counted, "" if they are not, and whether it has gone meanwhile."""

    name: str = ""
    has_left: Callable[[], bool] = nobody_leaves


class WorkerEnded(Exception):
    """The worker has died; ``status`` is its exit status, negative for a signal."""

    def __init__(self, status: int) -> None:
        self.status = status


def widen(pipe: IO[bytes] | None) -> None:
    """Lets a pipe hold more than Linux gives it, so that neither end waits so often for the other; elsewhere it stays."""
    if pipe and sys.platform == "linux":
        with suppress(OSError):  # the user has many pipes already
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)


class Worker:
    """A worker process, as seen from here: one request at a time, then its messages.

    ``program`` is what Python runs in it, with the bytes of memory that it may use as its argument.
    """

    def __init__(self, memory: int, program: Sequence[str] = (str(WORKER),)) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", *program, str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            start_new_session=True,  # an interrupt at the terminal is for the server, which then ends its workers
        )
        widen(self._process.stdout)
        self._input, self._output = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN | select.POLLHUP)
        self._until = 0.0
        self.has_left = nobody_leaves

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Mapping[str, Any], *bodies: bytes) -> None:
        """Sends a request, and bodies that belong to it; WorkerEnded if nobody is there."""
        self.allow(request["seconds"])
        try:
            for letter, body in ((b"Q", json.dumps(request).encode()), *((b"D", body) for body in bodies)):
                for part in (memoryview(HEADER.pack(letter, len(body))), memoryview(body)):
                    while part:
                        part = part[self._input.write(part) :]
        except BrokenPipeError:
            raise WorkerEnded(self.end()) from None

    def allow(self, seconds: float) -> None:
        """Gives it so much time from now on, and some grace, before it is taken for dead."""
        self._until = time.monotonic() + seconds + GRACE

    def hear(self) -> tuple[bytes, bytes]:
        """The next message: its letter and its body; WorkerEnded if there will be none, ClientLeft if nobody waits for it."""
        letter, length = HEADER.unpack(self._read(HEADER.size))
        return letter, self._read(length)

    def end(self) -> int:
        """Ends the process, if it has not ended; its exit status."""
        self._process.kill()
        status = self._process.wait()
        self._input.close()
        self._output.close()
        return status

    def _read(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait()
            piece = self._output.read(length - len(data))
            if not piece:
                raise WorkerEnded(self._end_of_its_own())
            data += piece
        return bytes(data)

    def _wait(self) -> None:
        """Until there is something to read."""
        while not self._poll.poll(LOOK * 1000):
            if time.monotonic() >= self._until:  # silent, against its alarm
                self.end()
                raise WorkerEnded(-signal.SIGALRM)
            if self.has_left():
                raise ClientLeft

    def _end_of_its_own(self) -> int:
        """The exit status of a process that has closed its output, and so is about to end."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        return self.end()


class Pool:
    """Workers, started at need and ended by ``close``; each is lent to one query at a time.

    One that has died takes no place any more, also before it is given back: what it wrote may wait for a slow reader.
    """

    def __init__(self, limits: Limits, size: int, program: Sequence[str] = (str(WORKER),)) -> None:
        self._limits, self._size, self._program = limits, size, program
        self._changed = threading.Condition()
        self._begin()

    def _begin(self) -> None:
        self._owner, self._idle, self._lent, self._waiting = os.getpid(), list[Worker](), set[Worker](), 0
        self._closing = weakref.finalize(self, _end_all, self._idle, self._owner)

    def take(self, has_left: Callable[[], bool] = nobody_leaves, patience: float = math.inf) -> Worker:
        """A worker that is free, after a wait if need be, of so many seconds at most; it looks whether its client has left.

        Raises QueryLimitExceeded if too many wait, or it takes too long; ClientLeft; DatasetUnavailable if none can be started.
        """
        with self._changed:
            if self._owner != os.getpid():  # after a fork the workers are still those of the parent
                self._closing.detach()
                self._begin()
            if not self._closing.alive:
                raise DatasetUnavailable("The service is ending.")
            if not self._has_room():
                self._wait(has_left, min(patience, self._limits.waiting_seconds))
            worker = self._rested() or self._start()
            worker.has_left = has_left
            self._lent.add(worker)
            return worker

    def give_back(self, worker: Worker, is_sound: bool) -> None:
        """Ends a worker that is not sound, and has another ready in its place."""
        if not is_sound:
            worker.end()
        with self._changed:
            self._lent.discard(worker)
            if not self._closing.alive:
                worker.end()
            elif is_sound:
                self._idle.append(worker)
            elif len(self._idle) + self._running() < self._size:
                with suppress(DatasetUnavailable):  # whoever needs it will be told
                    self._idle.append(self._start())
            self._changed.notify()

    def close(self) -> None:
        """Ends the workers, those that are lent when they come back."""
        with self._changed:
            self._closing()

    def _running(self) -> int:
        return sum(worker.is_alive for worker in self._lent)

    def _has_room(self) -> bool:
        return self._running() < self._size

    def _rested(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()  # the last one used has the store at hand
            if worker.is_alive:
                return worker
            worker.end()
        return None

    def _start(self) -> Worker:
        try:
            return Worker(self._limits.memory, self._program)
        except OSError as error:
            raise DatasetUnavailable(f"No process for a query can be started: {error.strerror}.") from error

    def _wait(self, has_left: Callable[[], bool], patience: float) -> None:
        if self._waiting >= self._limits.waiting:
            raise self._busy()
        self._waiting += 1
        until = time.monotonic() + patience
        try:
            while not self._has_room():
                if has_left():
                    raise ClientLeft
                if (left := until - time.monotonic()) <= 0:
                    raise self._busy()
                self._changed.wait(min(left, LOOK))
        finally:
            self._waiting -= 1

    def _busy(self) -> QueryLimitExceeded:
        problem = f"{self._size} queries are running and others wait, as many as may. Try again in a few seconds."
        return QueryLimitExceeded(problem, limit="concurrent queries", retry_after=RETRY_AFTER)


def _end_all(workers: list[Worker], owner: int) -> None:
    while workers and owner == os.getpid():
        workers.pop().end()


class Clients:
    """How many queries each client has running or waiting in this process; no more than ``most`` at a time."""

    def __init__(self, most: int) -> None:
        self._most, self._running, self._lock = most, Counter[str](), threading.Lock()

    def enter(self, name: str) -> Callable[[], None]:
        """Counts a query, and gives what is to be called at its end; TooManyQueries if it is one too many."""
        if not name:
            return lambda: None
        with self._lock:
            if self._running[name] >= self._most:
                problem = f"{self._most} of your queries are running, as many as one client may have. Wait for one to end."
                raise TooManyQueries(problem, limit="concurrent queries of a client", retry_after=RETRY_AFTER)
            self._running[name] += 1
        return lambda: self._leave(name)

    def _leave(self, name: str) -> None:
        with self._lock:
            self._running[name] -= 1
            if self._running[name] <= 0:
                del self._running[name]
