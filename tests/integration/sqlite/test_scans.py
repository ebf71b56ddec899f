"""A scan of a SQLite file is stopped in time, and leaves its thread to the next one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sqlite.scans import ScanPool
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite_events import on_statement
from tests.support.databases import open_sqlite

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
"""What ends only when it is stopped."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with no heroes in it."""
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    database.dispose()
    return tmp_path / "heroes.db"


@pytest.fixture
def scans(path: Path) -> Iterator[ScanPool]:
    """Scans of the file in the only thread there is. Closing them waits for what goes on in it."""
    scans = ScanPool(path, timeout=0.5, threads=1)
    yield scans
    scans.close()


async def test_a_scan_that_takes_too_long_is_stopped_and_makes_room_for_the_next(
    scans: ScanPool,
) -> None:
    with pytest.raises(StoreUnavailable):
        await scans.fetch_all(ENDLESS, [])

    assert [(1,)] == await scans.fetch_all("SELECT 1", [])


async def test_a_scan_that_nobody_waits_for_any_more_is_stopped(path: Path) -> None:
    scans = ScanPool(path, timeout=60, threads=1)
    running = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(statement: str) -> None:
        if statement == ENDLESS:
            loop.call_soon_threadsafe(running.set)

    with on_statement(tell):
        scan = asyncio.create_task(scans.fetch_all(ENDLESS, []))
        await running.wait()
        scan.cancel()
        await asyncio.wait([scan])

    assert scan.cancelled()
    assert [(1,)] == await scans.fetch_all("SELECT 1", [])
    scans.close()


async def test_waiting_for_a_thread_is_part_of_a_scans_time(scans: ScanPool) -> None:
    both = await asyncio.gather(
        scans.fetch_all(ENDLESS, []), scans.fetch_all(ENDLESS, []), return_exceptions=True
    )

    assert [StoreUnavailable, StoreUnavailable] == [type(each) for each in both]
    assert [(1,)] == await scans.fetch_all("SELECT 1", [])
