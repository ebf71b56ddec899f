"""The primary is killed, its synchronous standby is promoted, and the service reconnects."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.observer import observing
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete
from tests.support.postgres import PostgresServer, postgres_server, stopping

RUNS = int(os.environ.get("TEST_FAILOVERS", "1"))
WRITERS = 16

REFUSAL_LIMIT = 5.0
"""Maximum seconds until a request gets 503."""

RECOVERY_LIMIT = 2.0
"""Maximum seconds from the promotion until the service works again."""


@asynccontextmanager
async def primary_and_standby() -> AsyncIterator[tuple[PostgresServer, PostgresServer]]:
    """Run a primary with a synchronous standby."""
    with postgres_server(fsync="on") as primary:
        primary.new_database("heroes")
        standby = primary.standby()
        standby.start()
        with stopping(standby):
            async with observing(primary.url("heroes")) as observer:
                await observer.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
                await observer.run("SELECT pg_reload_conf()")
                await seconds_until(observer.has_a_synchronous_standby)
            yield primary, standby


@pytest.mark.parametrize("run", range(RUNS))
async def test_a_failover_under_load_loses_no_acknowledged_write_and_needs_no_restart(
    serving: Serving, run: int, record_testsuite_property: Callable[[str, str], None]
) -> None:
    async with primary_and_standby() as (primary, standby):
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        both = f"postgresql://heroes@{hosts}/heroes?target_session_attrs=read-write"
        async with serving(both) as (_, client):
            async with under_load(client, WRITERS) as load:
                await load.until_written(200 + 37 * run)
                await asyncio.to_thread(primary.kill)
                await load.until_refused(WRITERS)
                await asyncio.to_thread(standby.promote)
                recovery = await load.until_written(WRITERS, within=RECOVERY_LIMIT)
                await load.until_written(200)

            assert {200, 503} == load.statuses.keys()
            assert load.slowest[503] < REFUSAL_LIMIT
            await assert_nothing_is_lost(standby.url("heroes"), load.ledger)
            await assert_pool_is_complete(standby.url("heroes"), client)
        record_testsuite_property(f"failover {run}", f"{load.figures()}, back in {recovery:.2f} s")
