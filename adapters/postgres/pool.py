"""A connection pool that serves waiting tasks in the order of arrival."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from adapters.postgres.errors import translate_errors
from adapters.wait_queue import Waiter, WaitQueue
from service_layer.errors import StoreUnavailable

CLOSE_TIMEOUT = 2.0
"""Seconds that ``aclose`` waits for connections in use, whose statements are being cancelled."""


class Pool:
    """At most ``size`` connections, opened on first use and then kept open.

    A released connection goes to the waiter that has waited longest. asyncpg's pool is not fair: a
    new task can take the connection before the waiter that was woken for it, which then goes to the
    end of the queue. With many clients some would wait until the timeout. asyncpg's
    pool also resets a released connection, with a round trip unless it gets a ``reset`` function;
    these connections have no state to reset. ``timeout`` is the maximum wait in seconds.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, timeout: float
    ) -> None:
        self._connect = connect
        self._size = size
        self._idle: deque[asyncpg.Connection | None] = deque([None] * size)
        """A connection, or ``None`` for a slot without an open connection."""

        self._queue = WaitQueue(timeout)
        self._assigned: dict[Waiter, asyncpg.Connection | None] = {}
        self._released: asyncio.Event | None = None

    async def acquire(self) -> asyncpg.Connection:
        """Return the most recently released connection, or open one.

        Connections are not tested first: asyncpg notices a closed socket. Raises
        ``StoreUnavailable`` after the timeout, or if the server is unreachable.
        """
        connection = self._idle.pop() if self._idle else await self._wait()
        while connection is not None and connection.is_closed():
            self._idle.appendleft(None)
            connection = self._idle.pop()
        if connection is not None:
            return connection
        try:
            with translate_errors():
                return await self._connect()
        except BaseException:
            self._assign(None)
            raise

    def release(self, connection: asyncpg.Connection) -> None:
        """Release the connection, or its slot if the connection is closed."""
        self._assign(None if connection.is_closed() else connection)

    async def aclose(self) -> None:
        """Close the idle connections. Call it on the event loop that used them.

        Before that, it waits until no connection is in use, at most ``CLOSE_TIMEOUT`` seconds. It
        does not wait for the server: on an unresponsive network each close would last until the
        statement timeout.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._wait_until_idle()
        for connection in self._idle:
            if connection is not None:
                connection.terminate()

    async def _wait_until_idle(self) -> None:
        while len(self._idle) < self._size:
            self._released = asyncio.Event()
            await self._released.wait()

    async def _wait(self) -> asyncpg.Connection | None:
        waiter = self._queue.join()
        try:
            await waiter.woken.wait()
        except BaseException:
            if waiter in self._assigned:
                self._assign(self._assigned.pop(waiter))
            else:
                self._queue.leave(waiter)
            raise
        if waiter not in self._assigned:
            self._queue.leave(waiter)
            raise StoreUnavailable("all connections to the database are in use")
        return self._assigned.pop(waiter)

    def _assign(self, connection: asyncpg.Connection | None) -> None:
        """Assign it to the first waiter, or to the idle ones. ``None`` is a slot."""
        if self._queue:
            first = self._queue.first()
            self._queue.leave(first)
            self._assigned[first] = connection
            first.woken.set()
        elif connection is None:
            self._idle.appendleft(None)
        else:
            self._idle.append(connection)
        if self._released is not None:
            self._released.set()
