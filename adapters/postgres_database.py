"""A PostgreSQL database as a whole: its units of work, its schema, its end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from adapters.driver_errors import translated
from adapters.migrations import runner
from adapters.postgres import SCANS, ServerOptions, connect, migrating_engine
from adapters.postgres_pool import Pool
from adapters.postgres_session import Reader, WritingSession
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from service_layer.errors import UnusableDatabase
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(6072426)")
"""Held while the schema changes. The number means nothing; all processes have to name the same."""

ENCODING = text("SHOW server_encoding")

REFUSED = ("0A", "42")
"""How the SQLSTATEs begin that say the schema does not allow what a revision does."""

MAX_CONNECTIONS = text(
    "SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
)

T = TypeVar("T")


class PostgresDatabase:
    """``Database`` over a server. Connects to nothing until it is asked to.

    ``read_dsn`` may lead to replicas. Only read-only units of work use it, and they may then not
    see what was written a moment ago.
    """

    is_embedded = False

    def __init__(self, dsn: str, options: ServerOptions, *, read_dsn: str | None = None) -> None:
        self.name = _without_password(dsn)
        self._dsn = dsn
        self._options = options
        self._writers = self._readers = _pool(dsn, options)
        if read_dsn:
            self._readers = _pool(read_dsn, options)
        self._scans = _pool_of_scans(read_dsn or dsn, options)

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(WritingSession(self._writers))

    def reading(self) -> ReadOnlyUnitOfWork:
        return SqlReadOnlyUnitOfWork(Reader(self._readers, self._scans))

    def pending(self) -> Sequence[str]:
        """Return the revisions not yet applied. Blocks, and raises, like ``migrate``."""
        return asyncio.run(self._on_a_connection_of_its_own(runner.pending))

    def migrate(self) -> Sequence[str]:
        """Bring the schema up to date, under a lock, and return the revisions applied.

        Blocks, and must not run on an event loop's thread. Raises ``SchemaMismatch`` and
        ``StoreUnavailable``.
        """
        return asyncio.run(self._on_a_connection_of_its_own(_apply_under_lock))

    def max_connections(self) -> int:
        """Return how many connections the server lets ordinary users have. Blocks."""
        return asyncio.run(self._on_a_connection_of_its_own(_max_connections))

    async def aclose(self) -> None:
        """Close every connection. Has to run on the loop that used them."""
        await self._writers.aclose()
        await self._readers.aclose()
        await self._scans.aclose()

    async def _on_a_connection_of_its_own(self, work: Callable[[Connection], T]) -> T:
        with translated():
            async with migrating_engine(self._dsn, self._options).begin() as connection:
                await connection.run_sync(_check_encoding)
                return await connection.run_sync(work)


def _pool(dsn: str, options: ServerOptions) -> Pool:
    return Pool(partial(connect, dsn, options), options.pool_size, options.pool_timeout)


def _pool_of_scans(dsn: str, options: ServerOptions) -> Pool:
    """Return connections on which the server stops what takes too long, and does it alone.

    Workers to help it would only take the processors from the other requests.
    """
    timeout = min(options.scan_timeout, options.statement_timeout)
    scanning = replace(options, statement_timeout=timeout)
    open_one = partial(connect, dsn, scanning, max_parallel_workers_per_gather="0")
    return Pool(open_one, SCANS, options.scan_timeout)


def _apply_under_lock(connection: Connection) -> Sequence[str]:
    connection.execute(MIGRATION_LOCK)
    try:
        return runner.apply(connection)
    except DBAPIError as error:
        if str(getattr(error.orig, "sqlstate", "")).startswith(REFUSED):
            reason = str(error.orig).partition("\n")[0]
            raise UnusableDatabase(f"its schema can't be changed: {reason}") from error
        raise


def _check_encoding(connection: Connection) -> None:
    """Refuse a database that can't keep every text."""
    encoding = connection.execute(ENCODING).scalar_one()
    if encoding != "UTF8":
        raise UnusableDatabase(f"its encoding is {encoding}, and not UTF8")


def _max_connections(connection: Connection) -> int:
    return int(connection.execute(MAX_CONNECTIONS).scalar_one())


def _without_password(dsn: str) -> str:
    """Return the address without its password, and without its options, which may hold another."""
    parts = urlsplit(dsn)
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    netloc = name + (":***" if colon else "") + at + hosts
    return parts._replace(netloc=netloc, query="", fragment="").geturl()
