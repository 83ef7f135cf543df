"""The Members API: members with their histories, parties, constituencies, answering bodies.

No list of it tells what changed, so each harvest asks for all, and the service says of most of it that it is as it was.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from pqlod.errors import SourceError
from pqlod.harvest.requests import Api, Page, Request, with_parameters
from pqlod.sources.fields import shown
from pqlod.sources.members_api import recognises

NAME = "members"
URL = "https://members-api.parliament.uk/api"
TAKE = 20  # the most that a page of the service holds
MEMBERS = "members"
LISTS = (
    ("answering bodies", "/Reference/AnsweringBodies"),
    ("parties of the Commons", "/Parties/GetActive/Commons"),
    ("parties of the Lords", "/Parties/GetActive/Lords"),
    ("constituencies", f"/Location/Constituency/Search?skip=0&take={TAKE}"),
    (MEMBERS, f"/Members/Search?skip=0&take={TAKE}"),
)


def everything(url: str = URL) -> Iterator[Request]:
    """Asks for all that the service tells."""
    return (Request(NAME, label, url + path) for label, path in LISTS)


def read(request: Request, document: Any) -> Page:
    """A page, after which come the histories of its members, and then the next page."""
    items = document.get("items") if isinstance(document, dict) else document
    if not isinstance(items, list) or (items and not recognises(document)):
        raise SourceError(f"{shown(document)} is no list of {request.label}.")
    total = document.get("totalResults") if isinstance(document, dict) else None
    following = list(_histories(request, items)) if request.label == MEMBERS else []
    end = request.start + len(items)
    if items and "skip=" in request.url and isinstance(total, int) and end < total:
        following.append(Request(NAME, request.label, with_parameters(request.url, skip=end), start=end))
    return Page(len(items), total if isinstance(total, int) else None, tuple(following))


def _histories(request: Request, items: list[Any]) -> Iterator[Request]:
    values = [item.get("value", item) for item in items if isinstance(item, dict)]
    numbers = [value["id"] for value in values if isinstance(value, dict) and isinstance(value.get("id"), int)]
    if numbers:
        root, query = request.url.partition("/Members/")[0], urlencode([("ids", number) for number in numbers])
        url = f"{root}/Members/History?{query}"
        yield Request(NAME, f"histories of {len(numbers)} members", url, is_detail=True)


API = Api(NAME, read)
