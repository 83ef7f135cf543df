"""Charts in a browser: drawn where scripts run, tables where they do not, and every bar leads to what it counts."""

from typing import Any

from inspection import PHONE, is_too_wide, layout_shift, opened, total


def test_the_charts_of_the_first_page_are_drawn_and_nothing_moves(page: Any) -> None:
    opened(page, "/")

    figures = page.locator("figure.chart")
    assert figures.count() >= 4
    for figure in figures.all():
        drawn, told = figure.locator("svg a").count(), figure.locator("tbody tr").count()
        assert drawn >= told > 0
    assert layout_shift(page) < 0.01


def test_a_bar_leads_to_the_list_of_what_it_counts(page: Any) -> None:
    opened(page, "/")
    bar = page.locator("figure.chart", has_text="by party").locator("svg a").last
    label, count = bar.locator("title").text_content().rsplit(": ", 1)

    bar.click(force=True)
    page.wait_for_url("**/writtenquestions*")

    assert total(page) == int(count.replace(",", ""))
    assert label in page.locator("main").inner_text()


def test_the_table_of_a_chart_is_reached_by_keys_and_says_the_same(page: Any) -> None:
    opened(page, "/writtenquestions?_chart=answer-existence")
    summary = page.locator("figure.chart summary")

    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    row = page.locator("figure.chart tbody tr").first
    assert page.evaluate("document.activeElement.textContent") == row.locator("a").inner_text()
    count = int(row.locator("data").get_attribute("value"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/writtenquestions*exists-answer=*")
    assert total(page) == count


def test_without_scripts_the_tables_are_there_and_lead_to_the_same_lists(page_without_scripts: Any) -> None:
    page = page_without_scripts
    page.goto("/")
    figure = page.locator("figure.chart").nth(1)
    row = figure.locator("tbody tr").first

    assert row.locator("meter").is_visible()
    count = int(row.locator("data").get_attribute("value"))
    row.locator("a").click()

    assert total(page) == count


def test_charts_are_drawn_anew_where_the_window_changes_its_width(page: Any) -> None:
    opened(page, "/")

    page.set_viewport_size(PHONE)

    page.wait_for_function("[...document.querySelectorAll('.picture svg')].every(svg => svg.getBoundingClientRect().width < 391)")
    assert not is_too_wide(page)
