"""What is looked at on a page in a browser: axe-core's rules, faults that axe does not look for, and what a list has."""

import re
from pathlib import Path
from typing import Any

MAIN_PAGES = {
    "home": "/",
    "list": "/writtenquestions",
    "found": "/writtenquestions?_search=schools&exists-answer=true&_sort=dateTabled",
    "chart": "/writtenquestions?_chart=AnsweringBody",
    "question": "/resources/1012383",
    "member": "/members/4649",
    "department": "/departments/60",
    "constituency": "/constituencies/mnis/3297",
    "session": "/sessions/2017-19",
    "sparql": "/sparql",
    "queries": "/queries",
    "query": "/queries/who-asks-about",
    "docs": "/docs",
    "vocabulary": "/docs/vocabulary",
    "schema": "/schema/parl",
    "configuration": "/api-config",
    "unknown": "/resources/99999999",
    "problem": "/writtenquestions?tablingMembr=4649",
}
"""The main pages over the sample, by what they are."""

PHONE = {"width": 390, "height": 900}
DESK = {"width": 1280, "height": 1000}

_HERE = Path(__file__).parent
_AXE = (_HERE / "vendor/axe-core/axe.min.js").read_text(encoding="utf-8")
_FAULTS = (_HERE / "faults.js").read_text(encoding="utf-8")
_READY = """() => document.readyState == "complete" && document.fonts.status == "loaded"
    && [...document.querySelectorAll("figure.chart .box")].every(box => box.matches(".drawn") || !box.checkVisibility())
    && (!document.querySelector("script[src*='sparql.js']") || document.querySelector(".yasgui .CodeMirror"))"""
_SHIFT = """() => new Promise(done => {
    let sum = 0;
    const observer = new PerformanceObserver(list => list.getEntries().forEach(entry => { sum += entry.value; }));
    observer.observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => setTimeout(() => done(sum), 100));
})"""
_RUN_AXE = """() => axe.run({rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]}).then(found =>
    found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id} at ${node.target.join(" ")}: ${node.failureSummary}`)))"""


def opened(page: Any, path: str) -> Any:
    """The page when all that it draws by scripts is drawn."""
    page.goto(path)
    page.wait_for_function(_READY)
    return page


def unfold(page: Any) -> None:
    """Opens all that is folded on the page."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def violations(page: Any) -> list[str]:
    """What axe-core finds, of WCAG 2.2 AA and of good practice: rule, selector and what is wrong, a line for each element."""
    page.evaluate(f"() => {{ {_AXE} }}")
    return list(page.evaluate(_RUN_AXE))


def faults(page: Any) -> list[str]:
    """What faults.js finds in the page as it is shown now."""
    return list(page.evaluate(_FAULTS))


def is_too_wide(page: Any) -> bool:
    """Whether the page as a whole would have to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def total(page: Any) -> int:
    """How many items the list that is shown has."""
    found = re.search(r"of ([\d,]+)", page.locator(".summary").first.inner_text())
    assert found, page.content()
    return int(found[1].replace(",", ""))


def layout_shift(page: Any) -> float:
    """How much has moved since the page was opened (the sum of layout-shift of the Layout Instability API)."""
    return float(page.evaluate(_SHIFT))
