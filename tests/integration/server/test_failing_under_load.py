"""A disk that fails under load: exactly the acknowledged writes are stored."""

import asyncio
from pathlib import Path

import httpx2

from tests.faults.load import under_load
from tests.integration.disk_limits import disk_full
from tests.integration.writers import rows_in
from tests.support.served import Served, serve

WRITERS = 16
FRAME = 4096 + 24
"""Bytes of one page in the write-ahead log."""


async def test_failed_commits_store_nothing_and_acknowledged_writes_are_durable(
    tmp_path: Path,
) -> None:
    database = tmp_path / "heroes.db"
    with serve(database, access_log="false") as served:
        async with (
            httpx2.AsyncClient(base_url=served.url, timeout=20) as client,
            under_load(client, WRITERS) as load,
        ):
            for frames in range(6):
                await load.until_written(50)
                with disk_full(served, log_size(served) + frames * FRAME + 100):
                    await load.until_refused(2 * WRITERS)
            await load.until_written(50)
        stored = await asyncio.to_thread(rows_in, database)

    ledger = load.ledger
    assert {200, 503} == load.statuses.keys()
    assert ledger.rows == stored
    assert load.statuses[503] == len(ledger.unacknowledged)
    assert not [attempt for attempt in ledger.unacknowledged if attempt.executed(stored)]


def log_size(served: Served) -> int:
    return served.database.with_name(served.database.name + "-wal").stat().st_size
