"""Closing the database waits for what is being flushed."""

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
from tests.support.databases import open_sqlite


async def test_it_is_closed_when_the_commit_is_done_and_those_in_it_are_told(
    database: SqliteDatabase, path: Path
) -> None:
    async with first_commit_held(database) as (held, first):
        closing = start(database.aclose())
        await wait_all_tasks_blocked()
        assert not closing.done()

        held.let_go()
        hero, _ = await outcomes(first, closing)

    assert "First" == hero.name
    assert ["First"] == await names(open_sqlite(path))


async def test_one_that_has_written_nothing_is_closed_at_once(database: SqliteDatabase) -> None:
    await database.aclose()


async def test_it_can_be_closed_after_a_commit(database: SqliteDatabase) -> None:
    await add(database, "First")

    await database.aclose()


async def test_those_who_wait_behind_the_last_batch_are_refused(
    database: SqliteDatabase, path: Path
) -> None:
    async with first_commit_held(database) as (held, first):
        waiting = [start(add(database, name)) for name in ("Ada", "Bea", "Cleo")]
        await wait_all_tasks_blocked()
        closing = start(database.aclose())
        await wait_all_tasks_blocked()
        held.let_go()
        hero, _, *told = await outcomes(first, closing, *waiting)

    assert "First" == hero.name
    assert [StoreUnavailable] * len(waiting) == [type(outcome) for outcome in told]
    assert ["First"] == await names(open_sqlite(path))
