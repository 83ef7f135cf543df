"""The page of SPARQL in a browser: an editor where scripts run, a form where they do not, and no other host asked."""

from typing import Any

EXAMPLE = "Ten questions, newest first"


def test_an_example_runs_in_the_editor_and_its_results_lead_to_pages_here(page: Any) -> None:
    page.goto("/sparql")
    page.wait_for_selector(".yasgui .CodeMirror")
    page.click(f"text={EXAMPLE}")
    page.wait_for_selector(".yasr table a.iri")
    assert page.locator(".yasr tbody tr").count() == 10

    with page.context.expect_page() as opened:  # beside the editor, which keeps its queries
        page.locator("a.iri[href*='/resources/']").first.click()
    opened.value.wait_for_url(page.url.replace("/sparql", "/resources/*"))


def test_the_editor_completes_from_our_vocabulary(page: Any) -> None:
    page.goto("/sparql")
    page.wait_for_selector(".yasgui .CodeMirror")
    page.evaluate("""() => {
        const editor = document.querySelector(".CodeMirror").CodeMirror;
        editor.setValue("SELECT * { ?question a <http://data.parliament.uk/schema/parl#Written");
        editor.focus();
        editor.setCursor(editor.lineCount(), 0);
        editor.autocomplete();
    }""")
    hints = page.locator(".CodeMirror-hints li")
    hints.first.wait_for()
    assert any("WrittenParliamentaryQuestion" in hint for hint in hints.all_inner_texts())


def test_a_link_can_bring_a_query_but_no_other_service(page: Any) -> None:
    page.goto("/sparql#query=ASK%20%7B%7D&endpoint=https%3A%2F%2Fexample.org%2Fsparql")
    page.locator(".yasr", has_text="True").wait_for()


def test_an_example_runs_without_scripts(page_without_scripts: Any) -> None:
    page = page_without_scripts
    page.goto("/sparql")
    page.click(f"text={EXAMPLE}")
    assert page.locator("#result ~ .wide tbody tr").count() == 10

    page.fill("textarea[name=query]", "SELECT ?x { VALUES ?x { 1 2 3 } }")
    page.click("button:has-text('Run the query')")
    assert page.locator("#result ~ .wide tbody tr").count() == 3
