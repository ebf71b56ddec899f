"""SQLite undoes the whole transaction at a statement: an interrupted one, or a disk that fails."""

from contextlib import suppress

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite.group_commit.interrupting import Interrupting
from tests.integration.sqlite.group_commit.transactions import transactions
from tests.integration.sqlite.group_commit.units import (
    add,
    first_commit_held,
    names,
    outcomes,
    start,
)
from tests.integration.sqlite_events import on_statement

DRAFT = HeroDraft("Undone", "Unknown")
LONG = HeroDraft("N" * 255, "S" * 255)


async def be_interrupted(database: SqliteDatabase, interrupted: Interrupting) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        with interrupted:
            await uow.heroes.add(DRAFT)


async def be_interrupted_and_commit(database: SqliteDatabase, interrupted: Interrupting) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        with interrupted, suppress(StoreUnavailable):
            await uow.heroes.add(DRAFT)
        await uow.commit()


async def be_interrupted_and_leave(database: SqliteDatabase, interrupted: Interrupting) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        with interrupted, suppress(StoreUnavailable):
            await uow.heroes.add(DRAFT)


WAYS = [be_interrupted, be_interrupted_and_commit, be_interrupted_and_leave]


@pytest.mark.parametrize("undone", WAYS)
async def test_everybody_who_is_in_the_batch_is_told_and_nobody_else(
    database: SqliteDatabase, interrupted: Interrupting, undone: object
) -> None:
    assert callable(undone)
    async with first_commit_held(database) as (held, first):
        before = [start(add(database, name)) for name in ("Ada", "Bea")]
        failing = start(undone(database, interrupted))
        after = start(add(database, "After"))
        await wait_all_tasks_blocked()
        held.let_go()
        *told, _, _ = await outcomes(*before, failing, first, after)

    assert [StoreUnavailable] * 3 == [type(outcome) for outcome in told]
    assert ["First", "After"] == await names(database)


async def test_whatever_is_tried_after_it_writes_nothing(
    database: SqliteDatabase, interrupted: Interrupting
) -> None:
    async def go_on() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(DRAFT)
            with interrupted, suppress(StoreUnavailable):
                await uow.heroes.add(DRAFT)
            for attempt in (uow.heroes.add(DRAFT), uow.heroes.page(HeroQuery(limit=1))):
                with pytest.raises(StoreUnavailable):
                    await attempt
            assert [] == await names(database)
            with pytest.raises(StoreUnavailable):
                await uow.commit()

    await outcomes(start(go_on()))

    await add(database, "Later")
    assert ["Later"] == await names(database)


async def test_one_that_is_undone_alone_waits_for_nobody(
    database: SqliteDatabase, interrupted: Interrupting
) -> None:
    await add(database, "Kept")

    with transactions() as said:
        (told,) = await outcomes(start(be_interrupted(database, interrupted)))

    assert StoreUnavailable is type(told)
    assert "COMMIT" not in said
    assert ["Kept"] == await names(database)


@pytest.mark.parametrize("step", ["SAVEPOINT unit", "RELEASE unit"])
async def test_a_step_that_is_interrupted_gives_the_turn_back_and_leaves_nothing(
    database: SqliteDatabase, interrupted: Interrupting, step: str
) -> None:
    def interrupt(statement: str) -> None:
        interrupted.is_on |= statement == step

    with on_statement(interrupt):
        (told,) = await outcomes(start(add(database, "Refused")))
    interrupted.is_on = False

    assert StoreUnavailable is type(told)
    await add(database, "Later")
    assert ["Later"] == await names(database)
