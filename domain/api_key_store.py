"""The store of API keys: the ports for reading and changing it.

A digest is the SHA-256 digest of a whole key. No two keys have the same digest.
"""

from collections.abc import Sequence
from typing import Protocol

from domain.api_key import ApiKey, ApiKeyDraft


class ApiKeyReader(Protocol):
    """Read access to the stored keys."""

    async def find(self, digest: bytes, now: int) -> ApiKey | None:
        """Return the key with this digest if it is valid at the Unix time ``now``.

        A key with a damaged field is not valid. This is one lookup by index, also if the key is
        revoked, expired or unknown.
        """

    async def all(self) -> Sequence[ApiKey]:
        """Return all keys in the order of their ids, revoked and expired ones included."""

    async def read_change_mark(self) -> object:
        """Return the mark of the last change, to be compared with another one for equality only.

        Each ``add`` and each ``revoke`` sets a new random mark. So a database that has gone back to
        an older state, as by a restore or a failover to a standby that lags behind, does not get
        the marks again that it had before. A mark that somebody has written by hand may be any
        value.
        """


class ApiKeyStore(ApiKeyReader, Protocol):
    """Read and write access to the stored keys, in the transaction of a unit of work."""

    async def add(self, draft: ApiKeyDraft, digest: bytes) -> ApiKey:
        """Store a new key, and return it. No other stored key has, or had, its id."""

    async def revoke(self, key_id: int) -> ApiKey:
        """Revoke the key permanently, and return it. Raises ``ApiKeyNotFound``.

        ``key_id`` may be any integer. If the key was revoked before, the time of its revocation
        stays the same.
        """
