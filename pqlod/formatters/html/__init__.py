"""HTML pages of lists and items, for people: they need no scripts, and every value is linked to where it leads."""

from typing import TYPE_CHECKING

from pqlod.formatters.html.frame import environment, format_links, queries_of, site_of, upwards
from pqlod.formatters.html.items import item_context, template_of
from pqlod.formatters.html.list_page import list_context
from pqlod.rdf import PQLOD

if TYPE_CHECKING:
    from pqlod.lda.pages import Page


def write_html(page: "Page") -> bytes:
    """The page as an HTML document in UTF-8."""
    template = environment().select_template(["list.html"] if page.is_list else template_of(page))
    pieces = template.generate(
        page=page,
        **(list_context(page) if page.is_list else item_context(page)),
        queries=queries_of(page),
        is_asked_here=page.api.source.iri == PQLOD.store,
        formats=format_links(page),
        site=site_of([page.api]),
        up=upwards(page.request.url.path),
        here=page.request.url.path,
    )
    return "".join(page.deadline.watch(pieces)).encode()
