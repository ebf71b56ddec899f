"""A graceful stop under load loses no acknowledged write."""

import asyncio
from pathlib import Path

import httpx2

from tests.integration.writers import Ledger, rows_in, write_without_pause
from tests.support.served import serve

STOPS = 3
WRITERS = 16
RESPONSES = 100


async def test_every_write_acknowledged_before_a_stop_is_durable(tmp_path: Path) -> None:
    database = tmp_path / "heroes.db"
    ledger = Ledger()

    for _ in range(STOPS):
        with serve(database, access_log="false") as served:
            client = httpx2.AsyncClient(base_url=served.url, timeout=20)
            async with client, asyncio.TaskGroup() as writers:
                for _ in range(WRITERS):
                    writers.create_task(write_without_pause(client, ledger))
                await ledger.until(ledger.responses + RESPONSES)
                code = await asyncio.to_thread(served.terminate)

        assert 0 == code
        assert "Traceback" not in served.output()
        stored = rows_in(database)
        ledger.resolve(stored)
        assert ledger.rows == stored
