"""Authorization: what a principal may do. Every aggregate has the same two scopes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """The names of the scopes, such as ``<service>:read`` and ``<service>:write``."""

    read: str
    write: str


class NotAuthenticated(Exception):
    """The request has no credential, or one that is unknown, wrong, revoked or expired."""


class MissingScope(Exception):
    """The principal is known, but does not have the scope that the request needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope
