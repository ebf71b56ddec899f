"""The in-memory database: units of work and repositories that keep their ports' promises.

Entities are immutable, so handing one in or out is as good as copying it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from domain.errors import HeroNotFound
from domain.hero import Hero, HeroDraft


@dataclass
class State:
    """All that is kept, at one moment."""

    heroes: dict[int, Hero] = field(default_factory=dict)
    last_hero_id: int = 0

    def copy(self) -> "State":
        return State(dict(self.heroes), self.last_hero_id)


class FakeDatabase:
    """A ``UnitOfWorkFactory`` that keeps everything in memory."""

    def __init__(self) -> None:
        self.committed = State()
        self.turn = asyncio.Lock()

    def writing(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self)

    def reading(self) -> "FakeReadOnlyUnitOfWork":
        return FakeReadOnlyUnitOfWork(self)


class FakeUnitOfWork:
    """Works on a private copy, from the first call on, and puts it in place at the commit.

    Whoever holds a copy holds the turn, so no two are made from the same state.
    """

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self._copy: State | None = None
        self.heroes = FakeHeroRepository(self._begin)

    async def _begin(self) -> State:
        if self._copy is None:
            await self._database.turn.acquire()
            self._copy = self._database.committed.copy()
        return self._copy

    async def commit(self) -> None:
        if self._copy is not None:
            self._database.committed = self._copy
        self._end()

    def _end(self) -> None:
        if self._copy is not None:
            self._copy = None
            self._database.turn.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._end()


class FakeReadOnlyUnitOfWork:
    """Looks at what is committed, at each call anew."""

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database
        self.heroes = FakeHeroRepository(self._look)

    async def _look(self) -> State:
        return self._database.committed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to give back."""


class FakeHeroRepository:
    """``HeroRepository`` over the state that its unit of work lets it see."""

    def __init__(self, state: Callable[[], Awaitable[State]]) -> None:
        self._state = state

    async def get(self, hero_id: int) -> Hero:
        return _found(await self._state(), hero_id)

    async def page(self, *, offset: int, limit: int) -> Sequence[Hero]:
        heroes = (await self._state()).heroes
        return [heroes[hero_id] for hero_id in sorted(heroes)][offset : offset + limit]

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


def _found(state: State, hero_id: int) -> Hero:
    if hero_id not in state.heroes:
        raise HeroNotFound(hero_id)
    return state.heroes[hero_id]
