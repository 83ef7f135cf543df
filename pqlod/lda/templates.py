"""URI templates: which paths one matches, and what it becomes when its variables are filled in.

``{name}`` stands for one segment of a path, or a part of it; ``{+name}``, which is pqlod's own, for several
segments. A query part (``/about?resource={u}``) asks for parameters by name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

VARIABLE = re.compile(r"\{(\+?)([a-zA-Z][a-zA-Z0-9_]*)\}")
_NOT_IN_IRIS = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]|%(?![0-9A-Fa-f]{2})')
_IN_PATHS = "/:@!$&'()*+,;=~"


@dataclass(frozen=True)
class UriTemplate:
    """A template as it is written; all that is told of it is told of its text."""

    text: str

    @property
    def path_part(self) -> str:
        return self.text.partition("?")[0]

    @property
    def query_part(self) -> tuple[tuple[str, str], ...]:
        """The parameters that must be there, each with the template of its value."""
        pieces = self.text.partition("?")[2].split("&")
        return tuple((name, value) for name, _, value in (piece.partition("=") for piece in pieces) if name)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of its variables, in order, each once."""
        return tuple(dict.fromkeys(match[2] for match in VARIABLE.finditer(self.text)))

    @property
    def literal_length(self) -> int:
        """How many characters of the path part are no variables."""
        return len(VARIABLE.sub("", self.path_part))

    @property
    def priority(self) -> tuple[object, ...]:
        """The key that puts the template to try first before the others.

        Literal text wins, then single segments over many, then templates that ask for parameters, then those
        with more variables; the text decides between equals, so that the order of a file never does.
        """
        many = sum(match[1] == "+" for match in VARIABLE.finditer(self.path_part))
        return -self.literal_length, many, -len(self.query_part), -len(self.variables), self.text

    @property
    def meta_text(self) -> str:
        """The path part with each variable ``{x}`` written ``_x``, as in the address of an endpoint's description."""
        return VARIABLE.sub(lambda match: f"_{match[2]}", self.path_part)

    def match(self, path: str, parameters: Mapping[str, tuple[str, ...]] | None = None) -> Mapping[str, str] | None:
        """The values of its variables in a path, percent-decoded, and in parameters, or None if they do not match."""
        found = self.match_path(path)
        if found is None:
            return None
        for name, pattern in self._query_patterns:
            values = set((parameters or {}).get(name, ()))
            match = pattern.fullmatch(values.pop()) if len(values) == 1 else None
            if match is None or _contradict(found, match.groupdict()):
                return None
            found = {**found, **match.groupdict()}
        return found

    def match_path(self, path: str) -> Mapping[str, str] | None:
        """The same for the path part only, whatever parameters the template asks for."""
        match = self._path_pattern.fullmatch(path)
        return None if match is None else match.groupdict()

    def expand(self, bindings: Mapping[str, str]) -> str:
        """An IRI: its variables filled in, with what no IRI may contain percent-encoded.

        A variable without a binding stays, with its braces encoded.
        """
        return quote_iri(_fill(self.text, bindings, str))

    def expand_url(self, bindings: Mapping[str, str]) -> str:
        """The address that matches with these values: path and query part, percent-encoded as a URL."""
        path = _fill(self.path_part, bindings, lambda value: quote(value, safe=_IN_PATHS))
        query = "&".join(
            f"{name}={_fill(value, bindings, lambda text: quote(text, safe='/:,'))}" for name, value in self.query_part
        )
        return f"{path}?{query}" if query else path

    @cached_property
    def _path_pattern(self) -> re.Pattern[str]:
        return _pattern(self.path_part, one="[^/]+")

    @cached_property
    def _query_patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((name, _pattern(value, one=".+")) for name, value in self.query_part)


def quote_iri(text: str) -> str:
    """A text with each character that no IRI may contain percent-encoded; what is encoded already stays."""
    return _NOT_IN_IRIS.sub(lambda match: quote(match[0], safe=""), text)


def _fill(text: str, bindings: Mapping[str, str], write: Callable[[str], str]) -> str:
    return VARIABLE.sub(lambda match: write(bindings[match[2]]) if match[2] in bindings else match[0], text)


def _pattern(text: str, one: str) -> re.Pattern[str]:
    """The regular expression of a template: a variable that comes again must have the same value."""
    pieces, seen, end = [], set[str](), 0
    for match in VARIABLE.finditer(text):
        name = match[2]
        pieces.append(re.escape(text[end : match.start()]))
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>{'.+' if match[1] else one})")
        seen.add(name)
        end = match.end()
    return re.compile("".join([*pieces, re.escape(text[end:])]), re.DOTALL)


def _contradict(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return any(one.get(name, value) != value for name, value in other.items())
