"""The measurements of the SQLite engine: commit groups, scans, and the size of the log."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sqlite.database import SqliteDatabase
from adapters.sqlite.flusher import GROUP_SIZES
from adapters.sqlite.scans.pool import ScanPool
from adapters.sqlite.served.served_file import ServedFile
from domain.hero import HeroQuery
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from service_layer.heroes import create_hero
from tests.integration.disk_limits import own_disk_full
from tests.integration.held_commit import held_commit
from tests.support.databases import migrated_sqlite
from tests.support.measurements import read

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
FRAME = 4096 + 24
"""Bytes of one page in the write-ahead log."""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = migrated_sqlite(tmp_path / "heroes.db")
    await database.aopen()
    yield database
    await database.aclose()


async def create(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await create_hero(uow, name="Deadpond", secret_name="Dive Wilson", age=None)
        await uow.commit()


def groups(database: SqliteDatabase) -> dict[int, int]:
    """Return the number of commit groups by the upper bound of their size."""
    counts = read(database.measure())["sqlite_commit_group_size",]
    assert isinstance(counts, tuple)
    return {size: n for size, n in zip((*GROUP_SIZES, 0), counts, strict=True) if n}


async def test_the_sizes_of_commit_groups_are_counted(database: SqliteDatabase) -> None:
    with held_commit() as commit:
        first = asyncio.create_task(create(database))
        await commit.reached()
        others = [asyncio.create_task(create(database)) for _ in range(5)]
        await asyncio.sleep(0)
        commit.release()
        await asyncio.gather(first, *others)

    assert {1: 1, 8: 1} == groups(database)


async def test_each_commit_is_timed_and_failures_are_counted(database: SqliteDatabase) -> None:
    await create(database)
    with own_disk_full(), pytest.raises((OutcomeUnknown, StoreUnavailable)):
        await create(database)

    measured = read(database.measure())
    times = measured["sqlite_commit_duration_seconds",]
    assert isinstance(times, tuple)
    assert 2 == sum(times)
    assert 1 == measured["sqlite_commit_failures",]
    assert {1: 1} == groups(database)
    assert 1 == measured["units_of_work", "failed"]


async def test_the_log_has_the_size_of_its_file(database: SqliteDatabase, tmp_path: Path) -> None:
    await create(database)

    size = read(database.measure())["sqlite_log_size_bytes",]
    assert (tmp_path / "heroes.db-wal").stat().st_size == size
    assert 0 < size


@pytest.mark.usefixtures("database")
async def test_a_scan_in_progress_and_one_that_was_stopped_are_counted(tmp_path: Path) -> None:
    scans = ScanPool(ServedFile(tmp_path / "heroes.db"), timeout=0.1)
    try:
        task = asyncio.create_task(scans.scan("client", ENDLESS, []))
        await asyncio.sleep(0.02)
        assert 1 == read(scans.measure())["sqlite_scans",]

        with pytest.raises(StoreUnavailable):
            await task
        assert 0 == read(scans.measure())["sqlite_scans",]
        assert 1 == read(scans.measure())["sqlite_scans_stopped", "timeout"]
        assert 0 == read(scans.measure())["sqlite_scans_stopped", "log_size"]
    finally:
        scans.close()


async def test_a_count_leaves_no_scan(database: SqliteDatabase) -> None:
    async with database.reading() as uow:
        await uow.heroes.count(HeroQuery(limit=1))

    assert 0 == read(database.measure())["sqlite_scans",]
