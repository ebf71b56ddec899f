"""A limit on the request rate of each client, and the headers that report the remaining quota.

The headers are those of draft-ietf-httpapi-ratelimit-headers-11::

    RateLimit-Policy: "default";q=600;w=60     600 requests in 60 seconds
    RateLimit: "default";r=300;t=30            300 at once, or evenly within the next 30 seconds
    RateLimit: "default";r=0;t=1               the next one in one second
"""

from collections.abc import Awaitable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from domain.sha256 import sha256
from entrypoints.http.authentication.access import identify_client
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.paths import HEALTH_PATHS, local_path
from entrypoints.http.problems import problem
from entrypoints.http.responses.observed import add_headers

MAX_ID = 64
"""Maximum length of a client's id that is stored as it is, in characters."""

TOO_MANY = "Too many requests. Try again later."


class RateLimit:
    """ASGI middleware that returns 429 for requests beyond the quota of the client.

    The client is the principal in the ASGI scope, or the address if there is none; the addresses of
    an IPv6 /64 network count as one client. Health checks are not counted. Several middlewares may
    share a ``limiter``.
    """

    def __init__(self, app: ASGIApp, limiter: RateLimiter) -> None:
        self._app = app
        self._limiter = limiter
        policy = f'"default";q={limiter.quota.requests};w={limiter.quota.seconds}'
        self._policy = policy.encode()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or local_path(scope) in HEALTH_PATHS:
            return self._app(scope, receive, send)
        is_allowed, remaining, seconds = self._limiter.count(shorten(identify_client(scope)))
        limit = b'"default";r=%d;t=%d' % (remaining, seconds)
        fields = {b"ratelimit-policy": self._policy, b"ratelimit": limit}
        send = add_headers(scope, send, fields)
        if is_allowed:
            return self._app(scope, receive, send)
        headers = {"Retry-After": str(seconds)}
        response = problem(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY, scope, headers)
        return response(scope, receive, send)


def shorten(client: str) -> str | bytes:
    """Return the id, or its digest if the id is long, or has wide characters.

    A character takes up to 4 bytes. So each client takes 240 bytes at most, its number included.
    """
    if len(client) <= MAX_ID and client.isascii():
        return client
    digest: bytes = sha256(client.encode(errors="surrogatepass")).digest()
    return digest
