"""Any Linked Data API: its lists, page after page.

The old service of Parliament left ``_pageSize`` out of its links to next pages, so that who followed them came to a wrong
place. Of such a link only the query is taken, what it lost of ours is put back, and ``startIndex`` is checked.
"""

from typing import Any
from urllib.parse import urlsplit

from pqlod.errors import SourceError
from pqlod.harvest.requests import Api, Page, Request, query_of, with_parameters, with_query
from pqlod.sources.fields import shown

NAME = "lda"


def whole_list(url: str) -> Request:
    """Asks for a list, from its first page on whatever page the address is of, or for one item."""
    parts, query = urlsplit(url), [(name, value) for name, value in query_of(url) if name != "_page"]
    return Request(NAME, parts.netloc + parts.path, with_query(url, query))


def read(request: Request, document: Any) -> Page:
    """A page of a list and its next page, or an item."""
    result = document.get("result") if isinstance(document, dict) else None
    if not isinstance(result, dict) or not ("items" in result or "primaryTopic" in result):
        raise SourceError(f"{shown(document)} is no page of a Linked Data API.")
    if "items" not in result:
        return Page(items=1)
    items = result["items"] if isinstance(result["items"], list) else [result["items"]]
    begins = _number(result, "startIndex", request.start + 1) - 1
    total = _number(result, "totalResults", -1)
    if begins > request.start:
        following = _page_of(request, _number(result, "itemsPerPage", len(items)))
        return Page(0, total if total >= 0 else None, (following,))
    end = begins + len(items)
    is_over = not items or not isinstance(result.get("next"), str) or 0 <= total <= end or end <= request.start
    return Page(len(items), total if total >= 0 else None, () if is_over else (_next(request, result["next"], end),))


def _next(request: Request, link: str, end: int) -> Request:
    told = query_of(link)
    names = {name for name, _ in told}
    lost = [(name, value) for name, value in query_of(request.url) if name not in names]
    return Request(NAME, request.label, with_query(request.url, told + lost), start=end)


def _page_of(request: Request, size: int) -> Request:
    """The page that holds the item with which the request was to begin, in pages of the size that the service gives."""
    url = with_parameters(request.url, _pageSize=size, _page=request.start // max(size, 1))
    if url == request.url:
        raise SourceError(f"Does not begin at item {request.start + 1}, nor does any other page.")
    return Request(NAME, request.label, url, start=request.start)


def _number(result: dict[str, Any], name: str, default: int) -> int:
    value = result.get(name, default)
    if not isinstance(value, int):
        raise SourceError(f"{name} is {shown(value)}, expected a whole number.")
    return value


API = Api(NAME, read)
