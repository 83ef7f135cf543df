"""The first page of the service."""

from flask import Response, request

from pqlod.errors import StoreError
from pqlod.formatters.html.frame import today
from pqlod.formatters.html.home import Stock, write_home
from pqlod.lda.companions import Companions, fetch_home
from pqlod.live import Served
from pqlod.store.deadline import Deadline
from pqlod.web.addresses import root
from pqlod.web.responses import entity_tag, finish, known_tag
from pqlod.web.service import Service, joined

SECONDS = 3.0  # for all that it shows of the lists: more than other pages have, for it is kept until the data changes


def home_page(service: Service, served: Served) -> Response:
    """HTML that tells what the service has: of the first API that says what to show (``pqlod:home``) this, and every API's lists.

    A store that cannot be read leaves out what would be shown of it.
    """
    shown = next((api for api in served.apis if api.home), served.apis[0])
    here = root(request, service.settings, shown)
    try:
        opened = service.datasets.open(shown.source)
    except StoreError:
        return _response(write_home(served.apis, Companions(missing=(shown.label,)), Stock(), here))
    version = joined(served.version, opened.dataset.version, str(today()))  # cards say what is overdue
    tag = entity_tag(version, here, "home")
    is_whole = True
    if known := known_tag(tag):
        response = Response(status=304)
    else:
        deadline = Deadline.after(service.settings.query_seconds)
        companions = fetch_home(shown, here, opened.dataset, deadline, seconds=SECONDS)
        is_whole = not companions.missing
        response = _response(write_home(served.apis, companions, Stock(opened.loaded, opened.generation), here))
    if not is_whole:  # the next time there may be more
        return finish(response)
    changed = max(opened.loaded, served.changed) if opened.loaded else None
    response = finish(
        response,
        tag=known or tag,
        changed=changed,
        max_age=service.settings.max_age,
        is_current=(lambda: joined(service.version(shown.source), str(today())) == version) if version else None,
    )
    response.make_conditional(request)
    return response


def _response(body: bytes) -> Response:
    return Response(body, content_type="text/html; charset=utf-8")
