"""Pages of queries in a browser: the form asks, and the editor opens with the query."""

from typing import Any


def test_the_editor_opens_with_the_query_that_the_page_shows(page: Any) -> None:
    page.goto("/queries/questions-for-a-constituency?constituency=Darlington")
    shown = page.locator("#text ~ pre").inner_text()
    page.get_by_role("link", name="Open it in the editor").click()
    page.wait_for_selector(".CodeMirror")

    page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.getValue().includes('Darlington')")
    assert page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()").strip() == shown.strip()


def test_the_form_asks_without_scripts(page_without_scripts: Any) -> None:
    page = page_without_scripts
    page.goto("/queries/questions-for-a-constituency")
    page.get_by_label("Constituency").fill("Nowhere")
    page.get_by_role("button", name="Ask").click()

    assert "Nothing answers to this" in page.locator("main").inner_text()
