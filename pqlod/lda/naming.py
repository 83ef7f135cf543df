"""The names of terms in results: declared ones, and those generated for the terms of one page."""

import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from urllib.parse import unquote

from pqlod.rdf import NamedNode, local_name

LEGAL_NAME = re.compile(r"[_a-zA-Z][0-9a-zA-Z_]*")

# Elda's reversible encoding of IRIs in names (round-trip mode); every other character is `_hh` for each byte of it.
CODES = {"://": "X", "/": "S", ":": "C", ".": "D", "#": "H", "-": "M", "&": "A", "?": "Q", "=": "E"}
LOCAL_NAME_MARK = "Z"
_CODED = re.compile("|".join(map(re.escape, CODES)) + "|[^a-zA-Z0-9]|[XSCDHMAQEZ]", re.DOTALL)
_DECODED = re.compile(r"_([0-9a-f]{2})|([XSCDHMAQEZ])")
_PLAIN = {code: text for text, code in CODES.items()} | {LOCAL_NAME_MARK: ""}


class ShortnameMode(Enum):
    """How terms without a declared shortname are named in results (``elda:shortnameMode``)."""

    PREFER_LOCALNAMES = "preferLocalnames"
    PREFER_PREFIXES = "preferPrefixes"
    ROUND_TRIP = "roundTrip"


def is_legal_name(name: str) -> bool:
    """Can this be a shortname, in URLs, JSON and XML alike?"""
    return LEGAL_NAME.fullmatch(name) is not None


def generate_names(
    terms: Iterable[NamedNode], mode: ShortnameMode, prefixes: Mapping[str, str], taken: Collection[str]
) -> Mapping[NamedNode, str]:
    """A name for each of the terms, none of which has a declared one; ``taken`` are the declared names.

    The names depend on the terms of this page and on nothing else: no two terms share one, whatever their order.
    """
    ordered = sorted(set(terms), key=lambda term: term.value)
    by_namespace = prefixes_by_namespace(prefixes)
    if mode is ShortnameMode.ROUND_TRIP:
        return {term: _round_trip_name(term.value, by_namespace, taken) for term in ordered}
    shared = {name for name, count in Counter(local_name(term.value) for term in ordered).items() if count > 1}
    used = set(taken)
    names = {}
    for term in ordered:
        candidates = _candidates(term.value, mode, by_namespace, shared)
        names[term] = next(name for name in candidates if name and name not in used)
        used.add(names[term])
    return names


def prefixes_by_namespace(prefixes: Mapping[str, str]) -> Mapping[str, str]:
    """The prefix that names are made with, for each namespace: the first in alphabetical order of those that it has."""
    return {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True) if prefix}


def prefixed_name(iri: str, by_namespace: Mapping[str, str]) -> str | None:
    """``prefix_local``, where the namespace of the IRI has a prefix and the rest can stand in the name of an element."""
    local = local_name(iri)
    prefix = by_namespace.get(iri.removesuffix(local)) if local else None
    return None if prefix is None else f"{prefix}_{_escape(local)}"


def encode_iri(iri: str) -> str:
    """The name ``unknown_…`` that stands for a whole IRI."""
    local = local_name(iri)
    return "unknown_" + _encode(iri.removesuffix(local)) + LOCAL_NAME_MARK + _encode(local)


def decode_iri(name: str, prefixes: Mapping[str, str]) -> NamedNode | None:
    """The IRI of a name that round-trip mode wrote (``unknown_…``, ``pre_prefix_…``), or None."""
    kind, _, text = name.partition("_")
    if kind == "pre":
        prefix, _, text = text.partition("_")
        iri = prefixes[prefix] + _decode(text) if prefix in prefixes else ""
    else:
        iri = _decode(text) if kind in ("unknown", "uri") else ""
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _candidates(iri: str, mode: ShortnameMode, by_namespace: Mapping[str, str], shared: Collection[str]) -> Iterable[str]:
    local = local_name(iri)
    if mode is ShortnameMode.PREFER_LOCALNAMES and local not in shared and is_legal_name(local):
        yield local
    yield prefixed_name(iri, by_namespace) or ""
    start = local if local[:1].isalpha() else f"_{local}".removesuffix("_")  # as the name of an element must
    yield f"{_escape(start)}_{zlib.crc32(iri.removesuffix(local).encode()) & 0xFFFF:04x}"
    yield f"{_escape(start)}_{zlib.crc32(iri.encode()):08x}"


def _escape(local: str) -> str:
    """A local name whose characters may all stand in the name of an XML element."""
    return re.sub(r"[^\w-]", lambda match: f"_{ord(match[0]):x}_", local)


def _round_trip_name(iri: str, by_namespace: Mapping[str, str], taken: Collection[str]) -> str:
    local = local_name(iri)
    prefix = by_namespace.get(iri.removesuffix(local)) if local else None
    if prefix is None:
        return encode_iri(iri)
    name = f"{prefix}_{local}"
    return name if is_legal_name(name) and name not in taken else f"pre_{prefix}_{_encode(local)}"


def _encode(text: str) -> str:
    return _CODED.sub(lambda match: CODES.get(match[0]) or "".join(f"_{byte:02x}" for byte in match[0].encode()), text)


def _decode(text: str) -> str:
    return unquote(_DECODED.sub(lambda match: f"%{match[1]}" if match[1] else _PLAIN[match[2]], text))
