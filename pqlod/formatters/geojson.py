"""Pages as GeoJSON (RFC 7946): each item is a feature, at its ``geo:lat`` and ``geo:long``."""

import orjson

from pqlod.formatters.items import Node, Shape
from pqlod.formatters.json import Json, JsonWriter
from pqlod.formatters.scalars import Scalar, number
from pqlod.lda.pages import Page
from pqlod.rdf import GEO, Literal, NamedNode

__all__ = ["write_geojson"]


def write_geojson(page: Page) -> bytes:
    """A FeatureCollection of the items; the geometry of one without coordinates is null (RFC 7946 section 3.2).

    ``links`` are those of the page, in the form of OGC API Features.
    """
    shape = Shape(page)
    writer = JsonWriter(page, shape.names)
    features = [_feature(item, writer) for item in shape.items()]
    return orjson.dumps({"type": "FeatureCollection", "features": features, "links": _links(page)})


def _feature(item: Node, writer: JsonWriter) -> Json:
    properties = writer.resource(item)
    return {"type": "Feature", "id": item.id, "geometry": _point(item), "properties": properties}


def _point(item: Node) -> Json:
    longitude, latitude = _coordinate(item, GEO.long), _coordinate(item, GEO.lat)
    if longitude is None or latitude is None:
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}


def _coordinate(item: Node, property: NamedNode) -> Scalar | None:
    """A coordinate may be given as a number of any type, or as text."""
    texts = [value.value for value in item.values(property) if isinstance(value, Literal)]
    return number(texts[0]) if texts else None


def _links(page: Page) -> list[Json]:
    links = {"self": page.iri.value, "first": page.first, "prev": page.previous, "next": page.next}
    return [{"rel": relation, "href": url} for relation, url in links.items() if url]
