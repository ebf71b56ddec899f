"""Reads do not wait for the row locks that units of work that write wait for."""

import asyncio

import pytest

from adapters.postgres.database import reserved_for_reads
from tests.faults.conftest import Serving
from tests.faults.observer import observing
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
AGE = {"age": 48}
HOLD_ROW = "SELECT 1 FROM hero FOR UPDATE"

POOL_SIZE = 4
WRITERS = 40
"""Concurrent writes of one row: far more than the requests that are started at once (record 25)."""


@pytest.mark.parametrize(
    ("pool_size", "reserved"), [(1, 0), (2, 1), (4, 1), (9, 1), (10, 2), (1000, 200)]
)
def test_a_fifth_of_the_connections_is_reserved_for_reads(pool_size: int, reserved: int) -> None:
    assert reserved == reserved_for_reads(pool_size)


async def test_reads_are_served_while_many_writes_wait_for_one_row(
    url: str, serving: Serving
) -> None:
    async with (
        serving(url, pool_size=str(POOL_SIZE), lock_timeout="20", pool_timeout="20") as (_, client),
        observing(url) as observer,
    ):
        await client.post("/heroes/", json=HERO)

        async def all_writers_wait() -> bool:
            return POOL_SIZE - 1 == await observer.waiting_for_locks()

        async with asyncio.TaskGroup() as writes, observer.holding(HOLD_ROW):
            updates = [
                writes.create_task(client.patch("/heroes/1", json=AGE)) for _ in range(WRITERS)
            ]
            await seconds_until(all_writers_wait)
            reads = [await client.get("/heroes/1") for _ in range(10)]
            is_still_waiting = await all_writers_wait()

        assert [(200, None)] * 10 == [(read.status_code, read.json()["age"]) for read in reads]
        assert is_still_waiting
        assert [200] * WRITERS == [update.result().status_code for update in updates]
        await assert_pool_is_complete(url, client, size=POOL_SIZE)
