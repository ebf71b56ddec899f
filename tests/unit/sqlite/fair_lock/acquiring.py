"""Tasks that acquire a lock."""

import asyncio

from adapters.sqlite.fair_lock import FairLock
from tests.support.loops import SLOWER
from tests.support.served import LIMIT

TIMEOUT = LIMIT / SLOWER
"""The timeout of the lock in seconds of the loop; also the limit of the tests."""


def acquire(lock: FairLock) -> "asyncio.Task[bool]":
    return asyncio.create_task(lock.acquire())


async def times_out(waiting: "asyncio.Task[bool]") -> bool:
    """Return whether the task ends with ``TimeoutError``."""
    await asyncio.wait([waiting], timeout=TIMEOUT)
    return waiting.done() and isinstance(waiting.exception(), TimeoutError)
