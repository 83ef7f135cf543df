"""Bodies compressed for the clients that take that (RFC 9110, section 12.5.3), those that are streamed as they come."""

import gzip
import zlib
from collections.abc import Iterable, Iterator

from flask import Response, request

LEVEL = 3  # makes the JSON of solutions as small as 5 does, at twice the speed
GZIP = "gzip"
LEAST = 1024  # bytes that are worth it
GZIP_HEADER = 31  # of zlib: its largest window, with the frame of gzip


def compressed(response: Response) -> Response:
    """The response, its body by gzip if the client takes that and it is not small.

    What is packed is another representation, and has another ETag (RFC 9110, section 8.8.3); a client that has it
    already is told so.
    """
    if "Content-Encoding" in response.headers or response.direct_passthrough:
        return response
    if response.status_code == 304:
        response.vary.add("Accept-Encoding")
        return response
    if not response.is_streamed and len(response.get_data()) < LEAST:
        return response
    response.vary.add("Accept-Encoding")
    coding = coding_of_request()
    if not coding:
        return response
    response.headers["Content-Encoding"] = coding
    if response.is_streamed:
        response.response = _packed(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    _tag_anew(response, coding)
    return response


def coding_of_request() -> str:
    """The coding in which the client of this request takes bodies; "" for as they are."""
    return GZIP if request.accept_encodings[GZIP] > 0 else ""


def tag_of_coding(tag: str, coding: str) -> str:
    """The ETag of a body in a coding, from that of the body as it is."""
    return f"{tag}-{coding}"


def _tag_anew(response: Response, coding: str) -> None:
    tag, is_weak = response.get_etag()
    if tag is not None:
        response.set_etag(tag_of_coding(tag, coding), is_weak or False)
        if response.status_code == 200:
            response.make_conditional(request)


def _packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, wbits=GZIP_HEADER)
    yield from filter(None, map(packer.compress, chunks))
    yield packer.flush()
