"""Authorization: the scopes that a principal may have, and the error for a missing one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """The names of the two scopes of a service, such as ``<service>:read``."""

    read: str
    write: str


class MissingScope(Exception):
    """The principal does not have the scope that the request needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope
