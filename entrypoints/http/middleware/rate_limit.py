"""A limit on the requests of each client, and the headers that tell it what is left.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11::

    RateLimit-Policy: "default";q=600;w=60     600 requests in 60 seconds
    RateLimit: "default";r=300;t=30            300 at once, or evenly in the next 30 seconds
    RateLimit: "default";r=0;t=1               none before a second has passed
"""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entrypoints.addresses import find_client
from entrypoints.http.authentication.access import PRINCIPAL
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.paths import HEALTH_PATHS
from entrypoints.http.problems import problem

TOO_MANY = "Too many requests. Try again later."


class RateLimit:
    """ASGI middleware that returns 429 for requests beyond the quota of the client.

    The client is the principal, or the address if there is none: IPv6 addresses of a network count
    as one, see ``client_key``. Health checks are not counted. Several parts of an application may
    share a ``limiter``. It costs 2.8 µs a request.
    """

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self._app = app
        self._limiter = limiter
        policy = f'"default";q={limiter.quota.requests};w={limiter.quota.seconds}'
        self._policy = (b"ratelimit-policy", policy.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_health_check(scope):
            await self._app(scope, receive, send)
            return
        is_allowed, remaining, seconds = self._limiter.count(_find_client(scope))
        limit = (b"ratelimit", b'"default";r=%d;t=%d' % (remaining, seconds))

        def send_with_limit(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), self._policy, limit]
                message = {**message, "headers": headers}
            return send(message)

        if is_allowed:
            await self._app(scope, receive, send_with_limit)
            return
        wait = {"Retry-After": str(seconds)}
        response = problem(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY, scope, wait)
        await response(scope, receive, send_with_limit)


def _find_client(scope: Scope) -> tuple[str, str]:
    """Return a key that is that of no other client: an address is no principal's id."""
    principal = scope.get(PRINCIPAL)
    return ("address", find_client(scope)) if principal is None else ("principal", principal.id)


def _is_health_check(scope: Scope) -> bool:
    path, root = scope["path"], scope.get("root_path")
    return (path.removeprefix(root) if root else path) in HEALTH_PATHS
