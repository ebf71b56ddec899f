"""Migrations of an in-memory database. Only its own engine can access it."""

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.migrations import runner
from adapters.plain.errors import ErrorTranslator, translate_errors


class SchemaInMemory:
    """``Schema`` of the in-memory database of ``engine``."""

    name = "sqlite://"
    is_embedded = True
    is_in_memory = True

    def __init__(self, engine: AsyncEngine, translate_driver_errors: ErrorTranslator) -> None:
        self._engine = engine
        self._translate_driver_errors = translate_driver_errors

    def pending(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.pending))

    def migrate(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.apply))

    def max_connections(self) -> None:
        """Return ``None``: there is no limit."""

    async def _run(self, work: Callable[[Connection], Sequence[str]]) -> Sequence[str]:
        with translate_errors(self._translate_driver_errors):
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
