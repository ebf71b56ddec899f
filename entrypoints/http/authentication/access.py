"""Which requests an application accepts: the principal, and the scope that a method needs."""

from collections.abc import Mapping
from typing import Any

from domain.principal import Principal
from entrypoints.addresses import find_client
from service_layer.authentication import Authenticator
from service_layer.authorization import MissingScope, ScopeNames

PRINCIPAL = "principal"
"""Key of the request's principal in the ASGI scope, which an anonymous request does not have."""

ACCESS = "access"
"""Key of the ``Access`` that applies to the request, in the ASGI scope."""

READ_METHODS = frozenset({"GET", "HEAD"})


def identify_client(scope: Mapping[str, Any]) -> str:
    """Return the text under which limits count the client of a request.

    It is the principal, or the client's address if the ASGI scope has no principal. The prefix
    distinguishes a principal from an address, whatever its id is.
    """
    principal: Principal | None = scope.get(PRINCIPAL)
    return find_client(scope) if principal is None else f"principal {principal.id}"


class Access:
    """The access rules of one application.

    Without an ``authenticator`` access is open: a request has the anonymous principal, which has
    every scope.
    """

    def __init__(self, authenticator: Authenticator | None, scopes: ScopeNames) -> None:
        self.is_open = authenticator is None
        self.authenticator = authenticator
        self._write = scopes.write
        self._required = dict.fromkeys(READ_METHODS, scopes.read)
        everything = frozenset({scopes.read, scopes.write})
        self._anonymous = Principal("anonymous", everything) if self.is_open else None

    def required_scope(self, method: str) -> str:
        """Return the scope that a request with the method needs, whatever its path."""
        return self._required.get(method, self._write)

    def check(self, principal: Principal, method: str) -> None:
        """Raise ``MissingScope`` unless the principal may send a request with the method."""
        required = self._required.get(method, self._write)
        if required not in principal.scopes:
            raise MissingScope(required)

    def find_principal(self, scope: Mapping[str, Any]) -> Principal | None:
        """Return the principal in the ASGI scope, or else the anonymous one if access is open."""
        principal: Principal | None = scope.get(PRINCIPAL, self._anonymous)
        return principal
