"""The measurements of PostgreSQL's connection pools."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroNotFound, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.support.databases import empty_postgres
from tests.support.measurements import Value, read

TIMEOUT = 0.1
"""Seconds that a unit of work waits for a connection."""


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """A database with one connection, besides those for scans."""
    options = ServerOptions(pool_size=1, pool_timeout=TIMEOUT)
    async with empty_postgres(postgres_url, options) as database:
        yield database


async def lookup(database: PostgresDatabase) -> None:
    with pytest.raises(HeroNotFound):
        async with database.reading() as uow:
            await uow.heroes.get(1)


def connections(database: PostgresDatabase, pool: str = "primary") -> dict[str, Value]:
    measured = read(database.measure())
    return {
        "used": measured["db_client_connection_count", pool, "used"],
        "idle": measured["db_client_connection_count", pool, "idle"],
        "pending": measured["db_client_connection_pending_requests", pool],
        "waits": measured["db_client_connection_waits", pool],
        "timeouts": measured["db_client_connection_timeouts", pool],
    }


async def test_connections_are_counted_as_used_and_idle(database: PostgresDatabase) -> None:
    none = {"used": 0, "idle": 0, "pending": 0, "waits": 0, "timeouts": 0}
    assert none == connections(database)
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await uow.heroes.get(1)
        assert {**none, "used": 1} == connections(database)

    assert {**none, "idle": 1} == connections(database)
    assert 1 == read(database.measure())["db_client_connection_max", "primary"]


async def test_waits_for_a_connection_are_counted(database: PostgresDatabase) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await uow.heroes.get(1)
        waiting = asyncio.create_task(lookup(database))
        await asyncio.sleep(0)
        assert (1, 1, 0) == counted(database, "pending", "waits", "timeouts")

        with pytest.raises(StoreUnavailable):
            await waiting

    assert (0, 1, 1) == counted(database, "pending", "waits", "timeouts")


async def test_scans_have_a_pool_of_their_own(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await uow.heroes.count(HeroQuery(limit=1))

    assert (0, 1) == counted(database, "used", "idle", pool="scans")
    assert (0, 0) == counted(database, "used", "idle")


def counted(database: PostgresDatabase, *names: str, pool: str = "primary") -> tuple[Value, ...]:
    found = connections(database, pool)
    return tuple(found[name] for name in names)
