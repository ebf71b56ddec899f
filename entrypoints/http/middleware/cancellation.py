"""The response to requests that are cancelled because the server stops."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.http.middleware.outcome import cancelled_response

STOPPING = "The server is stopping."


class CancellationMiddleware:
    """ASGI middleware that returns 503 if the server cancels the task of a request.

    Without it the response would be 500. Wrap the whole application with it, in a server that runs
    each request in its own task. Cancellations inside the application, such as those of
    ``asyncio.timeout``, are handled there and do not reach it. ``send`` must raise ``RuntimeError``
    if the response has already started, as uvicorn's does.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError as cancelled:
            if scope["type"] != "http" or not _uncancel():
                raise
            try:
                await cancelled_response(STOPPING, scope)(scope, receive, send)
            except RuntimeError:  # the response has started
                raise cancelled from None


def _uncancel() -> bool:
    """Take back the cancellation of the current task. Return whether it was cancelled."""
    task = asyncio.current_task()
    if task is None or not task.cancelling():
        return False
    while task.uncancel():
        pass
    return True
