"""The round trips of each use case to PostgreSQL, on a connection with prepared statements."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroNotFound, HeroQuery
from service_layer.heroes import create_hero, delete_hero, update_hero
from service_layer.idempotency import IdempotencyKey, StoredResponse, claim_key, store_response
from service_layer.retention import Retention
from tests.faults.proxy import Proxy, proxied
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.canary

UseCase = Callable[[PostgresDatabase], Awaitable[object]]

ONE_CONNECTION = ServerOptions(pool_size=1)
MISSING = 999
TIMES = 3


@pytest.fixture
async def behind(url: str, server: PostgresServer) -> AsyncIterator[tuple[PostgresDatabase, Proxy]]:
    """A database with some heroes, and a pool of one connection through a proxy."""
    async with (
        proxied(url, server.port) as (proxy, address),
        empty_postgres(address, ONE_CONNECTION) as database,
    ):
        for _ in range(2 * TIMES):
            await create(database)
        yield database, proxy


async def create(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson", age=30)
        await uow.commit()


async def create_with_a_key(database: PostgresDatabase) -> None:
    key = IdempotencyKey(str(uuid4()), b"", Retention())
    await create_once(database, key)


async def create_with_a_key_of_a_limited_client(database: PostgresDatabase) -> None:
    key = IdempotencyKey(str(uuid4()), b"", Retention(limit_per_client=1_000), "192.0.2.1")
    await create_once(database, key)


async def create_once(database: PostgresDatabase, key: IdempotencyKey) -> None:
    async with database.writing() as uow:
        assert await claim_key(uow.idempotency, key) is None
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson", age=30)
        await store_response(uow.idempotency, key, StoredResponse(200, (), b"{}"))
        await uow.commit()


async def replay(database: PostgresDatabase) -> None:
    key = IdempotencyKey("replayed", b"", Retention())
    async with database.writing() as uow:
        if await claim_key(uow.idempotency, key) is None:
            await store_response(uow.idempotency, key, StoredResponse(200, (), b"{}"))
            await uow.commit()


async def read(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await uow.heroes.get(1)


async def read_a_missing_hero(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        with suppress(HeroNotFound):
            await uow.heroes.get(MISSING)


async def read_a_page(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await uow.heroes.page(HeroQuery(limit=100))


async def change(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        age = (await uow.heroes.get(1)).age or 0
    async with database.writing() as uow_that_writes:
        await update_hero(uow_that_writes, 1, {"age": age + 1})


async def change_nothing(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        await update_hero(uow, 1, {"name": "Deadpond"})


async def change_a_missing_hero(database: PostgresDatabase) -> None:
    with suppress(HeroNotFound):
        async with database.writing() as uow:
            await update_hero(uow, MISSING, {"age": 48})


async def delete(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        *_, last = await uow.heroes.page(HeroQuery(limit=100))
    async with database.writing() as uow_that_writes:
        await delete_hero(uow_that_writes, last.id)


async def delete_a_missing_hero(database: PostgresDatabase) -> None:
    with suppress(HeroNotFound):
        async with database.writing() as uow:
            await delete_hero(uow, MISSING)


READ = 1

ROUND_TRIPS: dict[UseCase, int] = {
    read: READ,
    read_a_missing_hero: READ,
    read_a_page: READ,
    create: 2,
    create_with_a_key: 4,
    create_with_a_key_of_a_limited_client: 4,
    replay: 3,
    change: READ + 3,
    change_nothing: 2,
    change_a_missing_hero: 3,
    delete: READ + 2,
    delete_a_missing_hero: 3,
}
"""One per statement, and one for COMMIT or ROLLBACK: BEGIN is sent with the first statement.

A hero that is missing is looked for again: a policy may hide it from changes only.
"""


@pytest.mark.parametrize("use_case", ROUND_TRIPS)
async def test_a_use_case_takes_one_round_trip_per_statement_and_one_to_end(
    behind: tuple[PostgresDatabase, Proxy], use_case: UseCase
) -> None:
    database, proxy = behind
    for _ in range(2):  # a replay executes other statements than the first request
        await use_case(database)
    before = proxy.round_trips

    for _ in range(TIMES):
        await use_case(database)

    assert TIMES * ROUND_TRIPS[use_case] == proxy.round_trips - before
