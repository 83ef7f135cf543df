"""The files of a configuration: their Turtle, what they include, and the vocabularies and data that they point at."""

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import rdflib
from rdflib.util import guess_format

from pqlod.errors import ConfigurationError, Mistake
from pqlod.rdf import BlankNode, Graph, Literal, NamedNode, Resource, Term, Triple

INCLUDE = "#include "
_AT_LINE = re.compile(r"at line \d+ of <[^>]*>:\s*")


@dataclass(frozen=True)
class ConfigurationFile:
    """A configuration as triples, with the prefixes of its text and all the files that the text came from."""

    path: Path
    graph: Graph
    prefixes: Mapping[str, str]
    files: tuple[Path, ...]
    mistakes: tuple[Mistake, ...] = ()

    def locate(self, location: str) -> Path | None:
        """The absolute path that a location names: a path, ``local:`` or ``file:``; None for an address on the Web."""
        if location.startswith("file:"):
            return Path(unquote(urlsplit(location).path))
        location = location.removeprefix("local:")
        return None if "://" in location else self.path.parent / location


class Mount(NamedTuple):
    """A configuration file and the path under which its endpoints are mounted (``/p1``, or empty)."""

    prefix: str
    path: Path


class _Line(NamedTuple):
    text: str
    path: Path
    number: int


class _Recorder(rdflib.Graph):
    """What a parser reads, as it comes: a graph of rdflib keeps no order, and of each namespace one prefix only."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self.statements: dict[tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node], None] = {}
        self.prefixes: dict[str, str] = {}

    def add(self, triple: tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]) -> "_Recorder":
        self.statements[triple] = None
        return self

    def bind(self, prefix: str | None, namespace: object, *args: object, **options: object) -> None:
        self.prefixes[prefix or ""] = str(namespace)


def find_files(locations: Iterable[str | Path]) -> tuple[Mount, ...]:
    """The files of locations like ``conf/api.ttl`` or ``prefix::conf/*.ttl``.

    A ``*`` in the prefix stands for the text that the first ``*`` of the path matches. Raises ConfigurationError
    for a location without a file.
    """
    return tuple(mount for location in locations for mount in _find(str(location)))


def read_file(path: Path, prefixes: Mapping[str, str]) -> ConfigurationFile:
    """A configuration file with all that it includes; ``prefixes`` are known before its first line.

    Raises ConfigurationError, with file and line, if it cannot be read or is not Turtle.
    """
    lines = list(_lines(path.resolve()))
    declarations = "".join(f"@prefix {prefix}: <{iri}> . " for prefix, iri in prefixes.items())
    graph = _Recorder()
    try:
        graph.parse(data=declarations + "\n".join(line.text for line in lines), format="turtle", publicID=path.resolve().as_uri())
    except Exception as error:  # whatever rdflib stumbles over, an IndexError at the end of a text among others
        raise _syntax_error(error, lines) from error
    triples, mistakes = _converted(graph, path)
    return ConfigurationFile(path, triples, graph.prefixes, tuple(dict.fromkeys(line.path for line in lines)), mistakes)


def read_vocabulary_file(path: Path) -> ConfigurationFile:
    """An RDF file of declarations, in the syntax that its suffix tells. Raises ConfigurationError."""
    graph = _Recorder()
    try:
        graph.parse(data=_text(path), format=guess_format(str(path)) or "turtle", publicID=path.as_uri())
    except Exception as error:  # whatever rdflib stumbles over, an IndexError at the end of a text among others
        raise ConfigurationError([Mistake(str(path), "", f"Cannot be read: {error}")]) from error
    triples, mistakes = _converted(graph, path)
    return ConfigurationFile(path, triples, graph.prefixes, (path,), mistakes)


def _find(location: str) -> Iterator[Mount]:
    prefix, separator, pattern = location.rpartition("::")
    mount = f"/{prefix.strip('/')}" if separator and prefix else ""
    paths = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]
    if not paths:
        raise ConfigurationError([Mistake(location, "", "No file matches.")])
    for path in paths:
        yield Mount(mount.replace("*", _matched(pattern, path)), Path(path))


def _matched(pattern: str, path: str) -> str:
    """What the first ``*`` of a pattern stands for in a path."""
    before, _, after = os.path.basename(pattern).partition("*")
    name = os.path.basename(path)
    return name[len(before) : len(name) - len(after.partition("*")[0])]


def _lines(path: Path, including: tuple[Path, ...] = ()) -> Iterator[_Line]:
    if path in including:
        raise ConfigurationError([Mistake(str(including[-1]), INCLUDE.strip(), f"{path.name} includes itself.")])
    for number, text in enumerate(_text(path, including).split("\n"), start=1):
        if text.startswith(INCLUDE):
            included = path.parent / text.removeprefix(INCLUDE).strip()
            yield from _lines(included.resolve(), (*including, path))
        else:
            yield _Line(text, path, number)


def _text(path: Path, including: tuple[Path, ...] = ()) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        place = f", which {including[-1].name} includes" if including else ""
        raise ConfigurationError([Mistake(f"{path}{place}", "", f"{error.strerror or error}.")]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError([Mistake(str(path), "", f"Expected UTF-8: {error}.")]) from error


def _syntax_error(error: Exception, lines: list[_Line]) -> ConfigurationError:
    number = getattr(error, "lines", len(lines) - 1)  # rdflib counts from 0
    line = lines[min(number, len(lines) - 1)]
    why = getattr(error, "_why", None) or _AT_LINE.sub("", str(error))
    return ConfigurationError([Mistake(f"{line.path}, line {line.number}", "", f"Not Turtle: {why}.")])


def _converted(graph: _Recorder, path: Path) -> tuple[Graph, tuple[Mistake, ...]]:
    triples, mistakes = [], []
    for s, p, o in graph.statements:
        try:
            triples.append(Triple(_resource(s), NamedNode(str(p)), _term(o)))
        except ValueError as error:
            mistakes.append(Mistake(f"{path.name}, <{s}>", f"<{p}>", f"{error} in {str(o)!r}."))
    return Graph(triples), tuple(mistakes)


def _resource(node: rdflib.term.Node) -> Resource:
    return BlankNode(str(node)) if isinstance(node, rdflib.BNode) else NamedNode(str(node))


def _term(node: rdflib.term.Node) -> Term:
    if not isinstance(node, rdflib.Literal):
        return _resource(node)
    if node.language:
        return Literal(str(node), language=node.language)
    return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))
