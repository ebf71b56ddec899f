"""Report each request to observers, such as the log."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from entrypoints.asgi_scopes import TRACE_ID, innermost_scope
from entrypoints.deferral import Deferred
from entrypoints.exchanges import Exchange, Observer
from entrypoints.http.authentication.access import PRINCIPAL
from entrypoints.http.paths import raw_path
from entrypoints.http.responses.observed import RESPONSE, ObservedResponse, TimedResponse
from entrypoints.request_ids import REQUEST_ID, current_request_id

RECEIVED_AT = "received_at"
"""Key in the ASGI scope of the time at which the head of the request had arrived.

It is read from ``perf_counter``. From then on the request waits until it is started.
"""

IS_REPORTED = "is_reported"
"""Key in the ASGI scope of a request that the server has refused and has already reported."""


class ObservationMiddleware:
    """ASGI middleware that reports each request to the ``observers``, soon after its response.

    Middleware within finds an ``ObservedResponse`` in the scope, which is the only wrapper around
    ``send``. Log lines that are written meanwhile get the id of the request. With ``has_timing``
    the response has a ``Server-Timing``: the milliseconds that the request waited, and those until
    the response started.
    """

    def __init__(
        self, app: ASGIApp, observers: Sequence[Observer] = (), *, has_timing: bool = False
    ) -> None:
        self._app = app
        self._observers = observers
        self._make_response = TimedResponse if has_timing else ObservedResponse
        self._ended = Deferred(self._report)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current_request_id.set(scope.get(REQUEST_ID))
        response = scope[RESPONSE] = self._make_response(send, scope.get(RECEIVED_AT))
        try:
            await self._app(scope, receive, response.send)
        except asyncio.CancelledError:
            response.status = response.status or HTTPStatus.SERVICE_UNAVAILABLE
            raise
        finally:
            response.ended = perf_counter()
            self._ended.add((scope, response))

    def _report(self, ended: tuple[Scope, ObservedResponse]) -> None:
        scope, response = ended
        response.status = response.status or HTTPStatus.INTERNAL_SERVER_ERROR  # the server sends it
        for observe_response in response.observers:
            observe_response(scope, response)
        if self._observers and IS_REPORTED not in scope:
            seconds = response.ended - response.received
            exchange = describe_exchange(scope, response.status, response.body_size, seconds)
            for observe in self._observers:
                observe(exchange)


def describe_exchange(scope: Scope, status: int, body_size: int, seconds: float) -> Exchange:
    """Return the report of a request, with the route and the principal if they are known."""
    inner = innermost_scope(scope)
    route, principal = inner.get("route"), inner.get(PRINCIPAL)
    # A route's path also has the types of its parameters. A mount, or a route of an application's
    # own, may have neither a template nor a path.
    template = getattr(route, "path_format", None) or getattr(route, "path", None)
    return Exchange(
        scope["method"],
        raw_path(scope).decode("latin-1"),
        template,
        status,
        body_size,
        seconds,
        scope.get("client"),
        scope["http_version"],
        scope.get(REQUEST_ID),
        None if principal is None else principal.id,
        inner.get(TRACE_ID),
    )
