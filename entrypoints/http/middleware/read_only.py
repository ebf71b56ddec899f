"""Read-only mode, for maintenance."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.problems import problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing (RFC 9110, section 9.2.1)."""

RETRY_AFTER = "60"
"""Seconds after which a client may retry. Maintenance takes minutes."""

READ_ONLY = "The service is read-only at the moment. Nothing was changed. Try again later."


class ReadOnly:
    """ASGI middleware that returns 503 for methods that are not safe. It receives no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        headers = {"Retry-After": RETRY_AFTER}
        response = problem(HTTPStatus.SERVICE_UNAVAILABLE, READ_ONLY, scope, headers)
        await response(scope, receive, send)
