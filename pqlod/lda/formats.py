"""Reads the formatters of a configuration, beside those that are always there."""

from collections.abc import Mapping
from types import MappingProxyType

from pqlod.lda.model import FormatterDeclaration, FormatterKind
from pqlod.lda.naming import ShortnameMode
from pqlod.lda.reading import Node
from pqlod.rdf import API, ELDA, NamedNode, Resource, Term, local_name

K = FormatterKind

# Suffix and value of _format, the formatter, the media types that it answers (the first is sent), is it advertised?
_BUILT_IN: tuple[tuple[str, FormatterKind, tuple[str, ...], bool], ...] = (
    ("json", K.JSON, ("application/json",), True),
    ("text", K.JSON, ("text/plain",), True),
    ("xml", K.XML, ("application/xml", "text/xml"), True),
    ("ttl", K.TURTLE, ("text/turtle",), True),
    ("rdf", K.RDF_XML, ("application/rdf+xml",), True),
    ("nt", K.NTRIPLES, ("application/n-triples",), True),
    ("jsonld", K.JSON_LD, ("application/ld+json",), True),
    ("csv", K.CSV, ("text/csv",), True),
    ("tsv", K.TSV, ("text/tab-separated-values",), True),
    ("html", K.HTML, ("text/html",), True),
    ("atom", K.ATOM, ("application/atom+xml",), True),
    ("geojson", K.GEOJSON, ("application/geo+json",), True),
    ("json-ld", K.JSON_LD, ("application/ld+json",), False),  # Elda's name of it
    ("_jsonp", K.JSON, ("application/javascript", "text/javascript"), False),
)
BUILT_IN_FORMATTERS: Mapping[str, FormatterDeclaration] = MappingProxyType(
    {name: FormatterDeclaration(name, kind, types, is_advertised=shown) for name, kind, types, shown in _BUILT_IN}
)
DEFAULT_FORMATTER = BUILT_IN_FORMATTERS["json"]

# Formatters that a configuration may name without describing them.
READY_MADE: Mapping[Term, FormatterDeclaration] = {
    API.jsonFormatter: BUILT_IN_FORMATTERS["json"],
    API.xmlFormatter: BUILT_IN_FORMATTERS["xml"],
    API.rdfXmlFormatter: BUILT_IN_FORMATTERS["rdf"],
    API.turtleFormatter: BUILT_IN_FORMATTERS["ttl"],
    API.csvFormatter: BUILT_IN_FORMATTERS["csv"],
    API.htmlFormatter: BUILT_IN_FORMATTERS["html"],
}
KINDS: Mapping[NamedNode, FormatterKind] = {
    API.JsonFormatter: K.JSON,
    API.XmlFormatter: K.XML,
    API.TurtleFormatter: K.TURTLE,
    API.RdfXmlFormatter: K.RDF_XML,
    API.CsvFormatter: K.CSV,
    API.HtmlFormatter: K.HTML,
    ELDA.VelocityFormatter: K.HTML,
    ELDA.FeedFormatter: K.ATOM,
}
# What a JSON formatter or a style sheet writes is told by its name, its media type or its Java class.
KINDS_BY_NAME = {name: kind for name, kind, _, _ in _BUILT_IN if kind is not K.JSON}
KINDS_BY_TYPE = {types[0]: kind for _, kind, types, _ in _BUILT_IN if kind is not K.JSON} | {"application/xhtml+xml": K.HTML}
KINDS_BY_CLASS = {"JSONLD": K.JSON_LD, "Atom": K.ATOM, "Feed": K.ATOM}

_NOT_OPTIONS = (API.name, API.mimeType, ELDA.shortnameMode, ELDA.className)


class FormatterReader:
    """Reads each formatter once; one that cannot be used is None."""

    def __init__(self) -> None:
        self._formatters: dict[Resource, FormatterDeclaration | None] = {}

    def read(self, node: Node) -> FormatterDeclaration | None:
        if node.term in READY_MADE and not node.graph.describes(node.term):
            return READY_MADE[node.term]
        if node.term not in self._formatters:
            self._formatters[node.term] = _read(node)
        return self._formatters[node.term]


def _read(node: Node) -> FormatterDeclaration | None:
    name, types = node.text(API.name), node.texts(API.mimeType)
    kind = _kind(node, name or "", types)
    if not name or not kind:
        _complain(node, name)
        return None
    default = next(types for _, its_kind, types, _ in _BUILT_IN if its_kind is kind)
    return FormatterDeclaration(name, kind, types or default, _shortname_mode(node), MappingProxyType(_options(node)))


def _kind(node: Node, name: str, types: tuple[str, ...]) -> FormatterKind | None:
    java_class = node.text(ELDA.className) or ""
    by_type = [KINDS_BY_TYPE.get(media_type.partition(";")[0].strip()) for media_type in types]
    by_class = [kind for word, kind in KINDS_BY_CLASS.items() if word in java_class]
    hint = next((kind for kind in [*by_type, KINDS_BY_NAME.get(name), *by_class] if kind), None)
    if node.is_a(API.XsltFormatter):
        return hint
    declared = next((kind for cls, kind in KINDS.items() if node.is_a(cls)), None)
    return hint if hint and (declared in (None, K.JSON, K.CSV)) else declared


def _complain(node: Node, name: str | None) -> None:
    if name is None:
        node.note(API.name, "The formatter has no name, and is left out. Expected: the suffix that asks for it.")
    elif node.is_a(API.XsltFormatter):
        sheet = node.text(API.stylesheet) or "none"
        problem = f"The style sheet {sheet!r} of {name!r} is not run, and the formatter is left out."
        node.note(API.stylesheet, f"{problem} Expected: a formatter named html or csv, or of one of those media types.")
    else:
        node.note(None, f"The formatter {name!r} is of no known class, and is left out. Expected: one such as api:JsonFormatter.")


def _shortname_mode(node: Node) -> ShortnameMode:
    text = node.text(ELDA.shortnameMode)
    modes = {mode.value: mode for mode in ShortnameMode}
    if text is None:
        return ShortnameMode.PREFER_LOCALNAMES
    name = local_name(text)
    if name not in modes:
        node.note(ELDA.shortnameMode, f"{name!r} is unknown. Expected: {', '.join(f'elda:{mode}' for mode in modes)}.")
    return modes.get(name, ShortnameMode.PREFER_LOCALNAMES)


def _options(node: Node) -> dict[str, Term | tuple[Term, ...]]:
    """All else that is said of a formatter; an RDF list, also an empty one, is a tuple."""
    options: dict[str, Term | tuple[Term, ...]] = {}
    for prop in node.graph.properties(node.term):
        if prop not in _NOT_OPTIONS and (prop in ELDA or prop in API):
            value, members = node.values(prop)[0], node.lists(prop)[0]
            options[local_name(prop.value)] = value if members == (value,) else members
    return options
