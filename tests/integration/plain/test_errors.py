"""What fails under a plain session is the application's error; the next unit of work goes on."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.database import open_plain_database
from adapters.plain.connections import EngineOptions
from domain.hero import HeroDraft, HeroQuery
from service_layer.database import Database
from service_layer.errors import OutcomeUnknown, StoreBusy, StoreConflict, StoreUnavailable
from tests.support.databases import empty_postgres, open_plain
from tests.support.served import LIMIT, ask, fresh_postgres

pytestmark = pytest.mark.canary

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
        assert hero == await uow_that_reads.heroes.get(hero.id)


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


async def test_a_write_whose_connection_the_server_refuses_is_unavailable(
    postgres_url: str,
) -> None:
    """The server refuses it with an SQLSTATE that a trigger may raise, too."""
    with fresh_postgres(postgres_url) as url:
        database = open_plain_database(url, OPTIONS)
        ask(postgres_url, f"ALTER DATABASE {urlsplit(url).path[1:]} ALLOW_CONNECTIONS false")

        async with database.writing() as uow:
            with pytest.raises(StoreUnavailable, match="55000"):
                await uow.heroes.add(DRAFT)

        await database.aclose()


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


async def test_a_commit_that_breaks_a_deferred_constraint_leaves_no_transaction_open(
    tmp_path: Path,
) -> None:
    path = tmp_path / "heroes.db"
    async with open_plain(f"sqlite:///{path}", OPTIONS) as database:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute(
                "CREATE TABLE pet (hero REFERENCES hero (id) DEFERRABLE INITIALLY DEFERRED)"
            )
            await assert_usable(database)
            other.execute("INSERT INTO pet VALUES (1)")

            async with database.writing() as uow:
                await uow.heroes.remove(1)
                with pytest.raises(StoreConflict):
                    await uow.commit()

            other.execute("DELETE FROM pet")
        async with database.reading() as reading:
            assert "Deadpond" == (await reading.heroes.get(1)).name
        await assert_usable(database)


@pytest.mark.parametrize("address", ["sqlite:///{folder}/heroes.db", "sqlite://"])
async def test_units_of_work_cancelled_at_any_moment_lose_no_connection_and_no_row(
    tmp_path: Path, address: str
) -> None:
    async def work(database: Database) -> None:
        async with database.writing() as uow:
            await uow.heroes.add(DRAFT)
            await uow.commit()
        async with database.reading() as reading:
            await reading.heroes.count(HeroQuery(limit=1))

    options = EngineOptions(pool_size=2, pool_timeout=5)
    async with open_plain(address.format(folder=tmp_path), options) as database:
        await assert_usable(database)
        for steps in range(60):
            task = asyncio.create_task(work(database))
            for _ in range(steps):
                await asyncio.sleep(0)
            has_ended = task.done()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert task.cancelled() or has_ended
            await assert_usable(database)


async def test_a_file_that_is_missing_is_unavailable_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    database = open_plain_database(f"sqlite:///{path}", OPTIONS)

    async with database.reading() as reading:
        with pytest.raises(StoreUnavailable):
            await reading.heroes.count(HeroQuery(limit=1))
    await database.aclose()
    await asyncio.to_thread(join_threads_of_aiosqlite)

    assert not path.exists()


def join_threads_of_aiosqlite() -> None:
    """Wait for threads that report to the event loop of a test: it must not end before them."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(LIMIT)


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
