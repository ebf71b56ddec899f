"""Every connection that may write flushes each COMMIT, also where strace is missing."""

import sqlite3
from pathlib import Path

from adapters.sqlite.connections import connect
from adapters.sqlite.schema import MIGRATING
from service_layer.database import Database
from service_layer.heroes import create_hero
from tests.integration.sqlite_events import on_connection
from tests.support.databases import migrated_sqlite, open_plain

FULL = 2


async def test_the_connections_of_the_fast_session_flush_each_commit(tmp_path: Path) -> None:
    connections: list[sqlite3.Connection] = []
    database = migrated_sqlite(tmp_path / "heroes.db")
    with on_connection(connections.append, is_traced=False):
        await write_and_read(database)

    assert {FULL} == {pragma(each, "synchronous") for each in connections if may_write(each)}
    assert 2 == sum(map(may_write, connections))  # the writer, and the one for checkpoints
    database.dispose()


async def test_the_connections_of_the_plain_session_flush_each_commit(tmp_path: Path) -> None:
    connections: list[sqlite3.Connection] = []
    async with open_plain(f"sqlite:///{tmp_path}/heroes.db") as database:
        with on_connection(connections.append, is_traced=False):
            await write_and_read(database)

        assert connections
        assert {FULL} == {pragma(each, "synchronous") for each in connections}


def test_migrations_flush_each_commit(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    path.touch()

    connection = connect(path, MIGRATING)

    assert FULL == pragma(connection, "synchronous")
    connection.close()


async def write_and_read(database: Database) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson")
        await uow.commit()
    async with database.reading() as reading:
        await reading.heroes.get(1)


def may_write(connection: sqlite3.Connection) -> bool:
    return not pragma(connection, "query_only")


def pragma(connection: sqlite3.Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
