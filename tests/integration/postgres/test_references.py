"""Rows of other tables refer to heroes, while units of work change or delete these heroes.

To check a foreign key, PostgreSQL locks the row that it refers to ``FOR KEY SHARE`` until the
transaction ends.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from domain.hero import Hero, HeroChanges, HeroDraft
from domain.preconditions import Precondition
from service_layer import heroes
from service_layer.batch import Batch, Delete
from service_layer.unit_of_work import UnitOfWork, UnitOfWorkFactory
from tests.contract.conftest import Fixtures, plain_postgres, postgres
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.support.served import ask

REFER = "INSERT INTO sidekick SELECT id FROM hero"
FIRST = Precondition(one_of={1})

Deleting = Callable[[UnitOfWork, Hero], Awaitable[None]]


@pytest.fixture(params=[postgres, plain_postgres])
async def database(request: Fixtures, postgres_url: str) -> AsyncIterator[UnitOfWorkFactory]:
    """A database with another table, ``sidekick``, which refers to heroes."""
    async with request.param(request) as database:
        ask(postgres_url, "CREATE TABLE sidekick (hero_id bigint REFERENCES hero)")
        yield database
        ask(postgres_url, "DROP TABLE sidekick")


@pytest.fixture
async def hero(database: UnitOfWorkFactory) -> Hero:
    async with database.writing() as uow:
        hero = await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson", 28))
        await uow.commit()
        return hero


@pytest.fixture
async def other(postgres_url: str) -> AsyncIterator[Observer]:
    """Another program, whose statements fail after 100 ms of waiting for a lock."""
    async with observing(postgres_url) as other:
        await other.run("SET lock_timeout = '100ms'")
        yield other


async def test_a_row_may_refer_to_a_hero_that_is_read_for_a_change(
    database: UnitOfWorkFactory, hero: Hero, other: Observer
) -> None:
    async with database.writing() as uow:
        before = await uow.heroes.get(hero.id)
        await other.run(REFER)
        await uow.heroes.update(before.apply(HeroChanges({"age": 29})))
        await uow.commit()

    assert 29 == await age_of(database, hero)


async def test_a_change_does_not_wait_for_a_row_that_refers_to_the_hero(
    database: UnitOfWorkFactory, hero: Hero, other: Observer
) -> None:
    async with other.holding(REFER), database.writing() as uow:
        await heroes.update_hero(uow, hero.id, {"age": 29})

    assert 29 == await age_of(database, hero)


async def test_no_row_may_refer_to_a_hero_that_is_read_for_its_removal(
    database: UnitOfWorkFactory, hero: Hero, other: Observer
) -> None:
    async with database.writing() as uow:
        await uow.heroes.get_to_remove(hero.id)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await other.run(REFER)


async def delete_hero(uow: UnitOfWork, hero: Hero) -> None:
    await heroes.delete_hero(uow, hero.id, FIRST)


async def delete_in_batch(uow: UnitOfWork, hero: Hero) -> None:
    await heroes.apply_batch(uow, Batch(delete=[Delete(hero.id, FIRST)]))
    await uow.commit()


@pytest.mark.parametrize("delete", [delete_hero, delete_in_batch])
async def test_a_reference_and_then_a_change_do_not_deadlock_with_a_removal(
    database: UnitOfWorkFactory, hero: Hero, other: Observer, delete: Deleting
) -> None:
    async def is_waiting() -> bool:
        return 1 == await other.waiting_for_locks()

    async def remove() -> None:
        async with database.writing() as uow:
            await delete(uow, hero)

    async with asyncio.TaskGroup() as tasks, other.holding(REFER):
        tasks.create_task(remove())
        await seconds_until(is_waiting)
        await other.run("UPDATE hero SET age = 29")

    async with database.reading() as uow:
        assert {} == await uow.heroes.find([hero.id])


async def age_of(database: UnitOfWorkFactory, hero: Hero) -> int | None:
    """Return the age that is stored."""
    async with database.reading() as uow:
        return (await uow.heroes.get(hero.id)).age
