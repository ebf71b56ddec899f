"""The database server is stopped, at the start or while clients write, and comes back."""

import asyncio

import httpx2

from tests.faults.conftest import Serving
from tests.faults.load import assert_nothing_is_lost, under_load
from tests.faults.pool import assert_pool_is_whole
from tests.faults.waiting import seconds_until
from tests.support.postgres import PostgresServer

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
PROMPT = 5.0
"""Most seconds until a request is refused."""

BACK = 2.0
"""Most seconds from the database's return until the service works again."""


async def test_a_service_started_without_its_database_refuses_and_says_when_to_ask_again(
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
    assert max(response.elapsed.total_seconds() for response in responses) < PROMPT


async def test_a_service_started_without_its_database_migrates_and_works_once_it_is_there(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    server.stop()

    async with serving(url) as (_, client):

        async def takes_a_write() -> bool:
            return 200 == (await client.post("/heroes/", json=HERO)).status_code

        assert not await takes_a_write()
        await asyncio.to_thread(server.start)
        away = await seconds_until(takes_a_write)

        assert away < BACK
        assert [{**HERO, "id": 1, "age": None}] == (await client.get("/heroes/")).json()
        await assert_pool_is_whole(url, client)


async def test_a_restart_of_the_database_under_load_loses_nothing_and_needs_no_restart_here(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    async with serving(url) as (_, client):
        async with under_load(client, writers=16) as load:
            await load.until_written(200)
            await asyncio.to_thread(server.stop)
            await refused(client)
            await asyncio.to_thread(server.start)
            await load.until_written(16, within=BACK)
            await load.until_written(200)

        assert {200, 503} == load.statuses.keys()
        assert load.slowest[503] < PROMPT
        await assert_nothing_is_lost(url, load.ledger)
        await assert_pool_is_whole(url, client)


async def refused(client: httpx2.AsyncClient) -> None:
    """Check that reads are refused as well while the database is away."""
    assert 503 == (await client.get("/heroes/")).status_code
