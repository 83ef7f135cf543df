"""Lists in a browser: facets beside the items or folded above, and a search that is narrowed, on a phone and without scripts."""

from typing import Any

import pytest
from inspection import is_too_wide, unfold

LIST = "/writtenquestions.html"


@pytest.mark.parametrize(("width", "is_folded"), [(1280, False), (768, True), (390, True)])
def test_facets_are_beside_the_items_or_folded_above_them(page: Any, width: int, is_folded: bool) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(LIST)
    facet = page.get_by_role("link", name="House of Lords", exact=True).first

    assert facet.is_visible() is not is_folded
    assert not is_too_wide(page)
    if is_folded:
        page.locator(".narrowing > summary").click()
        assert facet.is_visible()
    facet.click()
    assert page.locator(".filters").inner_text().startswith("House House of Lords")


def test_a_search_is_narrowed_and_sorted_without_scripts(page_without_scripts: Any) -> None:
    page = page_without_scripts
    page.goto(LIST)
    page.get_by_label("Search this list").fill("school")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    assert page.locator(".card mark").count() > 0

    page.locator(".facet a").first.click()
    page.get_by_role("link", name="oldest first").click()

    assert page.locator(".filters li").count() == 3  # the words, the choice, and the link that removes both
    days = [day.get_attribute("datetime") for day in page.locator(".card .by time").all()]
    assert days == sorted(days)


@pytest.mark.parametrize("width", [390, 1280])
def test_tables_of_properties_and_forms_fit_the_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/answeredquestions.html?_view=answered+question")
    unfold(page)

    assert not is_too_wide(page)
