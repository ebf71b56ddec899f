"""The dependencies that return the principal of a request and check its scopes."""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection
from starlette.types import Scope

from domain.principal import Principal
from entrypoints.http.authentication.access import ACCESS, PRINCIPAL, Access
from entrypoints.http.inclusion import Skippable
from service_layer.authentication import NotAuthenticated


async def get_principal(connection: HTTPConnection) -> Principal:
    """Return the principal of the request. Raises ``NotAuthenticated``.

    It is the one that the middleware has authenticated, or the anonymous one if the application has
    no authenticator. If ``app.dependency_overrides`` replaces this function, the middleware refuses
    no request.
    """
    principal = _get_access(connection.scope).find_principal(connection.scope)
    if principal is None:
        raise NotAuthenticated
    return principal


Caller = Annotated[Principal, Depends(get_principal)]


async def authorize(connection: HTTPConnection, principal: Caller) -> None:
    """Check the scopes of the principal. Raises ``MissingScope``.

    An override of ``get_principal`` determines the principal, but its scopes are checked here. Then
    that principal is set in the ASGI scope.
    """
    scope = connection.scope
    access = _get_access(scope)
    access.check(principal, scope.get("method", ""))
    if principal != access.find_principal(scope):
        scope[PRINCIPAL] = principal


def is_authorized(scope: Scope) -> bool:
    """Return whether ``authorize`` would succeed, without an override, and would change nothing."""
    access: Access | None = scope.get(ACCESS)
    principal = access.find_principal(scope) if access else None
    if access is None or principal is None:
        return False
    return access.required_scope(scope["method"]) in principal.scopes


SKIPPABLE = Skippable(authorize, is_authorized)
"""``authorize`` need not be called if the principal in the ASGI scope already has the scope."""


def _get_access(scope: Scope) -> Access:
    try:
        access: Access = scope[ACCESS]
    except KeyError:
        message = "no middleware authenticates requests: call entrypoints.api.app.install(app, ...)"
        raise RuntimeError(message) from None
    return access
