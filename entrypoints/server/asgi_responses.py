"""ASGI applications that respond instead of the service, with problem details: 421 and 503."""

from collections.abc import Coroutine
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from entrypoints.http.error_handlers import RETRY_AFTER
from entrypoints.http.problems import problem

RETRY_HEADERS = {"Retry-After": RETRY_AFTER}

MISDIRECTED = "This server does not serve the requested host. Check the URL."
OVERLOADED = "The server is overloaded. Try again later."

MAX_CACHED_PATHS = 64
"""Maximum number of paths for which the 503 is cached."""


def run_to_completion(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never waits, without the cost of a task.

    Raises ``RuntimeError`` if it waits.
    """
    with suppress(StopIteration):
        coroutine.send(None)
        raise RuntimeError("the coroutine waits")


async def misdirected(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with 421: the host is not one of this server (RFC 9110, section 15.5.20)."""
    response = problem(HTTPStatus.MISDIRECTED_REQUEST, MISDIRECTED, scope)
    await response(scope, receive, send)


async def overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with 503: too many requests wait already."""
    await _overloaded_response(scope["raw_path"])(scope, receive, send)


@lru_cache(MAX_CACHED_PATHS)
def _overloaded_response(path: bytes) -> Response:
    """Return the response, which costs little when the server has no time to spare."""
    scope = {"raw_path": path}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, OVERLOADED, scope, RETRY_HEADERS)
