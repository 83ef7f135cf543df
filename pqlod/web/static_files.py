"""Static files at /static: by an address with the digest of what they hold caches keep them, by any other they ask again."""

import gzip
from functools import cache
from mimetypes import guess_type

from flask import Blueprint, Response, request

from pqlod.errors import EndpointNotFound
from pqlod.formatters.html.static_files import FOLDER, static_body, static_digest
from pqlod.web.compression import GZIP, coding_of_request, tag_of_coding
from pqlod.web.responses import with_charset

FOREVER = "public, max-age=31536000, immutable"  # a year, which is as good as for good


def static_blueprint() -> Blueprint:
    """The route of the static files."""
    blueprint = Blueprint("static", __name__)
    blueprint.add_url_rule(f"/{FOLDER}/<path:name>", view_func=_show)
    return blueprint


def _show(name: str) -> Response:
    try:
        body, digest = static_body(name), static_digest(name)
    except KeyError:
        raise EndpointNotFound(f"There is no static file {name!r}.") from None
    coding = coding_of_request()
    response = Response(_packed(name) if coding == GZIP else body, content_type=with_charset(guess_type(name)[0] or "text/plain"))
    if coding:
        response.headers["Content-Encoding"] = coding
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == digest else "no-cache"
    response.set_etag(tag_of_coding(digest, coding) if coding else digest)
    response.make_conditional(request)
    return response


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(static_body(name), mtime=0)
