"""Executing a request once, however often it is sent: its response is stored with what it did.

Follows the IETF's draft "The Idempotency-Key HTTP Header Field". Times are whole seconds, counted
from any moment, but by everybody from the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from zlib import crc32

from service_layer.errors import StoreUnavailable

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PRUNING = 16
"""One new key in so many, on average, lets expired answers go. Each lets go of several times as
many, so that they do not pile up, and few requests pay for it."""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What a client names a request by.

    ``fingerprint`` is a hash that tells the request from any other, ``came`` when it came.
    """

    value: str
    fingerprint: bytes
    came: int


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

    async def save(self, key: IdempotencyKey, answer: StoredResponse, *, expires: int) -> None:
        """Store the response under a key that this unit of work has claimed."""

    async def prune(self, *, now: int) -> None:
        """Delete a few responses that have expired by ``now``. Waits for no lock."""


class Command(Protocol[T_co]):
    """A use case with all it needs; it awaits ``before_commit`` with its result as the last."""

    async def __call__(
        self, *, before_commit: Callable[[T_co], Awaitable[object]] | None = None
    ) -> T_co: ...


async def execute_once(
    store: IdempotencyStore,
    key: IdempotencyKey,
    command: Command[T],
    answer: Callable[[T], StoredResponse],
    *,
    lifetime: int,
) -> tuple[StoredResponse, bool]:
    """Return the answer to the request with this key, and whether it was there already.

    If not, the command is carried out, and ``answer`` is asked for what to keep of its result.
    Both are durable, or neither. What the command raises is not kept. Raises like ``claim``.
    """
    stored = await store.claim(key)
    if stored is not None:
        return stored, True
    made: list[StoredResponse] = []

    async def save(result: T) -> None:
        made.append(answer(result))
        await store.save(key, made[0], expires=key.came + lifetime)
        if crc32(key.value.encode()) % PRUNING == 0:
            await store.prune(now=key.came)

    await command(before_commit=save)
    return made[0], False
