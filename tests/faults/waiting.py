"""Waiting for what happens by itself."""

import asyncio
from collections.abc import Awaitable, Callable

PAUSE = 0.02
"""Seconds between two looks."""


async def seconds_until(condition: Callable[[], Awaitable[bool]], *, limit: float = 20) -> float:
    """Look until the condition holds, and return how long that took."""
    clock = asyncio.get_running_loop().time
    start = clock()
    async with asyncio.timeout(limit):
        while not await condition():  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(PAUSE)
    return clock() - start
