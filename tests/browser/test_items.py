"""Pages of items in a browser: nothing is too wide, and texts are copied where scripts run."""

import json
from typing import Any

import pytest
from inspection import PHONE, is_too_wide, unfold

QUESTION = "/resources/1012383.html"
PAGES = ["/resources/9000158.html", "/members/90001.html", "/departments/60.html", "/terms/25259.html"]


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_nothing_on_the_page_of_an_item_is_too_wide_for_a_phone(page: Any, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(path)
    unfold(page)

    assert page.locator("h1").count() == 1
    assert not is_too_wide(page)


def test_data_for_machines_stand_in_the_page_under_its_policy(page: Any) -> None:
    page.goto(QUESTION)

    (told,) = page.locator("script[type='application/ld+json']").all_text_contents()
    assert json.loads(told)["mainEntity"]["name"] == "Special Educational Needs"


def test_a_text_is_copied_by_a_button(page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(QUESTION)
    page.get_by_text("Copy as URL, curl, Python, R, SPARQL").click()
    page.get_by_role("button", name="Copy: SPARQL").click()

    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "DESCRIBE <http://data.parliament.uk/resources/1012383>"


def test_without_scripts_the_texts_are_there_and_no_button(page_without_scripts: Any) -> None:
    page = page_without_scripts
    page.goto(QUESTION)
    page.get_by_text("Copy as URL, curl, Python, R, SPARQL").click()

    assert page.get_by_text("DESCRIBE <http://data.parliament.uk/resources/1012383>").first.is_visible()
    assert page.locator(".copies button").count() == 0


def test_a_question_leads_to_its_member_and_back(page: Any) -> None:
    page.goto(QUESTION)
    page.locator(".facts").get_by_role("link", name="Thelma Walker").click()
    page.get_by_role("heading", name="Thelma Walker").wait_for()
    page.locator(".panel").get_by_role("link", name="Special Educational Needs").first.click()

    page.get_by_role("heading", name="Special Educational Needs", level=1).wait_for()
