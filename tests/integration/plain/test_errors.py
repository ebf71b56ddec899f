"""What fails under a plain session is the application's error; the next unit of work goes on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.plain.connections import EngineOptions
from domain.hero import HeroDraft, HeroQuery
from service_layer.database import Database
from service_layer.errors import OutcomeUnknown, StoreBusy, StoreUnavailable
from tests.support.databases import empty_postgres, open_plain
from tests.support.served import ask

DRAFT = HeroDraft("Deadpond", "Dive Wilson", 28)
OPTIONS = EngineOptions(pool_size=1, pool_timeout=0.1, lock_timeout=0.1)
OTHERS = "FROM pg_stat_activity WHERE application_name = 'heroes'"
TERMINATE = f"SELECT pg_terminate_backend(pid) {OTHERS}"


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    async with empty_postgres(postgres_url), open_plain(postgres_url, OPTIONS) as database:
        yield database


async def assert_usable(database: Database) -> None:
    """A new unit of work writes, and another one reads what it wrote."""
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)
        await uow.commit()
    async with database.reading() as uow_that_reads:
        assert hero in await uow_that_reads.heroes.page(HeroQuery(limit=100))


async def test_a_unit_of_work_that_gets_no_connection_in_time_is_unavailable(
    tmp_path: Path,
) -> None:
    async with open_plain(f"sqlite:///{tmp_path}/heroes.db", OPTIONS) as database:
        async with database.writing() as uow, database.writing() as other:
            await uow.heroes.add(DRAFT)
            with pytest.raises(StoreUnavailable, match="all connections"):
                await other.heroes.add(DRAFT)

        await assert_usable(database)


async def test_a_file_that_another_program_has_locked_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    async with open_plain(f"sqlite:///{path}", OPTIONS) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with database.writing() as uow:
                with pytest.raises(StoreUnavailable, match="locked"):
                    await uow.heroes.add(DRAFT)

        await assert_usable(database)


async def test_a_unit_of_work_that_is_cancelled_gives_its_connection_back(tmp_path: Path) -> None:
    async with open_plain(f"sqlite:///{tmp_path}/heroes.db", OPTIONS) as database:
        has_begun = asyncio.Event()

        async def work_for_ever() -> None:
            async with database.writing() as uow:
                await uow.heroes.add(DRAFT)
                has_begun.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work_for_ever())
        await has_begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await assert_usable(database)


async def test_a_statement_on_a_lost_connection_is_unavailable(
    on_postgres: Database, postgres_url: str
) -> None:
    async with on_postgres.writing() as uow:
        await uow.heroes.add(DRAFT)
        ask(postgres_url, TERMINATE)
        with pytest.raises(StoreUnavailable):
            await uow.heroes.add(DRAFT)

    await assert_usable(on_postgres)


async def test_a_commit_on_a_lost_connection_has_an_unknown_outcome(
    on_postgres: Database, postgres_url: str
) -> None:
    async with on_postgres.writing() as uow:
        await uow.heroes.add(DRAFT)
        ask(postgres_url, TERMINATE)
        with pytest.raises(OutcomeUnknown):
            await uow.commit()

    await assert_usable(on_postgres)


async def test_a_read_on_a_lost_connection_is_unavailable_once(
    on_postgres: Database, postgres_url: str
) -> None:
    await assert_usable(on_postgres)
    ask(postgres_url, TERMINATE)

    async with on_postgres.reading() as uow:
        with pytest.raises(StoreUnavailable):
            await uow.heroes.page(HeroQuery(limit=1))

    await assert_usable(on_postgres)


async def test_a_row_that_another_unit_of_work_holds_is_busy(postgres_url: str) -> None:
    options = EngineOptions(lock_timeout=0.1)
    async with empty_postgres(postgres_url), open_plain(postgres_url, options) as database:
        async with database.writing() as uow:
            hero = await uow.heroes.add(DRAFT)
            await uow.commit()
        async with database.writing() as first, database.writing() as second:
            await first.heroes.get(hero.id)
            with pytest.raises(StoreBusy):
                await second.heroes.get(hero.id)


def test_the_connections_a_server_has_are_told(postgres_url: str) -> None:
    async def max_connections() -> int | None:
        async with open_plain(postgres_url) as database:
            return await asyncio.to_thread(database.max_connections)

    assert (asyncio.run(max_connections()) or 0) > 1
