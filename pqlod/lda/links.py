"""The URL of a request, and the URLs that are made from it: of other pages, formats and views."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

# What stays readable in a query: shortnames have dots, lists commas, IRIs colons and slashes, inverse steps tildes.
READABLE_IN_QUERY = ",:/@~*!()?"
READABLE_IN_PATH = ",:/@~*!()$&'+;="


@dataclass(frozen=True)
class RequestUrl:
    """An address taken apart, all parts decoded: ``root`` + ``path`` + ``.suffix`` + ``?parameters``.

    ``root`` is scheme, host and base, without a slash at its end; ``path`` begins with one and has no suffix.
    ``parameters`` keep the order of the client, here and in every URL that is made from this one. A page makes some forty,
    which is why they are not made by ``dataclasses.replace``.
    """

    root: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    suffix: str = ""

    def with_parameters(self, **values: object) -> "RequestUrl":
        """The URL with each parameter set: where it stands, or else at the end."""
        parameters = list(self.parameters)
        for name, value in values.items():
            places = [place for place, (key, _) in enumerate(parameters) if key == name]
            for place in reversed(places[1:]):
                del parameters[place]
            parameters[slice(places[0], places[0] + 1) if places else slice(len(parameters), None)] = [(name, str(value))]
        return RequestUrl(self.root, self.path, tuple(parameters), self.suffix)

    def without(self, *names: str) -> "RequestUrl":
        parameters = tuple((name, value) for name, value in self.parameters if name not in names)
        return RequestUrl(self.root, self.path, parameters, self.suffix)

    def with_suffix(self, suffix: str) -> "RequestUrl":
        return RequestUrl(self.root, self.path, self.parameters, suffix)

    def in_format(self, name: str, *, by_suffix: bool) -> "RequestUrl":
        """The same page in another format, by its suffix or by a parameter beside that. A callback is for JSON alone."""
        plain = self.without("_format", "callback")
        return plain.with_suffix(name) if by_suffix else plain.with_parameters(_format=name)

    def with_path(self, path: str) -> "RequestUrl":
        return replace(self, path=path)

    def renamed(self, names: Mapping[str, str]) -> "RequestUrl":
        """The URL with some parameters under other names."""
        return replace(self, parameters=tuple((names.get(name, name), value) for name, value in self.parameters))

    def values(self) -> dict[str, tuple[str, ...]]:
        """The different values of each parameter, in order. Empty ones are dropped, as if they were not there."""
        values: dict[str, dict[str, None]] = {}
        for name, value in self.parameters:
            if value:
                values.setdefault(name, {})[value] = None
        return {name: tuple(given) for name, given in values.items()}

    def __str__(self) -> str:
        path = _quote_path(self.path)
        query = "&".join(f"{_quote(name)}={_quote(value)}" for name, value in self.parameters)
        return f"{self.root}{path}{'.' * bool(self.suffix)}{quote(self.suffix)}{'?' * bool(query)}{query}"


@lru_cache(maxsize=4096)  # the links of a page differ in little
def _quote(text: str) -> str:
    return quote(text, safe=READABLE_IN_QUERY)


@lru_cache(maxsize=1024)
def _quote_path(text: str) -> str:
    return quote(text, safe=READABLE_IN_PATH)
