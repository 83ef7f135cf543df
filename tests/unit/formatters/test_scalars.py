import orjson
import pytest

from pqlod.formatters.scalars import language_tag, scalar
from pqlod.rdf import RDF, XSD, Literal, NamedNode

LENGTH = NamedNode("http://x.example/def/length")


@pytest.mark.parametrize(
    ("text", "datatype", "expected"),
    [
        ("true", XSD.boolean, "true"),
        ("1", XSD.boolean, "true"),
        ("0", XSD.boolean, "false"),
        ("maybe", XSD.boolean, '"maybe"'),
        ("+007", XSD.integer, "7"),
        ("-0", XSD.int, "0"),
        ("seven", XSD.integer, '"seven"'),
        ("12345678901234567890", XSD.integer, "12345678901234567890"),
        ("-00012345678901234567890", XSD.integer, "-12345678901234567890"),
        ("9" * 5000, XSD.nonNegativeInteger, "9" * 5000),
        ("0.10", XSD.decimal, "0.10"),
        ("-.5", XSD.decimal, "-0.5"),
        ("7.", XSD.decimal, "7"),
        ("1e3", XSD.decimal, '"1e3"'),
        ("0.1000000000000000055511151231257827", XSD.decimal, "0.1000000000000000055511151231257827"),
        ("1.5e2", XSD.double, "150"),
        ("1.2345678E7", XSD.double, "12345678"),
        ("1.0E-4", XSD.double, "0.00010"),
        ("-0.0", XSD.double, "-0.0"),
        ("INF", XSD.double, '"INF"'),
        ("NaN", XSD.float, '"NaN"'),
        ("1e999999999", XSD.double, '"1e999999999"'),
        ("2019", XSD.gYear, '"2019"'),
        ("10:30:00", XSD.time, '"10:30:00"'),
        ("<b>x</b>", RDF.HTML, '"<b>x</b>"'),
        ("12cm", LENGTH, '"12cm"'),
    ],
)
def test_a_literal_is_the_json_value_that_its_datatype_says(text: str, datatype: NamedNode, expected: str) -> None:
    assert orjson.dumps(scalar(Literal(text, datatype=datatype))).decode() == expected


@pytest.mark.parametrize(
    ("text", "datatype", "english", "iso"),
    [
        ("2018-11-22", XSD.date, "Thu, 22 Nov 2018", "2018-11-22"),
        ("2018-11-22Z", XSD.date, "Thu, 22 Nov 2018 GMT+0000", "2018-11-22Z"),
        ("2018-11-22+01:00", XSD.date, "Thu, 22 Nov 2018 GMT+0100", "2018-11-22+01:00"),
        ("2018-09-22T10:00:00", XSD.date, "Sat, 22 Sep 2018", "2018-09-22"),
        ("1066-10-14", XSD.date, "Sat, 14 Oct 1066", "1066-10-14"),
        ("2018-02-30", XSD.date, "2018-02-30", "2018-02-30"),
        ("2018-11-27T17:29:33.427Z", XSD.dateTime, "Tue, 27 Nov 2018 17:29:33 GMT+0000", "2018-11-27T17:29:33Z"),
        ("2018-11-27T17:29:33", XSD.dateTime, "Tue, 27 Nov 2018 17:29:33", "2018-11-27T17:29:33"),
        ("2020-02-29T23:59:59+01:00", XSD.dateTime, "Sat, 29 Feb 2020 22:59:59 GMT+0000", "2020-02-29T22:59:59Z"),
        ("2018-12-31T24:00:00", XSD.dateTime, "Tue, 01 Jan 2019 00:00:00", "2019-01-01T00:00:00"),
        ("2018-11-22", XSD.dateTime, "2018-11-22", "2018-11-22"),
        ("2018-11-22T25:00:00", XSD.dateTime, "2018-11-22T25:00:00", "2018-11-22T25:00:00"),
        ("9999-12-31T24:00:00", XSD.dateTime, "9999-12-31T24:00:00", "9999-12-31T24:00:00"),
    ],
)
def test_days_and_instants_are_english_or_iso_and_malformed_ones_as_they_are(
    text: str, datatype: NamedNode, english: str, iso: str
) -> None:
    literal = Literal(text, datatype=datatype)

    assert scalar(literal) == english
    assert scalar(literal, iso_dates=True) == iso


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("en-gb", "en-GB"), ("zh-hant-tw", "zh-Hant-TW"), ("EN", "en"), ("en-x-us", "en-x-us"), ("sl-rozaj", "sl-rozaj")],
)
def test_a_language_tag_is_shown_in_the_usual_letter_case(stored: str, expected: str) -> None:
    assert language_tag(stored) == expected
