"""The units of work of a group are woken a few at a time, so that others run in between."""

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


async def ended_in_each_round(tasks: Sequence[asyncio.Task[Hero]]) -> list[list[str]]:
    """Return who ended in each round of the event loop, from the first round in which one did."""
    rounds: list[list[str]] = []
    left = list(tasks)
    async with asyncio.timeout(LIMIT / SLOWER):
        while left:
            await asyncio.sleep(0)
            rounds.append([task.result().name for task in left if task.done()])
            left = [task for task in left if not task.done()]
    return list(dropwhile(not_, rounds))


async def test_only_so_many_go_on_in_a_round_of_the_loop_in_the_order_they_came(
    database: SqliteDatabase,
) -> None:
    with transactions() as said:
        async with first_commit_held(database) as (held, _):
            later = [start(add(database, name)) for name in LATER]
            await wait_all_tasks_blocked()
            held.let_go()
            rounds = await ended_in_each_round(later)

    assert [1, len(LATER)] == units_per_commit(said)
    assert [
        LATER[:WAKEUPS_PER_TICK],
        LATER[WAKEUPS_PER_TICK : 2 * WAKEUPS_PER_TICK],
        LATER[2 * WAKEUPS_PER_TICK :],
    ] == rounds
    assert ["First", *LATER] == await names(database)
