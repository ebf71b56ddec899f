"""A limit on the size of request bodies (RFC 9110, section 15.5.14).

Starlette's middleware for this returns plain text; here every 413 is problem details.
"""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.problems import problem

INCOMPLETE = "The body is incomplete."
"""No client gets this: it has disconnected. Without a response, the request would be a 500."""


class BodyLimit:
    """ASGI middleware that returns 413 for a body of more than ``max_bytes``."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_digits = (len(str(max_bytes)), b"%d" % max_bytes)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        headers = dict(scope["headers"])
        if self._is_too_large(headers.get(b"content-length", b"0")):
            return self._reject(scope, receive, send)
        if b"transfer-encoding" in headers:
            return self._buffer_body(scope, receive, send)
        return self._app(scope, receive, send)

    def _is_too_large(self, content_length: bytes) -> bool:
        """Compare a number of any length, which ``int`` may refuse to parse."""
        digits = content_length.strip().lstrip(b"0")
        return (len(digits), digits) > self._max_digits

    async def _buffer_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body of unknown length completely before the application is called."""
        body = b""
        more_body = True
        while more_body:
            message = await receive()
            if message["type"] != "http.request":
                await problem(HTTPStatus.BAD_REQUEST, INCOMPLETE, scope)(scope, receive, send)
                return
            body += message.get("body", b"")
            more_body = message.get("more_body", False)
            if len(body) > self._max_bytes:
                await self._reject(scope, receive, send)
                return
        await self._app(scope, _prepend({"type": "http.request", "body": body}, receive), send)

    async def _reject(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"A body may have at most {self._max_bytes} bytes."
        response = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, scope)
        await response(scope, receive, send)


def _prepend(message: Message, receive: Receive) -> Receive:
    """Return a ``receive`` that returns ``message`` first."""
    pending = [message]

    async def receive_after() -> Message:
        return pending.pop() if pending else await receive()

    return receive_after
