"""A process's connections to a server, handed out first come, first served."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from adapters.driver_errors import translated
from service_layer.errors import StoreUnavailable


class Pool:
    """At most ``size`` connections, opened when they are needed and then kept.

    asyncpg's own pool lets newcomers overtake who has waited, so that among many clients some would
    wait too long while others are served again and again; and it asks the server to reset a
    connection after each use, a round trip that ours, which keep nothing, do not need. ``patience``
    is the most seconds to wait for a connection.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int, patience: float
    ) -> None:
        self._connect = connect
        self._turns = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []
        self._patience = patience

    async def take(self) -> asyncpg.Connection:
        """Return a connection, the last one given back if there is any.

        Nothing is pinged: the driver is told by the socket when the server closes a connection.
        Raises ``StoreUnavailable`` when none is free in time or the server can't be reached.
        """
        await self._take_turn()
        try:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    return connection
            with translated():
                return await self._connect()
        except BaseException:
            self._turns.release()
            raise

    def give_back(self, connection: asyncpg.Connection) -> None:
        """Let the next one have the connection, or a new one if this one is closed."""
        if not connection.is_closed():
            self._idle.append(connection)
        self._turns.release()

    async def aclose(self) -> None:
        """Close the connections that nobody has. Has to run on the loop that used them.

        The server is told, and not waited for: nothing is under way on them, and where the network
        is silent each would take as long as a statement may.
        """
        while self._idle:
            self._idle.pop().terminate()

    async def _take_turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise StoreUnavailable("all connections to the database are in use") from None
