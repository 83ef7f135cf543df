"""Texts without their markup, cut to what there is room for, with the words of a search marked."""

import html
import re
from functools import lru_cache

import nh3
from markupsafe import Markup

from pqlod.store.excerpts import Marker

# What may stay of the markup in a text, such as a minister's answer. No images, styles or scripts.
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q",
    "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
MARKUP = re.compile(rf"</?({'|'.join(sorted(TAGS))})(\s[^<>]*)?/?>", re.IGNORECASE)
# Where a new line begins: without a blank there, the words on both sides would run together.
_BREAK = re.compile(r"(?=<(?:p|br|li|div|tr|td|th|h[1-6]|ul|ol|table|blockquote)\b)", re.IGNORECASE)
ELLIPSIS = "…"


def plain_text(text: str) -> str:
    """A text without its markup, on one line; one that has none stays as it is."""
    if MARKUP.search(text):
        text = html.unescape(nh3.clean(_BREAK.sub(" ", text), tags=set()))
    return " ".join(text.split())


def beginning(text: str, length: int) -> str:
    """A text cut at the end of a word, with an ellipsis, if it is longer than so many characters."""
    if len(text) <= length:
        return text
    cut = text[: length + 1].rpartition(" ")[0] or text[:length]
    return cut.rstrip(" ,;:.–-") + ELLIPSIS


def excerpt(text: str, search: tuple[str, ...], length: int) -> Markup:
    """The piece of a plain text that has most of the words of a search, or its beginning, with these words marked."""
    found = _marker(search).excerpt(text, length)
    pieces = (Markup("<mark>{}</mark>" if is_marked else "{}").format(piece) for piece, is_marked in found.pieces())
    return Markup(ELLIPSIS * found.begins_inside) + Markup("").join(pieces) + ELLIPSIS * found.ends_inside


@lru_cache(maxsize=64)
def _marker(search: tuple[str, ...]) -> Marker:
    return Marker(search)
