"""The primary dies, its synchronous standby takes over, and the service follows."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.observer import observing
from tests.faults.pool import assert_pool_is_whole
from tests.faults.waiting import seconds_until
from tests.support.postgres import PostgresServer, postgres_server, stopping

RUNS = int(os.environ.get("HEROES_FAILOVERS", "1"))
WRITERS = 16

PROMPT = 5.0
"""Most seconds until a request is refused."""

BACK = 2.0
"""Most seconds from the promotion's end until the service works again."""


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[PostgresServer, PostgresServer]]:
    """Run a primary that acknowledges only what its standby has on disk as well."""
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
async def test_a_failover_under_load_loses_nothing_acknowledged_and_needs_no_restart_here(
    serving: Serving, run: int, record_testsuite_property: Callable[[str, str], None]
) -> None:
    async with pair() as (primary, standby):
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        both = f"postgresql://heroes@{hosts}/heroes?target_session_attrs=read-write"
        async with serving(both) as (_, client):
            async with under_load(client, WRITERS) as load:
                await load.until_written(200 + 37 * run)
                await asyncio.to_thread(primary.kill)
                await load.until_refused(WRITERS)
                await asyncio.to_thread(standby.promote)
                back = await load.until_written(WRITERS, within=BACK)
                await load.until_written(200)

            assert {200, 503} == load.statuses.keys()
            assert load.slowest[503] < PROMPT
            await assert_nothing_is_lost(standby.url("heroes"), load.ledger)
            await assert_pool_is_whole(standby.url("heroes"), client)
        record_testsuite_property(f"failover {run}", f"{load.figures()}, back in {back:.2f} s")
