"""The in-memory database: units of work and repositories that fulfil the contracts of their ports.

Entities are immutable, so they are not copied. Every call yields to the event loop once, as a call
to a database does, so that concurrent units of work interleave here too.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from service_layer.idempotency import (
    PRUNE_SIZE,
    ClientKeyLimitReached,
    IdempotencyKey,
    KeyReused,
    Pruned,
    StoredResponse,
)
from service_layer.stored_body import StoredBody, pack_body, unpack_body
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork
from tests.fakes.api_keys import FakeApiKeyStore, StoredKeys
from tests.fakes.repository import FakeRepository, FakeTables


@dataclass
class State:
    """All stored data at one moment."""

    tables: FakeTables = field(default_factory=FakeTables)
    responses: "dict[str, FakeStoredResponse]" = field(default_factory=dict)
    api_keys: StoredKeys = field(default_factory=StoredKeys)

    def copy(self) -> "State":
        return State(self.tables.copy(), dict(self.responses), self.api_keys.copy())


class FakeDatabase:
    """A ``UnitOfWorkFactory`` in memory, with a clock of its own."""

    is_embedded = True
    is_in_memory = True

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.committed = State()
        self.commits = 0
        self.lock = asyncio.Lock()

    def writing(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def reading(self, client: str = "") -> "FakeReadOnlyUnitOfWork":  # noqa: ARG002 - nothing waits
        return FakeReadOnlyUnitOfWork(self)

    def reading_primary(self) -> "FakeReadOnlyUnitOfWork":
        return self.reading()

    def data_version(self) -> int | None:
        return self.commits

    def pending(self) -> Sequence[str]:
        return []

    async def schema_revision(self) -> str:
        await asyncio.sleep(0)
        return "in memory"


def add_repositories(
    uow: UnitOfWork | ReadOnlyUnitOfWork, state: Callable[[], Awaitable[State]]
) -> None:
    """Give a unit of work its repositories: one line for each aggregate."""
    uow.heroes = FakeRepository[Hero, HeroDraft, HeroQuery](state, Hero, HeroNotFound)


class FakeTransaction:
    """A transaction on a private copy of the state, which replaces the state at the commit.

    It holds the database's lock from the first call on, so no two copies are of the same state.
    """

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self._copy: State | None = None

    async def begin(self) -> State:
        await asyncio.sleep(0)
        if self._copy is None:
            await self._database.lock.acquire()
            self._copy = self._database.committed.copy()
        return self._copy

    def commit(self) -> None:
        if self._copy is not None:
            self._database.committed = self._copy
            self._database.commits += 1
        self.end()

    def end(self) -> None:
        if self._copy is not None:
            self._copy = None
            self._database.lock.release()

    def __del__(self) -> None:
        """Roll back: a synchronous override of ``get_uow`` cannot close its unit of work."""
        self.end()


class FakeUnitOfWork(UnitOfWork):
    """``UnitOfWork`` over a transaction on the state."""

    def __init__(self, database: FakeDatabase) -> None:
        self.transaction = FakeTransaction(database)
        add_repositories(self, self.transaction.begin)
        self.idempotency = FakeIdempotencyStore(self.transaction.begin, database.clock)
        self.may_be_committed = False
        self._clock = database.clock

    @property
    def api_keys(self) -> FakeApiKeyStore:
        return FakeApiKeyStore(self.transaction.begin, self._clock)

    async def commit(self) -> None:
        self.may_be_committed = True
        self.transaction.commit()

    async def __aexit__(self, *_: object) -> None:
        self.transaction.end()


class FakeReadOnlyUnitOfWork(ReadOnlyUnitOfWork):
    """``ReadOnlyUnitOfWork``: each call sees what is committed by then."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        add_repositories(self, self._committed)

    @property
    def idempotency(self) -> "FakeIdempotencyStore":
        return FakeIdempotencyStore(self._committed, self._database.clock)

    @property
    def api_keys(self) -> FakeApiKeyStore:
        return FakeApiKeyStore(self._committed, self._database.clock)

    async def __aexit__(self, *_: object) -> None:
        """Nothing to release."""

    async def _committed(self) -> State:
        await asyncio.sleep(0)
        return self._database.committed


@dataclass(frozen=True)
class FakeStoredResponse:
    """A stored response, the fingerprint of its request, when it expires, and its owner."""

    fingerprint: bytes
    response: StoredResponse
    size: int | None
    expires: int
    owner: str | None


class FakeIdempotencyStore:
    """``IdempotencyStore`` over the state of a unit of work, whose lock is the claim."""

    def __init__(
        self, state: Callable[[], Awaitable[State]], clock: Callable[[], float] = time.time
    ) -> None:
        self._state = state
        self._clock = clock

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        responses = (await self._state()).responses
        latest = min(self._now(), key.retention.clock.latest)
        stored = responses.get(key.value)
        if stored is not None and stored.expires > latest:
            if stored.fingerprint != key.fingerprint:
                raise KeyReused
            body = unpack_body(StoredBody(stored.response.body, stored.size))
            return replace(stored.response, body=body)
        limit = key.retention.limit_per_client
        if limit is not None and key.owner is not None:
            current = [r for r in responses.values() if r.owner == key.owner and r.expires > latest]
            if len(current) >= limit:
                raise ClientKeyLimitReached(await self.seconds_to_expiry(key.owner))
        return None

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        state = await self._state()
        body, size = await pack_body(response.body)
        state.responses[key.value] = FakeStoredResponse(
            key.fingerprint,
            replace(response, body=body),
            size,
            self._now() + key.retention.lifetime,
            key.owner,
        )

    async def time(self) -> int:
        await self._state()
        return self._now()

    async def count(self, at_most: int) -> int:
        return min(at_most, len((await self._state()).responses))

    async def seconds_to_expiry(self, owner: str | None = None) -> int:
        responses = (await self._state()).responses.values()
        left = [r.expires - self._now() for r in responses if owner in (None, r.owner)]
        return min((seconds for seconds in left if seconds > 0), default=1)

    async def prune(self, latest: int, at_most: int) -> Pruned:
        responses = (await self._state()).responses
        now = min(self._now(), latest)
        expired = [value for value, r in responses.items() if r.expires <= now]
        number = size = 0
        for value in sorted(expired, key=lambda value: responses[value].expires)[:at_most]:
            if size >= PRUNE_SIZE:
                break
            size += len(responses.pop(value).response.body)
            number += 1
        return Pruned(number, size)

    def _now(self) -> int:
        return int(self._clock())
