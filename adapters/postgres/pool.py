"""A process's connections to a server, handed out first come, first served."""

from collections import deque
from collections.abc import Awaitable, Callable

import asyncpg

from adapters.postgres.errors import translated
from adapters.wait_queue import Line, Waiting
from service_layer.errors import StoreUnavailable


class Pool:
    """At most ``size`` connections, opened when they are needed and then kept.

    One that is given back goes straight to who has waited longest. asyncpg's own pool lets
    newcomers overtake: among many clients some would wait too long while others are served again
    and again. It also asks the server to reset a connection after each use, a round trip that ours,
    which keep nothing, do not need. ``patience`` is the most seconds to wait for a connection.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, patience: float
    ) -> None:
        self._connect = connect
        self._free: deque[asyncpg.Connection | None] = deque([None] * size)  # None: to be opened
        self._line = Line(patience)
        self._handed: dict[Waiting, asyncpg.Connection | None] = {}

    async def take(self) -> asyncpg.Connection:
        """Return a connection, the last one given back if there is any.

        Nothing is pinged: the driver is told by the socket when the server closes a connection.
        Raises ``StoreUnavailable`` when none is free in time or the server can't be reached.
        """
        connection = self._free.pop() if self._free else await self._wait()
        while connection is not None and connection.is_closed():
            self._free.appendleft(None)
            connection = self._free.pop()
        if connection is not None:
            return connection
        try:
            with translated():
                return await self._connect()
        except BaseException:
            self._hand_on(None)
            raise

    def give_back(self, connection: asyncpg.Connection) -> None:
        """Let the next one have the connection, or a new one if this one is closed."""
        self._hand_on(None if connection.is_closed() else connection)

    async def aclose(self) -> None:
        """Close the connections that nobody has. Has to run on the loop that used them.

        The server is told, and not waited for: nothing is under way on them, and where the network
        is silent each would take as long as a statement may.
        """
        for connection in self._free:
            if connection is not None:
                connection.terminate()

    async def _wait(self) -> asyncpg.Connection | None:
        me = self._line.join()
        try:
            await me.woken.wait()
        except BaseException:
            if me in self._handed:
                self._hand_on(self._handed.pop(me))
            else:
                self._line.leave(me)
            raise
        if me not in self._handed:
            self._line.leave(me)
            raise StoreUnavailable("all connections to the database are in use")
        return self._handed.pop(me)

    def _hand_on(self, connection: asyncpg.Connection | None) -> None:
        """Give it to who has waited longest, or keep it. ``None`` is leave to open one."""
        if self._line:
            first = self._line.first()
            self._line.leave(first)
            self._handed[first] = connection
            first.woken.set()
        elif connection is None:
            self._free.appendleft(None)
        else:
            self._free.append(connection)
