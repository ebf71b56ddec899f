"""The response to requests that are cancelled because the server stops."""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.error_handlers import OUTCOME_UNKNOWN, RETRY_AFTER
from entrypoints.http.problems import problem

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class CancellationMiddleware:
    """ASGI middleware that returns 503 if the server cancels a request.

    Without it the response would be 500.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def tracking_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, tracking_send)
        except asyncio.CancelledError:
            if started or scope["type"] != "http":
                raise
            advice = "Try again later." if scope["method"] in SAFE_METHODS else OUTCOME_UNKNOWN
            detail = f"The server is stopping. {advice}"
            headers = {"Retry-After": RETRY_AFTER}
            response = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, scope, headers)
            await response(scope, receive, send)
