"""A unit of work under a plain session that is cancelled while a thread waits for a locked file."""

import asyncio
from pathlib import Path

import pytest
from anyio import wait_all_tasks_blocked

from adapters.plain.cancelled_calls import STOP_TIMEOUT
from adapters.plain.connections import EngineOptions
from domain.hero import HeroDraft
from service_layer.database import Database
from tests.integration.sqlite_events import on_statement
from tests.integration.tutorial_database import locked, stored
from tests.support.databases import open_plain
from tests.support.served import LIMIT

pytestmark = pytest.mark.canary

OPTIONS = EngineOptions(pool_size=1, pool_timeout=LIMIT, lock_timeout=LIMIT)


async def add(database: Database, name: str) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(HeroDraft(name, "Unknown"))
        await uow.commit()


async def cancel_as_it_waits_for_the_lock(database: Database) -> None:
    """Cancel a unit of work, and return when its task has ended: before its statement has."""
    waits = asyncio.Event()
    loop = asyncio.get_running_loop()

    def notify(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE":
            loop.call_soon_threadsafe(waits.set)

    with on_statement(notify):
        task = asyncio.create_task(add(database, "Cancelled"))
        await waits.wait()
    task.cancel()
    async with asyncio.timeout(STOP_TIMEOUT + LIMIT / 2):
        await asyncio.wait([task])
    assert task.cancelled()


async def test_its_connection_is_used_again_when_the_lock_is_released(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    async with open_plain(f"sqlite:///{path}", OPTIONS) as database:
        with locked(path):
            await cancel_as_it_waits_for_the_lock(database)
        await add(database, "Next")

    assert ["Next"] == [name for _, name, *_ in stored(path)]


async def test_closing_the_database_waits_for_its_connection(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    async with open_plain(f"sqlite:///{path}", OPTIONS) as database:
        with locked(path):
            await cancel_as_it_waits_for_the_lock(database)
            closing = asyncio.create_task(database.aclose())
            await wait_all_tasks_blocked()

            assert not closing.done()

        await closing

    assert [] == stored(path)
