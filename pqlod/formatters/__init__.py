"""What pages are written as: the table of formatters, each a function from a page to bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pqlod.formatters.atom import write_atom
from pqlod.formatters.csv import write_csv, write_tsv
from pqlod.formatters.geojson import write_geojson
from pqlod.formatters.html import write_html
from pqlod.formatters.json import write_json
from pqlod.formatters.jsonld import write_jsonld
from pqlod.formatters.rdf import write_ntriples, write_rdf_xml, write_turtle
from pqlod.formatters.xml import write_xml
from pqlod.lda.model import FormatterKind
from pqlod.lda.pages import Page

__all__ = ["FORMATTERS", "Writer", "write_page"]


@dataclass(frozen=True)
class Writer:
    """How one kind of format is written; ``allows_callback`` if it may be wrapped in a function call (JSONP)."""

    write: Callable[[Page], bytes]
    allows_callback: bool = False


FORMATTERS: Mapping[FormatterKind, Writer] = MappingProxyType(
    {
        FormatterKind.JSON: Writer(write_json, allows_callback=True),
        FormatterKind.XML: Writer(write_xml),
        FormatterKind.TURTLE: Writer(write_turtle),
        FormatterKind.RDF_XML: Writer(write_rdf_xml),
        FormatterKind.NTRIPLES: Writer(write_ntriples),
        FormatterKind.JSON_LD: Writer(write_jsonld),
        FormatterKind.CSV: Writer(write_csv),
        FormatterKind.TSV: Writer(write_tsv),
        FormatterKind.HTML: Writer(write_html),
        FormatterKind.ATOM: Writer(write_atom),
        FormatterKind.GEOJSON: Writer(write_geojson),
    }
)

JSONP_MEDIA_TYPE = "text/javascript; charset=utf-8"


def write_page(page: Page) -> tuple[bytes, str]:
    """The body of a page in the format that it was asked for, with its media type.

    A callback that the request names is put around JSON (JSONP).
    """
    writer = FORMATTERS[page.formatter.kind]
    body = writer.write(page)
    if writer.allows_callback and page.request.callback:
        return _called(page.request.callback, body), JSONP_MEDIA_TYPE
    return body, page.formatter.media_types[0]


def _called(function: str, document: bytes) -> bytes:
    """A script that calls a function with the document; the two line ends that older scripts cannot have are escaped."""
    script = document.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029")
    return b"%s(%s)" % (function.encode(), script)
