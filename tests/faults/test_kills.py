"""The database server is killed again and again while clients write."""

import asyncio
import os
from collections.abc import Callable

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.pool import assert_pool_is_whole
from tests.support.postgres import PostgresServer

KILLS = int(os.environ.get("HEROES_KILLS", "5"))
WRITERS = 16

PROMPT = 5.0
"""Most seconds until a request is refused."""

BACK = 2.0
"""Most seconds from the database's return until the service works again."""


async def test_every_acknowledged_write_survives_kills_of_the_database_without_a_restart_here(
    server: PostgresServer,
    url: str,
    serving: Serving,
    record_testsuite_property: Callable[[str, str], None],
) -> None:
    back = []
    async with serving(url) as (served, client):
        async with under_load(client, WRITERS) as load:
            for kill in range(KILLS):
                await load.until_written(20 + 17 * kill % 60)
                await asyncio.to_thread(server.kill)
                await load.until_refused(WRITERS)
                await asyncio.to_thread(server.start)
                back.append(await load.until_written(WRITERS, within=BACK))
        record_testsuite_property(
            "kills", f"{KILLS}: {load.figures()}, slowest return {max(back):.2f} s"
        )

        assert {200, 503} == load.statuses.keys()
        assert load.slowest[503] < PROMPT
        assert served.process.poll() is None
        await assert_nothing_is_lost(url, load.ledger)
        await assert_pool_is_whole(url, client)
