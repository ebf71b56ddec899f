"""Responses that the server sends instead of the application's, with problem details."""

from collections.abc import Coroutine
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from entrypoints.http.error_handlers import RETRY_AFTER
from entrypoints.http.problems import problem
from entrypoints.server.parsing.refusals import Refused

RETRY_HEADERS = {"Retry-After": RETRY_AFTER}

MISDIRECTED = "This server does not answer for the requested host."
OVERLOADED = "The server is overloaded. Try again later."

TOO_MANY_CONNECTIONS = Refused(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections. Try again later.", RETRY_HEADERS
)


def run_to_completion(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never has to wait, without the cost of a task."""
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


@lru_cache(maxsize=64)
def _overloaded_response(path: bytes) -> Response:
    """Return the response, which costs little when the server has no time to spare."""
    scope = {"raw_path": path}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, OVERLOADED, scope, RETRY_HEADERS)
