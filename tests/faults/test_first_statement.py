"""Pipelined BEGIN: errors and cancellation of the first statement leave no open transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreConflict, StoreUnavailable
from service_layer.heroes import create_hero
from service_layer.unit_of_work import UnitOfWork
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.support.databases import empty_postgres

pytestmark = pytest.mark.canary

SEEN_BY_OBSERVERS = "application_name=heroes"
"""The application name, which the service does not set with ``pgbouncer``."""

DRAFT = HeroDraft("Rolled back", "Unknown")


@pytest.fixture(params=[False, True], ids=["", "for pgbouncer"])
async def database(url: str, request: pytest.FixtureRequest) -> AsyncIterator[PostgresDatabase]:
    """A database with a pool of one connection, with and without prepared statements."""
    options = ServerOptions(pool_size=1, pool_timeout=5, pgbouncer=request.param)
    async with empty_postgres(f"{url}?{SEEN_BY_OBSERVERS}", options) as database:
        yield database


@pytest.fixture(params=[0, 1, 2], ids=["not yet prepared", "prepared", "used again"])
async def warm(database: PostgresDatabase, request: pytest.FixtureRequest) -> PostgresDatabase:
    """The same, after this many inserts."""
    for number in range(request.param):
        async with database.writing() as uow:
            await create_hero(uow, name=f"Hero {number}", secret_name="Unknown")
            await uow.commit()
    return database


@pytest.fixture
async def observer(url: str, database: PostgresDatabase) -> AsyncIterator[Observer]:
    assert database.name
    async with observing(url) as observer:
        yield observer


def no_transaction_is_open(observer: Observer) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return 0 == await observer.in_transaction()

    return look


def waits_for_a_lock(observer: Observer) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return 1 == await observer.waiting_for_locks()

    return look


async def stored(database: PostgresDatabase) -> list[str]:
    async with database.reading() as uow:
        return [hero.name for hero in await uow.heroes.page(HeroQuery(limit=100))]


async def test_the_first_statement_is_rolled_back_with_the_transaction(
    warm: PostgresDatabase,
) -> None:
    before = await stored(warm)

    async with warm.writing() as uow:
        await uow.heroes.add(DRAFT)

    assert before == await stored(warm)


async def test_a_first_statement_that_violates_a_constraint_leaves_no_transaction(
    warm: PostgresDatabase, observer: Observer
) -> None:
    await observer.run("CREATE UNIQUE INDEX ON hero (name)")
    await observer.run(
        "INSERT INTO hero (name, secret_name, version) VALUES ('Rolled back', '', 1)"
    )
    before = await stored(warm)

    with pytest.raises(StoreConflict):
        await add_and_commit(warm.writing())

    await seconds_until(no_transaction_is_open(observer))
    assert before == await stored(warm)
    await create_another(warm)


async def test_a_first_statement_whose_table_is_missing_leaves_no_transaction(
    warm: PostgresDatabase, observer: Observer
) -> None:
    before = await stored(warm)
    await observer.run("ALTER TABLE hero RENAME TO elsewhere")

    with pytest.raises(StoreUnavailable):
        await add_and_commit(warm.writing())

    await seconds_until(no_transaction_is_open(observer))
    await observer.run("ALTER TABLE elsewhere RENAME TO hero")
    assert before == await stored(warm)
    await create_another(warm)


async def test_a_statement_prepared_before_a_schema_change_leaves_no_transaction(
    warm: PostgresDatabase, observer: Observer
) -> None:
    before = await stored(warm)
    await observer.run("ALTER TABLE hero ALTER COLUMN name TYPE varchar(200)")

    with suppress(StoreUnavailable):  # then its connection is closed
        await add_and_commit(warm.writing())
    await create_another(warm)

    assert await stored(warm) in ([*before, "Another"], [*before, "Rolled back", "Another"])
    await seconds_until(no_transaction_is_open(observer))


async def test_separate_commits_are_separate_transactions(
    warm: PostgresDatabase, observer: Observer
) -> None:
    before = len(await stored(warm))

    async with warm.writing() as uow:
        for name in ("One", "Two"):
            await uow.heroes.add(HeroDraft(name, "Unknown"))
            await uow.commit()
        await uow.heroes.add(DRAFT)

    assert before + 2 == len(await stored(warm))
    assert before + 2 == await observer.transactions_that_wrote()


async def test_a_cancelled_first_statement_leaves_no_transaction(
    warm: PostgresDatabase, observer: Observer
) -> None:
    before = await stored(warm)

    async with observer.holding("LOCK TABLE hero IN EXCLUSIVE MODE"):
        adding = asyncio.create_task(add_and_commit(warm.writing()))
        await seconds_until(waits_for_a_lock(observer))
        adding.cancel()
        await asyncio.wait([adding])
    await create_another(warm)

    assert adding.cancelled()
    assert [*before, "Another"] == await stored(warm)


async def add_and_commit(uow: UnitOfWork) -> None:
    async with uow:
        await uow.heroes.add(DRAFT)
        await uow.commit()


async def create_another(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Another", secret_name="Unknown")
        await uow.commit()
