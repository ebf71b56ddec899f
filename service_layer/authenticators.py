"""Several kinds of credentials, each with its own authenticator."""

from domain.principal import Principal
from service_layer.authentication import Authenticator


def combine(
    prefix: str, prefixed: Authenticator | None, others: Authenticator | None
) -> Authenticator | None:
    """Return an authenticator for both kinds of credentials, or for the one that there is."""
    if prefixed and others:
        return AuthenticatorByPrefix(prefix, prefixed, others)
    return prefixed or others


class AuthenticatorByPrefix:
    """``Authenticator`` that selects another one by the beginning of the credential.

    A credential without the ``prefix`` goes to ``others``. Nothing is tried twice: the answer of
    the selected one is final.
    """

    def __init__(self, prefix: str, prefixed: Authenticator, others: Authenticator) -> None:
        self._prefix = prefix
        self._prefixed = prefixed
        self._others = others

    async def authenticate(self, credential: str) -> Principal | None:
        is_prefixed = credential.startswith(self._prefix)
        authenticator = self._prefixed if is_prefixed else self._others
        return await authenticator.authenticate(credential)
