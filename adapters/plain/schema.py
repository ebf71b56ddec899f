"""Migrations of an in-memory database. Only its own engine can access it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.migrations import runner
from adapters.plain.errors import translate_errors
from adapters.sql.driver_errors import ErrorTranslator
from adapters.sql.mistyped import MistypedTables
from service_layer.backup import BackupRefused
from service_layer.database import IrregularRow, Replica


class SchemaInMemory:
    """``Schema`` of the in-memory database of ``engine``."""

    name = "sqlite://"
    is_embedded = True
    is_in_memory = True
    holds_last_copy = False

    def __init__(self, engine: AsyncEngine, translate_driver_errors: ErrorTranslator) -> None:
        self.mistyped = MistypedTables()
        self._engine = engine
        self._translate_driver_errors = translate_driver_errors

    def recover(self) -> None:
        """Do nothing: there was no database before."""

    def pending(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.pending))

    def migrate(self) -> Sequence[str]:
        return asyncio.run(self._run(runner.apply))

    def check(self) -> Iterator[IrregularRow]:
        """Yield nothing: no other program writes to it."""
        yield from ()

    def time_flushes(self) -> Sequence[float]:
        """Return nothing: no write is durable."""
        return ()

    def inspect_replicas(self) -> Sequence[Replica]:
        """Return nothing: it has no replicas."""
        return ()

    def backup(self, *_: object, **__: object) -> NoReturn:
        raise BackupRefused("a database in memory has no backups: it ends with its process")

    def restore(self, *_: object, **__: object) -> NoReturn:
        raise BackupRefused("a database in memory can not be restored: it ends with its process")

    async def aopen(self) -> Sequence[str]:
        """Return no warnings: no other process can use the database."""
        return []

    def max_connections(self) -> None:
        """Return ``None``: there is no limit."""

    def data_version(self) -> None:
        """Return ``None``: the connection of the database is that of its sessions."""

    async def aclose(self) -> None:
        """Do nothing: the engine belongs to the sessions."""

    async def _run(self, work: Callable[[Connection], Sequence[str]]) -> Sequence[str]:
        with translate_errors(self._translate_driver_errors):
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
