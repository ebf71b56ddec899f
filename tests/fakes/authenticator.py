"""An authenticator that knows the credentials that a test gives it."""

from collections.abc import Mapping

from domain.principal import Principal
from service_layer.authentication import AuthenticationUnavailable
from service_layer.errors import StoreUnavailable

READ, WRITE = "heroes:read", "heroes:write"

ALICE = Principal("key:1", frozenset({READ, WRITE}))
BOB = Principal("token:bob", frozenset({READ, WRITE}))
READER = Principal("key:2", frozenset({READ}))
WRITER = Principal("key:3", frozenset({WRITE}))
STRANGER = Principal("token:stranger", frozenset({"teams:read", "teams:write"}))

NO_STORE = "no-store"
"""The credential for which the database is needed and unavailable."""

NO_KEYS = "no-keys"
"""The credential that cannot be checked for another reason."""

KNOWN = {"alice": ALICE, "bob": BOB, "reader": READER, "writer": WRITER, "stranger": STRANGER}


class FakeAuthenticator:
    """``Authenticator`` over a dictionary. ``asked`` has the credentials that it was given."""

    def __init__(self, known: Mapping[str, Principal] = KNOWN) -> None:
        self._known = known
        self.asked: list[str] = []

    async def authenticate(self, credential: str) -> Principal | None:
        self.asked.append(credential)
        if credential == NO_STORE:
            raise StoreUnavailable("the database is not reachable")
        if credential == NO_KEYS:
            raise AuthenticationUnavailable("the keys are not known yet")
        return self._known.get(credential)


def bearing(credential: str) -> dict[str, str]:
    """Return the headers of a request with the credential."""
    return {"Authorization": f"Bearer {credential}"}
