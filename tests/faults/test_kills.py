"""The database server is killed repeatedly while clients write."""

import asyncio
import os
from collections.abc import Callable

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.pool import assert_pool_is_complete
from tests.support.postgres import PostgresServer

KILLS = int(os.environ.get("TEST_KILLS", "5"))
WRITERS = 16

REFUSAL_LIMIT = 5.0
"""Maximum seconds until a request gets 503."""

RECOVERY_LIMIT = 2.0
"""Maximum seconds from the start of the database until the service works again."""


async def test_every_acknowledged_write_survives_kills_of_the_database(
    server: PostgresServer,
    url: str,
    serving: Serving,
    record_testsuite_property: Callable[[str, str], None],
) -> None:
    recoveries = []
    async with serving(url) as (served, client):
        async with under_load(client, WRITERS) as load:
            for kill in range(KILLS):
                await load.until_written(20 + 17 * kill % 60)
                await asyncio.to_thread(server.kill)
                await load.until_refused(WRITERS)
                await asyncio.to_thread(server.start)
                recoveries.append(await load.until_written(WRITERS, within=RECOVERY_LIMIT))
        record_testsuite_property(
            "kills", f"{KILLS}: {load.figures()}, slowest recovery {max(recoveries):.2f} s"
        )

        assert {200, 503} == load.statuses.keys()
        assert load.slowest[503] < REFUSAL_LIMIT
        assert served.process.poll() is None
        await assert_nothing_is_lost(url, load.ledger)
        await assert_pool_is_complete(url, client)
