"""Shows how far something has come: on a terminal a line that is renewed, elsewhere lines, for parts and each ten seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

PAUSE = 10.0  # seconds between plain lines of one part
LEAST = 1.0  # and between those of two


class Progress(Protocol):
    """How far something has come: ``str(progress)`` is the line to be shown."""

    @property
    def place(self) -> int:
        """The number of the part in hand: of a file, of a list."""

    @property
    def seconds(self) -> float:
        """The time since the start."""


Show = Callable[[Progress], None]


@contextmanager
def progress_on(stream: TextIO | None) -> Iterator[Show]:
    """What may be told the progress; without a stream it is told to nobody."""
    if stream is None:
        yield lambda progress: None
    elif stream.isatty():
        console = Console(file=stream)
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            yield lambda progress: live.update(Text(str(progress), overflow="ellipsis", no_wrap=True))
    else:
        yield _plain(stream)


def _plain(stream: TextIO) -> Show:
    last: list[Progress] = []

    def show(progress: Progress) -> None:
        if not last or progress.seconds - last[0].seconds >= (PAUSE if progress.place == last[0].place else LEAST):
            last[:] = [progress]
            print(progress, file=stream, flush=True)

    return show
