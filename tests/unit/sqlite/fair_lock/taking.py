"""Tasks that take a turn."""

import asyncio

from adapters.sqlite.fair_lock import Turns
from tests.support.loops import SLOWER

PATIENCE = 30 / SLOWER
"""Seconds of the loop that a turn is waited for; also after which the tests take it for lost."""


def take(turns: Turns) -> "asyncio.Task[bool]":
    return asyncio.create_task(turns.take())


async def gives_up(waiting: "asyncio.Task[bool]") -> bool:
    """Return whether the wait ended for want of patience."""
    await asyncio.wait([waiting], timeout=PATIENCE)
    return waiting.done() and isinstance(waiting.exception(), TimeoutError)
