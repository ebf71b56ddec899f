"""The dependencies that return the principal of a request and check its scopes."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.requests import HTTPConnection
from starlette.types import Scope

from domain.principal import Principal
from entrypoints.http.authentication.access import ACCESS, PRINCIPAL, Access
from entrypoints.http.inclusion import Skippable
from service_layer.authentication import NotAuthenticated
from service_layer.authorization import MissingScope


class Unauthorized(NotAuthenticated, HTTPException):
    """``NotAuthenticated`` that is 401 in applications without our error handlers, too.

    A mounted application has its own error handlers. It gets a request that nobody authenticated if
    the outer application overrides ``get_principal``, because that override does not hold in it.
    """

    def __init__(self) -> None:
        headers = {"WWW-Authenticate": "Bearer"}
        HTTPException.__init__(self, HTTPStatus.UNAUTHORIZED, headers=headers)


class Forbidden(MissingScope, HTTPException):
    """``MissingScope`` that is 403 in applications without our error handlers, too."""

    def __init__(self, scope: str) -> None:
        MissingScope.__init__(self, scope)
        HTTPException.__init__(self, HTTPStatus.FORBIDDEN)


async def get_principal(connection: HTTPConnection) -> Principal:
    """Return the principal of the request. Raises ``NotAuthenticated``.

    It is the one that the middleware has authenticated, or the anonymous one if the application has
    no authenticator. If ``app.dependency_overrides`` replaces this function, the middleware refuses
    no request.
    """
    principal = _get_access(connection.scope).find_principal(connection.scope)
    if principal is None:
        raise Unauthorized
    return principal


Caller = Annotated[Principal, Depends(get_principal)]


async def authorize(connection: HTTPConnection, principal: Caller) -> None:
    """Check the scopes of the principal. Raises ``MissingScope``.

    An override of ``get_principal`` determines the principal, but its scopes are checked here. Then
    that principal is set in the ASGI scope.
    """
    scope = connection.scope
    access = _get_access(scope)
    try:
        access.check(principal, scope.get("method", ""))
    except MissingScope as error:
        raise Forbidden(error.scope) from None
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
