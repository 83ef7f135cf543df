"""Names in words: how people read a shortname (``answeringDeptId`` is "answering dept id")."""

import re
from functools import lru_cache

__all__ = ["words"]

# A run of digits or capitals takes a single last character with it ("AB1", "n 1x"), as the Linked Data API's
# style sheets have it; a run of capitals ends before the capital that begins a word ("EHC plan").
_WORD = re.compile(
    r"[A-Z]+(?=[A-Z][a-z])|[A-Z]{2,}(?:.$)?|[0-9]+(?:.$)?|(?P<word>[A-Z]?[^A-Z0-9]+|[A-Z])",
    re.DOTALL,
)
# What roundTrip names call a property without a prefix: its whole IRI encoded, Z before the local name.
_GENERATED = re.compile(r"unknown_\w*?Z(?P<local>.+)")


@lru_cache(maxsize=4096)
def words(name: str) -> str:
    """A shortname split into words: in small letters, but runs of capitals are kept."""
    if re.fullmatch("[A-Z]+", name):
        return name
    if generated := _GENERATED.fullmatch(name):
        return f"unknown {generated['local']}"
    return " ".join(_uncapitalised(match) for match in _WORD.finditer(name))


def _uncapitalised(match: re.Match[str]) -> str:
    text = match[0]
    return text[0].lower() + text[1:] if match["word"] else text


def uncapitalised(text: str) -> str:
    """A text as it is inside of a sentence: ``Month tabled`` is "month tabled", ``UIN`` stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
