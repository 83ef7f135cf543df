"""HTML pages of lists and items, for people: they need no scripts, and every value is linked to where it leads."""

from typing import TYPE_CHECKING

from pqlod.formatters.choices import choices_of
from pqlod.formatters.filter_links import FilterLinks
from pqlod.formatters.html.frame import environment, format_links, queries_of, site_of
from pqlod.formatters.html.items import item_context, template_of
from pqlod.formatters.html.lists import filters, first_page
from pqlod.formatters.html.values import Links, item_of
from pqlod.formatters.items import Shape
from pqlod.rdf import PQLOD

if TYPE_CHECKING:
    from pqlod.lda.pages import Page


def write_html(page: "Page") -> bytes:
    """The page as an HTML document in UTF-8."""
    links = Links(page.api, page.request.url.path, FilterLinks(first_page(page), page.api.vocabulary) if page.is_list else None)
    nodes = Shape(page).items()
    template = environment().select_template(["list.html"] if page.is_list else template_of(page))
    pieces = template.generate(
        page=page,
        items=[item_of(node, links) for node in page.deadline.watch(nodes)],
        filters=filters(page),
        choices=choices_of(page, nodes, first_page(page)) if page.is_list else None,
        queries=queries_of(page),
        is_asked_here=page.api.source.iri == PQLOD.store,
        formats=format_links(page),
        site=site_of([page.api]),
        up=links.up,
        **({} if page.is_list else item_context(page, links, nodes[0])),
    )
    return "".join(page.deadline.watch(pieces)).encode()
