"""The waiters of a commit group are woken a few per tick, so that other tasks run in between."""

import asyncio
from collections.abc import Sequence
from itertools import dropwhile
from operator import not_

from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from adapters.sqlite.group_commit import WAKEUPS_PER_TICK
from domain.hero import Hero
from tests.integration.sqlite.group_commit.transactions import transactions, units_per_commit
from tests.integration.sqlite.group_commit.units import add, first_commit_held, names, start
from tests.support.loops import SLOWER
from tests.support.served import LIMIT

LATER = [f"Hero {number}" for number in range(2 * WAKEUPS_PER_TICK + 1)]


async def ended_per_tick(tasks: Sequence[asyncio.Task[Hero]]) -> list[list[str]]:
    """Return the names of the tasks that ended in each tick, from the first such tick."""
    ticks: list[list[str]] = []
    left = list(tasks)
    async with asyncio.timeout(LIMIT / SLOWER):
        while left:
            await asyncio.sleep(0)
            ticks.append([task.result().name for task in left if task.done()])
            left = [task for task in left if not task.done()]
    return list(dropwhile(not_, ticks))


async def test_a_limited_number_of_waiters_is_woken_per_tick_in_fifo_order(
    database: SqliteDatabase,
) -> None:
    with transactions() as statements:
        async with first_commit_held(database) as (held, _):
            later = [start(add(database, name)) for name in LATER]
            await wait_all_tasks_blocked()
            held.release()
            ticks = await ended_per_tick(later)

    assert [1, len(LATER)] == units_per_commit(statements)
    assert [
        LATER[:WAKEUPS_PER_TICK],
        LATER[WAKEUPS_PER_TICK : 2 * WAKEUPS_PER_TICK],
        LATER[2 * WAKEUPS_PER_TICK :],
    ] == ticks
    assert ["First", *LATER] == await names(database)
