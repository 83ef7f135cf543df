"""Content-Security-Policies: what every page may load, and what the pages may that hold an editor or a viewer of others."""

from flask import Response

HEADER = "Content-Security-Policy"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Such a widget sets styles of elements, draws its icons from its style sheet, and asks this service.
WIDGET_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def allow_widget(response: Response) -> Response:
    """The response of a page that holds one, with the policy that it needs."""
    response.headers[HEADER] = WIDGET_POLICY
    return response
