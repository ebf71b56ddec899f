"""A unit of work that fails does not touch those that share its COMMIT."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreConflict
from tests.integration.sqlite.group_commit.units import (
    add,
    first_commit_held,
    names,
    outcomes,
    remove,
    start,
)
from tests.integration.tutorial_database import connection_to

BEFORE, AFTER = ["Ada", "Bea"], ["Cleo", "Dora"]
TWICE = "First"
DRAFT = HeroDraft("Undone", "Unknown", None)


async def break_a_constraint(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        await uow.heroes.add(HeroDraft(TWICE, "Unknown", None))


async def go_on_after_a_broken_constraint(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        with pytest.raises(StoreConflict):
            await uow.heroes.add(HeroDraft(TWICE, "Unknown", None))
        await uow.heroes.add(DRAFT)
        raise StoreConflict


async def raise_an_error(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        raise RuntimeError


async def remove_all_and_be_cancelled(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        for hero in await uow.heroes.page(HeroQuery(limit=100)):
            await uow.heroes.remove(hero.id)
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.Event().wait()


async def leave_without_a_commit(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        await uow.heroes.remove(1)


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (break_a_constraint, StoreConflict),
        (go_on_after_a_broken_constraint, StoreConflict),
        (raise_an_error, RuntimeError),
        (remove_all_and_be_cancelled, asyncio.CancelledError),
        (leave_without_a_commit, type(None)),
    ],
)
async def test_one_that_fails_leaves_nothing_and_its_neighbours_share_one_commit(
    database: SqliteDatabase, path: Path, fail: Any, told: type
) -> None:
    with connection_to(path) as connection:
        connection.execute("CREATE UNIQUE INDEX one_of_a_name ON hero (name)")

    async with first_commit_held(database) as (held, first):
        before = [start(add(database, name)) for name in BEFORE]
        failing = start(fail(database))
        after = [start(add(database, name)) for name in AFTER]
        await wait_all_tasks_blocked()
        held.let_go()
        outcome, *others = await outcomes(failing, first, *before, *after)

    assert told is type(outcome)
    assert ["First", *BEFORE, *AFTER] == [hero.name for hero in others]
    assert ["First", *BEFORE, *AFTER] == await names(database)
    assert 2 == held.commits


async def test_one_that_is_cancelled_while_its_commit_is_flushed_is_kept_with_its_neighbours(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, _):
        cancelled, neighbour = start(add(database, "Cancelled")), start(add(database, "Neighbour"))
        await wait_all_tasks_blocked()
        held.let_one_go()
        await held.reached()
        cancelled.cancel()
        await wait_all_tasks_blocked()

        assert not cancelled.done()

        held.let_go()
        told, _ = await outcomes(cancelled, neighbour)

    assert asyncio.CancelledError is type(told)
    assert ["First", "Cancelled", "Neighbour"] == await names(database)


async def test_one_that_did_nothing_before_it_left_touches_nobody(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        async with database.writing():
            pass
        async with database.writing() as uow:
            await uow.commit()

        assert not first.done()
        held.let_go()
        await outcomes(first)

    await remove(database, 1)
    assert [] == await names(database)
