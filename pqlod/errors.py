"""The exceptions of pqlod, which know nothing of HTTP.

PqlodError
├── ConfigurationError          an API configuration or a setting is wrong
├── RequestError                what a client asked is wrong
│   ├── EndpointNotFound        no endpoint has that path
│   ├── ItemNotFound            nothing is known of that resource
│   ├── NotAcceptable           none of the formats on offer is acceptable
│   ├── BadParameter            a parameter's name or value
│   ├── NotAuthenticated        a write without a token that allows it
│   ├── WritingRefused          a write where none is allowed
│   ├── Conflict                a write that does not fit what is there
│   ├── QuerySyntaxError        SPARQL text that does not parse
│   └── QueryTooLarge           SPARQL text that is too long, or nested too deep, to be parsed
├── SourceError                 a source file, or a record in it
├── CheckError                  what is loaded could not be checked
├── HarvestError                a service that is harvested does not give what it should
└── DatasetError                a dataset did not do what was asked
    ├── QueryRefused            the query asks for what is not allowed here
    ├── QueryLimitExceeded      the query was ended at a limit
    │   └── TooManyQueries      the client asks too many at once
    ├── ServiceFailed           another endpoint, which is asked here or which a query calls, does not do what it should
    │   └── ServiceTimedOut     it takes too long
    ├── ClientLeft              who asked no longer waits
    ├── DatasetUnavailable      the dataset, or the endpoint it stands for, does not answer
    └── StoreError              a store on disk: missing, locked, damaged, too new
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class PqlodError(Exception):
    """Base of all errors that pqlod raises on purpose; ``str(error)`` is fit to be shown."""


@dataclass(frozen=True)
class Mistake:
    """One mistake of a configuration: where it stands, what is wrong, what was expected."""

    resource: str
    property: str
    problem: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.resource, self.property) if part) + f": {self.problem}"


class ConfigurationError(PqlodError):
    """A configuration cannot be used; ``mistakes`` names everything that is wrong with it."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


class RequestError(PqlodError):
    """The request is wrong, and would be wrong again."""


class EndpointNotFound(RequestError):
    """No endpoint answers this path; ``near`` are paths that one does."""

    def __init__(self, problem: str, near: Iterable[str] = ()) -> None:
        self.problem, self.near = problem, tuple(near)
        super().__init__(f"{problem} Did you mean {' or '.join(self.near)}?" if self.near else problem)


class ItemNotFound(RequestError):
    """The dataset tells nothing of the resource that was asked for."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(f"Nothing is known of <{iri}>.")


class NotAcceptable(RequestError):
    """The client accepts none of the formats on offer, which ``offered`` lists as media types."""

    def __init__(self, accept: str, offered: Iterable[str]) -> None:
        self.offered = tuple(offered)
        super().__init__(f"None of these is on offer: {accept}. Offered are: {', '.join(self.offered)}.")


class BadParameter(RequestError):
    """A parameter of the request is unknown, malformed, or contradicts another.

    ``parameter`` and ``value`` are as given; ``expected`` says what would have been understood. ``known`` are the names that
    may stand in place of the value or, without one, of the parameter, and ``near`` those of them that look like it.
    """

    def __init__(
        self,
        problem: str,
        *,
        parameter: str = "",
        value: str | None = None,
        expected: str = "",
        known: Iterable[str] = (),
    ) -> None:
        self.problem, self.parameter, self.value, self.expected = problem, parameter, value, expected
        self.known = tuple(known)
        self.near = near(parameter if value is None else value, self.known)
        hint = f" Did you mean {' or '.join(repr(name) for name in self.near)}?" if self.near else ""
        super().__init__(f"{problem}{f' Expected: {expected}.' if expected else ''}{hint}")


class NotAuthenticated(RequestError):
    """Who asks has not shown to be allowed to; ``challenge`` says how to (RFC 9110, 11.6.1; RFC 6750, 3)."""

    def __init__(self, problem: str, *, challenge: str) -> None:
        self.challenge = challenge
        super().__init__(problem)


class WritingRefused(RequestError):
    """Nobody may write here, or not from there."""


class Conflict(RequestError):
    """What is to be written does not fit what is there, such as a graph to be created that exists."""


class QuerySyntaxError(RequestError):
    """SPARQL text does not parse; ``line`` and ``column`` count from 1, and are None if not known."""

    def __init__(self, problem: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        super().__init__(problem)


class QueryTooLarge(RequestError):
    """SPARQL text is longer, nested deeper, or searches for more, than is taken here; ``limit`` names the limit."""

    def __init__(self, problem: str, *, limit: str) -> None:
        self.limit = limit
        super().__init__(problem)


class SourceError(PqlodError):
    """A source file, or a record in it, cannot be read; ``place`` is a line, an index, or empty."""

    def __init__(self, problem: str, *, source: str = "", place: str = "") -> None:
        self.problem, self.source, self.place = problem, source, place
        super().__init__(": ".join(part for part in (source, place, problem) if part))


class CheckError(PqlodError):
    """What is loaded could not be checked by the shapes, and so is not loaded."""


class HarvestError(PqlodError):
    """A harvest cannot go on; ``url`` is what was asked, ``status`` what HTTP said, or 0. Run again, it goes on where it was."""

    def __init__(self, problem: str, *, url: str = "", status: int = 0) -> None:
        self.url, self.status = url, status
        super().__init__(f"{url}: {problem}" if url else problem)


class DatasetError(PqlodError):
    """A dataset did not do what it was asked."""


class QueryRefused(DatasetError):
    """The query asks for something that is not allowed here, such as SERVICE."""


class QueryLimitExceeded(DatasetError):
    """The query was ended; ``limit`` names the limit that it met, ``retry_after`` is in seconds."""

    def __init__(self, problem: str, *, limit: str, retry_after: int | None = None) -> None:
        self.limit, self.retry_after = limit, retry_after
        super().__init__(problem)


class TooManyQueries(QueryLimitExceeded):
    """The client has as many queries running as one client may."""


class ServiceFailed(DatasetError):
    """Another endpoint, which is asked here or which a query calls by SERVICE, does not answer, or not as it should."""


class ServiceTimedOut(ServiceFailed):
    """Another endpoint takes longer than it is waited for; ``limit`` and ``retry_after`` as of QueryLimitExceeded."""

    def __init__(self, problem: str, *, retry_after: int | None = None) -> None:
        self.limit, self.retry_after = "time", retry_after
        super().__init__(problem)


class ClientLeft(DatasetError):
    """Whoever asked no longer waits for the result, and so nothing more is done for it."""

    def __init__(self) -> None:
        super().__init__("The client has left.")


class DatasetUnavailable(DatasetError):
    """The dataset cannot be asked now."""


class StoreError(DatasetError):
    """A store on disk cannot be used: it is missing, locked, damaged, or of a newer version."""


def near(name: str, known: Iterable[str], most: int = 2) -> tuple[str, ...]:
    """The names among ``known`` that look like ``name``, the nearest first; letter case is no difference."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    return tuple(by_folded[match] for match in get_close_matches(name.casefold(), by_folded, n=most, cutoff=0.7))
