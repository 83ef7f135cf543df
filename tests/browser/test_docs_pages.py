"""The documentation in a browser: the viewer of OpenAPI shows every operation and can try one."""

from typing import Any


def test_an_operation_is_tried_from_the_viewer(page: Any) -> None:
    page.goto("/docs/openapi")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() > 40

    members = page.locator(".opblock", has_text="/members/{id}").first
    members.locator(".opblock-summary-control").click()
    members.get_by_role("button", name="Try it out").click()
    members.get_by_placeholder("id").fill("4649")
    members.get_by_role("button", name="Execute").click()
    members.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
