"""A graceful stop under load loses no acknowledged write, and drops no request."""

import asyncio
import os
from pathlib import Path

import httpx2

from tests.integration.writers import Ledger, rows_in, write_without_pause
from tests.support.served import serve

STOPS = int(os.environ.get("TEST_STOPS", "3"))
"""Number of stops. ``make stops`` makes a hundred."""

WRITERS = 16
RESPONSES = 100


async def test_every_accepted_request_gets_a_response_and_is_durable(tmp_path: Path) -> None:
    """The drain lasts until each client has sent another request and has read ``close``."""
    database = tmp_path / "heroes.db"
    ledger = Ledger()

    for _ in range(STOPS):
        with serve(database, access_log="false", drain="0.5") as served:
            client = httpx2.AsyncClient(base_url=served.url, timeout=20)
            async with client, asyncio.TaskGroup() as writers:
                for _ in range(WRITERS):
                    writers.create_task(write_without_pause(client, ledger))
                await ledger.until(ledger.responses + RESPONSES)
                code = await asyncio.to_thread(served.terminate)

        assert 0 == code
        assert "Traceback" not in served.output()
        assert 0 == ledger.dropped
        stored = rows_in(database)
        ledger.resolve(stored)
        assert ledger.rows == stored
