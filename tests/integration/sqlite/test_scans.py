"""Scans of a SQLite file: their timeout, and their threads, which clients use in turn."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from adapters.sqlite.scans.log_limit import MAX_SIZE
from adapters.sqlite.scans.pool import CONNECTIONS, SLICE, ScanPool
from adapters.sqlite.served.served_file import ServedFile
from domain.hero import HeroQuery
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite_events import on_statement
from tests.support.databases import open_sqlite
from tests.support.open_files import no_free_descriptor, wait_until_open
from tests.support.served import LIMIT

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
"""A query that never ends by itself."""

LONG = ENDLESS.replace("FROM n)", "FROM n WHERE i < 2000000)")
"""A query that takes many slices of time."""

CROWD = 24
"""Number of scans that each client sends: more than there are threads."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of an empty database."""
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    database.dispose()
    return tmp_path / "heroes.db"


@pytest.fixture
def scans(path: Path) -> Iterator[ScanPool]:
    scans = ScanPool(ServedFile(path), timeout=0.5)
    yield scans
    scans.close()


@pytest.fixture
def patient_scans(path: Path) -> Iterator[ScanPool]:
    """Scans whose timeout does not expire in a test."""
    scans = ScanPool(ServedFile(path), timeout=LIMIT)
    yield scans
    scans.close()


@asynccontextmanager
async def crowd(scans: ScanPool, *clients: str) -> AsyncIterator[None]:
    """Let each of these clients send many scans that do not end."""
    tasks = [asyncio.create_task(scans.scan(client, ENDLESS, [])) for client in clients * CROWD]
    try:
        await asyncio.sleep(2 * SLICE)  # so that some run as long scans, and others wait for that
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_a_scan_that_times_out_is_interrupted_and_frees_its_thread(
    scans: ScanPool,
) -> None:
    with pytest.raises(StoreUnavailable):
        await scans.scan("", ENDLESS, [])

    assert [(1,)] == await scans.scan("", "SELECT 1", [])


async def test_a_cancelled_scan_is_interrupted(path: Path) -> None:
    scans = ScanPool(ServedFile(path), timeout=60)
    running = asyncio.Event()
    loop = asyncio.get_running_loop()

    def notify(statement: str) -> None:
        if statement == ENDLESS:
            loop.call_soon_threadsafe(running.set)

    with on_statement(notify):
        scan = asyncio.create_task(scans.scan("", ENDLESS, []))
        await running.wait()
        scan.cancel()
        await asyncio.wait([scan])

    assert scan.cancelled()
    assert [(1,)] == await scans.scan("", "SELECT 1", [])
    scans.close()


async def test_the_timeout_of_a_scan_includes_the_wait_for_a_thread(scans: ScanPool) -> None:
    both = await asyncio.gather(
        scans.scan("", ENDLESS, []), scans.scan("", ENDLESS, []), return_exceptions=True
    )

    assert [StoreUnavailable, StoreUnavailable] == [type(each) for each in both]
    assert [(1,)] == await scans.scan("", "SELECT 1", [])


async def test_only_a_statement_that_may_scan_runs_in_a_thread(path: Path) -> None:
    database = open_sqlite(path)
    main = threading.current_thread()
    in_main_thread: list[bool] = []

    def record(statement: str) -> None:
        if "FROM hero" in statement:
            in_main_thread.append(threading.current_thread() is main)

    async with database.reading() as uow:
        with on_statement(record):
            await uow.heroes.page(HeroQuery(limit=1))
            await uow.heroes.count(HeroQuery(limit=1))
    database.dispose()

    assert [True, False] == in_main_thread


# Several clients.


async def test_a_short_scan_does_not_wait_for_the_long_ones_of_its_client(
    patient_scans: ScanPool,
) -> None:
    async with crowd(patient_scans, "a"):
        assert [(1,)] == await patient_scans.scan("a", "SELECT 1", [])


async def test_a_long_scan_does_not_wait_for_those_of_other_clients(
    patient_scans: ScanPool,
) -> None:
    async with crowd(patient_scans, "a", "b"):
        assert [(2_000_000,)] == await patient_scans.scan("c", LONG, [])


async def test_a_scan_needs_no_new_file_descriptor(path: Path) -> None:
    database = open_sqlite(path)
    await database.aopen()
    log = path.with_name(f"{path.name}-wal")
    wait_until_open(log, CONNECTIONS + 1)  # threads open them, and one more connection is kept
    async with database.reading() as uow:
        with no_free_descriptor():
            assert 0 == await uow.heroes.count(HeroQuery(limit=1))
    database.dispose()


# The log.


@pytest.mark.parametrize("is_linked", [False, True])
async def test_a_scan_empties_a_log_that_is_too_large(path: Path, *, is_linked: bool) -> None:
    """SQLite keeps the log beside the file that a symbolic link leads to."""
    named = path.with_name("linked.db") if is_linked else path
    if is_linked:
        named.symlink_to(path)
    file = ServedFile(named)
    scans = ScanPool(file, timeout=LIMIT)
    scans.open()
    log = path.with_name("heroes.db-wal")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        with connection:
            connection.execute("CREATE TABLE other AS SELECT zeroblob(57 << 20)")
        assert log.stat().st_size > MAX_SIZE

        assert [(1,)] == await scans.scan("", "SELECT 1", [])

        assert 0 == log.stat().st_size
    scans.close()
    file.close()


# Pages of a large file.


@pytest.mark.parametrize(
    ("size", "limit", "is_inline"), [(0, 100, True), (65, 4, True), (65, 5, False)]
)
async def test_a_page_of_more_than_a_few_rows_of_a_large_file_runs_in_a_thread(
    path: Path, size: int, limit: int, *, is_inline: bool
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE other AS SELECT zeroblob(? << 20)", [size])
    database = open_sqlite(path)
    in_main_thread: list[bool] = []

    def record(statement: str) -> None:
        if "FROM hero" in statement:
            in_main_thread.append(threading.current_thread() is threading.main_thread())

    async with database.reading() as uow:
        with on_statement(record):
            await uow.heroes.page(HeroQuery(limit=limit))
    database.dispose()

    assert [is_inline] == in_main_thread
