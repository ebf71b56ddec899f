"""``aclose`` waits for the commit that is being flushed."""

import sqlite3
from pathlib import Path

from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite.group_commit.units import (
    add,
    first_commit_held,
    names,
    outcomes,
    start,
)
from tests.integration.sqlite_events import on_connection
from tests.support.databases import open_sqlite


async def test_aclose_waits_for_the_commit_that_is_being_flushed(
    database: SqliteDatabase, path: Path
) -> None:
    async with first_commit_held(database) as (held, first):
        closing = start(database.aclose())
        await wait_all_tasks_blocked()
        assert not closing.done()

        held.release()
        hero, _ = await outcomes(first, closing)

    assert "First" == hero.name
    assert ["First"] == await names(open_sqlite(path))


async def test_aclose_without_writes_returns_at_once(database: SqliteDatabase) -> None:
    await database.aclose()


async def test_aclose_returns_after_a_commit(database: SqliteDatabase) -> None:
    await add(database, "First")

    await database.aclose()


async def test_aclose_refuses_units_of_work_that_wait(database: SqliteDatabase, path: Path) -> None:
    opened: list[sqlite3.Connection] = []

    async with first_commit_held(database) as (held, first):
        waiting = [start(add(database, name)) for name in ("Ada", "Bea", "Cleo")]
        await wait_all_tasks_blocked()
        closing = start(database.aclose())
        await wait_all_tasks_blocked()
        with on_connection(opened.append):
            held.release()
            hero, _, *results = await outcomes(first, closing, *waiting)

    assert "First" == hero.name
    assert [] == opened
    assert [StoreUnavailable] * len(waiting) == [type(outcome) for outcome in results]
    assert ["First"] == await names(open_sqlite(path))
