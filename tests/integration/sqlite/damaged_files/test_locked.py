"""A database file on which another process holds the lock."""

import asyncio
import itertools
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import httpx2
from anyio import wait_all_tasks_blocked

from domain.hero import HeroQuery
from service_layer.heroes import create_hero
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.integration.processes import wait_until_open
from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable
from tests.integration.sqlite_events import on_statement
from tests.integration.tutorial_database import locked, make_tutorial_database, stored
from tests.support.databases import migrated_sqlite
from tests.support.served import COMMAND, environment, serve


async def test_a_locked_database_returns_503_for_writes_in_time_and_200_for_reads(
    tmp_path: Path,
) -> None:
    timeout = 2.0
    clock = asyncio.get_running_loop().time
    longest_read, reads = 0.0, 0
    with serve(tmp_path / "heroes.db", lock_timeout=str(timeout)) as served:
        async with httpx2.AsyncClient(base_url=served.url, timeout=20) as client:
            await client.post("/heroes/", json=BODY)
            with locked(served.database):
                started = clock()
                write = asyncio.create_task(client.post("/heroes/", json=BODY))
                while not write.done():
                    read_started = clock()
                    assert 1 == len((await client.get("/heroes/")).json())
                    longest_read, reads = max(longest_read, clock() - read_started), reads + 1
                waited = clock() - started
            after = await client.post("/heroes/", json=BODY)

    assert_unavailable(await write)
    assert timeout / 2 < waited
    assert reads > 1
    assert longest_read < timeout / 2
    assert 200 == after.status_code
    assert 2 == len(stored(tmp_path / "heroes.db"))


async def test_a_write_succeeds_if_the_lock_is_released_in_time(tmp_path: Path) -> None:
    database = migrated_sqlite(tmp_path / "heroes.db")
    tried_twice = asyncio.Event()
    attempts = itertools.count(1)

    def count(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE" and next(attempts) == 2:
            tried_twice.set()

    with locked(tmp_path / "heroes.db"), on_statement(count):
        write = asyncio.create_task(create(database))
        await tried_twice.wait()
        assert [] == stored(tmp_path / "heroes.db")
    await write

    assert 1 == len(stored(tmp_path / "heroes.db"))
    database.dispose()


async def test_a_read_succeeds_if_an_exclusive_lock_is_released_in_time(tmp_path: Path) -> None:
    """Only recovery and a locking mode that a user chooses lock readers out."""
    database = migrated_sqlite(tmp_path / "heroes.db")
    with closing(sqlite3.connect(tmp_path / "heroes.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("INSERT INTO hero (name, secret_name) VALUES ('Deadpond', 'x')")
        reading = asyncio.create_task(read_names(database))
        await wait_all_tasks_blocked()
        assert not reading.done()

    assert ["Deadpond"] == await reading
    database.dispose()


def test_a_start_that_waits_for_a_lock_can_be_terminated(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    with locked(path):
        process = subprocess.Popen([*COMMAND, "serve"], env=environment(path, port="0"))
        wait_until_open(path, 1)
        process.terminate()

        assert 0 == process.wait(10)


async def create(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")
        await uow.commit()


async def read_names(database: UnitOfWorkFactory) -> list[str]:
    async with database.reading() as uow:
        return [hero.name for hero in await uow.heroes.page(HeroQuery(limit=10))]
