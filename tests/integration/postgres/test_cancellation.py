"""A cancelled unit of work ends on the server too: its statement stops, and its locks are released.

Closing the connection is not enough: a server that executes a statement notices it at the end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest

from domain.hero import Hero, HeroDraft, HeroQuery
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.integration.postgres.slowness import slow_commits, slow_reads
from tests.integration.without_timeouts import (
    LONG,
    POOL_SIZE,
    fast_postgres,
    plain_postgres,
)
from tests.support.served import LIMIT

PROMPTLY = 5
"""Seconds within which a cancellation takes effect."""


@pytest.fixture(params=[fast_postgres, plain_postgres])
async def database(
    request: pytest.FixtureRequest, postgres_url: str
) -> AsyncIterator[UnitOfWorkFactory]:
    """An empty database whose own timeouts do not expire."""
    async with request.param(postgres_url) as database:
        yield database


@pytest.fixture
async def observer(postgres_url: str) -> AsyncIterator[Observer]:
    async with observing(postgres_url) as observer:
        yield observer


async def test_a_unit_of_work_that_waits_for_a_row_releases_those_that_it_holds(
    database: UnitOfWorkFactory, observer: Observer
) -> None:
    free, held = await add(database), await add(database)

    async def lock_both() -> None:
        async with database.writing() as uow:
            await uow.heroes.get(free.id)
            await uow.heroes.get(held.id)

    async with observer.holding(f"SELECT FROM hero WHERE id = {held.id} FOR UPDATE"):
        await cancel(lock_both(), when=observer.waiting_for_locks)
        async with asyncio.timeout(PROMPTLY):
            await remove(database, free)

    await assert_complete(database)


async def test_a_scan_stops(database: UnitOfWorkFactory, observer: Observer) -> None:
    await add(database)

    async def scan() -> None:
        async with database.reading() as uow:
            await uow.heroes.count(HeroQuery(limit=1))

    async with slow_reads(observer, LONG):
        await cancel(scan(), when=observer.sleeping)

        assert 0 == await observer.in_transaction()

    await assert_complete(database)


async def test_a_commit_stops_and_releases_its_locks(
    database: UnitOfWorkFactory, observer: Observer
) -> None:
    hero = await add(database)

    async def update() -> None:
        async with database.writing() as uow:
            await uow.heroes.update(hero)
            await uow.commit()

    async with slow_commits(observer, LONG):
        await cancel(update(), when=observer.sleeping)
        async with asyncio.timeout(PROMPTLY):
            await remove(database, hero)

    await assert_complete(database)


async def add(database: UnitOfWorkFactory) -> Hero:
    async with database.writing() as uow:
        hero = await uow.heroes.add(HeroDraft("Deadpond", "Dive Wilson"))
        await uow.commit()
        return hero


async def remove(database: UnitOfWorkFactory, hero: Hero) -> None:
    async with database.writing() as uow:
        await uow.heroes.remove(hero.id)
        await uow.commit()


async def cancel(work: Coroutine[Any, Any, None], *, when: Callable[[], Awaitable[int]]) -> None:
    """Start the work, and cancel it when the observer sees it."""

    async def condition() -> bool:
        return await when() > 0

    task = asyncio.create_task(work)
    await seconds_until(condition)
    task.cancel()
    async with asyncio.timeout(PROMPTLY):
        await asyncio.wait([task])
    assert task.cancelled()


async def assert_complete(database: UnitOfWorkFactory) -> None:
    """Check that every connection of the pool can be used."""
    async with asyncio.timeout(LIMIT):
        await asyncio.gather(*(add(database) for _ in range(2 * POOL_SIZE)))
