"""A commit group has a maximum size and duration, and its order is FIFO."""

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
def database_with(path: Path, group_size: int) -> Iterator[SqliteDatabase]:
    database = open_sqlite(path, group_size=group_size)
    yield database
    database.dispose()


@pytest.mark.parametrize(
    ("group_size", "units"),
    [
        (1, [1, *[1] * 10]),
        (3, [1, 3, 3, 3, 1]),
        (10, [1, 10]),
        (11, [1, 10]),
    ],
)
async def test_a_commit_group_has_a_maximum_size_and_keeps_the_order(
    path: Path, group_size: int, units: list[int]
) -> None:
    with database_with(path, group_size) as database, transactions() as statements:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, name)) for name in TEN]
            await wait_all_tasks_blocked()
            held.release()
            await outcomes(first, *later)

        assert units == units_per_commit(statements)
        assert ["First", *TEN] == await names(database)


async def test_no_unit_of_work_joins_a_commit_group_that_is_open_for_too_long(
    database: SqliteDatabase,
) -> None:
    async def add_slowly(name: str) -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft(name, "Unknown"))
            the_loop().advance_clock(1.5 * MAX_GROUP_AGE)
            await uow.commit()

    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            later = [start(add(database, "Quick")), start(add_slowly("Slow"))]
            later += [start(add(database, name)) for name in ("Too late", "As well")]
            await wait_all_tasks_blocked()
            held.release()
            await outcomes(first, *later)

    assert [1, 2, 2] == units_per_commit(statements)
    assert ["First", "Quick", "Slow", "Too late", "As well"] == await names(database)
