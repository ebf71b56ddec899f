"""The middleware that measures how long requests take."""

from collections.abc import Awaitable
from typing import Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.asgi_scopes import innermost_scope
from entrypoints.http.middleware.observation import IS_REPORTED, ObservationMiddleware
from entrypoints.http.responses.observed import RESPONSE, ObservedResponse

NO_ROUTE = ""
"""Label value of a request without a route. An empty label is the same as none in Prometheus."""


class Durations(Protocol):
    """Where the durations are recorded."""

    active: int
    """Number of requests in progress."""

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended. ``route`` is the template of its path."""


class RequestMetrics:
    """ASGI middleware that measures each request, if an ``ObservationMiddleware`` is around it.

    Under a server that has none, it is added here. A request that the server refuses because of its
    body is not measured: the server counts it.

    Other middleware that copies the scope must use ``derive_scope``, or the route is unknown.
    """

    def __init__(self, app: ASGIApp, durations: Durations) -> None:
        self._app = app
        self._durations = durations
        self._observed = ObservationMiddleware(self)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            response: ObservedResponse | None = scope.get(RESPONSE)
            if response is None:
                return self._observed(scope, receive, send)
            response.observers += (self._record,)
            self._durations.active += 1
        return self._app(scope, receive, send)

    def _record(self, scope: Scope, response: ObservedResponse) -> None:
        self._durations.active -= 1
        if IS_REPORTED not in scope:
            route = getattr(innermost_scope(scope).get("route"), "path_format", NO_ROUTE)
            seconds = response.ended - response.called
            self._durations.observe(scope["method"], route, response.status, seconds)
