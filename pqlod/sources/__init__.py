"""Source files to records: the kinds of file that pqlod reads, told apart by their content."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from pqlod.errors import SourceError
from pqlod.rdf import Quad
from pqlod.sources import exchange, lda_json, members_api, mnis_xml, rdf_files, tables, written_questions_api
from pqlod.sources.files import SourceFile
from pqlod.sources.records import Record
from pqlod.sources.refusals import Refusal

__all__ = ["SOURCES", "Source", "SourceFile", "source_of"]


class Source(NamedTuple):
    """A kind of file: its name, how its content is recognised, and what reads it: records and refusals, or quads of RDF."""

    name: str
    recognises: Callable[[SourceFile], bool]
    read: Callable[[SourceFile], Iterator[Record | Refusal | Quad]]


def source_of(file: SourceFile) -> Source:
    """The kind of a file, by its content; SourceError if it is empty, damaged, or of no kind."""
    if file.head in NOTHING:
        raise SourceError("Empty.", source=file.name)
    for source in SOURCES:
        if source.recognises(file):
            return source
    kinds = ", ".join(source.name for source in SOURCES if source.read is not _refuse)
    start = file.head[:40]
    is_text = all(character.isprintable() or character.isspace() for character in start.replace("\ufffd", "\x00"))
    shown = repr(start) if is_text else "with bytes that are no text"
    raise SourceError(f"Of no known kind: it begins {shown}. Known are: {kinds}.", source=file.name)


def _is_json(recognises: Callable[[object], bool]) -> Callable[[SourceFile], bool]:
    return lambda file: file.head.startswith(("{", "[")) and recognises(file.document)


def _has_root(*names: str) -> Callable[[SourceFile], bool]:
    return lambda file: _root_element(file.head) in names


def _is_solr(document: object) -> bool:
    return isinstance(document, dict) and "responseHeader" in document


def _is_rdf(file: SourceFile) -> bool:
    return rdf_files.syntax_of(file) is not None


def _root_element(head: str) -> str:
    match = re.match(r"(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<([\w.-]+)[\s/>]", head, re.DOTALL)
    return match[1] if match else ""


def _refuse(file: SourceFile) -> Iterator[Record | Refusal | Quad]:
    source = next(source for source in SOURCES if source.recognises(file))
    raise SourceError(f"This is {source.name}, which pqlod does not read.", source=file.name)


# What a file that holds nothing says.
NOTHING = frozenset({"", "[]", "{}"})

# The first row that recognises a file reads it. What is known and not read is here too, so that its refusal can name it.
SOURCES = (
    Source("exchange format, as JSON lines", lambda file: exchange.recognises_lines(file.head), exchange.read_lines),
    Source("exchange format, as JSON", _is_json(exchange.recognises), exchange.read),
    Source("Linked Data API JSON", _is_json(lda_json.recognises), lda_json.read),
    Source("written questions API JSON", _is_json(written_questions_api.recognises), written_questions_api.read),
    Source("Members API JSON", _is_json(members_api.recognises), members_api.read),
    Source("JSON of Parliament's search index (Solr)", _is_json(_is_solr), _refuse),
    Source("MNIS XML", _has_root(*mnis_xml.ROOTS), mnis_xml.read),
    Source("XML of TheyWorkForYou", _has_root("publicwhip"), _refuse),
    Source("a web page", _has_root("html", "HTML"), _refuse),
    Source("CSV table", lambda file: tables.recognises(file.head), tables.read),
    Source("RDF", _is_rdf, rdf_files.read),
)
