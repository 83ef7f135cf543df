"""Harvests services into a store: asks, keeps what they send, loads it, and goes on where it was when it is ended.

    request ─▶ payload ─▶ file ─▶ journal ─▶ what follows … ─▶ each batch: load() ─▶ generation

A payload is first kept and then noted, and a batch first loaded and then noted. So whatever is lost at the end of the
process is at most the payload in hand, and what is done twice changes nothing.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from pqlod.errors import HarvestError
from pqlod.harvest import linked_data, members, written_questions
from pqlod.harvest.client import Client, Fetched
from pqlod.harvest.journal import Journal, Payload, Run
from pqlod.harvest.requests import Page, Request
from pqlod.loading import load
from pqlod.reports import Report, total
from pqlod.sources import SourceFile
from pqlod.sources.captures import Capture, write_payload

APIS = {api.name: api for api in (written_questions.API, members.API, linked_data.API)}
SOURCES = (written_questions.NAME, members.NAME)
# Payloads that become one generation. More may come of a page with many clipped texts: they are seen with their page.
BATCH = 200
# What changed in the last days before the last harvest is asked for again, since services may tell of it late.
OVERLAP = timedelta(days=3)
# What a service may say of one text without being out of order as a whole; and how often in a row it is believed.
GONE, FAILING = frozenset({404, 410}), frozenset({200, 500})
ASIDE_IN_A_ROW = 3


@dataclass(frozen=True)
class Ask:
    """What is to be harvested. The days bound when questions were tabled; without them, it is what changed since last time."""

    sources: tuple[str, ...] = SOURCES
    first: date | None = None
    last: date | None = None
    lda: tuple[str, ...] = ()
    questions_url: str = written_questions.URL
    members_url: str = members.URL

    def __str__(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def read(cls, text: str) -> "Ask":
        """The ask of which this is the text."""
        told = json.loads(text)
        days = {name: told[name] and date.fromisoformat(told[name]) for name in ("first", "last")}
        return cls(**{**told, **days, "sources": tuple(told["sources"]), "lda": tuple(told["lda"])})

    def requests(self, today: date, mark: date | None) -> Iterator[Request]:
        """What is asked first; ``mark`` is the day until which changes of questions are known."""
        if members.NAME in self.sources:
            yield from members.everything(self.members_url)
        if written_questions.NAME in self.sources:
            if self.first is None and self.last is None and mark is not None:
                yield from written_questions.changed_since(mark - OVERLAP, today, self.questions_url)
            else:
                yield from written_questions.tabled_between(self.first, self.last or today, self.questions_url)
        yield from map(linked_data.whole_list, self.lda)

    def marks(self, begun: date, mark: date | None) -> dict[str, date]:
        """Until when the changes of questions are known once this is done, where they were known until the mark."""
        leaves_gap = mark is not None and self.first is not None and self.first > mark
        if written_questions.NAME not in self.sources or leaves_gap:
            return {}
        until = min(begun, self.last or begun)
        return {written_questions.NAME: max(until, mark or until)}


@dataclass(frozen=True)
class Progress:
    """How far a harvest has come: the list in hand, its place, items read of it and told of, payloads kept, seconds so far."""

    label: str
    place: int
    items: int
    total: int | None
    payloads: int
    seconds: float
    waiting: str = ""

    def __str__(self) -> str:
        of = "" if self.total is None else f" of {self.total:,}"
        line = f"{self.label}: {self.items:,}{of}; {self.payloads:,} payloads, {self.seconds:.0f} s"
        return f"{line}; {self.waiting}" if self.waiting else line


@dataclass(frozen=True)
class Harvested:
    """What a harvest did. ``str(harvested)`` is fit to be shown.

    ``unchanged`` payloads were as they had been kept before, ``known`` details were not asked for again; ``aside`` were put
    aside for the next harvest, and ``gone`` are no more; ``short`` names lists that gave fewer items than they told of.
    """

    archive: Path
    requests: int
    kept: int
    unchanged: int
    known: int
    aside: int
    gone: int
    short: tuple[str, ...]
    report: Report | None

    def __str__(self) -> str:
        counts = {"as before": self.unchanged, "known and not asked for": self.known, "gone": self.gone,
                  "put aside for the next harvest": self.aside}  # fmt: skip
        told = [
            f"{self.kept:,} payloads kept in {self.archive}",
            *(f"{count:,} {what}" for what, count in counts.items() if count),
        ]
        lines = [f"{self.requests:,} requests: {', '.join(told)}", *(f"fewer than told: {line}" for line in self.short)]
        return "\n".join([*lines, "", "nothing to load\n" if self.report is None else str(self.report)])


@dataclass
class Work:
    """A harvest while it goes on."""

    journal: Journal
    client: Client
    archive: Path
    load: Callable[..., Report]
    progress: Callable[[Progress], None]
    checkpoint: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    at: Progress = Progress("", 0, 0, None, 0, 0.0)
    kept: int = 0
    unchanged: int = 0
    known: int = 0
    gone: int = 0
    aside_in_a_row: int = 0
    short: list[str] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def go_on(self, run: Run) -> None:
        """Asks for all that is pending, loads it batch by batch, and ends the run."""
        try:
            while (request := self.journal.next()) is not None:
                if not request.is_detail and self._count_waiting() >= BATCH:
                    self.load_rest()
                self._take(request)
        except HarvestError:
            self.load_rest()
            raise
        self.load_rest()
        self.journal.finish(Ask.read(run.ask).marks(run.begun, self.journal.mark(written_questions.NAME)))

    def result(self) -> Harvested:
        return Harvested(
            self.archive, self.client.requests, self.kept, self.unchanged, self.known, self.journal.count_aside(), self.gone,
            tuple(self.short), total(self.reports) if self.reports else None,
        )  # fmt: skip

    def tell_waiting(self, problem: str, seconds: float) -> None:
        self._show(waiting=f"{problem}; again in {seconds:.0f} s")

    def _take(self, request: Request) -> None:
        known = self.journal.payload(request.url)
        if known is not None and not self._path(known.run, known.number).exists():
            known = None
        if known is not None and request.basis and known.basis == request.basis:
            self.known += 1
            self.journal.done()
            return
        try:
            self._ask(request, known)
            self.aside_in_a_row = 0
        except HarvestError as error:
            if not request.is_detail or not self._does_without(error):
                raise
        self.checkpoint("noted")

    def _ask(self, request: Request, known: Payload | None) -> None:
        read = partial(APIS[request.api].read, request)
        fetched = self.client.fetch(request.url, read, etag=known.etag if known else "", modified=known.modified if known else "")
        self.checkpoint("asked")
        if known is not None and (fetched is None or sha256(fetched.body).hexdigest() == known.digest):
            page = read(SourceFile(self._path(known.run, known.number)).document)
            self.unchanged += 1
            self.journal.done(page.following, replace(known, basis=request.basis))
        elif fetched is not None:
            page = read(fetched.document)
            if page.items:
                self._keep(request, page, fetched)
            else:
                self.journal.done(page.following)
        self._tell(request, page)

    def _keep(self, request: Request, page: Page, fetched: Fetched) -> None:
        run = self._run()
        path = self._path(run.id, run.kept + 1)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_payload(path, fetched.body, Capture(request.url, self.client.clock.now(), fetched.etag, fetched.modified))
        except OSError as error:
            raise HarvestError(f"{path} cannot be written: {error.strerror or error}.") from error
        self.checkpoint("kept")
        digest = sha256(fetched.body).hexdigest()
        payload = Payload(request.url, run.id, run.kept + 1, digest, fetched.etag, fetched.modified, request.basis)
        self.journal.done(page.following, payload, is_new=True)
        self.kept += 1

    def _does_without(self, error: HarvestError) -> bool:
        """A text stays clipped where a service has no more of it, or cannot give it now; false if it is not about that text."""
        if error.status in GONE:
            self.gone += 1
            self.journal.done()
        elif error.status in FAILING and self.aside_in_a_row < ASIDE_IN_A_ROW:
            self.aside_in_a_row += 1
            self.journal.put_aside()
        else:
            return False
        return True

    def _tell(self, request: Request, page: Page) -> None:
        end = request.start + page.items
        if request.is_detail:
            self._show()
            return
        place = self.at.place + (request.start == 0)
        self.at = Progress(request.label, place, end, page.total, self.kept, 0.0)
        self._show()
        is_last = all(following.is_detail for following in page.following)
        if is_last and page.total is not None and end < page.total:
            self.short.append(f"{request.label}: {end:,} of {page.total:,}")

    def _show(self, waiting: str = "") -> None:
        seconds = time.monotonic() - self.started
        self.progress(replace(self.at, payloads=self.kept, seconds=seconds, waiting=waiting))

    def load_rest(self) -> None:
        """Loads what is kept and not in the store yet."""
        run = self._run()
        paths = (self._path(run.id, number) for number in range(run.loaded + 1, run.kept + 1))
        if files := [path for path in paths if path.exists()]:  # whoever deleted one did not want it
            self.checkpoint("loading")
            rejects = self.archive / ".rejects" / f"{run.id:05}-{run.kept:07}.jsonl"
            rejects.parent.mkdir(exist_ok=True)
            self.reports.append(self.load(files, rejects=rejects))
            self.checkpoint("loaded")
            self.journal.loaded(run.kept)

    def _count_waiting(self) -> int:
        run = self._run()
        return run.kept - run.loaded

    def _run(self) -> Run:
        run = self.journal.run()
        if run is None:
            raise AssertionError("no harvest has begun")
        return run

    def _path(self, run: int, number: int) -> Path:
        return self.archive / f"{run:05}" / f"{number // 1000:04}" / f"{number:07}.json.gz"


def harvest(
    ask: Ask,
    store: Path,
    *,
    archive: Path | None = None,
    afresh: bool = False,
    client: Client | None = None,
    load: Callable[..., Report] = load,
    progress: Callable[[Progress], None] = lambda progress: None,
    checkpoint: Callable[[str], None] = lambda step: None,
) -> Harvested:
    """Harvests what is asked for into a store; what services send is kept in ``archive``, by default ``{store}.harvest``.

    A harvest that was ended before goes on first, unless this one is to begin ``afresh``. HarvestError if a service fails, or
    another harvest is at work; StoreError if the store cannot be written. In each case what was fetched is kept, and the next
    run goes on where this one was.
    """
    archive = archive or store.with_name(store.name + ".harvest")
    with Journal(archive) as journal, client or Client() as client:
        work = Work(journal, client, archive, partial(load, folder=store), progress, checkpoint)
        client.waiting = work.tell_waiting
        today = client.clock.now().date()
        unfinished = journal.run()
        if unfinished is not None and afresh:
            work.load_rest()
            journal.abandon()
        elif unfinished is not None:
            work.go_on(unfinished)
            if (unfinished.begun, unfinished.ask) == (today, str(ask)):
                return work.result()
        requests = ask.requests(today, journal.mark(written_questions.NAME))
        work.go_on(journal.begin(today, str(ask), requests, at_least=_next_run(archive)))
        return work.result()


def _next_run(archive: Path) -> int:
    """A number above those of all runs that are kept, also where their journal is lost."""
    return max((int(path.name) for path in archive.iterdir() if path.name.isdigit()), default=0) + 1
