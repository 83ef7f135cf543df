"""Reads RDF of any syntax as quads, which are loaded as they stand."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from pyoxigraph import RdfFormat, parse

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
