"""The programs that are measured: started, awaited, their memory read, ended."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from http_client import Failed

BIN = Path(sys.executable).parent
PATIENCE = 60.0  # seconds for a server to answer first


@dataclass(frozen=True)
class Server:
    """A server that runs: its address, and how long it took to answer."""

    url: str
    address: tuple[str, int]
    process: int
    seconds_to_start: float

    def memory(self) -> dict[int, int]:
        """Bytes of resident memory of each of its processes that serve (the workers of the sandbox are not among them)."""
        serving = [process for process in _family(self.process) if b"worker.py" not in _command(process)]
        return {process: _resident(process) for process in serving}


def program(name: str) -> str:
    """The path of a program beside this Python."""
    path = BIN / name
    if not path.exists():
        raise Failed(f"{path} is not there: pip install -e '.[dev,bench]'")
    return str(path)


@dataclass(frozen=True)
class Ran:
    """A program that has ended: the seconds that it took, by the clock and of processor time, and its most memory in bytes."""

    seconds: float
    processor: float
    memory: int


def run(command: Sequence[str], seconds: float, log: Path) -> Ran:
    """Runs a program to its end. Failed if it fails, or takes too long."""
    started = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        alarm = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
        alarm.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        finally:
            alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command)} ended with {process.returncode} after {_since(started):.0f} s; its output is in {log}")
    return Ran(_since(started), used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def pqlod_serve(store: Path, log: Path, **settings: object) -> AbstractContextManager[Server]:
    """``pqlod serve`` over a store, with these settings."""
    port = free_port()
    told = {f"PQLOD_{name.upper()}": str(value) for name, value in settings.items()}
    command = [program("pqlod"), "serve", "--store", str(store), "--port", str(port)]
    return _serving(command, port, "/api-config", log, {"PQLOD_QUERY_LOG": "off", "PQLOD_LOG_LEVEL": "warning", **told})


def oxigraph_serve(store: Path, log: Path) -> AbstractContextManager[Server]:
    """``oxigraph serve-read-only`` over the folder of its store."""
    port = free_port()
    command = [program("oxigraph"), "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    return _serving(command, port, "/", log, {})


@contextmanager
def appearance(folder: Path, pattern: str) -> Iterator[list[float]]:
    """After how many seconds something of this pattern appears in a folder: one number, once it has."""
    seen: list[float] = []
    started = time.perf_counter()

    def look() -> None:
        if not seen and any(folder.glob(pattern)):
            seen.append(_since(started))

    with _again_and_again(look):
        yield seen


@contextmanager
def watched(server: Server) -> Iterator[list[int]]:
    """Bytes of resident memory of all processes of a server together, looked at again and again."""
    seen: list[int] = []
    with _again_and_again(lambda: seen.append(sum(_resident(process) for process in _family(server.process)))):
        yield seen


@contextmanager
def _again_and_again(look: Callable[[], None]) -> Iterator[None]:
    """Has something looked at in a thread of its own, each 50 ms, until the body ends."""
    is_over = threading.Event()

    def keep_looking() -> None:
        while not is_over.wait(0.05):
            look()

    watcher = threading.Thread(target=keep_looking)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _since(started: float) -> float:
    return time.perf_counter() - started


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(command: Sequence[str], port: int, path: str, log: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    started = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={**_plain_environment(), **environment}, start_new_session=True
        )
        try:
            _await(port, path, process, log)
            yield Server(f"http://127.0.0.1:{port}", ("127.0.0.1", port), process.pid, time.perf_counter() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _plain_environment() -> dict[str, str]:
    """That of this process, less what would have a server compile all of its modules at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _await(port: int, path: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.settimeout(PATIENCE)
                probe.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                if probe.recv(12).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            time.sleep(0.01)
    raise Failed(f"{process.args!r} does not serve; its output is in {log}")


def _family(process: int) -> list[int]:
    """A process and those that it started, and so on."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return [process, *(each for child in children for each in _family(int(child)))]


def _command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _resident(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
