"""Which versions of an entity a command agrees to find."""

from collections.abc import Container
from dataclasses import dataclass

from domain.errors import StaleVersion

EVERY_VERSION = range(1, 2**63)
"""All that an entity can have: a first one, and then one more with every change."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """What has to hold of an entity's version: it is one of these, and none of those.

    It means something only where nobody can change the entity between the check and what follows.
    """

    one_of: Container[int] = EVERY_VERSION
    none_of: Container[int] = ()

    def check(self, version: int) -> None:
        """Raise ``StaleVersion`` where it does not hold."""
        if version not in self.one_of or version in self.none_of:
            raise StaleVersion(version)


NO_PRECONDITION = Precondition()
"""What any version meets."""
