"""What a load did: counts by kind of resource, what was refused, and how both are shown."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import IO

from pqlod.errors import SourceError
from pqlod.sources.refusals import Refusal
from pqlod.validation import Checked, merged

SHOWN_REFUSALS = 10
DISCARDED = "Nothing is loaded: what would have been violates shapes, and --strict was given."


@dataclass(frozen=True)
class Row:
    """Of one kind of resource: records read and refused; resources new, changed, unchanged.

    ``again`` are records that told of a resource of which another record of the same load had told.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    again: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Report:
    """What a load did. ``str(report)`` is its table, fit to be shown.

    ``added`` and ``removed`` are triples of the default graph; ``seconds`` are those without the check; ``generation``
    is None if nothing changed; ``rejects`` is the file that tells of each refusal, if there are any; ``checked`` is what
    the shapes say of what changed, and ``is_discarded`` that it was thrown away because shapes are violated.
    """

    rows: Mapping[str, Row]
    added: int
    removed: int
    seconds: float
    generation: int | None
    refusals: tuple[str, ...] = ()  # the first ones
    warnings: Mapping[str, int] = field(default_factory=dict)  # what was put right, or cannot be, and how often
    rejects: Path | None = None
    checked: Checked | None = None
    is_discarded: bool = False

    @property
    def is_refused(self) -> bool:
        """Was everything refused, and nothing loaded?"""
        return self.is_discarded or not any(row.new or row.changed or row.unchanged for row in self.rows.values())

    @property
    def records(self) -> int:
        """How many records, and statements of RDF files, were read."""
        return sum(row.read for row in self.rows.values())

    @property
    def problems(self) -> str:
        """The first refusals, a line each, where all of them are, and violations of shapes; empty if there are none."""
        violations = map(str, self.checked.violations) if self.checked else ()
        return "\n".join([*_refusals(self), *violations, *([DISCARDED] if self.is_discarded else [])])

    def __str__(self) -> str:
        return "\n".join([*_table(self.rows), "", *_summary(self), ""])


def total(reports: Sequence[Report]) -> Report:
    """What several loads did together, with the folder of their rejects. What changed in two of them counts twice."""
    rows: dict[str, Row] = {}
    rejects = [report.rejects for report in reports if report.rejects is not None]
    checks = [report.checked for report in reports if report.checked is not None]
    for report in reports:
        for kind, row in report.rows.items():
            rows[kind] = Row(*map(sum, zip(astuple(rows.get(kind, Row())), astuple(row), strict=True)))
    return Report(
        rows=dict(sorted(rows.items())),
        added=sum(report.added for report in reports),
        removed=sum(report.removed for report in reports),
        seconds=sum(report.seconds for report in reports),
        generation=next((report.generation for report in reversed(reports) if report.generation is not None), None),
        refusals=tuple(refusal for report in reports for refusal in report.refusals)[:SHOWN_REFUSALS],
        warnings=sum((Counter(report.warnings) for report in reports), Counter()),
        rejects=rejects[0].parent if len(rejects) > 1 else next(iter(rejects), None),
        checked=merged(checks) if checks else None,
        is_discarded=any(report.is_discarded for report in reports),
    )


class Rejects:
    """What was refused: counted by kind, the first ones kept, all written to a file of JSON lines if one is named."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.written: Path | None = None
        self.counts: Counter[str] = Counter()
        self.first: list[str] = []
        self._file: IO[str] | None = None

    def add(self, file: Path, refusal: Refusal) -> None:
        self.counts[refusal.kind] += 1
        if len(self.first) < SHOWN_REFUSALS:
            self.first.append(": ".join(filter(None, (str(file), refusal.place, refusal.reason))))
        if self.path is not None:
            if self._file is None:
                self._file = self._open(self.path)
            told = {"file": str(file), "place": refusal.place, "kind": refusal.kind, "reason": refusal.reason}
            self._file.write(json.dumps(told, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self, path: Path) -> IO[str]:
        try:
            file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise SourceError(f"The file of rejects cannot be written: {error.strerror}.", source=str(path)) from error
        self.written = path
        return file


def _table(rows: Mapping[str, Row]) -> list[str]:
    head = ("", "read", "new", "changed", "unchanged", "told again", "refused")
    body = [
        (kind, *(f"{n:,}" for n in (row.read, row.new, row.changed, row.unchanged, row.again, row.refused)))
        for kind, row in rows.items()
    ]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    return ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in (head, *body)]


def _summary(report: Report) -> Iterator[str]:
    rate = report.records / max(report.seconds, 0.001)
    yield f"{report.added:,} triples added, {report.removed:,} removed, {report.seconds:.1f} s, {rate:,.0f} records a second"
    if not report.is_discarded:
        yield "nothing changed" if report.generation is None else f"generation {report.generation}"
    yield from (f"{count:,} {what}" for what, count in sorted(report.warnings.items()) if count)
    yield from _refusals(report)
    if report.checked:
        yield str(report.checked)
    if report.is_discarded:
        yield DISCARDED


def _refusals(report: Report) -> Iterator[str]:
    yield from (f"refused: {refusal}" for refusal in report.refusals)
    if report.rejects:
        yield f"all that was refused: {report.rejects}"
