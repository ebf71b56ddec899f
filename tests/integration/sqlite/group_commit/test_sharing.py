"""Units of work that arrive while a COMMIT is flushed share the next one, and wait for it."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from domain.hero import Hero, HeroDraft, HeroQuery
from tests.integration.sqlite.group_commit.transactions import transactions, units_per_commit
from tests.integration.sqlite.group_commit.units import (
    add,
    change,
    first_commit_held,
    names,
    outcomes,
    remove,
    start,
    stored,
)
from tests.integration.sqlite_events import on_statement

LATER = ["Ada", "Bea", "Cleo", "Dora", "Emma"]


async def test_units_of_work_that_arrive_during_a_flush_share_the_next_commit(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        later = [start(add(database, name)) for name in LATER]
        await wait_all_tasks_blocked()
        held.release()
        heroes = await outcomes(first, *later)

    assert 2 == held.commits
    assert heroes == await stored(database)
    assert ["First", *LATER] == await names(database)


async def test_units_of_work_of_one_tick_share_a_commit(
    database: SqliteDatabase,
) -> None:
    with transactions() as statements:
        await outcomes(*[start(add(database, name)) for name in LATER])

    assert [len(LATER)] == units_per_commit(statements)
    assert LATER == await names(database)


async def test_a_group_does_not_wait_for_units_of_work_of_the_next_tick(
    database: SqliteDatabase,
) -> None:
    tasks: list[asyncio.Task[Hero]] = []

    def start_another(statement: str) -> None:
        if statement == "RELEASE unit" and len(tasks) == len(LATER):
            tasks.append(start(add(database, "Late")))

    with transactions() as statements, on_statement(start_another):
        async with first_commit_held(database) as (held, first):
            tasks.extend(start(add(database, name)) for name in LATER)
            await wait_all_tasks_blocked()
            held.release()
            await outcomes(first, *tasks)
        await outcomes(*tasks)

    assert [1, len(LATER), 1] == units_per_commit(statements)
    assert ["First", *LATER, "Late"] == await names(database)


async def test_each_unit_of_work_has_its_own_savepoint(database: SqliteDatabase) -> None:
    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, name)) for name in LATER]
            await wait_all_tasks_blocked()
            held.release()
            await outcomes(first, *later)

    unit = ["SAVEPOINT unit", "RELEASE unit"]
    assert ["BEGIN IMMEDIATE", *unit, "COMMIT"] == statements[:4]
    assert ["BEGIN IMMEDIATE", *unit * len(LATER), "COMMIT"] == statements[4:]


async def test_a_unit_of_work_that_is_left_rolls_back_to_its_savepoint_and_releases_it(
    database: SqliteDatabase,
) -> None:
    async def leave() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft("Rolled back", "Unknown"))

    with transactions() as statements:
        await outcomes(start(add(database, "Added")), start(leave()))

    added = ["SAVEPOINT unit", "RELEASE unit"]
    left = ["SAVEPOINT unit", "ROLLBACK TO unit", "RELEASE unit"]
    assert ["BEGIN IMMEDIATE", *added, *left, "COMMIT"] == statements
    assert ["Added"] == await names(database)


async def test_no_unit_of_work_returns_before_its_commit(
    database: SqliteDatabase,
) -> None:
    await add(database, "Changed")
    await add(database, "Removed")

    async with first_commit_held(database) as (held, first):
        later = [
            start(add(database, "Added")),
            start(change(database, 1, age=48)),
            start(remove(database, 2)),
        ]
        await wait_all_tasks_blocked()
        held.release_one()
        await held.reached()
        await wait_all_tasks_blocked()

        assert first.done()
        assert not any(task.done() for task in later)
        assert ["Changed", "Removed", "First"] == await names(database)

        held.release()
        await outcomes(*later)

    assert ["Changed", "First", "Added"] == await names(database)


async def test_a_unit_of_work_that_commits_twice_uses_two_transactions(
    database: SqliteDatabase,
) -> None:
    async def add_two() -> None:
        async with database.writing() as uow:
            for name in ("One", "Two"):
                await uow.heroes.add(HeroDraft(name, "Unknown"))
                await uow.commit()

    with transactions() as statements:
        await outcomes(start(add_two()))

    assert ["BEGIN IMMEDIATE", "SAVEPOINT unit", "RELEASE unit", "COMMIT"] * 2 == statements
    assert ["One", "Two"] == await names(database)


@pytest.mark.parametrize("offset", [0, 5_000], ids=["near", "far, in a thread"])
async def test_reads_during_a_flush_see_the_previous_state(
    database: SqliteDatabase, offset: int
) -> None:
    existing = await add(database, "Existing")

    async with first_commit_held(database) as (held, first):
        async with database.reading() as uow:
            assert existing == await uow.heroes.get(existing.id)
            assert [existing][offset:] == await uow.heroes.page(HeroQuery(offset=offset, limit=10))
        assert not first.done()
        held.release()
        await outcomes(first)

    assert ["Existing", "First"] == await names(database)
