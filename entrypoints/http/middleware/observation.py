"""Report each request to observers, such as the log."""

from collections.abc import Awaitable, Sequence
from time import perf_counter

from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.asgi_scopes import TRACE_ID, innermost_scope
from entrypoints.deferral import Deferred
from entrypoints.exchanges import Exchange, Observer
from entrypoints.http.authentication.access import PRINCIPAL
from entrypoints.http.paths import raw_path
from entrypoints.request_ids import REQUEST_ID, current_request_id

RECEIVED_AT = "received_at"
"""Key in the ASGI scope of the time at which the head of the request had arrived.

It is read from ``perf_counter``. From then on the request waits until it is started.
"""

IS_REPORTED = "is_reported"
"""Key in the ASGI scope of a request that the server has refused and has already reported."""


class ObservationMiddleware:
    """ASGI middleware that reports each request to the ``observers``, soon after its response.

    Log lines that are written meanwhile get the id of the request. With ``has_timing`` the response
    has a ``Server-Timing``: the milliseconds that the request waited, and those until the response
    started.
    """

    def __init__(
        self, app: ASGIApp, observers: Sequence[Observer] = (), *, has_timing: bool = False
    ) -> None:
        self._app = app
        self._observers = observers
        self._has_timing = has_timing
        self._ended = Deferred(self._report)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http":
            current_request_id.set(scope.get(REQUEST_ID))
            if self._observers or self._has_timing:
                return self._observe(scope, receive, send)
        return self._app(scope, receive, send)

    async def _observe(self, scope: Scope, receive: Receive, send: Send) -> None:
        called = perf_counter()
        received = scope.get(RECEIVED_AT, called)
        status, size = 500, 0  # the response of the server if the application does not respond

        def send_observed(message: Message) -> Awaitable[None]:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                if self._has_timing:
                    message = _add_timing(message, called - received, perf_counter() - called)
            else:
                size += len(message.get("body", b""))
            return send(message)

        try:
            await self._app(scope, receive, send_observed)
        finally:
            if IS_REPORTED not in scope:
                self._ended.add((scope, status, size, perf_counter() - received))

    def _report(self, ended: tuple[Scope, int, int, float]) -> None:
        exchange = describe_exchange(*ended)
        for observe in self._observers:
            observe(exchange)


def describe_exchange(scope: Scope, status: int, body_size: int, seconds: float) -> Exchange:
    """Return the report of a request, with the route and the principal if they are known."""
    inner = innermost_scope(scope)
    route, principal = inner.get("route"), inner.get(PRINCIPAL)
    return Exchange(
        scope["method"],
        raw_path(scope).decode("latin-1"),
        None if route is None else _template(route),
        status,
        body_size,
        seconds,
        scope.get("client"),
        scope["http_version"],
        scope.get(REQUEST_ID),
        None if principal is None else principal.id,
        inner.get(TRACE_ID),
    )


def _template(route: BaseRoute) -> str | None:
    """Return the template of a route's path. A route's path also has the types of its parameters.

    A mount, or a route of an application's own, may have neither.
    """
    template: str | None = getattr(route, "path_format", None) or getattr(route, "path", None)
    return template


def _add_timing(message: Message, waited: float, took: float) -> Message:
    text = b"queue;dur=%.2f, app;dur=%.2f" % (1000 * waited, 1000 * took)
    headers = [*message.get("headers", ()), (b"server-timing", text)]
    return {**message, "headers": headers}
