"""The ASGI middleware that authenticates a request before FastAPI is called."""

from collections.abc import Awaitable, Collection

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from entrypoints.http.authentication.access import ACCESS, PRINCIPAL, Access
from entrypoints.http.authentication.credentials import read_credential
from entrypoints.http.authentication.dependencies import get_principal
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.rate_limit import RateLimit
from entrypoints.http.paths import local_path
from service_layer.authentication import (
    AuthenticationUnavailable,
    Authenticator,
    NotAuthenticated,
)
from service_layer.authorization import MissingScope
from service_layer.errors import StoreUnavailable

REFUSALS = (NotAuthenticated, MissingScope, AuthenticationUnavailable, StoreUnavailable)


class Authentication:
    """ASGI middleware that adds the principal to the ASGI scope, or returns 401, 403 or 503.

    The body of a refused request is not received. A request needs no credential if its path is one
    of the ``public_paths``, its method is OPTIONS, or the application overrides ``get_principal``:
    then the override decides.

    The ``limiter`` counts refused requests: for the principal if it lacks the scope, otherwise for
    the address. Requests that are passed on are counted by a ``RateLimit`` inside of this
    middleware.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        public_paths: Collection[str],
        limiter: RateLimiter | None = None,
    ) -> None:
        self._app = app
        self._access = access
        self._public_paths = frozenset(public_paths)
        self._limiter = limiter

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            return self._app(scope, receive, send)
        scope[ACCESS] = self._access
        authenticator = self._access.authenticator
        if authenticator is None or not self._needs_principal(scope):
            return self._app(scope, receive, send)
        return self._authenticate(authenticator, scope, receive, send)

    async def _authenticate(
        self, authenticator: Authenticator, scope: Scope, receive: Receive, send: Send
    ) -> None:
        try:
            credential = read_credential(scope["headers"])
            principal = await authenticator.authenticate(credential) if credential else None
            if principal is None:
                raise NotAuthenticated
            scope[PRINCIPAL] = principal
            self._access.check(principal, scope.get("method", ""))
        except REFUSALS as error:
            await self._refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _needs_principal(self, scope: Scope) -> bool:
        if scope.get("method") == "OPTIONS":
            return False
        if local_path(scope) in self._public_paths:
            return False
        return get_principal not in getattr(scope.get("app"), "dependency_overrides", ())

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response of the application's exception handler for the error."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return

        async def raise_error(*_: object) -> None:
            raise error

        refusal: ASGIApp = ExceptionMiddleware(raise_error, scope["app"].exception_handlers)
        if self._limiter:
            refusal = RateLimit(refusal, self._limiter)
        await refusal(scope, receive, send)
