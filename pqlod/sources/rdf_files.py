"""Reads RDF of any syntax as quads, which are loaded as they stand."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import IO, TypeVar, cast

from pyoxigraph import RdfFormat, Store, parse

from pqlod.errors import SourceError
from pqlod.packing import DAMAGE
from pqlod.rdf import XSD, BlankNode, Literal, Quad, Term
from pqlod.sources.fields import DAYS_AS_INSTANTS
from pqlod.sources.files import SourceFile
from pqlod.sources.records import DATA

Named = TypeVar("Named")

# How a file of each syntax begins, comments left out; the first row that fits.
BEGINNINGS = (
    (re.compile(r"(<\?xml|<!DOCTYPE|<!--).*?<(\w+:)?RDF\b|<(\w+:)?RDF\b", re.DOTALL), RdfFormat.RDF_XML),
    (re.compile(r"[\[{].*?\"@(context|id|graph|type)\"", re.DOTALL), RdfFormat.JSON_LD),
    (re.compile(r"@?(prefix|base)\b|<[^>\s]*:[^>\s]*>|_:|\[|\w*:\w", re.IGNORECASE), RdfFormat.TRIG),
)
# A line of N-Triples or N-Quads, the latter of which has the former in it.
NODE = r"(<[^>\s]*>|_:\S+)"
LINE = re.compile(rf'{NODE}\s*<[^>\s]*>\s*({NODE}|"([^"\\]|\\.)*"(@[\w-]+|\^\^<[^>\s]*>)?)\s*{NODE}?\s*\.')
# Suffixes decide among the syntaxes that can begin alike, and where content says nothing.
SUFFIXES = {
    ".ttl": RdfFormat.TRIG,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_QUADS,
    ".nq": RdfFormat.N_QUADS,
    ".n3": RdfFormat.N3,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
# What lines of quads do not have that are loaded as they stand: blank nodes, and instants that are days.
BLOCK = 1 << 20  # bytes that are looked through at once
BLANK_NODE, BEFORE_NODES = re.compile(b"_:"), b' \t>"'
INSTANT = re.compile(rb'"\^\^<http://www\.w3\.org/2001/XMLSchema#dateTime>')
DAY, DAY_LENGTH = re.compile(rb'"\d{4}-\d{2}-\d{2}\Z'), len('"2018-01-01')
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
COMMENT = re.compile(r"\A(\s*#[^\n]*\n)+\s*")


def syntax_of(file: SourceFile) -> RdfFormat | None:
    """The RDF syntax of a file: by its content, and its name where that says too little; None if it looks like none."""
    start = COMMENT.sub("", file.head)
    by_name = next((SUFFIXES[suffix] for suffix in file.path.suffixes if suffix in SUFFIXES), None)
    by_content = next((syntax for pattern, syntax in BEGINNINGS if pattern.match(start)), None)
    if by_content != RdfFormat.TRIG:
        return by_content or by_name
    lines = [line for line in start.splitlines()[:20] if line and not line.startswith("#")]
    is_by_lines = all(map(LINE.match, lines[:-1] or lines))  # the last one may be cut
    return by_name or (RdfFormat.N_QUADS if is_by_lines else RdfFormat.TRIG)


def read(file: SourceFile) -> Iterator[Quad]:
    """The quads of a file, days that are typed xsd:dateTime as xsd:date; SourceError tells where it is broken.

    A file that is broken anywhere gives no quad. Blank nodes are named by the file's content and their order in it,
    so that the same file gives the same quads again.
    """
    for _ in _parsed(file):
        pass
    names = _BlankNodeNames(_digest(file))
    return (
        Quad(names.of(quad.subject), quad.predicate, _object(quad.object, names, file.notes), names.of(quad.graph_name))
        for quad in _parsed(file)
    )


def load_as_it_stands(file: SourceFile, store: Store) -> int | None:
    """Loads a file of N-Quads into a store in bulk, if ``read`` would give its quads as they are; how many it has.

    None, and nothing is loaded, for a file of anything else, with blank nodes, comments or days typed as instants, or broken.
    """
    if syntax_of(file) != RdfFormat.N_QUADS:
        return None
    try:
        with file.open() as content:
            lines = _PlainLines(content)
            store.bulk_load(cast(IO[bytes], lines), RdfFormat.N_QUADS)  # all or nothing
            return lines.number
    except (_NotPlain, SyntaxError, *DAMAGE):
        return None  # ``read`` tells what is wrong


class _NotPlain(Exception):
    """A file cannot be loaded as it stands."""


class _PlainLines:
    """Gives the bytes of a file, each line of which has a quad; _NotPlain where there is anything else."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._block, self._place = content, b"", 0
        self.number = 0

    def read(self, size: int) -> bytes:
        if self._place >= len(self._block):
            self._block, self._place = self._content.read(BLOCK) + self._content.readline(), 0
            self.number += _plain_lines(self._block)
        piece = self._block[self._place : self._place + size]
        self._place += size
        return piece


def _plain_lines(block: bytes) -> int:
    """How many lines a block of whole lines has, if each begins with an IRI and nothing in it is to be looked at."""
    lines = block.count(b"\n") + (bool(block) and not block.endswith(b"\n"))
    is_plain = block.count(b"\n<") + block.startswith(b"<") == lines
    if not is_plain or any(map(_is_node, BLANK_NODE.finditer(block))) or any(map(_is_day, INSTANT.finditer(block))):
        raise _NotPlain
    return lines


def _is_node(mark: re.Match[bytes]) -> bool:
    return mark.string[mark.start() - 1] in BEFORE_NODES


def _is_day(instant: re.Match[bytes]) -> bool:
    return DAY.search(instant.string, max(instant.start() - DAY_LENGTH, 0), instant.start()) is not None


def _parsed(file: SourceFile) -> Iterator[Quad]:
    syntax = syntax_of(file)
    try:
        with file.open() as content:
            if content.read(3) != BYTE_ORDER_MARK:
                content.seek(0)
            yield from parse(content, syntax, base_iri=DATA)
    except SyntaxError as error:
        raise SourceError(f"Broken RDF: {error.msg}", source=file.name, place=f"line {error.lineno}") from error
    except DAMAGE as error:
        raise SourceError(f"Damaged: {error}.", source=file.name) from error


class _BlankNodeNames:
    """Names for blank nodes, in the order in which they come."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._names: dict[BlankNode, BlankNode] = {}

    def of(self, term: Named) -> Named | BlankNode:
        if not isinstance(term, BlankNode):
            return term
        return self._names.setdefault(term, BlankNode(f"{self._digest}n{len(self._names)}"))


def _object(term: Term, names: _BlankNodeNames, notes: Counter[str]) -> Term:
    if isinstance(term, Literal) and term.datatype == XSD.dateTime and re.fullmatch(r"\d{4}-\d{2}-\d{2}", term.value):
        notes[DAYS_AS_INSTANTS] += 1
        return Literal(term.value, datatype=XSD.date)
    return names.of(term)


def _digest(file: SourceFile) -> str:
    digest = hashlib.sha256()
    with file.open() as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return "b" + digest.hexdigest()[:16]
