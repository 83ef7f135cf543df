"""What processes that were started by another one owe it."""

import ctypes
import multiprocessing
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2), Linux only


def end_with_parent() -> None:
    """Have this process ended when the one that started it ends, however that ends, be it already."""
    parent = multiprocessing.parent_process()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent.pid:
        os._exit(1)
