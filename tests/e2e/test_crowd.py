"""Many clients at once."""

import asyncio
from collections import Counter

import pytest

from tests.support.connection import Connection
from tests.support.served import Served

pytestmark = pytest.mark.fast_session("Crowds")

CLIENTS = 256
ROUNDS = 5
TIMEOUT = 60
"""Seconds for all of them together: what takes longer has stalled."""


async def test_256_clients_at_once_are_served_without_an_error_and_in_fair_turns(
    server: Served,
) -> None:
    """Each client posts a hero, changes it and reads it, several times.

    When the first client is through, none of the others may still be waiting for its first turn.
    """
    done: Counter[int] = Counter()
    progress_at_finish: list[Counter[int]] = []
    everyone = asyncio.Barrier(CLIENTS)

    async def take_turns(number: int) -> None:
        connection = await Connection.open(server.address)
        await connection.request("GET", "/heroes/?limit=0")  # uvloop accepts one by one
        await everyone.wait()
        for turn in range(ROUNDS):
            await _work(connection, f"Hero {number}.{turn}")
            done[number] += 1
        progress_at_finish.append(done.copy())
        await connection.close()

    async with asyncio.timeout(TIMEOUT):
        await asyncio.gather(*(take_turns(number) for number in range(CLIENTS)))

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
