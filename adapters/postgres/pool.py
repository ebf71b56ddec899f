"""A connection pool that serves waiting tasks in the order of arrival, and keeps some for reads."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import asyncpg

from adapters.postgres.errors import translate_errors
from adapters.wait_queue import Waiter, WaitQueue
from service_layer.errors import StoreUnavailable
from service_layer.telemetry.measurements import Counter, Gauge, Measurement

CLOSE_TIMEOUT = 2.0
"""Seconds that ``aclose`` waits for connections in use, whose statements are being cancelled."""


class Pool:
    """At most ``size`` connections, opened on first use and then kept open.

    All but ``reserved`` of them may be acquired for writing. A unit of work that writes may wait
    for a row lock. Without a limit, such units of work could hold all connections, and reads, which
    no lock delays, would wait with them.

    A released connection goes to the waiter that has waited longest. asyncpg's pool is not fair: a
    new task can take the connection before the waiter that was woken for it, which then goes to the
    end of the queue. With many clients some would wait until the timeout. asyncpg's
    pool also resets a released connection, with a round trip unless it gets a ``reset`` function;
    these connections have no state to reset. ``timeout`` is the maximum wait in seconds.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        size: int,
        timeout: float,
        *,
        reserved: int = 0,
    ) -> None:
        self._connect = connect
        self._size = size
        self._free_to_write = size - reserved
        self._idle: deque[asyncpg.Connection | None] = deque([None] * size)
        """A connection, or ``None`` for a slot without an open connection."""

        self._reads, self._writes = WaitQueue(timeout), WaitQueue(timeout)
        self._assigned: dict[Waiter, asyncpg.Connection | None] = {}
        self._released: asyncio.Event | None = None
        self._waits = 0
        self._timeouts = 0

    async def acquire(self, *, writing: bool = False) -> asyncpg.Connection:
        """Return the most recently released connection, or open one.

        Connections are not tested first: asyncpg notices a closed socket. Raises
        ``StoreUnavailable`` after the timeout, or if the server is unreachable.
        """
        if self._idle and (self._free_to_write or not writing):
            self._free_to_write -= writing
            connection = self._idle.pop()
        else:
            connection = await self._wait(writing=writing)
        while connection is not None and connection.is_closed():
            self._idle.appendleft(None)
            connection = self._idle.pop()
        if connection is not None:
            return connection
        try:
            with translate_errors:
                return await self._connect()
        except BaseException:
            self._put_back(None, writing=writing)
            raise

    def release(self, connection: asyncpg.Connection, *, writing: bool = False) -> None:
        """Release the connection, or its slot if the connection is closed."""
        self._put_back(None if connection.is_closed() else connection, writing=writing)

    def measure(self, name: str) -> Iterable[Measurement]:
        """Return the number of connections and of waits, labelled with the name of the pool."""
        pool = {"db_client_connection_pool_name": name}
        used = self._size - len(self._idle)
        idle = sum(connection is not None for connection in self._idle)
        for state, number in (("used", used), ("idle", idle)):
            labels = {**pool, "db_client_connection_state": state}
            yield Gauge("db_client_connection_count", "Connections of a pool.", number, labels)
        waiting = len(self._reads) + len(self._writes)
        yield Gauge("db_client_connection_max", "Size of a pool.", self._size, pool)
        yield Gauge(
            "db_client_connection_pending_requests", "Waits for a connection.", waiting, pool
        )
        yield Counter(
            "db_client_connection_waits", "Waits for a connection so far.", self._waits, pool
        )
        yield Counter(
            "db_client_connection_timeouts", "Waits that timed out.", self._timeouts, pool
        )

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

    async def _wait(self, *, writing: bool) -> asyncpg.Connection | None:
        queue = self._writes if writing else self._reads
        waiter = queue.join()
        self._waits += 1
        try:
            await waiter.sleep()
        except BaseException:
            if waiter in self._assigned:
                self._put_back(self._assigned.pop(waiter), writing=writing)
            else:
                queue.leave(waiter)
            raise
        if waiter not in self._assigned:
            self._timeouts += 1
            queue.leave(waiter)
            raise StoreUnavailable("all connections to the database are in use")
        return self._assigned.pop(waiter)

    def _put_back(self, connection: asyncpg.Connection | None, *, writing: bool) -> None:
        """Assign it to the first waiter, or to the idle ones. ``None`` is a slot."""
        self._free_to_write += writing
        queue = self._next_queue()
        if queue is not None:
            first = queue.first()
            queue.leave(first)
            self._free_to_write -= queue is self._writes
            self._assigned[first] = connection
            first.wake()
        elif connection is None:
            self._idle.appendleft(None)
        else:
            self._idle.append(connection)
        if self._released is not None:
            self._released.set()

    def _next_queue(self) -> WaitQueue | None:
        """Return the queue of the waiter that has waited longest, if one may get a connection."""
        if not self._writes or not self._free_to_write:
            return self._reads or None
        if not self._reads:
            return self._writes
        return min(self._reads, self._writes, key=lambda queue: queue.first().deadline)
