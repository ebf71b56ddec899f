"""Preconditions under concurrent changes of the same entity, on every database."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from domain.errors import StaleVersion
from domain.hero import Hero, HeroNotFound, HeroQuery
from domain.preconditions import Precondition
from service_layer import heroes
from service_layer.unit_of_work import UnitOfWorkFactory

FIRST = Precondition(one_of={1})
MANY = 20


async def create(database: UnitOfWorkFactory) -> Hero:
    async with database.writing() as uow:
        hero = await heroes.create_hero(uow, name="Deadpond", secret_name="Dive Wilson", age=28)
        await uow.commit()
        return hero


async def change(
    database: UnitOfWorkFactory, hero: Hero, age: int, precondition: Precondition
) -> Hero:
    async with database.writing() as uow:
        return await heroes.update_hero(uow, hero.id, {"age": age}, precondition)


async def delete(database: UnitOfWorkFactory, hero: Hero, precondition: Precondition) -> None:
    async with database.writing() as uow:
        await heroes.delete_hero(uow, hero.id, precondition)


async def stored(database: UnitOfWorkFactory) -> list[Hero]:
    async with database.reading() as uow:
        return list(await uow.heroes.page(HeroQuery(limit=100)))


async def run_concurrently(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run the coroutines concurrently, and return the result or the exception of each."""
    return await asyncio.gather(*coroutines, return_exceptions=True)


async def test_a_stale_version_raises_stale_version_and_changes_nothing(
    database: UnitOfWorkFactory,
) -> None:
    hero = await create(database)
    changed = await change(database, hero, 29, FIRST)

    changing, deleting = await run_concurrently(
        change(database, hero, 30, FIRST), delete(database, hero, FIRST)
    )

    assert [2, 2] == [changing.current, deleting.current]
    assert [changed] == await stored(database)


async def test_one_of_many_concurrent_updates_of_a_version_succeeds(
    database: UnitOfWorkFactory,
) -> None:
    hero = await create(database)

    results = await run_concurrently(*(change(database, hero, 100 + n, FIRST) for n in range(MANY)))

    (updated,) = [result for result in results if isinstance(result, Hero)]
    stale = [result for result in results if isinstance(result, StaleVersion)]
    assert [2] * (MANY - 1) == [error.current for error in stale]
    assert [updated] == await stored(database)


async def test_one_of_a_concurrent_update_and_delete_of_a_version_succeeds(
    database: UnitOfWorkFactory,
) -> None:
    for _ in range(MANY):
        hero = await create(database)

        changed, deleted = await run_concurrently(
            change(database, hero, 29, FIRST), delete(database, hero, FIRST)
        )

        left = [each for each in await stored(database) if each.id == hero.id]
        if deleted is None:
            assert isinstance(changed, HeroNotFound)
            assert [] == left
        else:
            assert isinstance(deleted, StaleVersion)
            assert [changed] == left
