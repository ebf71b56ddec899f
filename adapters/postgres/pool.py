"""A first-in, first-out pool of connections to a server."""

from collections import deque
from collections.abc import Awaitable, Callable

import asyncpg

from adapters.postgres.errors import translate_errors
from adapters.wait_queue import Waiter, WaitQueue
from service_layer.errors import StoreUnavailable


class Pool:
    """At most ``size`` connections, opened on first use and then kept open.

    A released connection goes to the waiter that has waited longest. asyncpg's pool is not fair: a
    task that does not have to wait takes a connection before the waiters that are woken for it, and
    these go to the end of the queue. With many clients some would wait until the timeout. asyncpg's
    pool also resets a released connection, with a round trip unless it gets a ``reset`` function;
    these connections have no state to reset. ``timeout`` is the maximum wait in seconds.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, timeout: float
    ) -> None:
        self._connect = connect
        self._free: deque[asyncpg.Connection | None] = deque([None] * size)  # None: to be opened
        self._queue = WaitQueue(timeout)
        self._handed: dict[Waiter, asyncpg.Connection | None] = {}

    async def acquire(self) -> asyncpg.Connection:
        """Return a connection, the last one given back if there is any.

        Nothing is pinged: the driver learns from the socket when the server closes a connection.
        Raises ``StoreUnavailable`` when none is free in time or the server can't be reached.
        """
        connection = self._free.pop() if self._free else await self._wait()
        while connection is not None and connection.is_closed():
            self._free.appendleft(None)
            connection = self._free.pop()
        if connection is not None:
            return connection
        try:
            with translate_errors():
                return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    def release(self, connection: asyncpg.Connection) -> None:
        """Pass the connection on, or leave to open a new one if it is closed."""
        self._pass_on(None if connection.is_closed() else connection)

    async def aclose(self) -> None:
        """Close the idle connections. Has to run on the loop that used them.

        The server is told, and not waited for: nothing is under way on them, and where the network
        is silent each would take as long as a statement may.
        """
        for connection in self._free:
            if connection is not None:
                connection.terminate()

    async def _wait(self) -> asyncpg.Connection | None:
        me = self._queue.join()
        try:
            await me.woken.wait()
        except BaseException:
            if me in self._handed:
                self._pass_on(self._handed.pop(me))
            else:
                self._queue.leave(me)
            raise
        if me not in self._handed:
            self._queue.leave(me)
            raise StoreUnavailable("all connections to the database are in use")
        return self._handed.pop(me)

    def _pass_on(self, connection: asyncpg.Connection | None) -> None:
        """Give it to the first waiter, or to the free ones. ``None`` is leave to open one."""
        if self._queue:
            first = self._queue.first()
            self._queue.leave(first)
            self._handed[first] = connection
            first.woken.set()
        elif connection is None:
            self._free.appendleft(None)
        else:
            self._free.append(connection)
