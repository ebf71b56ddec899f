"""Calls to a database that go on although the requests that made them are cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any

STOP_TIMEOUT = 1.0
"""Seconds to wait until a cancelled call has ended. Then it goes on in the background."""


class CancelledCalls:
    """The cancelled calls of a database that have not ended.

    ``can_stop`` is whether a cancellation stops a call: the driver of PostgreSQL cancels the
    statement on the server, and SQLAlchemy discards the connection. A call to SQLite runs in a
    thread until its statement ends, and with its connection a database in memory would be lost.
    """

    def __init__(self, *, can_stop: bool) -> None:
        self._can_stop = can_stop
        self._tasks: set[asyncio.Task[Any]] = set()

    async def stop(self, call: asyncio.Task[Any]) -> None:
        """Wait until the call has ended, at most ``STOP_TIMEOUT`` seconds."""
        self._add(call)
        if self._can_stop:
            call.cancel()
        await asyncio.wait([call], timeout=STOP_TIMEOUT)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work that has to follow a call in the background."""
        self._add(asyncio.ensure_future(work))

    async def wait(self) -> None:
        """Wait until all calls have ended."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _add(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._remove)

    def _remove(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # avoids asyncio's warning that the exception was never retrieved
