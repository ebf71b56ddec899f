"""Carrying out a request once, however often it is sent: its answer is kept with what it did.

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
class StoredAnswer:
    """All that is needed to give an answer again, byte for byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


class KeyReused(Exception):
    """The key is that of another request."""


class KeyUnderWay(StoreUnavailable):
    """A request with the same key is still being carried out, and has been for too long to wait."""


class Answers(Protocol):
    """What a unit of work may ask of the answers that are kept by key."""

    async def claim(self, key: IdempotencyKey) -> StoredAnswer | None:
        """Return the answer kept under the key, or ``None``: the key is then this unit of work's.

        Waits for another that has claimed the key to end. An answer that had expired when the key
        came counts as none. Raises ``KeyReused``, and ``KeyUnderWay`` where it is known to be the
        key that took too long to wait for.
        """

    async def keep(self, key: IdempotencyKey, answer: StoredAnswer, *, expires: int) -> None:
        """Keep the answer under a key that this unit of work has claimed."""

    async def prune(self, *, now: int) -> None:
        """Forget a few answers that have expired by ``now``. Waits for nobody."""


class Command(Protocol[T_co]):
    """A use case with all it needs; it awaits ``before_commit`` with its result as the last."""

    async def __call__(
        self, *, before_commit: Callable[[T_co], Awaitable[object]] | None = None
    ) -> T_co: ...


async def answer_once(
    answers: Answers,
    key: IdempotencyKey,
    command: Command[T],
    answer: Callable[[T], StoredAnswer],
    *,
    lifetime: int,
) -> tuple[StoredAnswer, bool]:
    """Return the answer to the request with this key, and whether it was there already.

    If not, the command is carried out, and ``answer`` is asked for what to keep of its result.
    Both are durable, or neither. What the command raises is not kept. Raises like ``claim``.
    """
    kept = await answers.claim(key)
    if kept is not None:
        return kept, True
    made: list[StoredAnswer] = []

    async def keep(result: T) -> None:
        made.append(answer(result))
        await answers.keep(key, made[0], expires=key.came + lifetime)
        if crc32(key.value.encode()) % PRUNING == 0:
            await answers.prune(now=key.came)

    await command(before_commit=keep)
    return made[0], False
