"""The disk of the database is full: writes get 503 until there is space again."""

import asyncio

import asyncpg
import httpx2
import pytest

from tests.faults.conftest import Serving
from tests.faults.observer import observing
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete
from tests.faults.small_disk import server_on_small_disk
from tests.support.small_disk import filled

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
FILL_THE_LOG = "SELECT pg_logical_emit_message(false, '', repeat(' ', 500000))"

MAX_HEROES = 1_000
"""More heroes than fit in the existing pages of the table."""


async def test_a_full_data_disk_refuses_writes_and_serves_reads_until_space_is_freed(
    serving: Serving,
) -> None:
    with server_on_small_disk(log_elsewhere=True) as server:
        url = server.new_database("heroes")
        async with serving(url) as (_, client):
            await client.post("/heroes/", json=HERO)

            with filled(server.data):
                statuses = await statuses_until_refused(client)
                read = await client.get("/heroes/1")
            written = await client.post("/heroes/", json=HERO)

            assert 503 == statuses.pop()
            assert {200} == {*statuses}
            assert 200 == read.status_code
            assert 200 == written.status_code
            assert 1 + len(statuses) + 1 == await number_of_heroes(url)
            await assert_pool_is_complete(url, client)


async def test_a_server_that_crashed_on_a_full_disk_is_used_again_after_its_restart(
    serving: Serving,
) -> None:
    with server_on_small_disk(log_elsewhere=False) as server:
        url = server.new_database("heroes")
        async with serving(url) as (_, client):
            await client.post("/heroes/", json=HERO)

            async def refuses_a_write() -> bool:
                return 503 == await status_of_a_write(client)

            async def accepts_a_write() -> bool:
                if not server.is_running:
                    await asyncio.to_thread(server.start)
                return 200 == await status_of_a_write(client)

            with filled(server.data):
                await use_up_the_log(url)
                await seconds_until(refuses_a_write)
                read = await client.get("/heroes/1")
            await seconds_until(accepts_a_write)

            assert read.status_code in {200, 503}
            assert 200 == (await client.get("/heroes/1")).status_code
            await assert_pool_is_complete(url, client)


async def use_up_the_log(url: str) -> None:
    """Write to the write-ahead log until the server crashes for lack of space."""
    async with observing(url) as observer:
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await observer.run_for_ever(FILL_THE_LOG)


async def status_of_a_write(client: httpx2.AsyncClient) -> int:
    """Try to create a hero, and return the status, 200 or 503."""
    status = (await client.post("/heroes/", json=HERO)).status_code
    assert status in {200, 503}
    return status


async def statuses_until_refused(client: httpx2.AsyncClient) -> list[int]:
    """Create heroes until one is refused, and return all statuses."""
    statuses = [200]
    while statuses[-1] == 200 and len(statuses) < MAX_HEROES:
        statuses.append((await client.post("/heroes/", json=HERO)).status_code)
    return statuses[1:]


async def number_of_heroes(url: str) -> int:
    """Return the number of stored heroes."""
    async with observing(url) as observer:
        return len(await observer.stored())
