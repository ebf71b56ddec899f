"""The ASGI middleware that authenticates a request before FastAPI is called."""

from collections.abc import Awaitable, Collection

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from entrypoints.http.authentication.access import ACCESS, PRINCIPAL, Access
from entrypoints.http.authentication.dependencies import get_principal
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.rate_limit import RateLimit
from service_layer.authorization import MissingScope, NotAuthenticated
from service_layer.errors import StoreUnavailable


class Authentication:
    """ASGI middleware that leaves the principal in the scope, or refuses with 401, 403 or 503.

    The body of a refused request is not received. Every path needs a principal, except
    ``public_paths``, and every method except OPTIONS. If ``get_principal`` is overridden in the
    application, nothing is refused here: the override decides. Alone it costs 1.7 µs a request,
    without the authenticator, or 0.2 µs if there is none (record 42).

    A ``limiter`` counts what is refused: for the principal, or the address without a valid
    credential.
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
        if self._needs_principal(scope):
            return self._authenticate(scope, receive, send)
        return self._app(scope, receive, send)

    async def _authenticate(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope[PRINCIPAL] = principal = await self._access.authenticate(scope)
            self._access.check(principal, scope.get("method", ""))
        except (NotAuthenticated, MissingScope, StoreUnavailable) as error:
            await self._refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _needs_principal(self, scope: Scope) -> bool:
        if self._access.is_open or scope.get("method") == "OPTIONS":
            return False
        path, root = scope["path"], scope.get("root_path")
        if (path.removeprefix(root) if root else path) in self._public_paths:
            return False
        return get_principal not in getattr(scope.get("app"), "dependency_overrides", ())

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the application's exception handlers return for the error."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return

        async def raise_error(*_: object) -> None:
            raise error

        refusal: ASGIApp = ExceptionMiddleware(raise_error, scope["app"].exception_handlers)
        if self._limiter:
            refusal = RateLimit(refusal, self._limiter)
        await refusal(scope, receive, send)
