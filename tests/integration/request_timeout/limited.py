"""An application with a short request timeout, on a database without timeouts of its own."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from entrypoints.api.app import Limits, build_app
from service_layer.unit_of_work import UnitOfWorkFactory

TIMEOUT = 0.5
"""Seconds of the request timeout."""

PROMPTLY = 4
"""Seconds after the timeout within which the response arrives: one, and some for a busy machine."""

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}

RETRY = "The request took too long. Try again later."
ROLLED_BACK = "The request took too long. Nothing was changed. Try again later."
OUTCOME_UNKNOWN = "The request took too long. The outcome is unknown: check before you retry."


@asynccontextmanager
async def client_of(
    database: UnitOfWorkFactory, request_timeout: float = TIMEOUT
) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(build_app(database, limits=Limits(request_timeout)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        yield client


async def late(request: Coroutine[Any, Any, httpx2.Response]) -> str:
    """Return the ``detail`` of the response to a request that does not end in time."""
    clock = asyncio.get_running_loop().time
    started = clock()
    response = await request
    waited = clock() - started
    detail: str = response.json()["detail"]
    assert 503 == response.status_code, detail
    assert "1" == response.headers["Retry-After"]
    assert TIMEOUT <= waited + 0.05
    assert waited < TIMEOUT + PROMPTLY
    return detail


async def create(client: httpx2.AsyncClient, number: int = 1) -> None:
    for _ in range(number):
        assert 200 == (await client.post("/heroes/", json=HERO)).status_code


async def ages(client: httpx2.AsyncClient) -> list[int]:
    """Return the ages of all heroes, by id."""
    return [hero["age"] for hero in (await client.get("/heroes/")).json()]
