"""Hostile texts in a browser: no script of theirs runs, nothing is too wide, and what can be read is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspection import PHONE, is_too_wide, unfold, violations

from pqlod.loading import load

EVIL = "</title></textarea></script><script>window.hacked = true; alert(1)</script><img src=x onerror='window.hacked = true'>"
ANSWER = f"""<p onclick="window.hacked = true" style="position: fixed">Read <a href="javascript:window.hacked = true">this</a>,
<a href="java&#10;script:window.hacked = true">that</a> and <a href="data:text/html,x" target="_top">these</a>.{EVIL}</p>
<svg onload="window.hacked = true"><a xlink:href="javascript:window.hacked = true"><text>picture</text></a></svg>
<iframe srcdoc="<script>parent.hacked = true</script>"></iframe><form action="https://example.org/"><button>Send</button></form>
<table><tr>{"".join(f"<td>column {number}</td>" for number in range(60))}</tr>
{"".join(f"<tr><td>{number}</td><td>{number * 7}</td></tr>" for number in range(400))}</table>
<p>{"long " * 11_000}</p><p>{"w" * 3_000}</p><p>The end of the answer.</p>"""
RIGHT_TO_LEFT = "To ask the Minister, \u202ewhy this\u2066 goes \u05e9\u05dc\u05d5\u05dd \u202bfrom the right"
DATA = """@prefix parl: <http://data.parliament.uk/schema/parl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix : <http://data.parliament.uk/resources/> .
:1 a parl:WrittenParliamentaryQuestion ; parl:uin "1" ; parl:hansardHeading 'EVIL' ; parl:questionText '''RIGHT EVIL''' ;
    parl:dateTabled "2024-01-01"^^xsd:date ; parl:AnsweringBody 'EVIL' ; parl:tablingMemberPrinted 'EVIL' ;
    parl:tablingMember <http://data.parliament.uk/members/1> ; parl:answer <http://data.parliament.uk/resources/1/answer> .
<http://data.parliament.uk/resources/1/answer> a parl:WrittenParliamentaryAnswer ; parl:dateOfAnswer "2024-01-02"^^xsd:date ;
    parl:answerText '''ANSWER''' ; parl:answeringMemberPrinted 'EVIL' .
:2 a parl:WrittenParliamentaryQuestion ; parl:uin "2" ; parl:hansardHeading "Locks" ; parl:questionText "To ask about locks." ;
    parl:dateTabled "2023-01-01"^^xsd:date .
<http://data.parliament.uk/members/1> a parl:Member ; rdfs:label 'EVIL' ; parl:fullName 'EVIL' ;
    parl:homePage <javascript:alert(1)> .
"""
PATHS = [
    "/",
    "/writtenquestions",
    "/writtenquestions?_view=all",
    "/writtenquestions?_search=%3C/title%3E%3Cscript%3Ewindow.hacked=true%3C/script%3E",
    "/writtenquestions?uin=%22%3E%3Cscript%3Ewindow.hacked=true%3C/script%3E",
    "/nothing/%3Cscript%3Ewindow.hacked=true%3C/script%3E",
    "/resources/1",
    "/resources/1/answer",
    "/members/1",
    "/queries/questions-about?words=minister",
]


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory, serve: Any) -> Iterator[str]:
    """The root of a server of a question that means harm, and of one that does not."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    data = DATA
    for name, text in (("EVIL", EVIL), ("ANSWER", ANSWER), ("RIGHT", RIGHT_TO_LEFT)):
        data = data.replace(name, text.replace("'", "\\'"))
    (folder / "data.ttl").write_text(data)
    load([folder / "data.ttl"], folder / "store")
    with serve("--store", str(folder / "store")) as served:
        yield served.root


@pytest.fixture
def page(page_with: Any, hostile_server: str) -> Iterator[Any]:
    with page_with(base_url=hostile_server, viewport=PHONE) as page:
        yield page


@pytest.mark.parametrize("path", PATHS)
def test_no_script_of_a_text_runs_and_nothing_is_too_wide(page: Any, path: str) -> None:
    page.goto(path)
    unfold(page)
    for link in page.get_by_role("link", name="this", exact=True).all():
        assert not link.get_attribute("href").startswith("javascript")

    assert page.evaluate("window.hacked") is None
    assert not is_too_wide(page)
    assert page.locator("main iframe, main svg:not(.picture svg), main [onclick], main [onerror], main p[style]").count() == 0
    assert page.locator("form[action*='example.org']").count() == 0


def test_the_whole_of_a_long_answer_is_read(page: Any) -> None:
    page.goto("/resources/1")
    last = page.get_by_text("The end of the answer.").first
    last.scroll_into_view_if_needed()

    assert last.is_visible()
    assert page.locator("main").inner_text().count("long long") > 5_000
    assert EVIL[-20:] in page.locator("h1").inner_text()
    assert violations(page) == []


def test_what_goes_from_the_right_turns_nothing_else_around(page: Any) -> None:
    page.goto("/writtenquestions")
    cards = page.locator(".card")

    assert cards.count() == 2
    assert cards.nth(1).locator("h2").inner_text() == "Locks"
    assert page.evaluate("[...document.querySelectorAll('.card')].every(card => getComputedStyle(card).direction == 'ltr')")
