import json
from typing import Any

import pytest

from pqlod.formatters.json import write_json
from pqlod.lda.naming import ShortnameMode
from pqlod.rdf import Literal


def result(page: Any) -> Any:
    return json.loads(write_json(page))["result"]


def item(page: Any) -> Any:
    return result(page)["items"][0]


def test_the_envelope_names_its_format_before_the_result(make_page: Any) -> None:
    body = write_json(make_page("r:a x:n 1 .", "a"))

    assert body.startswith(b'{"format":"linked-data-api","version":"0.2","result":{"_about":"http://h.example/list",')


def test_an_item_page_has_its_item_as_primary_topic(make_page: Any) -> None:
    page = make_page("r:a x:n 1 .", "a", is_item=True, metadata="r:a foaf:isPrimaryTopicOf <http://h.example/list> .")

    assert result(page) == {
        "_about": "http://h.example/list",
        "primaryTopic": {
            "_about": "http://x.example/id/a",
            "isPrimaryTopicOf": "http://h.example/list",
            "n": 1,
        },
    }


def test_an_empty_list_has_an_array_of_items(make_page: Any) -> None:
    assert result(make_page(""))["items"] == []


def test_keys_are_sorted_by_code_unit_with_about_first(make_page: Any) -> None:
    page = make_page('r:a x:uin "1" ; x:answer "2" ; x:AnsweringBody "3" .', "a")

    assert list(item(page)) == ["_about", "AnsweringBody", "answer", "uin"]


@pytest.mark.parametrize(
    ("declared", "view", "expected"),
    [
        ("", "r:a x:tag 1 .", 1),
        ("", "r:a x:tag 2, 1 .", [1, 2]),
        ("x:tag a api:Multivalued .", "r:a x:tag 1 .", [1]),
        ("x:tag api:multiValued true .", "r:a x:tag 1 .", [1]),
        ("", "r:a x:tag ( 2 1 ) .", [2, 1]),
        ("x:tag a api:Multivalued .", "r:a x:tag ( 2 1 ) .", [[2, 1]]),
    ],
    ids=["one", "several", "declared class", "declared property", "list", "declared list"],
)
def test_a_value_is_an_array_if_there_are_several_or_there_may_be(
    make_page: Any, declared: str, view: str, expected: Any
) -> None:
    assert item(make_page(view, "a", declared=declared))["tag"] == expected


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ('"text"', {"_value": "text"}),
        ('"text"@en-GB', {"_value": "text", "_lang": "en-GB"}),
        ("false", {"_value": "false", "_datatype": "boolean"}),
        ("7", {"_value": "7", "_datatype": "integer"}),
        (
            '"2018-11-27T17:29:33.427Z"^^xsd:dateTime',
            {"_value": "2018-11-27T17:29:33.427Z", "_datatype": "dateTime"},
        ),
        ('"12cm"^^x:length', {"_value": "12cm", "_datatype": "length"}),
    ],
)
def test_a_structured_property_keeps_text_datatype_and_language(make_page: Any, literal: str, expected: Any) -> None:
    page = make_page(f"r:a x:note {literal} .", "a", declared="x:note api:structured true .")

    assert item(page)["note"] == expected


def test_a_declaration_says_which_datatype_is_printed(make_page: Any) -> None:
    declared = 'x:date api:label "date" ; api:structured true ; pqlod:printedDatatype xsd:dateTime .'
    page = make_page('r:a x:date "2018-11-22"^^xsd:date .', "a", declared=declared)

    assert item(page)["date"] == {"_value": "2018-11-22", "_datatype": "dateTime"}


def test_a_datatype_whose_name_a_property_has_is_named_with_its_prefix(make_page: Any) -> None:
    declared = 'x:date api:label "date" ; api:structured true .'
    page = make_page('r:a x:date "2018-11-22"^^xsd:date .', "a", declared=declared)

    assert item(page)["date"] == {"_value": "2018-11-22", "_datatype": "xsd_date"}


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        (ShortnameMode.PREFER_LOCALNAMES, "size"),
        (ShortnameMode.PREFER_PREFIXES, "x_size"),
        (ShortnameMode.ROUND_TRIP, "x_size"),
    ],
)
def test_the_formatter_chooses_how_undeclared_properties_are_named(make_page: Any, mode: ShortnameMode, name: str) -> None:
    assert item(make_page("r:a x:size 1 .", "a", mode=mode))[name] == 1


def test_dates_are_iso_if_the_formatter_says_so(make_page: Any) -> None:
    view = 'r:a x:day "2018-11-22"^^xsd:date .'

    assert item(make_page(view, "a"))["day"] == "Thu, 22 Nov 2018"
    assert item(make_page(view, "a", jsonUsesISOdate=Literal(True)))["day"] == "2018-11-22"


def test_any_text_is_a_json_string(make_page: Any) -> None:
    text = '\\@ </script> "quoted" \u2028 \x01 \U0001f600'
    page = make_page(f"r:a x:text {Literal(text)} .", "a")

    assert item(page)["text"] == text


def test_a_member_of_many_questions_is_written_with_each(make_page: Any) -> None:
    page = make_page('r:a x:by r:m . r:b x:by r:m . r:m rdfs:label "Ann" .', "a", "b")

    assert [each["by"] for each in result(page)["items"]] == [{"_about": "http://x.example/id/m", "label": "Ann"}] * 2
