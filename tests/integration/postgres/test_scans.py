"""Statements that may scan have connections of their own on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import SCAN_CONNECTIONS, PostgresDatabase
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.faults.observer import Observer, observing
from tests.faults.polling import seconds_until
from tests.support.databases import empty_postgres

DRAFT = HeroDraft("Deadpond", "Dive Wilson", 28)
ANY = HeroQuery(limit=1)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """A database with a pool of one connection, without those for scans."""
    options = ServerOptions(pool_size=1, pool_timeout=0.1)
    async with empty_postgres(postgres_url, options) as database:
        yield database


async def test_a_scan_needs_no_connection_of_the_pool(database: PostgresDatabase) -> None:
    async with database.writing() as uow, database.reading() as reading:
        await uow.heroes.add(DRAFT)

        with pytest.raises(StoreUnavailable, match="in use"):
            await reading.heroes.page(ANY)
        assert 0 == await reading.heroes.count(ANY)


async def test_clients_scan_in_turn(postgres_url: str) -> None:
    order: list[str] = []

    async def count(database: PostgresDatabase, client: str) -> None:
        async with database.reading(client) as uow:
            await uow.heroes.count(ANY)
        order.append(client)

    async with (
        empty_postgres(postgres_url) as database,
        observing(postgres_url) as observer,
        asyncio.TaskGroup() as counts,
        observer.holding("LOCK TABLE hero IN ACCESS EXCLUSIVE MODE"),
    ):
        for client in [*["a"] * 20, "b"]:
            counts.create_task(count(database, client))
        await seconds_until(partial(_are_waiting, observer, SCAN_CONNECTIONS))

    assert order.index("b") < 2 * SCAN_CONNECTIONS


async def _are_waiting(observer: Observer, number: int) -> bool:
    return number == await observer.waiting_for_locks()
