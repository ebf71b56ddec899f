"""Random concurrent writers: the file contains exactly the acknowledged writes.

A write that was cancelled may be stored too.
"""

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import pytest

from adapters.sqlite.database import SqliteDatabase
from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite.group_commit.interrupting import Interrupting
from tests.integration.sqlite.group_commit.units import add, change, outcomes, remove, start, stored
from tests.support.databases import open_sqlite

WRITERS = 16
UNITS = 40


class GaveUpError(Exception):
    """Raised to leave a unit of work before its commit."""


class Writer:
    """Writes its own heroes at random, and records the acknowledged state."""

    def __init__(self, database: SqliteDatabase, interrupted: Interrupting, seed: str) -> None:
        self.heroes: dict[int, Hero] = {}
        self.cancelled: set[str] = set()
        self.done = 0
        self._database = database
        self._interrupted = interrupted
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._marks = (f"{seed} {number}" for number in range(UNITS + 1))

    async def work(self) -> None:
        actions = [
            self._add,
            self._change,
            self._remove,
            self._change_a_missing_one,
            self._fail,
            self._cancelled,
        ]
        for _ in range(UNITS):
            with suppress(StoreUnavailable):
                await self._random.choices(actions, [6, 6, 2, 2, 2, 2])[0]()
                self.done += 1

    async def _add(self) -> None:
        hero = await add(self._database, next(self._marks))
        self.heroes[hero.id] = hero

    async def _change(self) -> None:
        if self.heroes:
            hero_id = self._random.choice(list(self.heroes))
            self.heroes[hero_id] = await change(self._database, hero_id, name=next(self._marks))

    async def _remove(self) -> None:
        if self.heroes:
            hero_id = self._random.choice(list(self.heroes))
            await remove(self._database, hero_id)
            del self.heroes[hero_id]
            with pytest.raises(HeroNotFound):
                await remove(self._database, hero_id)

    async def _change_a_missing_one(self) -> None:
        with pytest.raises(HeroNotFound):
            await change(self._database, 2**40, name="Nobody")

    async def _fail(self) -> None:
        """Change rows of all writers, sometimes be interrupted, and leave without a commit."""
        with suppress(GaveUpError):
            async with self._database.writing() as uow:
                await uow.heroes.add(HeroDraft("Rolled back", "Unknown"))
                for hero in await uow.heroes.page(HeroQuery(limit=5)):
                    await uow.heroes.remove(hero.id)
                if self._random.random() < 1 / 4:
                    with self._interrupted:
                        await uow.heroes.add(HeroDraft("Interrupted", "Unknown"))
                raise GaveUpError

    async def _cancelled(self) -> None:
        """Add a hero, and be cancelled some ticks later: it is stored or not."""
        name = next(self._marks)
        self.cancelled.add(name)
        adding = asyncio.create_task(add(self._database, name))
        for _ in range(self._random.randrange(8)):
            await asyncio.sleep(0)
        adding.cancel()
        with suppress(asyncio.CancelledError):
            hero = await adding
            self.cancelled.remove(name)
            self.heroes[hero.id] = hero


@pytest.mark.parametrize("group_size", [1, 3, 64])
@pytest.mark.parametrize("seed", range(3))
async def test_the_file_contains_exactly_the_acknowledged_writes(
    path: Path, interrupted: Interrupting, group_size: int, seed: int
) -> None:
    database = open_sqlite(path, group_size=group_size)
    writers = [Writer(database, interrupted, f"{seed}.{number}") for number in range(WRITERS)]

    raised = await outcomes(*(start(writer.work()) for writer in writers))
    await database.aclose()

    acknowledged = {hero_id: hero for writer in writers for hero_id, hero in writer.heroes.items()}
    cancelled = set().union(*(writer.cancelled for writer in writers))
    found = [hero for hero in await stored(open_sqlite(path)) if hero.name not in cancelled]
    assert [None] * WRITERS == raised
    assert [acknowledged[hero_id] for hero_id in sorted(acknowledged)] == found
    assert WRITERS * UNITS / 2 < sum(writer.done for writer in writers)
