"""Many concurrent clients."""

import asyncio
from collections import Counter

import pytest

from tests.support.connection import Connection
from tests.support.served import Served

pytestmark = pytest.mark.fast_session("Crowds")

CLIENTS = 256
ROUNDS = 5
TIMEOUT = 60
"""Seconds for all clients together."""


async def test_256_concurrent_clients_are_served_fairly_and_without_errors(
    server: Served,
) -> None:
    """Each client creates, updates and reads a hero in each round.

    When the first client has finished, every other client has completed at least one round.
    """
    done: Counter[int] = Counter()
    progress_at_finish: list[Counter[int]] = []
    all_connected = asyncio.Barrier(CLIENTS)

    async def run_client(number: int) -> None:
        connection = await Connection.open(server.address)
        await connection.request("GET", "/heroes/?limit=0")  # uvloop accepts one by one
        await all_connected.wait()
        for index in range(ROUNDS):
            await _work(connection, f"Hero {number}.{index}")
            done[number] += 1
        progress_at_finish.append(done.copy())
        await connection.close()

    async with asyncio.timeout(TIMEOUT):
        await asyncio.gather(*(run_client(number) for number in range(CLIENTS)))

    assert dict.fromkeys(range(CLIENTS), ROUNDS) == done
    assert min(progress_at_finish[0][number] for number in range(CLIENTS)) >= 1


async def _work(connection: Connection, name: str) -> None:
    new = {"name": name, "secret_name": name, "age": None}
    status, hero = await connection.request("POST", "/heroes/", new)
    assert (200, {**new, "id": hero["id"]}) == (status, hero)
    path = f"/heroes/{hero['id']}"
    changed = {**hero, "age": 7}
    assert (200, changed) == await connection.request("PATCH", path, {"age": 7})
    assert (200, changed) == await connection.request("GET", path)
