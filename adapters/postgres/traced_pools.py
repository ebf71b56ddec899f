"""Pools for a unit of work that is traced. They record how long it waits for a connection."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from adapters.postgres.pool import Pool
from adapters.postgres.scans import ScanPool
from adapters.sql.traced.spans import ACQUIRE_CONNECTION, StatementSpans


class TracedPool:
    """A pool, as its users see it."""

    def __init__(self, pool: Pool, spans: StatementSpans) -> None:
        self.release = pool.release
        self._pool = pool
        self._spans = spans

    async def acquire(self, *, writing: bool = False) -> asyncpg.Connection:
        with self._spans.acquire(ACQUIRE_CONNECTION):
            return await self._pool.acquire(writing=writing)


class TracedScanPool:
    """A pool for scans, as its users see it."""

    def __init__(self, scans: ScanPool, spans: StatementSpans) -> None:
        self._scans = scans
        self._spans = spans

    @asynccontextmanager
    async def acquire(self, client: str) -> AsyncIterator[asyncpg.Connection]:
        async with AsyncExitStack() as stack:
            with self._spans.acquire(ACQUIRE_CONNECTION):
                connection = await stack.enter_async_context(self._scans.acquire(client))
            yield connection
