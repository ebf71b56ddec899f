"""What the connection pool of plain sessions counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.plain.connections import EngineOptions
from domain.hero import HeroNotFound
from service_layer.database import Database
from service_layer.errors import StoreUnavailable
from tests.support.databases import open_plain
from tests.support.measurements import Value, read

pytestmark = pytest.mark.canary

TIMEOUT = 0.1
"""Seconds that a unit of work waits for a connection."""

UNUSED = {"used": 0, "idle": 0, "pending": 0, "waits": 0, "timeouts": 0}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one connection."""
    options = EngineOptions(pool_size=1, pool_timeout=TIMEOUT)
    async with open_plain(f"sqlite:///{tmp_path}/heroes.db", options) as database:
        yield database


async def lookup(database: Database) -> None:
    with pytest.raises(HeroNotFound):
        async with database.reading() as uow:
            await uow.heroes.get(1)


def connections(database: Database) -> dict[str, Value]:
    measured = read(database.measure())
    return {
        "used": measured["db_client_connection_count", "primary", "used"],
        "idle": measured["db_client_connection_count", "primary", "idle"],
        "pending": measured["db_client_connection_pending_requests", "primary"],
        "waits": measured["db_client_connection_waits", "primary"],
        "timeouts": measured["db_client_connection_timeouts", "primary"],
    }


async def test_a_connection_that_is_free_is_no_wait(database: Database) -> None:
    assert UNUSED == connections(database)

    await lookup(database)
    await lookup(database)

    assert {**UNUSED, "idle": 1} == connections(database)
    assert 1 == read(database.measure())["db_client_connection_max", "primary"]


async def test_waits_for_a_connection_are_counted(database: Database) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await uow.heroes.get(1)
        waiting = asyncio.create_task(lookup(database))
        for _ in range(10):  # ticks until it waits
            await asyncio.sleep(0)
        assert {**UNUSED, "used": 1, "pending": 1, "waits": 1} == connections(database)
    await waiting

    assert {**UNUSED, "idle": 1, "waits": 1} == connections(database)


async def test_waits_that_time_out_are_counted(database: Database) -> None:
    async with database.writing() as uow:
        with pytest.raises(HeroNotFound):
            await uow.heroes.get(1)
        with pytest.raises(StoreUnavailable):
            await lookup(database)

    assert {**UNUSED, "idle": 1, "waits": 1, "timeouts": 1} == connections(database)
