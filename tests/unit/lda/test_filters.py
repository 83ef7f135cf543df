"""Filters and sort keys: how their texts become terms."""

import pytest

from pqlod.errors import BadParameter
from pqlod.lda.filters import Bound, Equality, Existence, Interval, Labelled, Range, SortKey, parse_sort
from pqlod.lda.paths import parse_path
from pqlod.rdf import XSD, Literal, NamedNode

BOOK = NamedNode("http://books.example/def/Book")


def instants(comparison, text):
    return Bound(comparison, (Literal(text + "Z", datatype=XSD.dateTime), Literal(text, datatype=XSD.dateTime)))


DAY = (instants(">=", "2018-11-27T00:00:00"), instants("<", "2018-11-27T24:00:00"))


@pytest.fixture
def path(api):
    return lambda text: parse_path(text, api.vocabulary)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        pytest.param("pages=7", (Literal("7", datatype=XSD.integer),), id="FL01 by its range"),
        pytest.param("type=Book", (BOOK,), id="FL04 a shortname"),
        pytest.param("type=b_Book", (BOOK,), id="FL04 a prefixed name"),
        pytest.param("type=http://books.example/def/Book", (BOOK,), id="FL04 an IRI"),
        pytest.param("title=Kites", (Literal("Kites"),), id="no language"),
        pytest.param("title=Kites&_lang=en", (Literal("Kites", language="en"),), id="FL02 one language"),
        pytest.param("title=Kites&_lang=en,none", (Literal("Kites", language="en"), Literal("Kites")), id="FL02 several"),
        pytest.param("title=Kites&_lang=cy&lang-title=en", (Literal("Kites", language="en"),), id="FL03 lang- goes first"),
        pytest.param("title.=Kites&lang-title.=en", (Literal("Kites", language="en"),), id="trailing dots say nothing"),
        pytest.param("tag=a&tag=b&tag=a", (Literal("a"), Literal("b")), id="FL11 repeated: a union"),
        pytest.param("tag={greeting}", (Literal("hello"),), id="a variable is filled in"),
        pytest.param("tag={greet", (Literal("{greet"),), id="D08 other braces are text"),
        pytest.param("tag=?x", (Literal("?x"),), id="D08 a question mark is text"),
        pytest.param("printed=abc", (Literal("abc", datatype=XSD.date),), id="not strict: any text"),
    ],
)
def test_an_equality_has_the_terms_of_its_values(parse, query, terms):
    (equality,) = parse(f"/books?{query}").filters

    assert isinstance(equality, Equality)
    assert equality.values == terms


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        pytest.param("min-pages=7", Bound(">=", (Literal("7", datatype=XSD.integer),)), id="FL05 min"),
        pytest.param("maxEx-printed=2018-01-01", Bound("<", (Literal("2018-01-01", datatype=XSD.date),)), id="FL05 maxEx"),
        pytest.param("min-title=k", Bound(">=", (), "k", ("",)), id="FL06 untyped: as text"),
        pytest.param("min-title=k&_lang=en-GB,none", Bound(">=", (), "k", ("en-gb", "")), id="D18 in its languages"),
        pytest.param("min-title=k&lang-title=fr", Bound(">=", (), "k", ("fr",)), id="D18 lang- counts for ranges"),
        pytest.param(
            "min-size=10", Bound(">=", (Literal("10", datatype=XSD.integer),), "10", ("",)), id="D18 numbers as numbers"
        ),
        pytest.param("max-size=1e3", Bound("<=", (Literal("1e3", datatype=XSD.double),), "1e3", ("",)), id="D18 doubles too"),
    ],
)
def test_a_bound_compares_by_the_range_of_its_property(parse, query, bound):
    assert [one.bound for one in parse(f"/books?{query}").filters if isinstance(one, Range)] == [bound]


def test_a_day_for_an_untyped_property_compares_with_days_and_instants(parse):
    (one,) = parse("/books?max-size=2018-11-27").filters

    assert one.bound.terms == (Literal("2018-11-27", datatype=XSD.date), *DAY[1].terms)


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        pytest.param("min-lent=2018-11-27", DAY[0], id="min: from its first moment"),
        pytest.param("max-lent=2018-11-27", DAY[1], id="max: to its last"),
        pytest.param("minEx-lent=2018-11-27", instants(">=", "2018-11-27T24:00:00"), id="minEx: from the next day"),
        pytest.param("maxEx-lent=2018-11-27", instants("<", "2018-11-27T00:00:00"), id="maxEx: to the day before"),
        pytest.param("min-lent=2018-11-27T10:00:00Z", instants(">=", "2018-11-27T10:00:00"), id="an instant is one, zone or not"),
        pytest.param(
            "min-lent=2018-11-27T10:00:00%2B01:00",
            Bound(">=", (Literal("2018-11-27T10:00:00+01:00", datatype=XSD.dateTime),)),
            id="an instant of another zone",
        ),
        pytest.param("max-printed=2018-11-27T10:00:00Z", Bound("<=", (Literal("2018-11-27", datatype=XSD.date),)), id="its day"),
    ],
)
def test_whole_days_bound_instants(parse, query, bound):
    (one,) = parse(f"/strict?{query}").filters

    assert one.bound == bound


def test_a_day_is_any_of_its_instants(parse, path):
    assert parse("/strict?lent=2018-11-27").filters == (Equality(path("lent"), (Interval(DAY),)),)


def test_an_instant_is_its_day_where_the_property_has_days(parse, path):
    day = Literal("2018-11-27", datatype=XSD.date)

    assert parse("/strict?printed=2018-11-27T10:00:00").filters == (Equality(path("printed"), (day,)),)


@pytest.mark.parametrize(
    ("query", "parameter", "expected"),
    [
        ("printed=abc", "printed", "a date"),
        ("printed=2018-02-30", "printed", "a date"),
        ("min-printed=20181122", "min-printed", "a date"),
        ("lent=yesterday", "lent", "an instant"),
        ("pages=7.5", "pages", "a whole number"),
        ("max-by.number=x", "max-by.number", "a whole number"),
        ("isRare=maybe", "isRare", "true or false"),
    ],
    ids=str,
)
def test_a_value_outside_the_range_is_refused_where_the_configuration_is_strict(parse, query, parameter, expected):
    with pytest.raises(BadParameter, match="is not a value of") as caught:
        parse(f"/strict?{query}")
    assert caught.value.parameter == parameter
    assert caught.value.expected.startswith(expected)


def test_existence_and_labels(parse, path):
    existing, missing = parse("/books?exists-by.knows=true&exists-tag=false").filters
    (labelled,) = parse("/books?name-by=Ann&_lang=en").filters

    assert (existing, missing) == (Existence(path("by.knows"), True), Existence(path("tag"), False))
    assert labelled == Labelled(path("by"), (Literal("Ann"), Literal("Ann", language="en")))


def test_sort_keys_are_paths_that_may_descend(api, path):
    assert parse_sort("-printed, by.label,,~by.", api.vocabulary) == (
        SortKey(path("printed"), True),
        SortKey(path("by.label")),
        SortKey(path("~by")),
    )


@pytest.mark.parametrize("text", ["title-pages", "--pages", "+pages", "-", "nosuch", "by..label"])
def test_d48_what_is_no_sort_key_is_refused(api, text):
    """Nothing of it is silently dropped."""
    with pytest.raises(BadParameter):
        parse_sort(text, api.vocabulary)
