"""A bound on request bodies (RFC 9110, section 15.5.14).

Starlette has a middleware for this too, which answers in plain text; here every 413 is a problem.
"""

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.problems import problem


class BodyLimit:
    """ASGI middleware that refuses a body of more than ``max_bytes``, whoever would read it."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if int(headers.get("content-length", 0)) > self._max_bytes:
            await self._refuse(scope, receive, send)
        elif "transfer-encoding" in headers:
            await self._read_first(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _read_first(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body of unknown length before anything is done for it."""
        body = b""
        more_body = True
        while more_body:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more_body = message.get("more_body", False)
            if len(body) > self._max_bytes:
                await self._refuse(scope, receive, send)
                return
        await self._app(scope, _first({"type": "http.request", "body": body}, receive), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"A body may have at most {self._max_bytes} bytes."
        refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, scope)
        await refusal(scope, receive, send)


def _first(message: Message, receive: Receive) -> Receive:
    """Return a ``receive`` that gives ``message`` before what else there is."""
    pending = [message]

    async def receive_after() -> Message:
        return pending.pop() if pending else await receive()

    return receive_after
