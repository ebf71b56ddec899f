"""Units of work that write, and the stored result."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from adapters.sqlite.database import SqliteDatabase
from domain.hero import Hero, HeroQuery
from service_layer.heroes import create_hero, delete_hero, update_hero
from tests.integration.held_commit import HeldCommit, held_commit
from tests.support.loops import SLOWER
from tests.support.served import LIMIT

T = TypeVar("T")


async def add(database: SqliteDatabase, name: str) -> Hero:
    async with database.writing() as uow:
        hero = await create_hero(uow, name=name, secret_name="Unknown")
        await uow.commit()
        return hero


async def change(database: SqliteDatabase, hero_id: int, **changes: object) -> Hero:
    async with database.writing() as uow:
        return await update_hero(uow, hero_id, changes)


async def remove(database: SqliteDatabase, hero_id: int) -> None:
    async with database.writing() as uow:
        await delete_hero(uow, hero_id)


async def stored(database: SqliteDatabase) -> Sequence[Hero]:
    """Return all heroes as a fresh unit of work sees them."""
    async with database.reading() as uow:
        return await uow.heroes.page(HeroQuery(limit=1_000))


async def names(database: SqliteDatabase) -> list[str]:
    return [hero.name for hero in await stored(database)]


def start(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    return asyncio.create_task(work)


async def outcomes(*tasks: asyncio.Task[Any]) -> list[Any]:
    """Return what each of the tasks returned or raised."""
    async with asyncio.timeout(LIMIT / SLOWER):
        return await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def first_commit_held(
    database: SqliteDatabase,
) -> AsyncIterator[tuple[HeldCommit, asyncio.Task[Hero]]]:
    """Hold the COMMIT that adds ``First``: units of work started now share the next group."""
    with held_commit() as held:
        first = start(add(database, "First"))
        await held.reached()
        yield held, first
