"""A look at the server from beside the service, and a hand that gets in its way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.integration.writers import Row

OF_THE_SERVICE = "FROM pg_stat_activity WHERE application_name = 'heroes'"


class Observer:
    """A connection of its own to the service's database."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def run(self, statement: str) -> None:
        """Execute a statement."""
        await self._connection.execute(statement)

    async def run_for_ever(self, statement: str) -> None:
        """Execute a statement again and again, until it fails."""
        while True:
            await self.run(statement)

    async def stored(self) -> dict[int, Row]:
        """Return all rows of heroes by id."""
        rows = await self._connection.fetch("SELECT id, name, secret_name, age, version FROM hero")
        return {hero_id: tuple(values) for hero_id, *values in rows}

    async def waiting_for_locks(self) -> int:
        """Return how many connections of the service wait for a lock."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE} AND wait_event_type = 'Lock'")

    async def in_transaction(self) -> int:
        """Return how many connections of the service have begun something and not ended it."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE} AND state <> 'idle'")

    async def connections(self) -> int:
        """Return how many connections the service has."""
        return await self._number(f"SELECT count(*) {OF_THE_SERVICE}")

    async def transactions_that_wrote(self) -> int:
        """Return how many transactions the rows of heroes come from."""
        return await self._number("SELECT count(DISTINCT xmin::text) FROM hero")

    async def has_a_synchronous_standby(self) -> bool:
        """Tell whether every commit is kept on another server too before it is acknowledged."""
        query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        return await self._number(query) > 0

    @asynccontextmanager
    async def holding(self, *statements: str) -> AsyncIterator[None]:
        """Keep what the statements lock, until the end."""
        transaction = self._connection.transaction()
        await transaction.start()
        for statement in statements:
            await self.run(statement)
        try:
            yield
        finally:
            await transaction.rollback()

    async def _number(self, query: str) -> int:
        await self.run("SELECT pg_stat_clear_snapshot()")  # or a transaction sees its first look
        return int(await self._connection.fetchval(query))


@asynccontextmanager
async def observing(url: str) -> AsyncIterator[Observer]:
    """Connect to the database at the address."""
    connection = await asyncpg.connect(url, server_settings={"application_name": "observer"})
    try:
        yield Observer(connection)
    finally:
        await connection.close()
