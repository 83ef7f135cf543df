from typing import Any

import pytest

from pqlod.formatters import items
from pqlod.formatters.items import Node, Shape, best_label, last_segment
from pqlod.rdf import Literal, NamedNode


def plain(value: Any) -> Any:
    """A shape as Python values that can be compared: a described resource is a dict."""
    if isinstance(value, Node):
        return {"id": value.id, **{field.name: [plain(v) for v in values] for field, values in value.fields}}
    if isinstance(value, tuple):
        return [plain(member) for member in value]
    return value.value


def shape_of(page: Any, **options: Any) -> list[Any]:
    return [plain(item) for item in Shape(page, **options).items()]


R = "http://x.example/id/"


def test_a_resource_without_properties_is_its_iri(make_page: Any) -> None:
    assert shape_of(make_page("r:a x:by r:m .", "a")) == [{"id": R + "a", "by": [R + "m"]}]


def test_a_resource_with_properties_is_described_wherever_it_is_mentioned(make_page: Any) -> None:
    page = make_page("r:a x:by r:m . r:b x:by r:m . r:m x:n 1 .", "a", "b")

    assert [item["by"] for item in shape_of(page)] == [[{"id": R + "m", "n": ["1"]}]] * 2


def test_a_resource_met_inside_itself_is_from_then_on_its_iri(make_page: Any) -> None:
    page = make_page("r:a x:by r:m . r:b x:by r:m . r:m x:knows r:n . r:n x:knows r:m .", "a", "b")

    assert [item["by"] for item in shape_of(page)] == [
        [{"id": R + "m", "knows": [{"id": R + "n", "knows": [R + "m"]}]}],
        [R + "m"],
    ]


def test_an_item_mentioned_by_another_is_its_iri(make_page: Any) -> None:
    page = make_page("r:a x:ref r:b . r:b x:n 1 .", "a", "b")

    assert shape_of(page) == [{"id": R + "a", "ref": [R + "b"]}, {"id": R + "b", "n": ["1"]}]


def test_values_are_in_the_order_of_their_texts_and_fields_in_that_of_their_names(make_page: Any) -> None:
    page = make_page('r:a x:tag "b", "Z", 10, 9 ; x:Upper 1 ; x:lower 1 .', "a")

    assert list(shape_of(page)[0].items())[1:] == [("Upper", ["1"]), ("lower", ["1"]), ("tag", ["10", "9", "Z", "b"])]


@pytest.mark.parametrize(
    ("turtle", "expected"),
    [
        ('r:a x:steps ( "first" r:m 3 ) .', ["first", R + "m", "3"]),
        ("r:a x:steps () .", []),
        ("r:a x:steps [ a rdf:List ] .", []),
        ("r:a x:steps ( ( 1 ) ( 2 ) ) .", [["1"], ["2"]]),
        ("r:a x:steps [ rdf:first 1 ; rdf:rest [ rdf:rest [ rdf:first 3 ] ] ] .", ["1", "3"]),
        ("r:a x:steps _:l . _:l rdf:first 1 ; rdf:rest _:l .", ["1"]),
    ],
    ids=["members", "empty", "typed only", "nested", "broken", "circular"],
)
def test_a_list_is_its_members(make_page: Any, turtle: str, expected: list[Any]) -> None:
    assert shape_of(make_page(turtle, "a"))[0]["steps"] == [expected]


def test_a_blank_node_has_an_id_only_if_it_is_mentioned_twice(make_page: Any) -> None:
    page = make_page("r:a x:home _:s ; x:work _:s ; x:other [ x:n 1 ] . _:s x:n 2 .", "a")

    assert shape_of(page) == [
        {
            "id": R + "a",
            "home": [{"id": "_:1", "n": ["2"]}],
            "other": [{"id": None, "n": ["1"]}],
            "work": [{"id": "_:1", "n": ["2"]}],
        }
    ]


def test_a_blank_node_met_inside_itself_keeps_its_identity(make_page: Any) -> None:
    assert shape_of(make_page("r:a x:p _:s . _:s x:p _:s .", "a"))[0]["p"] == [{"id": "_:1", "p": [{"id": "_:1"}]}]


def test_hidden_properties_are_shown_only_where_asked_for(make_page: Any) -> None:
    page = make_page('r:a x:n 1 ; x:secret "s" .', "a", declared='x:secret a api:Hidden ; api:label "secret" .')

    assert shape_of(page) == [{"id": R + "a", "n": ["1"]}]
    assert shape_of(page, shows_hidden=True) == [{"id": R + "a", "n": ["1"], "secret": ["s"]}]


def test_two_properties_with_one_local_name_have_different_names(make_page: Any) -> None:
    names = set(shape_of(make_page("r:a x:common 1 ; y:common 2 ; y:other 3 .", "a"))[0])

    assert {"id", "x_common", "other"} < names
    assert len(names) == 4


def test_d22_a_view_that_doubles_at_every_step_does_not_explode(make_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MAX_DESCRIPTIONS", 1000)
    steps = "".join(f"r:n{n} x:p r:n{n + 1} ; x:q r:n{n + 1} . " for n in range(60))

    shape = shape_of(make_page(f"r:a x:p r:n0 . {steps}", "a"))

    assert len(str(shape)) < 500_000


def test_a_chain_of_any_length_ends_in_a_mention(make_page: Any) -> None:
    page = make_page("r:a x:p r:n0 . " + "".join(f"r:n{n} x:p r:n{n + 1} . " for n in range(5000)), "a")

    assert f"'{R}n{items.MAX_DEPTH - 1}'" in str(shape_of(page))


def test_lists_in_lists_of_any_depth_end(make_page: Any) -> None:
    assert shape_of(make_page(f"r:a x:p {'(' * 400}{')' * 400} .", "a"))[0]["p"]


def test_the_best_label_joins_several_values_of_one_property(make_page: Any) -> None:
    page = make_page('r:a rdfs:label "Education"@en, "Addysg"@cy ; skos:altLabel "DfE" . r:b x:n 1 .', "a", "b")

    assert [best_label(item) for item in Shape(page).items()] == ["Addysg / Education", None]


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://h/resources/1012383", "1012383"),
        ("http://h/def#Page", "Page"),
        ("http://h/a/b/", "b"),
        ("http://h/a/b#", "b"),
        ("urn:isbn:1", "urn:isbn:1"),
    ],
)
def test_the_last_segment_names_an_iri(iri: str, expected: str) -> None:
    assert last_segment(iri) == expected


def test_a_triple_that_is_a_value_is_shown_as_text(make_page: Any) -> None:
    page = make_page("r:a x:says <<( r:b x:n 1 )>> .", "a")

    assert shape_of(page)[0]["says"][0].startswith("<<")


def test_values_of_a_node_are_found_by_property(make_page: Any) -> None:
    node = Shape(make_page("r:a x:n 1 .", "a")).items()[0]

    assert node.values(NamedNode("http://x.example/def/n")) == (Literal(1),)
    assert node.values(NamedNode("http://x.example/def/m")) == ()


def test_the_labels_of_bindings_go_by_their_customary_name(make_page: Any) -> None:
    view = "r:a rdfs:label 'Ann' . r:b api:label 'uin' ."

    assert [list(item) for item in shape_of(make_page(view, "a", "b"))] == [["id", "label"]] * 2


def test_a_customary_name_is_not_given_where_another_property_has_it(make_page: Any) -> None:
    page = make_page("r:a rdfs:label 'Ann' ; api:label 'uin' .", "a")

    assert list(shape_of(page)[0]) == ["id", "api_label", "label"]
