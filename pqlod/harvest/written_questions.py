"""The written questions API: which lists tell what is new, answered, corrected, withdrawn, and where their texts are clipped."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pqlod.errors import SourceError
from pqlod.harvest.requests import Api, Page, Request, fingerprint, slices, with_parameters
from pqlod.sources.fields import Fields, shown
from pqlod.sources.written_questions_api import read_result, recognises

Change = tuple[str, str, dict[str, str]]

NAME = "written-questions"
URL = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions"
HOUSES = ("Commons", "Lords")
TAKE = 100  # results a page; a service that gives fewer is asked for the rest
# Lists by what happened in their days: the beginning of the parameters that bound them, and others.
TABLED: Change = ("tabled", "tabledWhen", {})
ANSWERED: Change = ("answered", "answeredWhen", {})
CORRECTED: Change = ("corrected", "correctedWhen", {})
# No list tells when a question was withdrawn. It can only be one without an answer, so these are looked through again.
UNANSWERED: Change = ("unanswered, tabled", "tabledWhen", {"questionStatus": "NotAnswered"})
UNANSWERED_FOR = timedelta(days=120)


def tabled_between(first: date | None, last: date, url: str = URL) -> Iterator[Request]:
    """Asks for all questions tabled in these days, as they are now."""
    return _lists(TABLED, first, last, url)


def changed_since(first: date, last: date, url: str = URL) -> Iterator[Request]:
    """Asks for what was tabled, answered or corrected in these days, and may have been withdrawn."""
    for change in (TABLED, ANSWERED, CORRECTED):
        yield from _lists(change, first, last, url)
    yield from _lists(UNANSWERED, first - UNANSWERED_FOR, first - timedelta(days=1), url)


def _lists(change: Change, first: date | None, last: date, url: str) -> Iterator[Request]:
    what, bound, others = change
    for days in slices(first, last):
        between = f"from {days['From']} to {days['To']}" if "From" in days else f"until {days['To']}"
        for house in HOUSES:
            bounds = {bound + end: day for end, day in days.items()}
            address = with_parameters(
                url, house=house, **bounds, **others, includeWithdrawn=True, expandMember=True, skip=0, take=TAKE
            )
            yield Request(NAME, f"questions of the {house} {what} {between}", address)


def read(request: Request, document: Any) -> Page:
    """A page of a list, after which come the questions the texts of which it clips, and then the next page; or one question."""
    if request.is_detail:
        if not recognises(document):
            raise SourceError(f"{shown(document)} is no question.")
        return Page(items=1)
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        raise SourceError(f"{shown(document)} is no page of questions: it has no results.")
    results, total = document["results"], document.get("totalResults")
    if not isinstance(total, int):
        raise SourceError(f"totalResults is {shown(total)}, expected a whole number.")
    following = [detail for result in results if (detail := _detail(request, result))]
    end = request.start + len(results)
    if results and end < total:
        following.append(Request(NAME, request.label, with_parameters(request.url, skip=end), start=end))
    return Page(len(results), total, tuple(following))


def _detail(request: Request, result: Any) -> Request | None:
    try:
        question = read_result(Fields(result, Counter()))
    except SourceError:
        return None  # the load refuses it, and says why
    answer = question.answer
    lacks_files = answer is not None and len(answer.attachments) < (answer.attachment_count or 0)
    if question.number is None or not (question.is_clipped or lacks_files or (answer and answer.is_clipped)):
        return None
    url = f"{request.url.partition('?')[0]}/{question.number}?expandMember=true"
    return Request(NAME, f"question {question.number}", url, is_detail=True, basis=fingerprint(result))


API = Api(NAME, read)
