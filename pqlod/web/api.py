"""The Linked Data API: every path that no fixed route takes is that of a list or an item."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from flask import Blueprint, Response, request

from pqlod.errors import EndpointNotFound
from pqlod.formatters.html.frame import today
from pqlod.lda.bindings import text_of
from pqlod.lda.companions import fetch_companions
from pqlod.lda.links import RequestUrl
from pqlod.lda.model import FormatterKind
from pqlod.lda.pages import fetch_page
from pqlod.lda.parameters import PageRequest, parse_parameters
from pqlod.lda.routing import Match
from pqlod.live import Served
from pqlod.store.deadline import Deadline
from pqlod.web.addresses import parameters, root
from pqlod.web.gone import gone_response
from pqlod.web.negotiation import Choice, choose_format
from pqlod.web.resources import elsewhere, identity_redirect
from pqlod.web.responses import entity_tag, finish, known_tag, page_response, seconds_to_expiry
from pqlod.web.service import Service, joined

IGNORE_ACCEPT = ("_suppress_media_type", "_supress_media_type")  # Elda reads the second, by a slip


def api_blueprint(service: Service) -> Blueprint:
    """The routes of the configuration that is served, whatever it is at the time of a request."""
    blueprint = Blueprint("api", __name__)

    @blueprint.get("/", defaults={"path": ""})
    @blueprint.get("/<path:path>")
    def show_page(path: str) -> Response:
        served = service.configuration.current()
        asked = RequestUrl("", "/" + path, parameters(request))
        try:
            match = served.router.match(asked.path, asked.values())
        except EndpointNotFound:
            if (found := elsewhere(service, served, path)) is None:
                raise
            return found
        url = replace(asked, root=root(request, service.settings, match.api), path=match.path_without_suffix)
        page_request = parse_parameters(match.api, match.endpoint, match.variables, url, match.consumed)
        choice = choose_format(
            match.endpoint,
            name=page_request.format_name,
            suffix=match.suffix,
            accept=_accept(page_request),
            is_jsonp=bool(page_request.callback),
        )
        return identity_redirect(service, match, choice) or _page(service, served, match, page_request, choice)

    return blueprint


def _accept(page_request: PageRequest) -> str:
    """The Accept header, unless a variable of the configuration says that it is not to count."""
    said = (text_of(page_request.bindings[name]) for name in IGNORE_ACCEPT if name in page_request.bindings)
    return "" if any(value != "no" for value in said) else request.headers.get("Accept", "")


def _of_today(version: str, choice: Choice) -> str:
    """A version that is of one day only where people read the page: it says what is overdue."""
    return f"{version} {today()}" if version and choice.formatter.kind is FormatterKind.HTML else version


def _midnight(choice: Choice) -> datetime:
    """When such a page last changed by itself; of others the first instant that there is."""
    return datetime.combine(today() if choice.formatter.kind is FormatterKind.HTML else date.min, time.min, UTC)


def _page(service: Service, served: Served, match: Match, page_request: PageRequest, choice: Choice) -> Response:
    """The page, or 304 before any query is run if the client has it already."""
    deadline = Deadline.after(service.settings.query_seconds)
    opened = service.datasets.open(match.api.source, page_request.generation)
    dataset = opened.dataset.until(deadline)
    others = [service.datasets.open(source).dataset.until(deadline) for source in match.api.view_sources]
    version = _of_today(joined(served.version, dataset.version, *(dataset.version for dataset in others)), choice)

    def version_now() -> str:
        sources = match.api.source, *match.api.view_sources
        return _of_today(service.version(*sources, generation=page_request.generation), choice)

    tag = entity_tag(version, str(page_request.url), choice.formatter.name, choice.media_type)
    is_whole = True
    if known := known_tag(tag):
        response = Response(status=304)
    else:
        page = fetch_page(match.api, match.endpoint, page_request, choice.formatter, dataset, others)
        if choice.formatter.kind is FormatterKind.HTML:
            page = replace(page, companions=fetch_companions(page, dataset, others, deadline))
            is_whole = not (page.companions and page.companions.missing)
        if page.gone:
            return gone_response(replace(page, deadline=deadline), choice)
        response = page_response(replace(page, deadline=deadline), choice)
    response.headers["Content-Location"] = str(page_request.url.without("_format").with_suffix(choice.formatter.name))
    if opened.generation is not None:
        response.headers["Dataset-Generation"] = str(opened.generation)
    response = finish(
        response,
        tag=(known or tag) if is_whole else "",
        changed=max(opened.loaded, served.changed, _midnight(choice)) if opened.loaded and is_whole else None,
        is_negotiated=choice.is_negotiated,
        max_age=service.settings.max_age if is_whole else 0,
        expires=seconds_to_expiry(match.endpoint, page_request.viewer, match.api.vocabulary),
        is_current=(lambda: version_now() == version) if version and is_whole else None,
    )
    response.make_conditional(request)
    return response
