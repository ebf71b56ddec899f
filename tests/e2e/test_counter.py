"""No update is lost among clients that name the version they have read."""

import asyncio
import os

from tests.support.connection import Connection, Response
from tests.support.served import Served

CLIENTS = 16
INCREMENTS = int(os.environ.get("TEST_INCREMENTS", "10"))
"""Increments of each client. Nearly every one is refused several times before it is made."""


async def test_a_counter_ends_at_the_number_of_increments_that_were_made(server: Served) -> None:
    new = {"name": "Counter", "secret_name": "x", "age": 0}
    path = (await _exchange(server, "POST", "/heroes/", new)).headers["location"]

    refusals = await asyncio.gather(*(_count(server, path) for _ in range(CLIENTS)))

    counted = await _exchange(server, "GET", path)
    assert CLIENTS * INCREMENTS == counted.content["age"]
    assert f'"{1 + CLIENTS * INCREMENTS}"' == counted.headers["etag"]
    assert sum(refusals) > 0  # or they were never in each other's way


async def _exchange(server: Served, method: str, path: str, body: object = None) -> Response:
    """Return the answer to a request on a connection of its own, which no one closes meanwhile."""
    connection = await Connection.open(server.address)
    response = await connection.exchange(method, path, body)
    await connection.close()
    return response


async def _count(server: Served, path: str) -> int:
    """Increment again and again; return how often the counter had changed meanwhile."""
    connection = await Connection.open(server.address)
    refusals = 0
    for _ in range(INCREMENTS):
        while not await _increment(connection, path):
            refusals += 1
    await connection.close()
    return refusals


async def _increment(connection: Connection, path: str) -> bool:
    read = await connection.exchange("GET", path)
    older = {"age": read.content["age"] + 1}
    response = await connection.exchange("PATCH", path, older, {"If-Match": read.headers["etag"]})
    assert response.status in {200, 412}
    return response.status == 200
