"""Concurrent requests for the same hero."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tests.support.connection import Connection
from tests.support.served import Served

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": None}


@asynccontextmanager
async def connections(servers: Sequence[Served], number: int) -> AsyncIterator[list[Connection]]:
    """Open connections, distributed over the servers."""
    async with AsyncExitStack() as stack:
        opened = []
        for each in range(number):
            connection = await Connection.open(servers[each % len(servers)].address)
            stack.push_async_callback(connection.close)
            opened.append(connection)
        yield opened


async def assert_updates_of_different_fields_are_all_stored(
    servers: Sequence[Served], rounds: int
) -> None:
    """Let three clients update one field each of one hero, concurrently, in each round."""
    async with connections(servers, 3) as clients:
        _, hero = await clients[0].request("POST", "/heroes/", HERO)
        path = f"/heroes/{hero['id']}"
        for number in range(rounds):
            changes = {"name": f"Name {number}", "secret_name": f"Secret {number}", "age": number}
            responses = await asyncio.gather(
                *(
                    client.request("PATCH", path, {field: value})
                    for client, (field, value) in zip(clients, changes.items(), strict=True)
                )
            )

            assert [200] * 3 == [status for status, _ in responses]
            assert (200, {**changes, "id": hero["id"]}) == await clients[0].request("GET", path)
