"""Shows how far a load has come: a line that is renewed on a terminal, a line for each file and each ten seconds elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pqlod.loading import Progress

PAUSE = 10.0  # seconds between plain lines of one file

Show = Callable[[Progress], None]


@contextmanager
def progress_on(stream: TextIO | None) -> Iterator[Show]:
    """What a load may tell its progress to; without a stream it is told to nobody."""
    if stream is None:
        yield lambda progress: None
    elif stream.isatty():
        console = Console(file=stream)
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            yield lambda progress: live.update(Text(line_of(progress), overflow="ellipsis", no_wrap=True))
    else:
        yield _plain(stream)


def line_of(progress: Progress) -> str:
    """``[2 of 5] questions.jsonl: 120,000 records, 3,400,000 triples, 61 s, 1,967 records a second``."""
    rate = progress.records / max(progress.seconds, 0.001)
    return (
        f"[{progress.place} of {progress.files}] {progress.file.name}: {progress.records:,} records, "
        f"{progress.triples:,} triples, {progress.seconds:.0f} s, {rate:,.0f} records a second"
    )


def _plain(stream: TextIO) -> Show:
    last: dict[str, float] = {}

    def show(progress: Progress) -> None:
        is_new_file = last.get("place") != progress.place
        if is_new_file or progress.seconds - last["seconds"] >= PAUSE:
            last.update(place=progress.place, seconds=progress.seconds)
            print(line_of(progress), file=stream, flush=True)

    return show
