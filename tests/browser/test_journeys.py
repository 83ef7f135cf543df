"""What people come for, from the first page to what they sought; on the sample and on real data, with scripts and without."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from inspection import total

SPECIAL_NEEDS = "/writtenquestions?uin=194746"  # question 1012383 alone
OF_THE_SESSION = "/writtenquestions?session=2017/19&AnsweringBody=Department%20for%20Education"  # few enough for one page
SCRIPTS = {"with-scripts": True, "without-scripts": False}


@pytest.fixture(params=SCRIPTS)
def page(page_with: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page over the sample."""
    with page_with(java_script_enabled=SCRIPTS[request.param]) as page:
        yield page


@pytest.fixture(params=SCRIPTS)
def real_page(page_with: Any, real_server: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page over the real data."""
    with page_with(base_url=real_server, java_script_enabled=SCRIPTS[request.param]) as page:
        yield page


def days(page: Any) -> list[str]:
    """When the questions on the page were tabled."""
    return [day.get_attribute("datetime")[:10] for day in page.locator(".card .by time").all()]


def narrow(page: Any, facet: str, choice: str) -> None:
    """Follows a choice beside the list, which must then have as many items as the choice was said to have."""
    found = page.locator(".facet", has_text=facet).filter(has=page.get_by_role("heading", name=facet, exact=True))
    row = found.locator("li", has=page.get_by_role("link", name=choice, exact=True))
    count = int(row.locator(".count").inner_text().replace(",", ""))
    row.get_by_role("link").click()
    assert total(page) == count


def filters(page: Any) -> str:
    return str(page.locator(".filters").inner_text())


def find(page: Any, words: str, department: str, year: str) -> None:
    """The journey from words to one question, to who asked it, and back."""
    page.goto("/")
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/writtenquestions?_search=*")
    everything = total(page)
    assert words in page.locator(".card mark").first.inner_text().lower()

    narrow(page, "Department", department)
    assert total(page) < everything
    page.get_by_role("link", name="oldest first").click()
    first = days(page)
    assert first == sorted(first)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Next").click()
    second = days(page)
    assert second == sorted(second)
    assert first[-1] <= second[0]

    narrow(page, "Year tabled", year)
    assert {day[:4] for day in days(page)} == {year}
    kept, asked_by = filters(page), page.locator(".card .by a").first.inner_text()
    assert department in kept
    assert words in kept
    heading = page.locator(".card h2 a").first
    title = heading.inner_text()
    heading.click()
    assert title.rstrip("…") in page.locator("h1").inner_text()

    page.locator(".facts").get_by_role("link", name=asked_by).click()
    assert page.locator("h1").inner_text() == asked_by
    page.go_back()
    page.go_back()
    assert filters(page) == kept
    assert page.locator(".card h2 a").first.inner_text() == title


def follow_a_bar(page: Any) -> None:
    """From a chart of the first page to the list of what a bar counts."""
    page.goto("/")
    figure = page.locator("figure.chart", has_text="Written questions by department")
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        bar = figure.locator("svg a").first
        count = bar.locator("title").text_content().rsplit(": ", 1)[1]
        bar.click(force=True)
    else:
        row = figure.locator("tbody tr").first
        count = row.locator("data").inner_text()
        row.get_by_role("link").click()
    page.wait_for_url("**/writtenquestions*")
    assert total(page) == int(count.replace(",", ""))


def test_a_question_is_found_by_words_and_leads_to_who_asked_it(page: Any) -> None:
    find(page, "schools", "Department for Education", "2018")


def test_from_a_day_of_a_question_lead_links_to_that_day_before_it_and_after_it(page: Any) -> None:
    page.goto(OF_THE_SESSION)
    everything = total(page)
    card = page.locator(".card", has_text="194746")
    totals = {}
    for words, parameter in (("up to here", "max-dateTabled"), ("more like this", "dateTabled"), ("from here", "min-dateTabled")):
        page.goto(OF_THE_SESSION)
        card.locator("details.all > summary").click()
        row = card.locator(".rows > div", has=page.locator("dt", has_text=re.compile("^date tabled$")))
        row.get_by_role("link", name=words).click()
        page.wait_for_url(f"**{parameter}=2018-11-22*")
        assert page.locator(".card", has_text="194746").count() == 1
        totals[words] = total(page)

    assert totals["up to here"] + totals["from here"] - totals["more like this"] == everything


def test_other_values_of_a_question_lead_to_their_likes(page: Any) -> None:
    page.goto(SPECIAL_NEEDS)
    assert total(page) == 1
    page.locator("details.all > summary").click()
    row = page.locator(".card .rows > div", has=page.locator("dt", has_text="answering body")).first
    row.get_by_role("link", name="more like this").click()
    assert "Department for Education" in filters(page)

    page.locator(".filters li", has_text="194746").get_by_role("link").click()
    assert total(page) > 1
    assert "194746" not in filters(page)


def test_the_search_form_has_every_property(page: Any) -> None:
    page.goto("/writtenquestions")
    page.get_by_text("Search by property").click()
    form = page.locator("form", has=page.get_by_text("Properties of the item"))
    form.get_by_label("uin", exact=True).fill("194746")
    form.get_by_role("button", name="Search").click()

    assert total(page) == 1
    assert page.locator(".card h2").inner_text() == "Special Educational Needs"


def test_a_bar_of_a_chart_leads_to_its_list(page: Any) -> None:
    follow_a_bar(page)


def test_a_mistyped_address_is_explained(page: Any) -> None:
    answer = page.goto("/writtenquestions?tablingMembr=4649")

    assert answer.status == 400
    assert "tablingMember" in page.locator("main").inner_text()


@pytest.mark.full
def test_a_question_is_found_in_the_real_data(real_page: Any) -> None:
    find(real_page, "schools", "Department for Education", "2024")


@pytest.mark.full
def test_a_bar_of_a_chart_of_the_real_data_leads_to_its_list(real_page: Any) -> None:
    follow_a_bar(real_page)


@pytest.mark.full
def test_an_example_runs_on_the_real_data(real_page: Any) -> None:
    real_page.goto("/sparql")
    real_page.get_by_role("link", name="Ten questions, newest first").click()
    rows = real_page.locator(".yasr tbody tr, #result ~ .wide tbody tr")
    rows.first.wait_for()
    assert rows.count() == 10
