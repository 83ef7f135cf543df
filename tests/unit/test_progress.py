"""Progress is shown so that it suits where it goes."""

import io
from pathlib import Path

from pqlod.loading import Progress
from pqlod.progress import progress_on


def at(place: int, seconds: float) -> Progress:
    return Progress(Path(f"/data/{place}.jsonl"), place, 2, records=12_000, triples=340_000, seconds=seconds)


def test_a_line_tells_file_counts_and_rate() -> None:
    assert str(at(1, 6)) == "[1 of 2] 1.jsonl: 12,000 records, 340,000 triples, 6 s, 2,000 records a second"


def test_elsewhere_than_on_a_terminal_lines_come_for_files_and_each_ten_seconds_but_not_within_one() -> None:
    stream = io.StringIO()

    with progress_on(stream) as show:
        for progress in (at(1, 1), at(1, 2), at(1, 11.5), at(1, 12), at(2, 13), at(3, 13.9), at(3, 14.1)):
            show(progress)

    assert [line.split(" s,")[0].rpartition(" ")[2] for line in stream.getvalue().splitlines()] == ["1", "12", "13", "14"]


def test_on_a_terminal_the_line_is_renewed() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()

    with progress_on(stream) as show:
        show(at(1, 1))

    assert "[1 of 2] 1.jsonl" in stream.getvalue()


def test_without_a_stream_nothing_is_shown() -> None:
    with progress_on(None) as show:
        show(at(1, 1))
