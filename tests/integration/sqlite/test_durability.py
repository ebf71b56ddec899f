"""Acknowledged writes survive ``kill -9``."""

import asyncio
import os
from pathlib import Path

import httpx2

from tests.integration.tutorial_database import connection_to
from tests.integration.writers import Ledger, rows_in, write_without_pause
from tests.support.served import Served, serve

KILLS = int(os.environ.get("TEST_KILLS", "3"))
WRITERS = 16


async def test_every_acknowledged_write_survives_kills(tmp_path: Path) -> None:
    database = tmp_path / "heroes.db"
    ledger = Ledger()

    for kill in range(KILLS):
        with serve(database, access_log="false") as served:
            check(database, ledger)
            await kill_while_they_write(served, ledger, responses=40 + 13 * kill)
        assert ledger.unacknowledged, "the kill interrupted no request"

    with serve(database):
        check(database, ledger)
    assert ledger.used_ids > ledger.rows.keys(), "no hero was removed"


async def kill_while_they_write(served: Served, ledger: Ledger, responses: int) -> None:
    goal = ledger.responses + responses
    client = httpx2.AsyncClient(base_url=served.url, timeout=20)
    async with client, asyncio.TaskGroup() as writers:
        for _ in range(WRITERS):
            writers.create_task(write_without_pause(client, ledger))
        await ledger.until(goal)
        served.kill()


def check(database: Path, ledger: Ledger) -> None:
    stored = rows_in(database)
    ledger.resolve(stored)
    assert ledger.rows == stored
    with connection_to(database) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
