"""The address of a request: its parameters as the client wrote them, and the root by which clients know the service."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urljoin

from flask import Request

from pqlod.errors import BadParameter
from pqlod.lda.model import Api
from pqlod.settings import Settings

_HOST = re.compile(r"[A-Za-z0-9._~-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)+")
_FORWARDED = re.compile(r'(?:^|[;,]\s*)(proto|host)=("?)([^";,]*)\2', re.IGNORECASE)


def parameters(request: Request) -> tuple[tuple[str, str], ...]:
    """The parameters of a request's address, as ``pairs`` gives them."""
    return pairs(request.query_string)


def pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    """The names and values of a query string, or of a form sent like one, in the order and as often as they came.

    Empty parts (``&&``, ``?&a=b``) and names without ``=`` are left out. Raises BadParameter for what is not UTF-8.
    """
    parts = (part.partition(b"=") for part in encoded.split(b"&"))
    return tuple((_decoded(name), _decoded(value)) for name, equals, value in parts if name and equals)


def root(request: Request, settings: Settings, api: Api | None = None) -> str:
    """Scheme, host and path, without a final slash, of the addresses that are written for clients.

    ``api:base`` decides, then the ``base_url`` of the settings, then the headers of proxies (RFC 7239, or
    X-Forwarded-*) where the settings trust them, then the request itself. Raises BadParameter for a host that is none.
    """
    believes = settings.forwarded and (api is None or api.honours_forwarded)
    asked = settings.public_root or _asked(request, _forwarded(request) if believes else {})
    return urljoin(asked + "/", api.base).rstrip("/") if api and api.base else asked


def _asked(request: Request, forwarded: Mapping[str, str]) -> str:
    scheme = forwarded.get("proto", request.scheme)
    host = forwarded.get("host", request.headers.get("Host", "") or request.host)
    if not _HOST.fullmatch(host):
        raise BadParameter(
            "The Host header is no host name.", parameter="Host", value=host, expected="a name or address, and a port"
        )
    return f"{scheme}://{host}{request.script_root.rstrip('/')}{forwarded.get('prefix', '')}"


def _forwarded(request: Request) -> dict[str, str]:
    """What the nearest client-facing proxy says of the address that the client asked; what makes no sense is left out."""
    first = {name: request.headers.get(f"X-Forwarded-{name}", "").split(",")[0].strip() for name in ("proto", "host", "prefix")}
    standard = request.headers.get("Forwarded", "").split(",")[0]
    first |= {name.lower(): value for name, _, value in _FORWARDED.findall(standard)}
    return {name: value for name, value in first.items() if _SENSE[name].fullmatch(value)}


_SENSE = {"proto": re.compile("https?"), "host": _HOST, "prefix": _PREFIX}


def _decoded(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        shown = text.decode("ascii", "backslashreplace")
        raise BadParameter(f"{shown!r} is not UTF-8.", value=shown, expected="percent-encoded UTF-8") from error
