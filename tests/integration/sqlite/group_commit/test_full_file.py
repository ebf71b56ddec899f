"""A file that may not grow refuses who needs room, and nobody else."""

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
    """The connections to the file that are opened from now on."""
    assert path.exists()
    opened: list[sqlite3.Connection] = []
    with on_connection(opened.append):
        yield opened


async def test_one_that_finds_no_room_does_not_touch_those_who_share_its_commit(
    database: SqliteDatabase, connections: list[sqlite3.Connection]
) -> None:
    async def fill() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(LONG)
            for connection in connections:
                connection.execute("PRAGMA max_page_count=1")
            for _ in range(100):
                await uow.heroes.add(LONG)

    with transactions() as said:
        async with first_commit_held(database) as (held, first):
            before, filling = start(add(database, "Before")), start(fill())
            after = start(add(database, "After"))
            await wait_all_tasks_blocked()
            held.let_go()
            told, *_ = await outcomes(filling, first, before, after)

    assert StoreUnavailable is type(told)
    assert [1, 2] == units_per_commit(said)
    assert ["First", "Before", "After"] == await names(database)
