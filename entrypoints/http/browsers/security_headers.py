"""Security headers: browsers do nothing with a response of the API except showing it."""

from collections.abc import Awaitable, Iterable, Mapping
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

Headers = Iterable[tuple[bytes, bytes]]

_NAMES = frozenset(name.lower().encode() for name in SECURITY_HEADERS)
_HEADERS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class SecurityHeaders:
    """ASGI middleware that adds ``SECURITY_HEADERS`` to every response.

    A header that the response already has is not changed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        def send_protected(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _add_to(message.get("headers", ()))}
            return send(message)

        return self._app(scope, receive, send_protected)


def _add_to(headers: Headers) -> Headers:
    given = list(headers)
    for name, _ in given:  # for a few headers this is faster than a set of names
        if name in _NAMES:
            names = {name for name, _ in given}
            return [*given, *(header for header in _HEADERS if header[0] not in names)]
    return given + _HEADERS
