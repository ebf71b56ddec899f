"""The port for authentication: from a credential to a principal."""

from typing import Protocol

from domain.principal import Principal


class NotAuthenticated(Exception):
    """The request has no credential, or one that is unknown, malformed, revoked or expired."""


class AuthenticationUnavailable(Exception):
    """It is temporarily impossible to check a credential. A retry may succeed.

    The message is for logs and contains no part of the credential.
    """


class Authenticator(Protocol):
    """Checks credentials of one or more kinds."""

    async def authenticate(self, credential: str) -> Principal | None:
        """Return the principal, or ``None`` for a credential that is not valid.

        Unknown, malformed, revoked and expired credentials are not distinguished. Raises
        ``AuthenticationUnavailable``, or ``StoreUnavailable`` if the database is needed and is
        temporarily unavailable.
        """
