"""A scan of a SQLite file is interrupted at its timeout, and frees its thread."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sqlite.scans import ScanPool
from adapters.sqlite.served.served_file import ServedFile
from domain.hero import HeroQuery
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite_events import on_statement
from tests.support.databases import open_sqlite

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
"""A query that never ends by itself."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of an empty database."""
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    database.dispose()
    return tmp_path / "heroes.db"


@pytest.fixture
def scans(path: Path) -> Iterator[ScanPool]:
    """Scans in one thread. Closing the pool waits for the running scan."""
    scans = ScanPool(ServedFile(path), timeout=0.5, threads=1)
    yield scans
    scans.close()


async def test_a_scan_that_times_out_is_interrupted_and_frees_its_thread(
    scans: ScanPool,
) -> None:
    with pytest.raises(StoreUnavailable):
        await scans.fetch_all(ENDLESS, [])

    assert [(1,)] == await scans.fetch_all("SELECT 1", [])


async def test_a_cancelled_scan_is_interrupted(path: Path) -> None:
    scans = ScanPool(ServedFile(path), timeout=60, threads=1)
    running = asyncio.Event()
    loop = asyncio.get_running_loop()

    def notify(statement: str) -> None:
        if statement == ENDLESS:
            loop.call_soon_threadsafe(running.set)

    with on_statement(notify):
        scan = asyncio.create_task(scans.fetch_all(ENDLESS, []))
        await running.wait()
        scan.cancel()
        await asyncio.wait([scan])

    assert scan.cancelled()
    assert [(1,)] == await scans.fetch_all("SELECT 1", [])
    scans.close()


async def test_the_timeout_of_a_scan_includes_the_wait_for_a_thread(scans: ScanPool) -> None:
    both = await asyncio.gather(
        scans.fetch_all(ENDLESS, []), scans.fetch_all(ENDLESS, []), return_exceptions=True
    )

    assert [StoreUnavailable, StoreUnavailable] == [type(each) for each in both]
    assert [(1,)] == await scans.fetch_all("SELECT 1", [])


async def test_only_a_statement_that_may_scan_runs_in_a_thread(path: Path) -> None:
    database = open_sqlite(path)
    main = threading.current_thread()
    in_main_thread: list[bool] = []

    def record(statement: str) -> None:
        if statement.startswith("SELECT"):
            in_main_thread.append(threading.current_thread() is main)

    async with database.reading() as uow:
        with on_statement(record):
            await uow.heroes.page(HeroQuery(limit=1))
            await uow.heroes.count(HeroQuery(limit=1))
    database.dispose()

    assert [True, False] == in_main_thread
