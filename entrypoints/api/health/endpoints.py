"""The endpoints ``/livez``, ``/readyz`` and ``/version``, as ASGI applications.

They bypass admission control, so they respond while other requests wait.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.api.health.readiness import OK, Readiness
from entrypoints.http.browsers.security_headers import SECURITY_HEADERS
from entrypoints.http.json_response import NO_STORE, JsonResponse
from entrypoints.http.paths import LIVE_PATH, READY_PATH, VERSION_PATH
from entrypoints.http.problems import problem

READ_METHODS = ("GET", "HEAD")
ALLOW = {"Allow": "GET, HEAD, OPTIONS"}
HEADERS = {**SECURITY_HEADERS, **NO_STORE}
UNAVAILABLE = "unavailable"

Respond = Callable[[], Awaitable[Response]]
"""Returns the response to GET and HEAD."""


class Endpoint:
    """An ASGI application that responds to GET and HEAD. It does not receive a body."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(scope)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        if scope["method"] in READ_METHODS:
            return await self._respond()
        if scope["method"] == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers={**HEADERS, **ALLOW})
        return problem(
            HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed", scope, {**HEADERS, **ALLOW}
        )


def health_endpoints(readiness: Readiness) -> Mapping[str, ASGIApp]:
    """Return the endpoints of all ``HEALTH_PATHS``, by path."""

    async def live() -> Response:
        return _json(HTTPStatus.OK, {"status": OK, "checks": {}})

    async def ready() -> Response:
        checks = await readiness.check()
        if all(result == OK for result in checks.values()):
            return _json(HTTPStatus.OK, {"status": OK, "checks": checks})
        return _json(HTTPStatus.SERVICE_UNAVAILABLE, {"status": UNAVAILABLE, "checks": checks})

    released = {"version": version("heroes")}

    async def show_version() -> Response:
        return _json(HTTPStatus.OK, released)

    return {
        LIVE_PATH: Endpoint(live),
        READY_PATH: Endpoint(ready),
        VERSION_PATH: Endpoint(show_version),
    }


def _json(status: int, content: Any) -> Response:
    return JsonResponse(content, status_code=status, headers=HEADERS)
