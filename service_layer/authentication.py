"""The port for authentication: from a credential to a principal."""

from typing import Protocol

from domain.principal import Principal


class Authenticator(Protocol):
    """Checks credentials of one or more kinds."""

    async def authenticate(self, credential: str) -> Principal | None:
        """Return the principal, or ``None`` for an unknown, wrong, revoked or expired credential.

        Raises ``StoreUnavailable`` if it cannot be decided.
        """
