"""How often each use case waits for PostgreSQL, on a connection that has run it before."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroNotFound, HeroQuery
from service_layer.heroes import create_hero, delete_hero, read_hero, read_heroes, update_hero
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
    """A database with some heroes and one connection, which leads through a proxy."""
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


async def read(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await read_hero(uow, 1)


async def read_what_is_missing(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        with suppress(HeroNotFound):
            await read_hero(uow, MISSING)


async def read_a_page(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await read_heroes(uow, HeroQuery(limit=100))


async def change(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        age = (await read_hero(uow, 1)).age or 0
    async with database.writing() as uow_that_writes:
        await update_hero(uow_that_writes, 1, {"age": age + 1})


async def change_nothing(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        await update_hero(uow, 1, {"name": "Deadpond"})


async def change_what_is_missing(database: PostgresDatabase) -> None:
    with suppress(HeroNotFound):
        async with database.writing() as uow:
            await update_hero(uow, MISSING, {"age": 48})


async def delete(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        *_, last = await read_heroes(uow, HeroQuery(limit=100))
    async with database.writing() as uow_that_writes:
        await delete_hero(uow_that_writes, last.id)


async def delete_what_is_missing(database: PostgresDatabase) -> None:
    with suppress(HeroNotFound):
        async with database.writing() as uow:
            await delete_hero(uow, MISSING)


READ = 1

ROUND_TRIPS: dict[UseCase, int] = {
    read: READ,
    read_what_is_missing: READ,
    read_a_page: READ,
    create: 2,
    change: READ + 3,
    change_nothing: 2,
    change_what_is_missing: 2,
    delete: READ + 2,
    delete_what_is_missing: 2,
}
"""The statements and one for the end: BEGIN travels with the first statement."""


@pytest.mark.parametrize("use_case", ROUND_TRIPS)
async def test_a_use_case_waits_for_each_statement_and_for_the_end_and_for_nothing_else(
    behind: tuple[PostgresDatabase, Proxy], use_case: UseCase
) -> None:
    database, proxy = behind
    await use_case(database)
    before = proxy.round_trips

    for _ in range(TIMES):
        await use_case(database)

    assert TIMES * ROUND_TRIPS[use_case] == proxy.round_trips - before
