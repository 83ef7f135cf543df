"""The words of an API: which shortname stands for which IRI, and what is declared of properties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pqlod.errors import BadParameter
from pqlod.lda.naming import ShortnameMode, decode_iri, generate_names
from pqlod.lda.paths import Step, Steps
from pqlod.rdf import API, RDF, RDFS, Literal, NamedNode

# Ranges that say "text": with a language, where a request or the configuration names one, and never with one.
PLAIN_RANGES = frozenset({API.PlainLiteral, RDFS.Literal, RDF.langString, RDF.PlainLiteral})
SIMPLE_RANGE = API.SimpleLiteral
BUILT_IN_DATATYPES = frozenset({RDF.XMLLiteral, RDF.HTML, RDF.JSON})

# What a bare word that names nothing is relative to: no data has such IRIs, so it matches nothing.
RELATIVE = "urn:pqlod:relative:"

NO_LANGUAGE = "none"  # the code of text without a tag


@dataclass(frozen=True)
class Property:
    """What is declared of a property; ``expires_after`` is in seconds, ``printed_datatype`` is for JSON and XML.

    ``days_between`` are the paths to the two days that a property tells the distance of, which no triple says.
    """

    iri: NamedNode
    range: NamedNode | None = None
    is_resource: bool = False
    is_multivalued: bool = False
    is_structured: bool = False
    is_hidden: bool = False
    printed_datatype: NamedNode | None = None
    expires_after: int | None = None
    days_between: tuple[Steps, Steps] | None = None


@dataclass(frozen=True)
class LanguageChoice:
    """A text in any one of several languages, of which ``none`` is text without a tag."""

    text: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The declared shortnames, properties and prefixes of an API.

    ``inputs`` are all names that a request may use, ``outputs`` the one name that results give a declared term.
    """

    inputs: Mapping[str, NamedNode] = field(repr=False)
    outputs: Mapping[NamedNode, str] = field(repr=False)
    properties: Mapping[NamedNode, Property] = field(repr=False)
    prefixes: Mapping[str, str]

    def resolve(self, name: str) -> NamedNode | None:
        """The IRI of a shortname, an alias, ``prefix_local`` or a name that round-trip mode wrote; None if unknown."""
        return self.inputs.get(name) or self._prefixed(name) or decode_iri(name, self.prefixes)

    def shortname(self, iri: NamedNode) -> str | None:
        """The declared or built-in name of a term, or None: then ``name_terms`` gives it one."""
        return self.outputs.get(iri)

    def names(self) -> tuple[str, ...]:
        """Every shortname, declared or built in, that a request may use, in alphabetical order."""
        return tuple(sorted({name for name in self.outputs.values() if name in self.inputs}))

    def property(self, iri: NamedNode) -> Property:
        """What is declared of a property; for an undeclared one, nothing."""
        return self.properties.get(iri) or Property(iri)

    def step(self, iri: NamedNode, is_inverse: bool = False) -> Step:
        """The step of a path along a property."""
        return Step(iri, is_inverse, None if is_inverse else self.property(iri).days_between)

    def range_of(self, step: Step) -> NamedNode | None:
        """The range that is declared of what a step leads to; None for one backwards, or along any property."""
        return None if step.is_inverse or step.property is None else self.property(step.property).range

    def name_terms(
        self, terms: Iterable[NamedNode], mode: ShortnameMode = ShortnameMode.PREFER_LOCALNAMES
    ) -> Mapping[NamedNode, str]:
        """The name of each term of one page: no two of them have the same, and no page depends on another."""
        wanted = set(terms)
        declared = {term: self.outputs[term] for term in wanted if term in self.outputs}
        generated = generate_names(wanted - declared.keys(), mode, self.prefixes, self._taken)
        return declared | dict(generated)

    def term(self, step: Step, value: str, languages: tuple[str, ...] = ()) -> Literal | NamedNode | LanguageChoice:
        """The term that a value stands for as the object of a step, by the declared range of its property.

        The value is not compared with the lexical space of a datatype. A bare word where a resource is expected
        is an IRI under RELATIVE. Raises BadParameter if it cannot be an IRI, or a language cannot be a tag.
        """
        declared = self.property(step.property) if step.property else None
        if step.is_inverse or (declared and declared.is_resource):
            return self.resource(value)
        if declared is None or declared.range is None or declared.range in PLAIN_RANGES:
            return _text(value, languages)
        return Literal(value) if declared.range == SIMPLE_RANGE else Literal(value, datatype=declared.range)

    def resource(self, value: str) -> NamedNode:
        """The resource that a value names: by a shortname, ``prefix_local``, or its IRI."""
        found = self.resolve(value)
        if found:
            return found
        try:
            return NamedNode(value if ":" in value else RELATIVE + value)
        except ValueError as error:
            raise BadParameter(f"Illegal IRI {value!r}.", value=value, expected="a shortname or an IRI") from error

    @cached_property
    def _taken(self) -> frozenset[str]:
        return frozenset(self.outputs.values()) | self.inputs.keys()

    def _prefixed(self, name: str) -> NamedNode | None:
        prefix, _, local = name.partition("_")
        if not prefix or not local or prefix not in self.prefixes:
            return None
        try:
            return NamedNode(self.prefixes[prefix] + local)
        except ValueError:
            return None


def _text(value: str, languages: tuple[str, ...]) -> Literal | LanguageChoice:
    if len(languages) > 1:
        return LanguageChoice(value, languages)
    if not languages or languages[0] == NO_LANGUAGE:
        return Literal(value)
    try:
        return Literal(value, language=languages[0])
    except ValueError as error:
        raise BadParameter(f"{languages[0]!r} is no language tag.", value=languages[0], expected="a tag such as en") from error
