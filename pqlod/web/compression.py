"""Bodies compressed for the clients that take that (RFC 9110, section 12.5.3), those that are streamed as they come."""

import gzip
import zlib
from collections.abc import Iterable, Iterator

from flask import Response, request

LEVEL = 3  # makes the JSON of solutions as small as 5 does, at twice the speed
LEAST = 1024  # bytes that are worth it
GZIP_HEADER = 31  # of zlib: its largest window, with the frame of gzip


def compressed(response: Response) -> Response:
    """The response, its body by gzip if the client takes that and it is not small.

    A body with an ETag stays as it is: what is compressed would need another one (RFC 9110, section 8.8.3).
    """
    if "ETag" in response.headers or "Content-Encoding" in response.headers or response.direct_passthrough:
        return response
    if not response.is_streamed and len(response.get_data()) < LEAST:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    response.headers["Content-Encoding"] = "gzip"
    if response.is_streamed:
        response.response = _packed(response.iter_encoded())
        response.headers.pop("Content-Length", None)
    else:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    return response


def _packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, wbits=GZIP_HEADER)
    yield from filter(None, map(packer.compress, chunks))
    yield packer.flush()
