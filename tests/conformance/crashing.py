"""Loads files in a process that is killed at one of the calls by which a load reads or changes what is outside of Python.

    python crashing.py STORE STEP NUMBER FILE...

It is killed at the call of that number among those of the step, before the call is done or after, by turns. With 0 it goes on
to its end. Then it prints, as JSON, how many such moments each step has.
"""

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from pqlod import loading
from pqlod.sources import changes

# By what calls each step of a load is done.
STEPS = {
    "ledger": {"Store.quads_for_pattern"},
    "quads": {"Store.load", "Store.extend", "Store.remove"},
    "bulk load": {"Store.bulk_load"},
    "checkpoint": {"Store.flush", "Store.backup", "link"},
    "index": {"Connection.execute", "Connection.executemany", "Connection.executescript", "Connection.commit", "connect"},
    "disk": {"fsync", "mkdir", "TextIOWrapper.write", "TextIOWrapper.truncate"},
    "switch": {"rename", "replace"},
    "clearing up": {"unlink", "rmdir"},
}
STEP_OF = {call: step for step, calls in STEPS.items() for call in calls}
EVENTS = ("c_call", "c_return")
# So small that a few questions are written in several flushes, and in bulk as well as one by one.
RESOURCES_AT_ONCE, BULK = 6, 25


class Killer:
    """A profiler (``sys.setprofile``) that counts the moments of each step, and ends the process at one of them."""

    def __init__(self, step: str, number: int) -> None:
        self.moment = step, number
        self.met: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        if event not in EVENTS or (step := STEP_OF.get(called.__qualname__)) is None:
            return
        with self._lock:
            self.met[step] += 1
            if (step, self.met[step]) == self.moment:
                os.kill(os.getpid(), signal.SIGKILL)


def main(store: str, step: str, number: str, *files: str) -> None:
    loading.RESOURCES_AT_ONCE, changes.BULK = RESOURCES_AT_ONCE, BULK
    killer = Killer(step, int(number))
    threading.setprofile(killer)
    sys.setprofile(killer)
    loading.load(map(Path, files), Path(store))
    sys.setprofile(None)
    print(json.dumps(killer.met))


if __name__ == "__main__":
    main(*sys.argv[1:])
