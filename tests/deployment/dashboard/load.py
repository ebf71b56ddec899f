"""A minute of a service: reads, writes, counts, mistakes of clients, and an overload."""

import asyncio
import random

from tests.support.connection import Connection

DURATION = 60.0
"""Seconds of the load."""

OVERLOAD = (30.0, 40.0)
"""Seconds from the start between which a crowd of clients writes without pause."""

CLIENTS = 6
CROWD = 150
PAUSE = 0.02
"""Mean pause of an ordinary client between two requests, in seconds."""

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

REQUESTS = [
    (50, "GET", "/heroes/1", None),
    (10, "GET", "/heroes/?limit=20", None),
    (15, "POST", "/heroes/", HERO),
    (10, "PATCH", "/heroes/1", {"age": 28}),
    (3, "GET", "/heroes/?name__contains=ead&limit=10", None),
    (3, "GET", "/heroes/999999999", None),
    (2, "POST", "/heroes/", {"name": "no secret"}),
]
"""How often each is sent, relative to the others."""


async def run_load(address: tuple[str, int]) -> None:
    """Send the requests of all clients, and return after ``DURATION``."""
    loop = asyncio.get_running_loop()
    end = loop.time() + DURATION
    begin_overload, end_overload = (loop.time() + seconds for seconds in OVERLOAD)
    async with asyncio.TaskGroup() as clients:
        for _ in range(CLIENTS):
            clients.create_task(_ordinary(address, end))
        clients.create_task(_replay(address, end))
        await asyncio.sleep(begin_overload - loop.time())
        for _ in range(CROWD):
            clients.create_task(_write_without_pause(address, end_overload))


async def _ordinary(address: tuple[str, int], end: float) -> None:
    connection = await Connection.open(address)
    weights = [weight for weight, *_ in REQUESTS]
    while asyncio.get_running_loop().time() < end:
        (chosen,) = random.choices(REQUESTS, weights)  # noqa: S311 - no secret
        _, method, path, body = chosen
        await connection.request(method, path, body)
        await asyncio.sleep(random.expovariate(1 / PAUSE))
    await connection.close()


async def _replay(address: tuple[str, int], end: float) -> None:
    """Send each request with a key twice."""
    connection = await Connection.open(address)
    number = 0
    while asyncio.get_running_loop().time() < end:
        for _ in range(2):
            await connection.request("POST", "/heroes/", HERO, idempotency_key=f"key-{number}")
        number += 1
        await asyncio.sleep(0.2)
    await connection.close()


async def _write_without_pause(address: tuple[str, int], end: float) -> None:
    connection = await Connection.open(address)
    while asyncio.get_running_loop().time() < end:
        status, _ = await connection.request("POST", "/heroes/", HERO)
        if status != 200:
            await asyncio.sleep(PAUSE)
    await connection.close()
