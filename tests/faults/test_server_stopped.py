"""The database server is stopped, before the start or under load, and restarted."""

import asyncio

import httpx2

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete
from tests.support.postgres import PostgresServer

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
REFUSAL_LIMIT = 5.0
"""Maximum seconds until a request gets 503."""

RECOVERY_LIMIT = 2.0
"""Maximum seconds from the start of the database until the service works again."""


async def test_a_service_started_without_its_database_returns_503_with_retry_after(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    server.stop()

    async with serving(url) as (_, client):
        responses = [
            await client.get("/heroes/"),
            await client.post("/heroes/", json=HERO),
            await client.delete("/heroes/1"),
        ]
        server.start()

    assert [503] * 3 == [response.status_code for response in responses]
    assert ["1"] * 3 == [response.headers["Retry-After"] for response in responses]
    assert max(response.elapsed.total_seconds() for response in responses) < REFUSAL_LIMIT


async def test_a_service_started_without_its_database_migrates_once_it_is_reachable(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    server.stop()

    async with serving(url) as (_, client):

        async def accepts_a_write() -> bool:
            return 200 == (await client.post("/heroes/", json=HERO)).status_code

        assert not await accepts_a_write()
        await asyncio.to_thread(server.start)
        recovery = await seconds_until(accepts_a_write)

        assert recovery < RECOVERY_LIMIT
        assert [{**HERO, "id": 1, "age": None}] == (await client.get("/heroes/")).json()
        await assert_pool_is_complete(url, client)


async def test_a_restart_of_the_database_under_load_loses_no_acknowledged_write(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    async with serving(url) as (_, client):
        async with under_load(client, writers=16) as load:
            await load.until_written(200)
            await asyncio.to_thread(server.stop)
            await assert_reads_are_refused(client)
            await asyncio.to_thread(server.start)
            await load.until_written(16, within=RECOVERY_LIMIT)
            await load.until_written(200)

        assert {200, 503} == load.statuses.keys()
        assert load.slowest[503] < REFUSAL_LIMIT
        await assert_nothing_is_lost(url, load.ledger)
        await assert_pool_is_complete(url, client)


async def assert_reads_are_refused(client: httpx2.AsyncClient) -> None:
    """Check that reads get 503 while the database is stopped."""
    assert 503 == (await client.get("/heroes/")).status_code
