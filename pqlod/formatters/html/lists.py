"""The page of a list: its items, its filters, and what can be chosen."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pqlod.formatters.words import words
from pqlod.lda.links import RequestUrl
from pqlod.lda.parameters import is_reserved

if TYPE_CHECKING:
    from pqlod.lda.pages import Page


def filters(page: "Page") -> list[tuple[str, str, str]]:
    """The filters of a list as people read them, each with its value and the address of the list without it."""
    url = first_page(page)
    return [
        (
            _filter_in_words(name),
            value,
            str(replace(url, parameters=tuple(pair for pair in url.parameters if pair != (name, value)))),
        )
        for name, value in url.parameters
        if value and not is_reserved(name)
    ]


def first_page(page: "Page") -> RequestUrl:
    """The address of the list without the number of a page."""
    return page.request.url.with_suffix(page.formatter.name).without("_format", "_page", "_generation")


def _filter_in_words(name: str) -> str:
    """``min-answer.dateOfAnswer`` is "answer › date of answer min"."""
    operator, hyphen, path = name.rpartition("-")
    steps = " › ".join(words(step) for step in path.split(".") if step)
    return f"{steps} {operator}" if hyphen else steps
