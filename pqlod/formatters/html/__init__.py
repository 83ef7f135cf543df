"""HTML pages of lists and items, for people: they need no scripts, and every value is linked to where it leads."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pqlod.formatters.html.frame import environment, format_links, queries_of, site_of
from pqlod.formatters.html.items import item_context, template_of
from pqlod.formatters.html.list_page import list_context
from pqlod.formatters.html.values import Links, item_of
from pqlod.formatters.items import Shape
from pqlod.rdf import PQLOD

if TYPE_CHECKING:
    from pqlod.lda.pages import Page


def write_html(page: "Page") -> bytes:
    """The page as an HTML document in UTF-8."""
    links = Links(page.api, page.request.url.path)
    template = environment().select_template(["list.html"] if page.is_list else template_of(page))
    pieces = template.generate(
        page=page,
        **(list_context(page) if page.is_list else _item_context(page, links)),
        queries=queries_of(page),
        is_asked_here=page.api.source.iri == PQLOD.store,
        formats=format_links(page),
        site=site_of([page.api]),
        up=links.up,
        here=page.request.url.path,
    )
    return "".join(page.deadline.watch(pieces)).encode()


def _item_context(page: "Page", links: Links) -> Mapping[str, object]:
    nodes = Shape(page).items()
    return {"items": [item_of(node, links) for node in nodes], **item_context(page, links, nodes[0])}
