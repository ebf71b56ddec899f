"""A server that stops responding while its connections stay open."""

import asyncio

import pytest
from anyio import wait_all_tasks_blocked

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.session import CANCEL_TIMEOUT
from domain.hero import HeroQuery
from tests.faults.conftest import Serving
from tests.faults.polling import seconds_until
from tests.faults.pool import assert_pool_is_complete
from tests.faults.proxy import listening, proxied
from tests.support.databases import empty_postgres
from tests.support.postgres import PostgresServer

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

REQUESTS = {
    "GET": ("/heroes/1", None),
    "POST": ("/heroes/", HERO),
}

GRACE_PERIOD = 1.0
"""Seconds after the server's own timeout until the service drops the connection."""

CLOSE_TIMEOUT = 2.0
"""Seconds that SQLAlchemy then waits for a clean close."""

TOLERANCE = 1.0
"""Tolerance in seconds beyond all timeouts."""

RECOVERY_LIMIT = 2.0
"""Maximum seconds from the server's recovery until the service works again."""


async def never_respond(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read until the client closes the connection."""
    await reader.read()


async def test_a_server_that_accepts_but_never_responds_times_out(
    serving: Serving,
) -> None:
    async with listening(never_respond) as port:
        silent = f"postgresql://heroes@127.0.0.1:{port}/heroes"
        async with serving(silent, connect_timeout="0.5") as (_, client):
            responses = await asyncio.gather(
                client.get("/heroes/"), client.post("/heroes/", json=HERO)
            )

    assert [503, 503] == [response.status_code for response in responses]
    assert max(response.elapsed.total_seconds() for response in responses) < 0.5 + TOLERANCE


async def test_a_silent_host_is_skipped_for_the_next(url: str, serving: Serving) -> None:
    async with listening(never_respond) as silent:
        both = url.replace("@", f"@127.0.0.1:{silent},")
        async with serving(both, connect_timeout="0.5") as (_, client):
            response = await client.post("/heroes/", json=HERO)

    assert 200 == response.status_code


@pytest.mark.parametrize("method", REQUESTS)
async def test_a_server_that_stalls_times_out_and_is_used_again_when_it_recovers(
    server: PostgresServer, url: str, serving: Serving, method: str
) -> None:
    times = {"statement_timeout": "0.5", "connect_timeout": "0.5"}
    path, body = REQUESTS[method]
    async with (
        proxied(url, server.port) as (proxy, through),
        serving(through, **times) as (
            _,
            client,
        ),
    ):
        await client.post("/heroes/", json=HERO)

        async def works() -> bool:
            return 200 == (await client.get("/heroes/1")).status_code

        proxy.stall()
        on_the_old_connection = await client.request(method, path, json=body)
        await client.request(method, path, json=body)  # the start may have opened a second one
        on_a_new_connection = await client.request(method, path, json=body)
        proxy.resume()
        recovery = await seconds_until(works)

        assert 503 == on_the_old_connection.status_code
        assert (
            on_the_old_connection.elapsed.total_seconds()
            < 0.5 + GRACE_PERIOD + CLOSE_TIMEOUT + TOLERANCE
        )
        assert 503 == on_a_new_connection.status_code
        assert on_a_new_connection.elapsed.total_seconds() < 0.5 + TOLERANCE
        assert recovery < RECOVERY_LIMIT
        await assert_pool_is_complete(url, client)


async def test_a_cancellation_does_not_wait_long_for_a_server_that_stalls(
    server: PostgresServer, url: str
) -> None:
    clock = asyncio.get_running_loop().time
    async with (
        proxied(url, server.port) as (proxy, through),
        empty_postgres(through, ServerOptions(pool_size=1)) as database,
    ):
        await read(database)
        proxy.stall()
        reading = asyncio.create_task(read(database))
        await wait_all_tasks_blocked()
        started = clock()
        reading.cancel()
        await asyncio.wait([reading])
        waited = clock() - started
        proxy.resume()

        assert reading.cancelled()
        assert waited < CANCEL_TIMEOUT + TOLERANCE
        await read(database)


async def read(database: PostgresDatabase) -> None:
    async with database.reading() as uow:
        await uow.heroes.page(HeroQuery(limit=1))
