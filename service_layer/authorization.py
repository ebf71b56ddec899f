"""Authorization: the scopes that a principal may have, and the error for a missing one."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScopeNames:
    """The names of the two scopes of a service, such as ``<service>:read``."""

    read: str
    write: str

    def select_known(self, names: Collection[str]) -> frozenset[str]:
        """Return those of the names that are scopes of the service.

        A principal that is cached has no other scopes, so that it takes little memory.
        """
        return frozenset(scope for scope in (self.read, self.write) if scope in names)


class MissingScope(Exception):
    """The principal does not have the scope that the request needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope
