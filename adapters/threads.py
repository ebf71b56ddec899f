"""Waiting for work that runs in a thread."""

import asyncio
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def finished(work: asyncio.Future[T]) -> T:
    """Return the result of ``work``, which can't be interrupted.

    A cancellation takes effect when the work is over, so that nothing the thread uses is handed
    on while it runs.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        while not work.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([work])
        raise
