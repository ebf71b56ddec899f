"""What a client is told whose request could not be finished before the server stopped."""

import asyncio
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.http.error_handlers import OUTCOME_UNKNOWN, RETRY_AFTER
from entrypoints.http.problems import problem

READING = ("GET", "HEAD", "OPTIONS")


class CancellationMiddleware:
    """ASGI middleware that answers 503 where the server gives up a request, not 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except asyncio.CancelledError:
            if started or scope["type"] != "http":
                raise
            advice = "Try again later." if scope["method"] in READING else OUTCOME_UNKNOWN
            detail = f"The server is stopping. {advice}"
            headers = {"Retry-After": RETRY_AFTER}
            refusal = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, scope, headers)
            await refusal(scope, receive, send)
