"""SQLite rolls the whole transaction back at a statement, such as an interrupted one."""

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

DRAFT = HeroDraft("Rolled back", "Unknown")
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


INTERRUPTED_UNITS = [be_interrupted, be_interrupted_and_commit, be_interrupted_and_leave]


@pytest.mark.parametrize("interrupted_unit", INTERRUPTED_UNITS)
async def test_every_unit_of_work_of_the_group_raises_store_unavailable(
    database: SqliteDatabase, interrupted: Interrupting, interrupted_unit: object
) -> None:
    assert callable(interrupted_unit)
    async with first_commit_held(database) as (held, first):
        before = [start(add(database, name)) for name in ("Ada", "Bea")]
        failing = start(interrupted_unit(database, interrupted))
        after = start(add(database, "After"))
        await wait_all_tasks_blocked()
        held.release()
        *results, _, _ = await outcomes(*before, failing, first, after)

    assert [StoreUnavailable] * 3 == [type(outcome) for outcome in results]
    assert ["First", "After"] == await names(database)


async def test_later_statements_of_the_unit_of_work_write_nothing(
    database: SqliteDatabase, interrupted: Interrupting
) -> None:
    async def continue_after_rollback() -> None:
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

    await outcomes(start(continue_after_rollback()))

    await add(database, "Later")
    assert ["Later"] == await names(database)


async def test_a_single_rolled_back_unit_of_work_does_not_wait(
    database: SqliteDatabase, interrupted: Interrupting
) -> None:
    await add(database, "Existing")

    with transactions() as statements:
        (result,) = await outcomes(start(be_interrupted(database, interrupted)))

    assert StoreUnavailable is type(result)
    assert "COMMIT" not in statements
    assert ["Existing"] == await names(database)


@pytest.mark.parametrize("step", ["SAVEPOINT unit", "RELEASE unit"])
async def test_an_interrupted_savepoint_statement_releases_the_lock(
    database: SqliteDatabase, interrupted: Interrupting, step: str
) -> None:
    def interrupt(statement: str) -> None:
        interrupted.is_on |= statement == step

    with on_statement(interrupt):
        (result,) = await outcomes(start(add(database, "Refused")))
    interrupted.is_on = False

    assert StoreUnavailable is type(result)
    await add(database, "Later")
    assert ["Later"] == await names(database)


async def test_a_group_rolled_back_in_its_first_tick_does_not_end_the_next_group(
    database: SqliteDatabase, interrupted: Interrupting
) -> None:
    with transactions() as statements:
        result, _ = await outcomes(
            start(be_interrupted(database, interrupted)), start(add(database, "Next"))
        )

    assert StoreUnavailable is type(result)
    assert 1 == statements.count("COMMIT")
    assert ["Next"] == await names(database)
