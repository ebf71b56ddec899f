"""Waiters that time out or are cancelled: the commit group is committed without them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

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
from tests.integration.tutorial_database import locked
from tests.support.loops import the_loop

TIMEOUT = 10
"""The lock timeout of the database in seconds."""


async def test_a_waiter_times_out_and_the_flushed_commit_is_durable(
    database: SqliteDatabase,
) -> None:
    async with first_commit_held(database) as (held, first):
        waiting = [start(add(database, name)) for name in ("Ada", "Bea")]
        await wait_all_tasks_blocked()
        the_loop().advance_clock(TIMEOUT - 1)
        in_time = start(add(database, "In time"))
        await wait_all_tasks_blocked()
        the_loop().advance_clock(2)
        results = await outcomes(*waiting)
        held.release()
        await outcomes(first, in_time)

    assert [StoreUnavailable] * 2 == [type(outcome) for outcome in results]
    assert 2 == held.commits
    assert ["First", "In time"] == await names(database)


class OpenUnit:
    """A unit of work that holds the write lock until ``commit`` is called."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._holds_the_lock = asyncio.Event()
        self._may_commit = asyncio.Event()
        self._task = start(self._run())

    async def holds_the_lock(self) -> None:
        await self._holds_the_lock.wait()

    async def commit(self) -> None:
        self._may_commit.set()
        await outcomes(self._task)
        self._task.result()

    async def _run(self) -> None:
        async with self._database.writing() as uow:
            await uow.heroes.add(HeroDraft("Open", "Unknown"))
            self._holds_the_lock.set()
            await self._may_commit.wait()
            await uow.commit()


def time_out(_: "asyncio.Task[object]") -> None:
    the_loop().advance_clock(TIMEOUT + 1)


def cancel(waiting: "asyncio.Task[object]") -> None:
    waiting.cancel()


@pytest.mark.parametrize("give_up", [time_out, cancel])
async def test_a_group_is_committed_if_its_last_waiter_gave_up(
    database: SqliteDatabase, give_up: Callable[["asyncio.Task[object]"], None]
) -> None:
    opened = OpenUnit(database)
    await opened.holds_the_lock()
    waiting = start(add(database, "Gave up"))
    await wait_all_tasks_blocked()

    give_up(waiting)
    (result,) = await outcomes(waiting)
    await opened.commit()

    assert isinstance(result, (StoreUnavailable, asyncio.CancelledError))
    assert ["Open"] == await names(database)


@pytest.mark.parametrize(("waiters", "units"), [(1, [1, 1]), (2, [1, 2]), (3, [1, 3])])
async def test_a_waiter_cancelled_as_it_acquires_the_lock_blocks_no_other(
    database: SqliteDatabase, waiters: int, units: list[int]
) -> None:
    other_names = [f"Hero {number}" for number in range(1, waiters)]

    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            before = start(add(database, "Before"))
            cancelled = start(add(database, "Cancelled"))
            others = [start(add(database, name)) for name in other_names]

            def cancel_when_the_lock_is_released(statement: str) -> None:
                if statement == "RELEASE unit":
                    cancelled.cancel()

            await wait_all_tasks_blocked()
            with on_statement(cancel_when_the_lock_is_released):
                held.release()
                result, *_ = await outcomes(cancelled, first, before, *others)

    assert asyncio.CancelledError is type(result)
    assert units == units_per_commit(statements)
    assert ["First", "Before", *other_names] == await names(database)


async def test_units_of_work_succeed_after_others_have_timed_out(
    database: SqliteDatabase,
) -> None:
    opened = OpenUnit(database)
    await opened.holds_the_lock()
    refused = [start(add(database, "Refused")) for _ in range(100)]
    await wait_all_tasks_blocked()
    time_out(refused[0])
    results = await outcomes(*refused)

    waiting = start(add(database, "Waiting"))
    await wait_all_tasks_blocked()
    await opened.commit()
    await outcomes(waiting)

    assert {StoreUnavailable} == {type(outcome) for outcome in results}
    assert ["Open", "Waiting"] == await names(database)


async def test_the_wait_for_the_lock_and_the_wait_for_the_file_share_one_timeout(
    database: SqliteDatabase, path: Path
) -> None:
    with locked(path):
        first = start(add(database, "First"))
        await wait_all_tasks_blocked()
        the_loop().advance_clock(TIMEOUT / 2)
        second = start(add(database, "Second"))
        await wait_all_tasks_blocked()

        the_loop().advance_clock(TIMEOUT / 2 + 1)
        (result,) = await outcomes(first)
        assert not second.done(), "it has the lock now, and waits for the file"

        the_loop().advance_clock(TIMEOUT / 2)
        (other_result,) = await outcomes(second)

    assert [StoreUnavailable] * 2 == [type(result), type(other_result)]
    await add(database, "Later")
    assert ["Later"] == await names(database)
