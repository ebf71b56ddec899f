"""Idempotency keys: a request that is repeated with its key is executed once.

The changes and the response are committed in one transaction::

    claim(key)             a stored response: return it, the end
    <use case>             no stored response: execute the request
    save(key, response)
    commit

Follows the IETF draft "The Idempotency-Key HTTP Header Field". Times are Unix times of the
database's clock, in whole seconds.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from service_layer.errors import StoreUnavailable
from service_layer.retention import Retention

PRUNE_SIZE = 128 * 1024
"""Bytes of response bodies after which ``IdempotencyStore.prune`` deletes no further response."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The idempotency key of a request.

    ``value`` is that of one principal, or of all anonymous clients. ``fingerprint`` is a hash of
    the request. ``owner`` is the client that sent it, or ``None`` if ``retention`` does not limit
    clients.
    """

    value: str
    fingerprint: bytes
    retention: Retention
    owner: str | None = None


STATUSES = range(200, 600)
"""Status codes of stored responses."""

_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""The syntax of header fields (RFC 9110, section 5)."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response that can be sent again, byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def is_valid(self) -> bool:
        """Return whether it can be sent. Another program may have changed what is stored."""
        status: object = self.status
        body: object = self.body
        if type(status) is not int or not isinstance(body, bytes):
            return False
        return status in STATUSES and all(map(self._is_field, self.headers))

    def _is_field(self, field: tuple[str, ...]) -> bool:
        if len(field) != 2 or not all(isinstance(text, str) for text in field):  # noqa: PLR2004 - a pair
            return False
        name, value = field
        if name.lower() == "content-length":
            return value == str(len(self.body))
        return bool(_FIELD_NAME.fullmatch(name) and _FIELD_VALUE.fullmatch(value))


class Pruned(NamedTuple):
    """How many responses were deleted, and the size of their bodies in bytes, as stored."""

    number: int
    size: int


class KeyReused(Exception):
    """The key was used for a different request."""


class KeyInProgress(StoreUnavailable):
    """Lock timeout: another request with the same key is in progress."""


class KeyLimitReached(Exception):
    """No further response may be stored. One expires in ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class ClientKeyLimitReached(KeyLimitReached):
    """No further response to the client that owns the key may be stored."""


class IdempotencyReader(Protocol):
    """The number of stored responses."""

    async def count(self, at_most: int) -> int:
        """Return the number of stored responses, expired ones included, up to ``at_most``."""


class IdempotencyStore(Protocol):
    """The stored responses, in the transaction of a unit of work.

    A response is expired if its time to expire has come, on the database's clock, and is not later
    than ``latest``: that of ``ExpiryClock``, which does not trust each jump of that clock.
    """

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        """Return the response stored under the key, or lock the key and return ``None``.

        If another unit of work has the key locked, waits until it ends. Ignores an expired
        response. Raises ``KeyReused``, ``ClientKeyLimitReached`` for a new key, and
        ``KeyInProgress`` on a timeout of the lock on the key.
        """

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        """Store the response under a key that this unit of work has claimed.

        It expires one lifetime later. Raises ``ResponseTooLarge``.
        """

    async def time(self) -> int:
        """Return the time of the database's clock."""

    async def seconds_to_expiry(self, owner: str | None = None) -> int:
        """Return the seconds until a response expires, of all or of those of ``owner``.

        At least 1, also if there is no response.
        """

    async def prune(self, latest: int, at_most: int) -> Pruned:
        """Delete up to ``at_most`` expired responses of about ``PRUNE_SIZE``, the oldest first.

        Does not wait for row locks.
        """


async def claim_key(store: IdempotencyStore, key: IdempotencyKey) -> StoredResponse | None:
    """Claim the key. Raises like ``IdempotencyStore.claim``, and ``KeyLimitReached`` for a new key.

    A response that has not expired is never deleted to make room: a retry would be executed again.
    """
    stored = await store.claim(key)
    if stored is None and key.retention.count.is_full:
        raise KeyLimitReached(await store.seconds_to_expiry())
    key.retention.replays += stored is not None
    return stored


async def store_response(
    store: IdempotencyStore, key: IdempotencyKey, response: StoredResponse
) -> None:
    """Store the response under a claimed key. Raises ``ResponseTooLarge``."""
    await store.save(key, response)
    key.retention.count.number += 1
