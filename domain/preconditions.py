"""Preconditions on the version of an entity, for optimistic locking."""

from collections.abc import Container
from dataclasses import dataclass

from domain.errors import StaleVersion

EVERY_VERSION = range(1, 2**63)
"""All versions that an entity can have."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """The version must be in ``one_of`` and not in ``none_of``.

    Check it only while the unit of work has locked the entity: otherwise the version can change
    between the check and the write.
    """

    one_of: Container[int] = EVERY_VERSION
    none_of: Container[int] = ()
    reason: str = ""
    """Why ``one_of`` may lack the current version, if it is not that the entity has changed."""

    def check(self, version: int) -> None:
        """Raise ``StaleVersion`` if the version does not satisfy the precondition."""
        if version not in self.one_of:
            raise StaleVersion(version, self.reason)
        if version in self.none_of:
            raise StaleVersion(version)


NO_PRECONDITION = Precondition()
"""A precondition that every version satisfies."""
