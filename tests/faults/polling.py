"""Polling of a condition."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.served import LIMIT

PAUSE = 0.02
"""Seconds between two polls."""


async def seconds_until(condition: Callable[[], Awaitable[bool]], *, limit: float = LIMIT) -> float:
    """Poll until the condition holds, and return the seconds that it took."""
    clock = asyncio.get_running_loop().time
    start = clock()
    async with asyncio.timeout(limit):
        while not await condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(PAUSE)
    return clock() - start
