"""Idempotency keys: a request that is repeated with its key is executed once.

The changes and the response are committed in one transaction::

    claim(key)             a stored response: return it, the end
    <use case>             no stored response: execute the request
    save(key, response)
    commit

Follows the IETF draft "The Idempotency-Key HTTP Header Field". Times are Unix times in whole
seconds. Processes that share a database need synchronized clocks.
"""

from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

from service_layer.errors import StoreUnavailable

PRUNE_INTERVAL = 16
"""On average, one new key in this many deletes expired responses.

Each deletion removes several times as many, so that expired responses do not accumulate and few
requests carry the cost.
"""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The idempotency key of a request.

    ``fingerprint`` is a hash of the request. ``received_at`` is a Unix time in seconds. The
    response expires ``lifetime`` seconds later.
    """

    value: str
    fingerprint: bytes
    received_at: int
    lifetime: int

    @property
    def expires_at(self) -> int:
        """The Unix time from which the response is expired."""
        return self.received_at + self.lifetime


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response that can be sent again, byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


class KeyReused(Exception):
    """The key was used for a different request."""


class KeyInProgress(StoreUnavailable):
    """Lock timeout: another request with the same key is in progress."""


class IdempotencyStore(Protocol):
    """The stored responses, in the transaction of a unit of work."""

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        """Return the response stored under the key, or lock the key and return ``None``.

        If another unit of work has the key locked, waits until it ends. Ignores a response that was
        expired at ``key.received_at``. Raises ``KeyReused``, and ``KeyInProgress`` on a timeout of
        the lock on the key.
        """

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        """Store the response under a key that this unit of work has claimed."""

    async def prune(self, *, now: int) -> None:
        """Delete some of the responses that are expired at ``now``. Does not wait for row locks."""


async def store_response(
    store: IdempotencyStore, key: IdempotencyKey, response: StoredResponse
) -> None:
    """Store the response under a claimed key. One call in ``PRUNE_INTERVAL`` prunes the store."""
    await store.save(key, response)
    if crc32(key.value.encode()) % PRUNE_INTERVAL == 0:
        await store.prune(now=key.received_at)
