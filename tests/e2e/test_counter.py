"""No update is lost among clients that send If-Match."""

import asyncio
import os

from tests.support.connection import Connection, Response
from tests.support.served import Served

CLIENTS = 16
INCREMENTS = int(os.environ.get("TEST_INCREMENTS", "10"))
"""Increments per client. Nearly every one gets 412 several times before it succeeds."""


async def test_concurrent_increments_with_if_match_lose_no_update(server: Served) -> None:
    new = {"name": "Counter", "secret_name": "x", "age": 0}
    path = (await _exchange(server, "POST", "/heroes/", new)).headers["location"]

    conflicts = await asyncio.gather(*(_count(server, path) for _ in range(CLIENTS)))

    counted = await _exchange(server, "GET", path)
    assert CLIENTS * INCREMENTS == counted.content["age"]
    assert f'"{1 + CLIENTS * INCREMENTS}"' == counted.headers["etag"]
    assert sum(conflicts) > 0  # otherwise there was no conflict


async def _exchange(server: Served, method: str, path: str, body: object = None) -> Response:
    """Send a request on its own connection, and return the response."""
    connection = await Connection.open(server.address)
    response = await connection.exchange(method, path, body)
    await connection.close()
    return response


async def _count(server: Served, path: str) -> int:
    """Increment ``INCREMENTS`` times; return how often the server returned 412."""
    connection = await Connection.open(server.address)
    conflicts = 0
    for _ in range(INCREMENTS):
        while not await _increment(connection, path):
            conflicts += 1
    await connection.close()
    return conflicts


async def _increment(connection: Connection, path: str) -> bool:
    read = await connection.exchange("GET", path)
    older = {"age": read.content["age"] + 1}
    response = await connection.exchange("PATCH", path, older, {"If-Match": read.headers["etag"]})
    assert response.status in {200, 412}
    return response.status == 200
