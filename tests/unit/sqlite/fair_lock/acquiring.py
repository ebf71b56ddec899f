"""Tasks that acquire a lock."""

import asyncio

from adapters.sqlite.fair_lock import FairLock
from tests.support.loops import SLOWER

TIMEOUT = 30 / SLOWER
"""Seconds of the loop that the lock is waited for; also after which the tests give it up."""


def acquire(lock: FairLock) -> "asyncio.Task[bool]":
    return asyncio.create_task(lock.acquire())


async def gives_up(waiting: "asyncio.Task[bool]") -> bool:
    """Return whether the wait ended with a timeout."""
    await asyncio.wait([waiting], timeout=TIMEOUT)
    return waiting.done() and isinstance(waiting.exception(), TimeoutError)
