"""The main pages are for everybody: axe-core, text twice as large, keys, targets, print, and nothing that moves."""

from collections.abc import Iterator
from typing import Any

import pytest
from inspection import DESK, MAIN_PAGES, PHONE, faults, is_too_wide, layout_shift, opened, violations

IN_THE_DARK = ("home", "found", "question", "sparql")
TOO_MUCH_SHIFT = 0.01
FOCUS = """() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const { width, height } = document.activeElement.getBoundingClientRect();
    return { what: document.activeElement.outerHTML.slice(0, 120), tag: document.activeElement.localName,
             is_seen: outlineStyle != "none" && parseFloat(outlineWidth) >= 2 && width * height > 0 };
}"""


@pytest.fixture
def dark(page_with: Any) -> Iterator[Any]:
    """A page of somebody who likes it dark, on a phone."""
    with page_with(color_scheme="dark", viewport=PHONE) as page:
        yield page


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_a_main_page_has_no_violation_and_no_fault_and_fits_a_phone(page: Any, name: str) -> None:
    page.set_viewport_size(DESK)
    opened(page, MAIN_PAGES[name])
    assert layout_shift(page) < TOO_MUCH_SHIFT
    assert faults(page) == []
    assert violations(page) == []

    page.set_viewport_size(PHONE)
    assert not is_too_wide(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not is_too_wide(page)


@pytest.mark.parametrize("name", IN_THE_DARK)
def test_a_main_page_has_no_violation_in_the_dark_on_a_phone(dark: Any, name: str) -> None:
    opened(dark, MAIN_PAGES[name])

    assert dark.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert violations(dark) == []


def test_axe_finds_what_is_wrong(page: Any) -> None:
    page.goto(MAIN_PAGES["problem"])
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"../static/icon.svg\"><input>'")

    assert {line.split(" at ")[0] for line in violations(page)} >= {"image-alt", "label"}


def test_the_titles_of_pages_tell_them_apart(page_without_scripts: Any) -> None:
    titles = {}
    for name in MAIN_PAGES.keys() - {"chart"}:  # a chart is above the same list
        page_without_scripts.goto(MAIN_PAGES[name])
        titles[name] = page_without_scripts.title()

    assert len(set(titles.values())) == len(titles), titles


@pytest.mark.parametrize("name", ["home", "found", "question", "query"])
def test_keys_lead_past_the_bar_and_the_focus_is_seen(page: Any, name: str) -> None:
    opened(page, MAIN_PAGES[name])

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert focus["is_seen"], focus
        assert page.evaluate("document.activeElement.closest('main') != null"), focus


@pytest.mark.parametrize("name", ["found", "question"])
def test_on_paper_there_is_the_text_and_not_what_is_clicked(page: Any, name: str) -> None:
    opened(page, MAIN_PAGES[name])
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # about that of a sheet of A4

    assert page.locator("h1").is_visible()
    assert page.locator("main").get_by_text("To ask the Secretary of State for Education").first.is_visible()
    for clicked in ("header nav", "[role=search]", ".narrowing", ".paging", ".formats"):
        assert not any(each.is_visible() for each in page.locator(clicked).all()), clicked
    assert not is_too_wide(page)
