import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from pqlod.formatters.filter_links import FilterLinks
from pqlod.formatters.items import Field
from pqlod.lda.links import RequestUrl
from pqlod.lda.vocabulary import Property, Vocabulary
from pqlod.rdf import RDFS, XSD, Literal, Namespace

S = Namespace("http://songs.example/def/")
DATE, BY, LABEL = (Field(name, 0, Property(iri)) for name, iri in (("date", S.date), ("by", S.by), ("label", RDFS.label)))
VOCABULARY = Vocabulary(inputs={"date": S.date, "by": S.by, "label": RDFS.label}, outputs={}, properties={}, prefixes={})
DAY = Literal("2019-03-07", datatype=XSD.date)


def links(*parameters: tuple[str, str]) -> FilterLinks:
    return FilterLinks(RequestUrl("http://h", "/songs", parameters, "html"), VOCABULARY)


def test_a_day_leads_to_those_up_to_it_of_it_and_from_it() -> None:
    assert [tuple(link) for link in links(("_sort", "n")).of((DATE,), DAY)] == [
        ("up to here", "http://h/songs.html?_sort=n&max-date=2019-03-07"),
        ("more like this", "http://h/songs.html?_sort=n&date=2019-03-07"),
        ("from here", "http://h/songs.html?_sort=n&min-date=2019-03-07"),
    ]


def test_a_text_leads_to_its_likes_with_whatever_it_has_in_it_encoded() -> None:
    assert [tuple(link) for link in links().of((BY, LABEL), Literal("Una & co #1"))] == [
        ("more like this", "http://h/songs.html?by.label=Una%20%26%20co%20%231")
    ]


def test_a_text_with_a_language_leads_to_its_likes_in_that_language() -> None:
    title = Literal("cygnes", language="fr")
    address = "http://h/songs.html?by.label=cygnes&lang-by.label=fr"

    assert [tuple(link) for link in links().of((BY, LABEL), title)] == [("more like this", address)]
    assert [tuple(link) for link in links(("by.label", "cygnes"), ("lang-by.label", "fr")).of((BY, LABEL), title)] == [
        ("remove filter", "http://h/songs.html")
    ]


@pytest.mark.parametrize("name", ["date", "date."])
def test_a_filter_that_is_set_is_removed(name: str) -> None:
    _, likes, _ = links((name, "2019-03-07"), ("by", "x")).of((DATE,), DAY)

    assert tuple(likes) == ("remove filter", "http://h/songs.html?by=x")


def test_a_filter_of_another_value_is_replaced() -> None:
    _, likes, _ = links(("date", "2000-01-01")).of((DATE,), DAY)

    assert likes.address == "http://h/songs.html?date=2019-03-07"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param((Field("undeclared", 0, Property(S.undeclared)),), Literal("x"), id="a property that requests cannot name"),
        pytest.param((Field("by", 0, Property(S.other)),), Literal("x"), id="a name that is another property's"),
        pytest.param((BY,), Literal(""), id="no text"),
        pytest.param((BY,), Literal("x" * 1000), id="a long text"),
    ],
)
def test_nothing_is_linked_that_no_request_can_ask_for(path: tuple[Field, ...], value: Literal) -> None:
    assert links().of(path, value) == ()


def test_what_a_page_links_to_has_the_item_with_the_value(client: FlaskClient) -> None:
    page = client.get("/answeredquestions.html?uin=194746").text
    filters = "".join(re.findall(r'class="likes">(.*?)</span>', page))
    likes = [unescape(url) for url in re.findall('href="(.*?)"', filters) if "?" in url]  # one removes the only filter

    assert len(likes) > 20
    assert [url for url in likes if "resources/1012383" not in client.get(url).text] == []
