"""Which format a request gets: ``_format``, then the suffix of its path, then its Accept header (RFC 9110, 12.5.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pqlod.errors import BadParameter, NotAcceptable
from pqlod.lda.model import Endpoint, FormatterDeclaration, FormatterKind


@dataclass(frozen=True)
class Choice:
    """A formatter, the media type to send, and whether another Accept header could have given another."""

    formatter: FormatterDeclaration
    media_type: str
    is_negotiated: bool = False


@dataclass(frozen=True)
class MediaRange:
    """One element of an Accept header: ``text/turtle``, ``text/*`` or ``*/*``, with its quality."""

    media_type: str
    quality: float

    @property
    def specificity(self) -> int:
        """How narrow it is: 0 for ``*/*``, 1 for ``text/*``, 2 for a type with its subtype."""
        return 2 - self.media_type.count("*")

    def includes(self, media_type: str) -> bool:
        kind, _, subtype = self.media_type.partition("/")
        offered_kind, _, offered_subtype = media_type.partition("/")
        return kind in {"*", offered_kind} and subtype in {"*", offered_subtype}


def choose_format(endpoint: Endpoint, *, name: str, suffix: str, accept: str, is_jsonp: bool = False) -> Choice:
    """The format of a request: by the ``_format`` that names it, else the suffix, else the Accept header.

    A callback asks for JSON where nothing else does. Raises BadParameter for a name that is not on offer, or a
    callback in a format that is not JSON; NotAcceptable if the client accepts none.
    """
    if name or suffix:
        formatter = _named(endpoint, name or suffix)
        if is_jsonp and formatter.kind is not FormatterKind.JSON:
            raise BadParameter(
                f"A callback wraps JSON, and the format here is {formatter.name!r}.",
                parameter="callback",
                expected="a JSON format",
            )
        return Choice(formatter, formatter.media_types[0])
    offers = [(offer, media_type) for offer in _in_preference(endpoint, is_jsonp) for media_type in offer.media_types]
    best = best_offer("*/*" if is_jsonp else accept, [media_type for _, media_type in offers])
    if best is None:
        raise NotAcceptable(accept, dict.fromkeys(essence(media_type) for _, media_type in offers))
    formatter, media_type = offers[best]
    # As in Elda, a format that nobody named goes by the suffix of its kind: the default ``iso`` is shown as ``json``.
    plain = endpoint.formatters.get(formatter.kind.value, formatter)
    same_kind = plain if plain.kind is formatter.kind else formatter
    return Choice(same_kind, media_type, is_negotiated=True)


def best_offer(accept: str, offers: Sequence[str]) -> int | None:
    """The index of the media type that the header prefers, or None if it accepts none of them.

    Higher quality wins, then the narrower range (so ``text/html, */*`` is HTML), then what the client names
    first, then the order of the offers. No header accepts everything.
    """
    ranges = parse_accept(accept)
    if not ranges:
        return 0 if offers else None
    ranked = []
    for index, offer in enumerate(offers):
        matching = [(range_, place) for place, range_ in enumerate(ranges) if range_.includes(essence(offer))]
        if matching:
            range_, place = max(matching, key=lambda pair: (pair[0].specificity, -pair[1]))
            ranked.append((range_.quality, range_.specificity, -place, -index))
    quality, *_, negative_index = max(ranked, default=(0.0, 0, 0, 0))
    return -negative_index if quality > 0 else None


def parse_accept(accept: str) -> tuple[MediaRange, ...]:
    """The elements of an Accept header, in order; what is malformed is left out."""
    return tuple(range_ for element in accept.split(",") if (range_ := _media_range(element)))


def essence(media_type: str) -> str:
    """A media type without its parameters, in small letters: ``text/html`` of ``text/HTML; charset=utf-8``."""
    return media_type.partition(";")[0].strip().lower()


def _media_range(element: str) -> MediaRange | None:
    media_type, *parameters = (part.strip().lower() for part in element.split(";"))
    kind, slash, subtype = media_type.partition("/")
    if not (slash and kind and subtype) or (kind == "*" and subtype != "*"):
        return None
    quality = next((value.strip() for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "q"), "1")
    try:
        return MediaRange(media_type, min(max(float(quality), 0.0), 1.0))
    except ValueError:
        return None


def _named(endpoint: Endpoint, name: str) -> FormatterDeclaration:
    if name in endpoint.formatters:
        return endpoint.formatters[name]
    raise BadParameter(
        f"There is no format {name!r} here.",
        parameter="_format",
        value=name,
        expected=f"one of {', '.join(endpoint.formatters)}",
        known=endpoint.formatters,
    )


def _in_preference(endpoint: Endpoint, is_jsonp: bool) -> Iterable[FormatterDeclaration]:
    default, formatters = endpoint.default_formatter, endpoint.formatters.values()
    others = (formatter for formatter in formatters if formatter is not default)
    return (offer for offer in (default, *others) if offer.kind is FormatterKind.JSON or not is_jsonp)
