"""The connections for scans, which clients acquire in turn."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import asyncpg

from adapters.client_slots import ClientSlots
from adapters.postgres.pool import Pool
from service_layer.errors import StoreUnavailable
from service_layer.telemetry.measurements import Measurement


class ScanPool:
    """``size`` connections of a pool of this size. ``timeout`` is the maximum wait in seconds."""

    def __init__(self, pool: Pool, size: int, timeout: float) -> None:
        self._pool = pool
        self._timeout = timeout
        self._slots = ClientSlots(size)

    @asynccontextmanager
    async def acquire(self, client: str) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection for the block.

        Raises ``StoreUnavailable`` after the timeout, or if the server is unreachable.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._slots.acquire(client)
        except TimeoutError:
            raise StoreUnavailable("all connections for scans are in use") from None
        try:
            connection = await self._pool.acquire()
            try:
                yield connection
            finally:
                self._pool.release(connection)
        finally:
            self._slots.release(client)

    def measure(self, name: str) -> Iterable[Measurement]:
        """Return the measurements of the pool. Waits for the turn of a client are not included."""
        return self._pool.measure(name)

    async def aclose(self) -> None:
        """Close the connections. Call it on the event loop that used them."""
        await self._pool.aclose()
