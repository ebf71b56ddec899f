"""The in-memory database: units of work and repositories that fulfil the contracts of their ports.

Entities are immutable, so they are not copied. Every call yields to the event loop once, as a call
to a database does, so that concurrent units of work interleave here too.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from service_layer.idempotency import IdempotencyKey, KeyReused, StoredResponse
from tests.fakes import queries as in_memory_queries


@dataclass
class State:
    """All stored data at one moment."""

    heroes: dict[int, Hero] = field(default_factory=dict)
    last_hero_id: int = 0
    responses: "dict[str, FakeStoredResponse]" = field(default_factory=dict)

    def copy(self) -> "State":
        return State(dict(self.heroes), self.last_hero_id, dict(self.responses))


class FakeDatabase:
    """A ``UnitOfWorkFactory`` in memory."""

    def __init__(self) -> None:
        self.committed = State()
        self.lock = asyncio.Lock()

    def writing(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def reading(self) -> "FakeReadOnlyUnitOfWork":
        return FakeReadOnlyUnitOfWork(self)


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
        self.end()

    def end(self) -> None:
        if self._copy is not None:
            self._copy = None
            self._database.lock.release()

    def __del__(self) -> None:
        """Roll back: a synchronous override of ``get_uow`` cannot close its unit of work."""
        self.end()


class FakeUnitOfWork:
    """``UnitOfWork`` over a transaction on the state."""

    def __init__(self, database: FakeDatabase) -> None:
        self.transaction = FakeTransaction(database)
        self.heroes = FakeHeroRepository(self.transaction.begin)
        self.idempotency = FakeIdempotencyStore(self.transaction.begin)
        self.may_be_committed = False

    async def commit(self) -> None:
        self.may_be_committed = True
        self.transaction.commit()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.transaction.end()


class FakeReadOnlyUnitOfWork:
    """``ReadOnlyUnitOfWork``: each call sees what is committed by then."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self.heroes = FakeHeroRepository(self._committed)

    async def _committed(self) -> State:
        await asyncio.sleep(0)
        return self._database.committed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to release."""


class FakeHeroRepository:
    """``HeroRepository`` over the state that its unit of work lets it see."""

    def __init__(self, state: Callable[[], Awaitable[State]]) -> None:
        self._state = state

    async def get(self, hero_id: int) -> Hero:
        return _found(await self._state(), hero_id)

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        return in_memory_queries.page(query, (await self._state()).heroes.values())

    async def count(self, query: HeroQuery) -> int:
        return len(in_memory_queries.find_all(query, (await self._state()).heroes.values()))

    async def add(self, draft: HeroDraft) -> Hero:
        state = await self._state()
        state.last_hero_id += 1
        hero = Hero(state.last_hero_id, draft.name, draft.secret_name, draft.age, version=1)
        state.heroes[hero.id] = hero
        return hero

    async def update(self, hero: Hero) -> None:
        state = await self._state()
        _found(state, hero.id)
        state.heroes[hero.id] = hero

    async def remove(self, hero_id: int) -> None:
        state = await self._state()
        _found(state, hero_id)
        del state.heroes[hero_id]


@dataclass(frozen=True)
class FakeStoredResponse:
    """A stored response, the fingerprint of its request, and when it expires."""

    fingerprint: bytes
    response: StoredResponse
    expires: int


class FakeIdempotencyStore:
    """``IdempotencyStore`` over the state of a unit of work, whose lock is the claim."""

    def __init__(self, state: Callable[[], Awaitable[State]]) -> None:
        self._state = state

    async def claim(self, key: IdempotencyKey) -> StoredResponse | None:
        stored = (await self._state()).responses.get(key.value)
        if stored is None or stored.expires <= key.received_at:
            return None
        if stored.fingerprint != key.fingerprint:
            raise KeyReused
        return stored.response

    async def save(self, key: IdempotencyKey, response: StoredResponse) -> None:
        state = await self._state()
        state.responses[key.value] = FakeStoredResponse(key.fingerprint, response, key.expires_at)

    async def prune(self, *, now: int) -> None:
        state = await self._state()
        state.responses = {
            value: stored for value, stored in state.responses.items() if stored.expires > now
        }


def _found(state: State, hero_id: int) -> Hero:
    if hero_id not in state.heroes:
        raise HeroNotFound(hero_id)
    return state.heroes[hero_id]
