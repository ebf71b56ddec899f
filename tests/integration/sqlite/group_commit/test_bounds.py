"""A batch has a most of units of work and a most of time, and nobody overtakes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from adapters.sqlite.group_commit import MAX_GROUP_AGE
from domain.hero import HeroDraft
from tests.integration.sqlite.group_commit.transactions import transactions, units_per_commit
from tests.integration.sqlite.group_commit.units import (
    add,
    first_commit_held,
    names,
    outcomes,
    start,
)
from tests.support.databases import open_sqlite
from tests.support.loops import the_loop

TEN = [f"Hero {number}" for number in range(10)]


@contextmanager
def batches_of(path: Path, most: int) -> Iterator[SqliteDatabase]:
    database = open_sqlite(path, group_size=most)
    yield database
    database.dispose()


@pytest.mark.parametrize(
    ("most", "units"),
    [
        (1, [1, *[1] * 10]),
        (3, [1, 3, 3, 3, 1]),
        (10, [1, 10]),
        (11, [1, 10]),
    ],
)
async def test_at_most_so_many_units_of_work_share_a_commit_and_all_in_the_order_they_came(
    path: Path, most: int, units: list[int]
) -> None:
    with batches_of(path, most) as database, transactions() as said:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, name)) for name in TEN]
            await wait_all_tasks_blocked()
            held.let_go()
            await outcomes(first, *later)

        assert units == units_per_commit(said)
        assert ["First", *TEN] == await names(database)


async def test_nobody_joins_a_batch_that_has_been_open_for_long(database: SqliteDatabase) -> None:
    async def add_slowly(name: str) -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft(name, "Unknown"))
            the_loop().move_clock(1.5 * MAX_GROUP_AGE)
            await uow.commit()

    with transactions() as said:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, "Quick")), start(add_slowly("Slow"))]
            later += [start(add(database, name)) for name in ("Too late", "As well")]
            await wait_all_tasks_blocked()
            held.let_go()
            await outcomes(first, *later)

    assert [1, 2, 2] == units_per_commit(said)
    assert ["First", "Quick", "Slow", "Too late", "As well"] == await names(database)
