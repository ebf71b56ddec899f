"""What a precondition is worth when others change the same entity, whichever database is behind."""

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
        return list(await heroes.read_heroes(uow, HeroQuery(limit=100)))


async def at_once(*works: Coroutine[Any, Any, Any]) -> list[Any]:
    """Return what each of these ended with, an error or not."""
    return await asyncio.gather(*works, return_exceptions=True)


async def test_a_stale_version_is_told_and_nothing_is_changed(database: UnitOfWorkFactory) -> None:
    hero = await create(database)
    changed = await change(database, hero, 29, FIRST)

    changing, deleting = await at_once(
        change(database, hero, 30, FIRST), delete(database, hero, FIRST)
    )

    assert [2, 2] == [changing.current, deleting.current]
    assert [changed] == await stored(database)


async def test_of_many_changes_of_one_version_at_once_one_is_made(
    database: UnitOfWorkFactory,
) -> None:
    hero = await create(database)

    results = await at_once(*(change(database, hero, 100 + n, FIRST) for n in range(MANY)))

    (made,) = [result for result in results if isinstance(result, Hero)]
    stale = [result for result in results if isinstance(result, StaleVersion)]
    assert [2] * (MANY - 1) == [error.current for error in stale]
    assert [made] == await stored(database)


async def test_of_a_change_and_a_deletion_of_one_version_at_once_one_is_done(
    database: UnitOfWorkFactory,
) -> None:
    for _ in range(MANY):
        hero = await create(database)

        changed, deleted = await at_once(
            change(database, hero, 29, FIRST), delete(database, hero, FIRST)
        )

        left = [kept for kept in await stored(database) if kept.id == hero.id]
        if deleted is None:
            assert isinstance(changed, HeroNotFound)
            assert [] == left
        else:
            assert isinstance(deleted, StaleVersion)
            assert [changed] == left
