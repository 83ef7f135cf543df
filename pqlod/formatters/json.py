"""Pages as JSON: the envelope of the Linked Data API around the shape of ``items``."""

from collections.abc import Mapping
from typing import TypeAlias

import orjson

from pqlod.formatters.items import Field, Names, Node, Shape, Value
from pqlod.formatters.scalars import Scalar, language_tag, scalar
from pqlod.lda.pages import Page
from pqlod.rdf import Literal, NamedNode

__all__ = ["Json", "JsonWriter", "write_json"]

FORMAT, VERSION = "linked-data-api", "0.2"

Json: TypeAlias = "Scalar | list[Json] | Mapping[str, Json] | None"


def write_json(page: Page) -> bytes:
    """A page in the form ``{"format": …, "version": …, "result": …}``, in UTF-8."""
    shape = Shape(page)
    result = JsonWriter(page, shape.names).resource(shape.root())
    return orjson.dumps({"format": FORMAT, "version": VERSION, "result": result})


class JsonWriter:
    """Writes the nodes of one page as JSON objects; keys are in the order of the fields, ``_about`` before them."""

    def __init__(self, page: Page, names: Names) -> None:
        uses_iso = page.formatter.options.get("jsonUsesISOdate")
        self._iso_dates = isinstance(uses_iso, Literal) and uses_iso.value in ("true", "1")
        self._names = names
        self._written: dict[int, dict[str, Json]] = {}  # nodes stand in many places: a member tables many questions

    def resource(self, node: Node) -> dict[str, Json]:
        """A resource as an object. A blank node that is mentioned once has no ``_about``."""
        written = self._written.get(id(node))
        if written is None:
            written = {} if node.id is None else {"_about": node.id}
            for field, values in node.fields:
                written[field.name] = self.field(field, values)
            self._written[id(node)] = written
        return written

    def field(self, field: Field, values: tuple[Value, ...]) -> Json:
        """The values of a property: an array if there are several, or if it is declared multi-valued."""
        if len(values) == 1 and not field.property.is_multivalued:
            return self._value(field, values[0])
        return [self._value(field, value) for value in values]

    def _value(self, field: Field, value: Value) -> Json:
        if isinstance(value, Literal):
            return self._structured(field, value) if field.property.is_structured else scalar(value, iso_dates=self._iso_dates)
        if isinstance(value, NamedNode):
            return value.value
        if isinstance(value, Node):
            return self.resource(value)
        return [self._value(field, member) for member in value]

    def _structured(self, field: Field, literal: Literal) -> dict[str, Json]:
        structured: dict[str, Json] = {"_value": literal.value}
        if datatype := self._names.datatype(literal, field.property):
            structured["_datatype"] = datatype
        if literal.language:
            structured["_lang"] = language_tag(literal.language)
        return structured
