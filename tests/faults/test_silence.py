"""A server that does not answer any more, though its connections stay open."""

import asyncio

import pytest

from tests.faults.conftest import Serving
from tests.faults.pool import assert_pool_is_whole
from tests.faults.proxy import listening, proxied
from tests.faults.waiting import seconds_until
from tests.support.postgres import PostgresServer

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

REQUESTS = {
    "GET": ("/heroes/1", None),
    "POST": ("/heroes/", HERO),
}

ALLOWANCE = 1.0
"""Seconds beyond the server's own limit after which the service takes it for lost."""

FAREWELL = 2.0
"""Seconds that SQLAlchemy then gives the connection to close in good order."""

SOME = 1.0
"""Seconds that a refusal may take beyond all settings."""

BACK = 2.0
"""Most seconds from the server's return until the service works again."""


async def never_respond(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Listen until the client goes away."""
    await reader.read()


async def test_a_server_that_takes_connections_and_says_nothing_is_given_up_in_time(
    serving: Serving,
) -> None:
    async with listening(never_respond) as port:
        silent = f"postgresql://heroes@127.0.0.1:{port}/heroes"
        async with serving(silent, connect_timeout="0.5") as (_, client):
            responses = await asyncio.gather(
                client.get("/heroes/"), client.post("/heroes/", json=HERO)
            )

    assert [503, 503] == [response.status_code for response in responses]
    assert max(response.elapsed.total_seconds() for response in responses) < 0.5 + SOME


async def test_a_host_that_says_nothing_is_passed_over_for_the_next(
    url: str, serving: Serving
) -> None:
    async with listening(never_respond) as silent:
        both = url.replace("@", f"@127.0.0.1:{silent},")
        async with serving(both, connect_timeout="0.5") as (_, client):
            response = await client.post("/heroes/", json=HERO)

    assert 200 == response.status_code


@pytest.mark.parametrize("method", REQUESTS)
async def test_a_server_that_falls_silent_is_given_up_in_time_and_used_again_when_it_speaks(
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
        on_a_known_connection = await client.request(method, path, json=body)
        on_a_new_connection = await client.request(method, path, json=body)
        proxy.flow()
        back = await seconds_until(works)

        assert 503 == on_a_known_connection.status_code
        assert on_a_known_connection.elapsed.total_seconds() < 0.5 + ALLOWANCE + FAREWELL + SOME
        assert 503 == on_a_new_connection.status_code
        assert on_a_new_connection.elapsed.total_seconds() < 0.5 + SOME
        assert back < BACK
        await assert_pool_is_whole(url, client)
