"""A file that can not grow fails only units of work that need more space."""

import sqlite3
from collections.abc import Iterator
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
from tests.integration.sqlite_events import on_connection

LONG = HeroDraft("N" * 255, "S" * 255)


@pytest.fixture
def connections(path: Path) -> Iterator[list[sqlite3.Connection]]:
    """The connections that are opened from now on."""
    assert path.exists()
    opened: list[sqlite3.Connection] = []
    with on_connection(opened.append):
        yield opened


async def test_a_unit_of_work_without_space_does_not_affect_its_group(
    database: SqliteDatabase, connections: list[sqlite3.Connection]
) -> None:
    async def fill() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(LONG)
            for connection in connections:
                connection.execute("PRAGMA max_page_count=1")
            for _ in range(100):
                await uow.heroes.add(LONG)

    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            before, filling = start(add(database, "Before")), start(fill())
            after = start(add(database, "After"))
            await wait_all_tasks_blocked()
            held.release()
            result, *_ = await outcomes(filling, first, before, after)

    assert StoreUnavailable is type(result)
    assert [1, 2] == units_per_commit(statements)
    assert ["First", "Before", "After"] == await names(database)
