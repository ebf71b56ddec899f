"""A second connection to the service's database, which observes it and holds locks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.integration.writers import Row

OF_THE_SERVICE = "FROM pg_stat_activity WHERE application_name = 'heroes'"


class Observer:
    """A connection to the service's database, outside of the service."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def run(self, statement: str) -> None:
        """Execute a statement."""
        await self._connection.execute(statement)

    async def run_for_ever(self, statement: str) -> None:
        """Execute a statement repeatedly until it fails."""
        while True:
            await self.run(statement)

    async def stored(self) -> dict[int, Row]:
        """Return all rows of ``hero`` by id."""
        rows = await self._connection.fetch("SELECT id, name, secret_name, age, version FROM hero")
        return {hero_id: tuple(values) for hero_id, *values in rows}

    async def waiting_for_locks(self) -> int:
        """Return how many connections of the service wait for a lock."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE} AND wait_event_type = 'Lock'")

    async def sleeping(self) -> int:
        """Return how many connections of the service execute ``pg_sleep``."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE} AND wait_event = 'PgSleep'")

    async def in_transaction(self) -> int:
        """Return how many connections of the service are not idle."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE} AND state <> 'idle'")

    async def connections(self) -> int:
        """Return how many connections the service has."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE}")

    async def transactions_that_wrote(self) -> int:
        """Return how many transactions wrote the current rows of ``hero``."""
        return await self._number("SELECT count(DISTINCT xmin::text) FROM hero")

    async def has_a_synchronous_standby(self) -> bool:
        """Return whether the server has a synchronous standby."""
        query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        return await self._number(query) > 0

    @asynccontextmanager
    async def holding(self, *statements: str) -> AsyncIterator[None]:
        """Hold the locks of the statements until the end of the block."""
        transaction = self._connection.transaction()
        await transaction.start()
        for statement in statements:
            await self.run(statement)
        try:
            yield
        finally:
            await transaction.rollback()

    async def _number(self, query: str) -> int:
        await self.run("SELECT pg_stat_clear_snapshot()")  # a transaction caches its first snapshot
        return int(await self._connection.fetchval(query))


@asynccontextmanager
async def observing(url: str) -> AsyncIterator[Observer]:
    """Connect to the database."""
    connection = await asyncpg.connect(url, server_settings={"application_name": "observer"})
    try:
        yield Observer(connection)
    finally:
        await connection.close()
