"""Several kinds of credentials, each with its own authenticator."""

from domain.principal import Principal
from service_layer.authentication import Authenticator


def combine(
    prefix: str, prefixed: Authenticator | None, others: Authenticator | None
) -> Authenticator | None:
    """Return an authenticator for both kinds of credentials.

    If one of the two is ``None``, return the other one.
    """
    if prefixed and others:
        return AuthenticatorByPrefix(prefix, prefixed, others)
    return prefixed or others


class AuthenticatorByPrefix:
    """``Authenticator`` that delegates to one of two others, depending on the credential.

    ``prefixed`` checks the credentials that begin with ``prefix``, and ``others`` the rest. A
    credential that one of them rejects is not passed to the other one.
    """

    def __init__(self, prefix: str, prefixed: Authenticator, others: Authenticator) -> None:
        self._prefix = prefix
        self._prefixed = prefixed
        self._others = others

    async def authenticate(self, credential: str) -> Principal | None:
        is_prefixed = credential.startswith(self._prefix)
        authenticator = self._prefixed if is_prefixed else self._others
        return await authenticator.authenticate(credential)
