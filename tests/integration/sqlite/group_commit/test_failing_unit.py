"""A unit of work that fails does not affect the others of its commit group."""

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
DUPLICATE = "First"
DRAFT = HeroDraft("Rolled back", "Unknown", None)


async def violate_a_constraint(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        await uow.heroes.add(HeroDraft(DUPLICATE, "Unknown", None))


async def continue_after_a_violated_constraint(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        with pytest.raises(StoreConflict):
            await uow.heroes.add(HeroDraft(DUPLICATE, "Unknown", None))
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
    ("fail", "raised"),
    [
        (violate_a_constraint, StoreConflict),
        (continue_after_a_violated_constraint, StoreConflict),
        (raise_an_error, RuntimeError),
        (remove_all_and_be_cancelled, asyncio.CancelledError),
        (leave_without_a_commit, type(None)),
    ],
)
async def test_a_failing_unit_of_work_is_rolled_back_and_the_rest_share_one_commit(
    database: SqliteDatabase, path: Path, fail: Any, raised: type
) -> None:
    with connection_to(path) as connection:
        connection.execute("CREATE UNIQUE INDEX one_of_a_name ON hero (name)")

    async with first_commit_held(database) as (held, first):
        before = [start(add(database, name)) for name in BEFORE]
        failing = start(fail(database))
        after = [start(add(database, name)) for name in AFTER]
        await wait_all_tasks_blocked()
        held.release()
        outcome, *others = await outcomes(failing, first, *before, *after)

    assert raised is type(outcome)
    assert ["First", *BEFORE, *AFTER] == [hero.name for hero in others]
    assert ["First", *BEFORE, *AFTER] == await names(database)
    assert 2 == held.commits


async def test_a_unit_of_work_cancelled_during_the_flush_is_committed_with_its_group(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, _):
        cancelled, other = start(add(database, "Cancelled")), start(add(database, "Neighbour"))
        await wait_all_tasks_blocked()
        held.release_one()
        await held.reached()
        cancelled.cancel()
        (raised,) = await outcomes(cancelled)
        held.release()
        hero, *_ = await outcomes(other)

    assert asyncio.CancelledError is type(raised)
    assert "Neighbour" == hero.name
    assert ["First", "Cancelled", "Neighbour"] == await names(database)


async def test_an_unused_unit_of_work_does_not_affect_the_others(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        async with database.writing():
            pass
        async with database.writing() as uow:
            await uow.commit()

        assert not first.done()
        held.release()
        await outcomes(first)

    await remove(database, 1)
    assert [] == await names(database)
