"""Written terms: alike if and only if they match in a store, and in the order of SPARQL."""

from itertools import combinations, permutations

import pytest
from pyoxigraph import Quad, Store

from pqlod.rdf import XSD, DefaultGraph, Literal, NamedNode
from pqlod.store.ordering import ODD, ORDERED, key_of, written

TERMS = [
    NamedNode("urn:a"), NamedNode("urn:b"), Literal("b"), Literal("a"), Literal("B"), Literal("é"), Literal("a", language="en"),
    Literal("a", language="EN"), Literal("a", language="fr"),
    Literal("true", datatype=XSD.boolean), Literal("1", datatype=XSD.boolean),
    *(Literal(text, datatype=XSD.integer) for text in ("7", "07", "+7", "-7", "0", "-0", "10", "x")),
    *(Literal(text, datatype=XSD.decimal) for text in ("7.0", "7.00", "7.5", "07.50", "100.0", "-0.5")),
    *(Literal(text, datatype=XSD.date) for text in ("2018-11-27", "2018-11-28", "2018-02-30", "2018-11-27Z")),
    *(
        Literal(text, datatype=XSD.dateTime)
        for text in (
            "2018-11-27T00:00:00Z", "2018-11-26T24:00:00Z", "2018-11-27T00:00:00.5Z", "2018-11-27T00:00:00",
            "2018-11-27T10:00:00.25", "2018-11-27T01:00:00+01:00", "2018-11-27T25:00:00Z",
        )
    ),
    Literal("1.5", datatype=XSD.double), Literal("2018", datatype=XSD.gYear),
]  # fmt: skip
ITEM, VALUE = NamedNode("urn:item"), NamedNode("urn:value")


def match(one, other) -> bool:
    store = Store()
    store.add(Quad(ITEM, VALUE, one, DefaultGraph()))
    return bool(store.query(f"ASK {{ ?item ?value {other} }}"))


def is_less(one, other) -> bool:
    first, _ = Store().query(f"SELECT ?is_one {{ VALUES (?term ?is_one) {{ ({one} true) ({other} false) }} }} ORDER BY ?term")
    return first["is_one"].value == "true"


def test_terms_are_written_alike_if_they_match():
    known = [term for term in TERMS if written(term)[0] != ODD]

    assert len(known) == 31
    assert [(one, other) for one, other in combinations(known, 2) if (written(one) == written(other)) != match(one, other)] == []


def test_terms_of_one_kind_are_ordered_as_sparql_does():
    compared = [
        (one, other)
        for one, other in permutations(TERMS, 2)
        if key_of(written(one))[0] == key_of(written(other))[0] in ORDERED and key_of(written(one)) != key_of(written(other))
    ]

    assert len(compared) > 100
    assert [
        (one, other) for one, other in compared if (key_of(written(one)) < key_of(written(other))) != is_less(one, other)
    ] == []


@pytest.mark.parametrize("text", ["2018-02-30", "2018-11-27Z", "12018-11-27", "-0001-11-27"])
def test_a_date_that_is_none_or_has_a_zone_is_odd(text):
    assert written(Literal(text, datatype=XSD.date))[0] == ODD
