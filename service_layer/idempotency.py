"""Executing a request once, however often it is sent: its response is stored with what it did.

A command claims its key first. If there is a response under it, the command returns that. Otherwise
it does its work, stores its response, and commits both in one transaction.

Follows the IETF's draft "The Idempotency-Key HTTP Header Field". Times are whole seconds of a clock
that all processes share.
"""

from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

from service_layer.errors import StoreUnavailable

PRUNING = 16
"""One new key in so many, on average, deletes expired responses. Each time several times as many
are deleted, so that they do not accumulate, and few requests pay for it."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a client names a request by.

    ``fingerprint`` is a hash that tells the request from any other. ``came`` is the second at which
    it came; from then on its response is stored for ``lifetime`` seconds.
    """

    value: str
    fingerprint: bytes
    came: int
    lifetime: int

    @property
    def expires(self) -> int:
        """The second at which its response has expired."""
        return self.came + self.lifetime


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """All that is needed to send a response again, byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


class KeyReused(Exception):
    """The key is that of another request."""


class KeyInProgress(StoreUnavailable):
    """A request with the same key is in progress, and has been for too long to wait."""


class IdempotencyStore(Protocol):
    """The responses that are stored by key, in a unit of work."""

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        """Return the response stored under the key, or ``None``: the unit of work then has the key.

        Waits for another that has claimed the key to end. A response that had expired when the key
        came counts as none. Raises ``KeyReused``, and ``KeyInProgress`` where it is known to be the
        key that took too long to wait for.
        """

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        """Store the response under a key that this unit of work has claimed."""

    async def prune(self, *, now: int) -> None:
        """Delete a few responses that have expired by ``now``. Waits for no lock."""


async def store_response(
    store: IdempotencyStore, key: IdempotencyKey, response: StoredResponse
) -> None:
    """Store the response under a claimed key; for one key in ``PRUNING``, delete expired ones."""
    await store.save(key, response)
    if crc32(key.value.encode()) % PRUNING == 0:
        await store.prune(now=key.came)
