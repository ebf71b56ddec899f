"""The schema of a database in memory, which only its own engine can reach."""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.migrations import runner
from adapters.plain.errors import ErrorTable, translate_errors


class SchemaInMemory:
    """``Schema`` of the database that ``engine`` has its one connection to."""

    name = "sqlite://"
    is_embedded = True
    is_in_memory = True

    def __init__(self, engine: AsyncEngine, error_table: ErrorTable) -> None:
        self._engine = engine
        self._error_table = error_table

    def pending(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.pending))

    def migrate(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.apply))

    def max_connections(self) -> None:
        """Return that there is no limit to mind."""

    async def _run(self, work: Callable[[Connection], Sequence[str]]) -> Sequence[str]:
        with translate_errors(self._error_table):
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
