"""Units of work that come while a COMMIT is flushed share the next one, and wait for it."""

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


async def test_those_that_come_while_a_commit_is_flushed_share_the_next_one(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        later = [start(add(database, name)) for name in LATER]
        await wait_all_tasks_blocked()
        held.let_go()
        heroes = await outcomes(first, *later)

    assert 2 == held.commits
    assert heroes == await stored(database)
    assert ["First", *LATER] == await names(database)


async def test_those_that_come_in_the_same_round_of_the_loop_share_a_commit(
    database: SqliteDatabase,
) -> None:
    with transactions() as said:
        await outcomes(*[start(add(database, name)) for name in LATER])

    assert [len(LATER)] == units_per_commit(said)
    assert LATER == await names(database)


async def test_those_that_waited_do_not_wait_for_who_comes_a_round_later(
    database: SqliteDatabase,
) -> None:
    tasks: list[asyncio.Task[Hero]] = []

    def let_one_come(statement: str) -> None:
        if statement == "RELEASE unit" and len(tasks) == len(LATER):
            tasks.append(start(add(database, "Late")))

    with transactions() as said, on_statement(let_one_come):
        async with first_commit_held(database) as (held, first):
            tasks.extend(start(add(database, name)) for name in LATER)
            await wait_all_tasks_blocked()
            held.let_go()
            await outcomes(first, *tasks)
        await outcomes(*tasks)

    assert [1, len(LATER), 1] == units_per_commit(said)
    assert ["First", *LATER, "Late"] == await names(database)


async def test_each_of_them_works_in_a_savepoint_of_its_own(database: SqliteDatabase) -> None:
    with transactions() as said:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, name)) for name in LATER]
            await wait_all_tasks_blocked()
            held.let_go()
            await outcomes(first, *later)

    unit = ["SAVEPOINT unit", "RELEASE unit"]
    assert ["BEGIN IMMEDIATE", *unit, "COMMIT"] == said[:4]
    assert ["BEGIN IMMEDIATE", *unit * len(LATER), "COMMIT"] == said[4:]


async def test_none_of_them_is_answered_before_the_commit_that_carries_it_is_done(
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
        held.let_one_go()
        await held.reached()
        await wait_all_tasks_blocked()

        assert first.done()
        assert not any(task.done() for task in later)
        assert ["Changed", "Removed", "First"] == await names(database)

        held.let_go()
        await outcomes(*later)

    assert ["Changed", "First", "Added"] == await names(database)


async def test_one_that_commits_twice_waits_for_both_and_is_in_two_transactions(
    database: SqliteDatabase,
) -> None:
    async def add_two() -> None:
        async with database.writing() as uow:
            for name in ("One", "Two"):
                await uow.heroes.add(HeroDraft(name, "Unknown"))
                await uow.commit()

    with transactions() as said:
        await outcomes(start(add_two()))

    assert ["BEGIN IMMEDIATE", "SAVEPOINT unit", "RELEASE unit", "COMMIT"] * 2 == said
    assert ["One", "Two"] == await names(database)


@pytest.mark.parametrize("offset", [0, 5_000], ids=["near", "far, in a thread"])
async def test_while_a_commit_is_flushed_reads_are_answered_from_the_state_before(
    database: SqliteDatabase, offset: int
) -> None:
    kept = await add(database, "Kept")

    async with first_commit_held(database) as (held, first):
        async with database.reading() as uow:
            assert kept == await uow.heroes.get(kept.id)
            assert [kept][offset:] == await uow.heroes.page(HeroQuery(offset=offset, limit=10))
        assert not first.done()
        held.let_go()
        await outcomes(first)

    assert ["Kept", "First"] == await names(database)
