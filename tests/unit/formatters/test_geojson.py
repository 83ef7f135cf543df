import json
from typing import Any

import pytest

from pqlod.formatters.geojson import write_geojson


def test_an_item_is_a_feature_at_its_coordinates(make_page: Any) -> None:
    page = make_page("r:a geo:lat 51.50 ; geo:long -0.12 ; rdfs:label 'North' .", "a")

    collection = json.loads(write_geojson(page))

    assert collection["type"] == "FeatureCollection"
    assert collection["features"] == [
        {
            "type": "Feature",
            "id": "http://x.example/id/a",
            "geometry": {"type": "Point", "coordinates": [-0.12, 51.5]},
            "properties": {
                "_about": "http://x.example/id/a",
                "geo_long": -0.12,
                "label": "North",
                "lat": 51.5,
            },
        }
    ]


@pytest.mark.parametrize(
    "view",
    ["r:a x:n 1 .", "r:a geo:lat 51.5 .", "r:a geo:lat 'north' ; geo:long 0 .", "r:a geo:lat r:b ; geo:long 0 ."],
)
def test_an_item_without_coordinates_has_no_geometry(make_page: Any, view: str) -> None:
    assert json.loads(write_geojson(make_page(view, "a")))["features"][0]["geometry"] is None


def test_the_collection_links_to_the_pages_beside_it(make_page: Any) -> None:
    links = json.loads(write_geojson(make_page("")))["links"]

    assert {link["rel"]: link["href"] for link in links} == {
        "self": "http://h.example/list",
        "first": "http://h.example/list?_page=0",
        "next": "http://h.example/list?_page=1",
    }
