"""The server terminates the connection before each statement of each use case."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import Hero, HeroQuery
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from service_layer.heroes import create_hero, delete_hero, update_hero
from tests.faults.proxy import Proxy, proxied
from tests.faults.terminating import Terminator, terminated_before
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer

UseCase = Callable[[PostgresDatabase], Awaitable[object]]

FIRST = Hero(id=1, name="Deadpond", secret_name="Dive Wilson", age=30, version=1)


ONE_CONNECTION = ServerOptions(pool_size=1, pool_timeout=5)
"""If a connection leaked, the next unit of work would time out."""


@dataclass
class Behind:
    """A database behind a proxy, and the URL that bypasses the proxy."""

    database: PostgresDatabase
    proxy: Proxy
    url: str

    def terminated_before(self, statement: int | None) -> AbstractContextManager[Terminator]:
        return terminated_before(self.proxy, self.url, statement)


@pytest.fixture
async def behind(url: str, server: PostgresServer) -> AsyncIterator[Behind]:
    """A database with one hero and a pool of one connection."""
    async with (
        proxied(url, server.port) as (proxy, address),
        empty_postgres(address, ONE_CONNECTION) as database,
    ):
        async with database.writing() as uow:
            await create_hero(uow, name=FIRST.name, secret_name=FIRST.secret_name, age=FIRST.age)
            await uow.commit()
        yield Behind(database, proxy, url)


async def create(database: PostgresDatabase) -> object:
    async with database.writing() as uow:
        hero = await create_hero(uow, name="Rusty-Man", secret_name="Tommy Sharp")
        await uow.commit()
        return hero


async def read(database: PostgresDatabase) -> object:
    async with database.reading() as uow:
        return await uow.heroes.get(FIRST.id)


async def heroes(database: PostgresDatabase) -> Sequence[Hero]:
    async with database.reading() as uow:
        return await uow.heroes.page(HeroQuery(limit=10))


async def change(database: PostgresDatabase) -> object:
    async with database.writing() as uow:
        return await update_hero(uow, FIRST.id, {"age": 48})


async def delete(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        await delete_hero(uow, FIRST.id)


STATEMENTS: dict[UseCase, int] = {create: 1, read: 1, heroes: 1, change: 2, delete: 1}
"""Number of statements of each use case."""

STEPS = [(use_case, n + 1) for use_case, count in STATEMENTS.items() for n in range(count)]
COMMANDS = [create, change, delete]


@pytest.mark.parametrize("use_case", STATEMENTS)
async def test_each_use_case_sends_the_expected_number_of_statements(
    behind: Behind, use_case: UseCase
) -> None:
    with behind.terminated_before(statement=0) as terminator:
        await use_case(behind.database)

    assert STATEMENTS[use_case] == terminator.statements


@pytest.mark.parametrize(("use_case", "statement"), STEPS)
async def test_a_connection_lost_before_a_statement_raises_store_unavailable(
    behind: Behind, use_case: UseCase, statement: int
) -> None:
    with behind.terminated_before(statement), pytest.raises(StoreUnavailable) as raised:
        await use_case(behind.database)

    assert StoreUnavailable is raised.type
    assert [FIRST] == await heroes(behind.database)
    await use_case(behind.database)
    await heroes(behind.database)


@pytest.mark.parametrize("use_case", COMMANDS)
async def test_a_connection_lost_before_the_commit_raises_outcome_unknown(
    behind: Behind, use_case: UseCase
) -> None:
    with behind.terminated_before(statement=None), pytest.raises(OutcomeUnknown):
        await use_case(behind.database)

    assert [FIRST] == await heroes(behind.database)
    await use_case(behind.database)
    await heroes(behind.database)
