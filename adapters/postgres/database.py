"""A PostgreSQL database as a whole: its units of work, its schema, its end."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from adapters.postgres import schema
from adapters.postgres.connections import ServerOptions, connect
from adapters.postgres.dsn import without_password
from adapters.postgres.pipelined_begin import Connect, TransactionStart
from adapters.postgres.pool import Pool
from adapters.postgres.session import Reader, WritingSession
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

SCANS = 2
"""Connections of a process that are kept for scans, so that these leave the others to the rest."""


class PostgresDatabase:
    """``Database`` over a server. Connects to nothing until it is asked to.

    ``read_dsn`` may lead to replicas. Only read-only units of work use it, and they may then not
    see what was written a moment ago.
    """

    is_embedded = False
    is_in_memory = False

    def __init__(self, dsn: str, options: ServerOptions, *, read_dsn: str | None = None) -> None:
        self.name = without_password(dsn)
        self._dsn = dsn
        self._options = options
        self._start = TransactionStart(partial(connect, dsn, options))
        self._writers = self._readers = _pool(self._start.connect, options)
        if read_dsn:
            self._readers = _pool(partial(connect, read_dsn, options), options)
        self._scans = _pool_of_scans(read_dsn or dsn, options)
        self.connections = options.pool_size + (0 if read_dsn else SCANS)
        # Two requests for each connection, so that one given back finds the next request waiting.
        self.concurrency = 2 * options.pool_size * (2 if read_dsn else 1)

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(WritingSession(self._writers, self._start))

    def reading(self) -> ReadOnlyUnitOfWork:
        return SqlReadOnlyUnitOfWork(Reader(self._readers, self._scans))

    def pending(self) -> Sequence[str]:
        """Return the revisions not yet applied. Blocks, and raises, like ``migrate``."""
        return schema.pending(self._dsn, self._options)

    def migrate(self) -> Sequence[str]:
        """Bring the schema up to date, under a lock, and return the revisions applied.

        Blocks, and must not run on an event loop's thread. Raises ``SchemaMismatch`` and
        ``StoreUnavailable``.
        """
        return schema.migrate(self._dsn, self._options)

    def max_connections(self) -> int:
        """Return how many connections the server lets ordinary users have. Blocks."""
        return schema.max_connections(self._dsn, self._options)

    async def aclose(self) -> None:
        """Close every connection. Has to run on the loop that used them."""
        await self._writers.aclose()
        await self._readers.aclose()
        await self._scans.aclose()


def _pool(connect: Connect, options: ServerOptions) -> Pool:
    return Pool(connect, options.pool_size, options.pool_timeout)


def _pool_of_scans(dsn: str, options: ServerOptions) -> Pool:
    """Return connections on which the server stops what takes too long, and does it alone.

    Workers to help it would only take the processors from the other requests.
    """
    timeout = min(options.scan_timeout, options.statement_timeout)
    scanning = replace(options, statement_timeout=timeout)
    open_one = partial(connect, dsn, scanning, max_parallel_workers_per_gather="0")
    return Pool(open_one, SCANS, options.scan_timeout)
