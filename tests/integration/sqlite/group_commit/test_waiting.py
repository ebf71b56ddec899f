"""Who waits too long for a turn, or gives up, is left out; the batch is committed without them."""

import asyncio
from collections.abc import Callable

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from domain.hero import HeroDraft
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite.group_commit.transactions import transactions, units_per_commit
from tests.integration.sqlite.group_commit.units import (
    add,
    first_commit_held,
    names,
    outcomes,
    start,
)
from tests.integration.sqlite_events import on_statement
from tests.support.loops import the_loop

TIMEOUT = 10
"""Seconds that the database waits for a turn."""


async def test_who_waits_too_long_is_refused_and_what_is_flushed_is_kept(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        waiting = [start(add(database, name)) for name in ("Ada", "Bea")]
        await wait_all_tasks_blocked()
        the_loop().advance_clock(TIMEOUT - 1)
        in_time = start(add(database, "In time"))
        await wait_all_tasks_blocked()
        the_loop().advance_clock(2)
        told = await outcomes(*waiting)
        held.let_go()
        await outcomes(first, in_time)

    assert [StoreUnavailable] * 2 == [type(outcome) for outcome in told]
    assert 2 == held.commits
    assert ["First", "In time"] == await names(database)


class OpenUnit:
    """A unit of work that has its turn until it is told to commit."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._has_the_turn = asyncio.Event()
        self._may_commit = asyncio.Event()
        self._task = start(self._run())

    async def has_the_turn(self) -> None:
        await self._has_the_turn.wait()

    async def commit(self) -> None:
        self._may_commit.set()
        await outcomes(self._task)
        self._task.result()

    async def _run(self) -> None:
        async with self._database.writing() as uow:
            await uow.heroes.add(HeroDraft("Open", "Unknown"))
            self._has_the_turn.set()
            await self._may_commit.wait()
            await uow.commit()


def time_out(_: "asyncio.Task[object]") -> None:
    the_loop().advance_clock(TIMEOUT + 1)


def cancel(waiting: "asyncio.Task[object]") -> None:
    waiting.cancel()


@pytest.mark.parametrize("give_up", [time_out, cancel])
async def test_a_batch_whose_only_successor_gave_up_is_committed(
    database: SqliteDatabase, give_up: Callable[["asyncio.Task[object]"], None]
) -> None:
    opened = OpenUnit(database)
    await opened.has_the_turn()
    waiting = start(add(database, "Gave up"))
    await wait_all_tasks_blocked()

    give_up(waiting)
    (told,) = await outcomes(waiting)
    await opened.commit()

    assert isinstance(told, (StoreUnavailable, asyncio.CancelledError))
    assert ["Open"] == await names(database)


@pytest.mark.parametrize(("successors", "units"), [(1, [1, 1]), (2, [1, 2]), (3, [1, 3])])
async def test_one_that_is_cancelled_as_the_turn_is_handed_to_it_holds_up_nobody(
    database: SqliteDatabase, successors: int, units: list[int]
) -> None:
    names_of_the_others = [f"Hero {number}" for number in range(1, successors)]

    with transactions() as said:
        async with first_commit_held(database) as (held, first):
            before = start(add(database, "Before"))
            cancelled = start(add(database, "Cancelled"))
            others = [start(add(database, name)) for name in names_of_the_others]

            def cancel_when_the_turn_has_been_handed_on(statement: str) -> None:
                if statement == "RELEASE unit":
                    cancelled.cancel()

            await wait_all_tasks_blocked()
            with on_statement(cancel_when_the_turn_has_been_handed_on):
                held.let_go()
                told, *_ = await outcomes(cancelled, first, before, *others)

    assert asyncio.CancelledError is type(told)
    assert units == units_per_commit(said)
    assert ["First", "Before", *names_of_the_others] == await names(database)


async def test_a_unit_of_work_that_is_refused_a_turn_can_be_followed_by_another(
    database: SqliteDatabase,
) -> None:
    opened = OpenUnit(database)
    await opened.has_the_turn()
    refused = [start(add(database, "Refused")) for _ in range(100)]
    await wait_all_tasks_blocked()
    time_out(refused[0])
    told = await outcomes(*refused)

    waiting = start(add(database, "Waiting"))
    await wait_all_tasks_blocked()
    await opened.commit()
    await outcomes(waiting)

    assert {StoreUnavailable} == {type(outcome) for outcome in told}
    assert ["Open", "Waiting"] == await names(database)
