"""The store of API keys: the ports for reading and changing it.

A digest is the SHA-256 of a whole key. Two keys never have the same.
"""

from collections.abc import Sequence
from typing import Protocol

from domain.api_key import ApiKey, ApiKeyDraft


class ApiKeyReader(Protocol):
    """Read access to the stored keys."""

    async def find(self, digest: bytes, now: int) -> ApiKey | None:
        """Return the key with this digest if it is valid at the Unix time ``now``.

        Takes one lookup by index, whether the key is valid, revoked, expired or unknown.
        """

    async def all(self) -> Sequence[ApiKey]:
        """Return all keys, also revoked and expired ones, in the order of their ids."""

    async def read_change_counter(self) -> int:
        """Return a counter that each ``add`` and each ``revoke`` increments."""


class ApiKeyStore(ApiKeyReader, Protocol):
    """Read and write access to the stored keys, in the transaction of a unit of work."""

    async def add(self, draft: ApiKeyDraft, digest: bytes) -> ApiKey:
        """Store a key with a new id, one that no key has had before. Return it."""

    async def revoke(self, key_id: int) -> ApiKey:
        """Make the key invalid for ever, and return it. Raises ``ApiKeyNotFound``.

        Any integer is valid as an id. A key that is revoked already keeps its time.
        """
