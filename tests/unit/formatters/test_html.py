import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from pqlod.formatters.html.frame import upwards
from pqlod.formatters.html.values import in_words, literal, sanitised
from pqlod.rdf import XSD, Literal

OTHERS = frozenset({"alternate", "canonical", "search"})  # links to what is not loaded with the page
VOID = frozenset({"meta", "link", "br", "hr", "input", "img", "col"})


class Checker(HTMLParser):
    """Notes each end tag that closes something else, the headings, and the addresses that a browser loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.headings: list[str] = []
        self.loaded: list[str] = []
        self.inline_scripts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag == "script" and "src" not in dict(attributes):
            self.inline_scripts.append(dict(attributes).get("type") or "")
        loaded = {"link": "href", "img": "src", "iframe": "src", "script": "src"}.get(tag)
        self.loaded += [value or "" for name, value in attributes if name == loaded and dict(attributes).get("rel") not in OTHERS]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def checked(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    return checker


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/answeredquestions.html?_pageSize=50",
        "/members.html",
        "/resources/1012383.html",
        "/resources/64819.html",
        "/members/172.html",
        "/answeredquestions.html?uin=nosuch",
        "/nothing.html",
        "/answeredquestions.html?nosuch=1",
        "/api-config.html",
        "/meta/answeredquestions.html",
        "/schema/parl.html",
        "/.well-known/void.html",
    ],
)
def test_a_page_is_well_formed_has_one_title_and_asks_no_other_host(client: FlaskClient, path: str) -> None:
    text = client.get(path).text

    page = checked(text)
    assert (page.wrong, page.open) == ([], [])
    assert page.headings.count("h1") >= 1
    assert [address for address in page.loaded if "static/" not in address and path not in address] == []
    assert text.count("<title>") == 1
    assert 'lang="en"' in text
    assert set(page.inline_scripts) <= {"application/ld+json"}  # data, not code
    assert "style=" not in text


def test_a_list_shows_its_items_in_words_and_leads_to_their_pages(client: FlaskClient) -> None:
    text = client.get("/answeredquestions.html?uin=194746&_view=answered+question").text

    assert '<a href="./resources/1012383">' in text
    assert "hansard heading" in text
    assert "Special Educational Needs" in text
    assert '<time datetime="2018-11-22">22 November 2018</time>' in text


def test_a_list_tells_what_it_is_filtered_by_and_how_to_be_rid_of_it(client: FlaskClient) -> None:
    text = client.get("/answeredquestions.html?min-answer.dateOfAnswer=2018-11-01&_page=0&uin=194746").text

    assert "<span>answer › date of answer from</span> <b><bdi>1 November 2018</bdi></b>" in text
    assert 'href="http://localhost/answeredquestions.html?uin=194746"' in text


def test_a_list_tells_which_results_these_are_of_how_many(client: FlaskClient) -> None:
    assert "Results 3 to 4 of <b>37</b>" in " ".join(client.get("/members.html?_page=1&_pageSize=2").text.split())
    assert "No results" in client.get("/members.html?familyName=Nobody").text


def test_an_item_shows_the_markup_of_an_answer_as_markup(client: FlaskClient) -> None:
    assert "<li>" in client.get("/resources/1012383.html").text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        pytest.param("<p>a <b>b</b></p>", "<p>a <b>b</b></p>", id="harmless"),
        pytest.param("<p>a<script>alert(1)</script></p>", "<p>a</p>", id="script"),
        pytest.param('<p onclick="x()" style="color:red">a</p>', "<p>a</p>", id="attributes"),
        pytest.param('<a href="javascript:x()">a</a>', '<a rel="nofollow noopener">a</a>', id="script in a link"),
        pytest.param('<a href="http://h/?a&amp;b">a</a>', '<a href="http://h/?a&amp;b" rel="nofollow noopener">a</a>', id="link"),
        pytest.param('<img src="http://h/i.png"><p>a</p>', "<p>a</p>", id="image"),
        pytest.param(
            "<p>a<table><tr><td colspan=2>b", '<p>a</p><table><tbody><tr><td colspan="2">b</td></tr></tbody></table>', id="open"
        ),
    ],
)
def test_only_harmless_markup_stays(markup: str, expected: str) -> None:
    assert re.sub("<div class=[^<]*>", "<div>", sanitised(markup)) == f"<div>{expected}</div>"


def test_a_table_can_be_scrolled_by_keys() -> None:
    assert 'tabindex="0"' in sanitised("<table><tr><td>1</td></tr></table>")
    assert "tabindex" not in sanitised("<p>1</p>")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        pytest.param(Literal('a < b & "c"'), "a &lt; b &amp; &#34;c&#34;", id="text"),
        pytest.param(Literal("5 <6> 7"), "5 &lt;6&gt; 7", id="text with angle brackets"),
        pytest.param(
            Literal("PREFIX x: <http://x/>\nASK {}"), '<span class="lines">PREFIX x: &lt;http://x/&gt;\nASK {}</span>', id="lines"
        ),
        pytest.param(Literal("a \u202eb"), "<bdi>a \u202eb</bdi>", id="a mark of direction"),
        pytest.param(Literal("one<br/>two"), '<div class="markup" dir="auto">one<br>two</div>', id="markup"),
        pytest.param(Literal("chat", language="fr"), '<span lang="fr">chat</span>', id="language"),
        pytest.param(Literal("http://h/?a&b"), '<a href="http://h/?a&amp;b" rel="nofollow">http://h/?a&amp;b</a>', id="address"),
        pytest.param(Literal("2018-11-22", datatype=XSD.date), '<time datetime="2018-11-22">22 November 2018</time>', id="day"),
        pytest.param(Literal("not a day", datatype=XSD.date), "not a day", id="a day that is none"),
        pytest.param(Literal("2018-11-22"), "2018-11-22", id="a text like a day"),
    ],
)
def test_a_literal_is_shown_by_what_it_is(term: Literal, expected: str) -> None:
    assert literal(term) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-11-22", "22 November 2018"),
        ("2018-11-02Z", "2 November 2018"),
        ("2018-11-27T17:29:33.427Z", "27 November 2018, 17:29 UTC"),
        ("2018-11-27T17:29:33+01:00", "27 November 2018, 17:29 +01:00"),
        ("2018-11-27T17:29:33", "27 November 2018, 17:29"),
        ("2018-02-30", None),
        ("yesterday", None),
    ],
)
def test_days_and_instants_are_told_in_words(text: str, expected: str | None) -> None:
    assert in_words(text) == expected


@pytest.mark.parametrize(("path", "expected"), [("/", "./"), ("/a", "./"), ("/a/b", "../"), ("/a/b/c", "../../"), ("/a/", "../")])
def test_the_way_up_leads_to_the_root(path: str, expected: str) -> None:
    assert upwards(path) == expected


@pytest.mark.parametrize("path", ["/members", "/members.html?_page=1", "/queries", "/sparql"])
def test_the_menu_marks_where_one_is(client: FlaskClient, path: str) -> None:
    text = client.get(path, headers={"Accept": "text/html"}).text

    name = path.lstrip("/").partition(".")[0]
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', text) == [f"./{name}"]
