"""Statements that may scan have connections of their own on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreUnavailable
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
