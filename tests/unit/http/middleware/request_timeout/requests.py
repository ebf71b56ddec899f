"""Requests to an application, and a clock that makes them late."""

import asyncio

import httpx2
from starlette.types import ASGIApp

from tests.support.loops import the_loop

TIMEOUT = 10.0
LATE = 11.0
"""Seconds after which a request is late."""

TICKS = 20
"""More event loop ticks than a request takes."""


async def request(app: ASGIApp) -> httpx2.Response:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://any") as client:
        return await client.get("/things/1")


async def start_request(app: ASGIApp) -> asyncio.Task[httpx2.Response]:
    """Start a request, and return when it waits."""
    task = asyncio.create_task(request(app))
    await settle()
    return task


async def advance(seconds: float) -> None:
    """Advance the clock, and return when every task waits."""
    the_loop().advance_clock(seconds)
    await settle()


async def settle() -> None:
    """Let the event loop run until every task waits."""
    for _ in range(TICKS):
        await asyncio.sleep(0)
