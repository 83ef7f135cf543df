"""What search engines and browsers look for: robots.txt, sitemaps (sitemaps.org), and how to search here (OpenSearch 1.1)."""

from collections.abc import Iterable, Iterator
from math import ceil
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request

from pqlod.errors import EndpointNotFound
from pqlod.formatters.html.frame import site_of
from pqlod.formatters.html.static_files import static_address
from pqlod.web.addresses import root
from pqlod.web.responses import entity_tag, finish
from pqlod.web.service import Service, joined

ADDRESSES_IN_SITEMAP = 25_000  # the protocol lets 50,000 be in one
SECONDS_KEPT = 3600
LONGEST_SHORT_NAME = 16  # OpenSearch 1.1, draft 6, "ShortName"
SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# A crawler gets all items by the sitemaps. What it need not have: every list by every filter, queries, and files of others.
ROBOTS = """\
User-agent: *
Disallow: {path}/*?
Disallow: {path}/sparql
Disallow: {path}/store
Disallow: {path}/update
Allow: {path}/static/

Sitemap: {root}/sitemap.xml
"""


def crawlers_blueprint(service: Service) -> Blueprint:
    """The routes of these files. Sitemaps name the items that the index of values knows; without one they are empty."""
    blueprint = Blueprint("crawlers", __name__)

    @blueprint.get("/robots.txt")
    def robots() -> Response:
        here = root(request, service.settings)
        return Response(ROBOTS.format(root=here, path=urlsplit(here).path), mimetype="text/plain")

    @blueprint.get("/sitemap.xml")
    def sitemaps() -> Response:
        here, items = root(request, service.settings), _Items(service)
        parts = [f"{here}/sitemaps/{number}-{part}.xml" for number, count in enumerate(items.parts()) for part in range(count)]
        return _response(items, _document("sitemapindex", "sitemap", parts), here)

    @blueprint.get("/sitemaps/<int:number>-<int:part>.xml")
    def sitemap(number: int, part: int) -> Response:
        here, items = root(request, service.settings), _Items(service)
        counts = items.parts()
        if number >= len(counts) or part >= counts[number]:
            raise EndpointNotFound("There is no such sitemap; /sitemap.xml names them all.")
        return _response(items, _document("urlset", "url", items.addresses(number, part, here)), here, str(number), str(part))

    @blueprint.get("/opensearch.xml")
    def opensearch() -> Response:
        site, here = site_of(service.configuration.current().apis), root(request, service.settings)
        if not site.search:
            raise EndpointNotFound("Nothing here is searched for words.")
        return Response(_opensearch(site.name, here, site.search), content_type="application/opensearchdescription+xml")

    return blueprint


class _Items:
    """The items that the service has pages of, class by class, in parts that are as long as a sitemap may be."""

    def __init__(self, service: Service) -> None:
        served = service.configuration.current()
        dataset = service.datasets.open(served.apis[0].source).dataset
        values = dataset.values
        types = sorted(values.types, key=str) if values else []
        self.version = joined(served.version, dataset.version)
        self._router = served.router
        self._classes = [values.all_of(type) for type in types] if values else []

    def parts(self) -> list[int]:
        """How many parts each class has."""
        return [ceil(items.total / ADDRESSES_IN_SITEMAP) for items in self._classes]

    def addresses(self, number: int, part: int, here: str) -> Iterator[str]:
        """The addresses of the pages of one part of a class."""
        for iri in self._classes[number].page((), part * ADDRESSES_IN_SITEMAP, ADDRESSES_IN_SITEMAP):
            if found := self._router.document(iri):
                yield here + found.location


def _document(root_name: str, entry: str, addresses: Iterable[str]) -> str:
    entries = "".join(f"<{entry}><loc>{escape(address)}</loc></{entry}>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root_name} xmlns="{SITEMAP_NAMESPACE}">\n{entries}</{root_name}>\n'


def _response(items: _Items, document: str, *parts: str) -> Response:
    response = Response(document, content_type="application/xml; charset=utf-8")
    finish(response, tag=entity_tag(items.version, "sitemap", *parts), max_age=SECONDS_KEPT)
    response.make_conditional(request)
    return response


def _opensearch(name: str, here: str, search: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{escape(name[:LONGEST_SHORT_NAME])}</ShortName>
<Description>{escape(f"Search for words: {name}")}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Image type="image/svg+xml">{escape(here)}/{static_address("icon.svg")}</Image>
<Url type="text/html" template={quoteattr(f"{here}{search}?_search={{searchTerms}}")}/>
<Url type="application/atom+xml" pageOffset="0"
     template={quoteattr(f"{here}{search}.atom?_search={{searchTerms}}&_page={{startPage?}}")}/>
</OpenSearchDescription>
"""
