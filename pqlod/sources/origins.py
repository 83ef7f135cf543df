"""Where records come from, in the words of PROV-O: the file, or the address at which a payload was fetched, and when."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from urllib.parse import quote, urlsplit

from pqlod.rdf import PROV, RDF, RDFS, XSD, Literal, NamedNode, Term
from pqlod.sources.captures import Capture
from pqlod.sources.files import SourceFile

IRI_SAFE = "!#$%&'()*+,/:;=?@[]~"  # what an address may hold as it is (RFC 3986, 2)


@dataclass(frozen=True)
class Origin:
    """A file that tells something. ``iri`` names it: of two payloads the greater IRI is that of the one fetched later.

    A file goes by its name alone: its folder is the business of whoever loads it, and its date that of whoever copied it.
    """

    iri: str
    label: str = ""
    url: str = ""
    fetched: str = ""  # xsd:dateTime, in UTC

    def statements(self) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """What is told of the file itself."""
        subject = NamedNode(self.iri)
        yield subject, RDF.type, PROV.Entity
        if self.label:
            yield subject, RDFS.label, Literal(self.label)
        if self.fetched:
            yield subject, PROV.generatedAtTime, Literal(self.fetched, datatype=XSD.dateTime)
        if self.url:
            yield subject, PROV.hadPrimarySource, NamedNode(self.url)


def origin_of(file: SourceFile) -> Origin:
    """The origin of what a file tells; SourceError if it cannot be opened."""
    if file.capture is not None:
        return _payload(file.capture)
    name = os.fsencode(file.path.name)
    return Origin(f"urn:pqlod:file:{quote(name)}", label=name.decode("utf-8", "replace"))


def _payload(capture: Capture) -> Origin:
    fetched = capture.fetched.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    mark = sha256(capture.url.encode()).hexdigest()[:16]
    return Origin(f"urn:pqlod:payload:{fetched}:{mark}", url=_public(capture.url), fetched=fetched)


def _public(url: str) -> str:
    """The address without a user's name and password; empty if it is none."""
    try:
        parts = urlsplit(url)
        return NamedNode(quote(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), safe=IRI_SAFE)).value
    except ValueError:
        return ""
