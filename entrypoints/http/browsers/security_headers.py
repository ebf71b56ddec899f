"""Security headers: browsers do nothing with a response of the API except showing it."""

from collections.abc import Awaitable, Mapping
from types import MappingProxyType

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.responses.observed import add_headers

CONTENT_SECURITY_POLICY = "Content-Security-Policy"

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        CONTENT_SECURITY_POLICY: "default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
)
"""A browser does not guess the media type of a response, loads and executes nothing for it, does
not show it in a frame, and does not send its URL to other sites."""

_HEADERS = {name.lower().encode(): value.encode() for name, value in SECURITY_HEADERS.items()}


class SecurityHeaders:
    """ASGI middleware that adds ``SECURITY_HEADERS`` to every response.

    A header that the response already has is not changed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            send = add_headers(scope, send, _HEADERS)
        return self._app(scope, receive, send)
