"""The ``Database`` port for PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from adapters.migrations.schema_probe import schema_probe
from adapters.postgres import schema
from adapters.postgres.connections import ServerOptions, connect
from adapters.postgres.dsn import hide_password
from adapters.postgres.inspection.flush_times import time_commits
from adapters.postgres.inspection.irregular_rows import irregular_rows
from adapters.postgres.inspection.replicas import inspect_replicas
from adapters.postgres.pipelined_begin import Connect, TransactionStart
from adapters.postgres.pool import Pool
from adapters.postgres.scans import ScanPool
from adapters.postgres.server_tools import refuse_backup, refuse_restore
from adapters.postgres.session import Reader, WritingSession
from adapters.postgres.traced_pools import TracedPool, TracedScanPool
from adapters.sql.mistyped import MistypedTables
from adapters.sql.outcomes import Outcomes
from adapters.sql.traced.sessions import TracedExecutor, TracedSession
from adapters.sql.traced.spans import StatementSpans
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from service_layer.database import IrregularRow, Replica
from service_layer.telemetry.measurements import Measurement
from service_layer.telemetry.spans import Spans
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork

SCAN_CONNECTIONS = 2
"""Connections that are reserved for scans. Scans use no others, so they cannot block the pool."""

RESERVED_PART = 5
"""One of this many connections is reserved for reads, if they share the pool with writers.

A read holds a connection for a millisecond, so few are enough.
"""


class PostgresDatabase:
    """``Database`` for PostgreSQL. Creating it opens no connection.

    ``read_dsn`` is the URL of replicas. Only read-only units of work use it. With it, they may not
    see the latest commits, because of the replication lag.
    """

    is_embedded = False
    is_in_memory = False
    holds_last_copy = False

    def __init__(self, dsn: str, options: ServerOptions, *, read_dsn: str | None = None) -> None:
        self.name = hide_password(dsn)
        self.mistyped = MistypedTables()
        self._outcomes = Outcomes()
        self._spans: Spans | None = None
        self._dsn = dsn
        self._read_dsn = read_dsn
        self._options = options
        self._start = TransactionStart(partial(connect, dsn, options))
        reserved = 0 if read_dsn else reserved_for_reads(options.pool_size)
        self._writers = self._readers = _pool(self._start.connect, options, reserved)
        if read_dsn:
            self._readers = _pool(partial(connect, read_dsn, options), options)
        self._scans = _scan_pool(read_dsn or dsn, options)
        self.connections = options.pool_size + (0 if read_dsn else SCAN_CONNECTIONS)
        # Two requests for each connection, so that a released connection always has a waiter.
        self.concurrency = 2 * options.pool_size * (2 if read_dsn else 1)

    def writing(self) -> UnitOfWork:
        if self._spans is not None and self._spans.is_recording():
            return self._traced_writing(StatementSpans(self._spans, "postgresql"))
        session = WritingSession(self._writers, self._start, self.mistyped)
        return SqlUnitOfWork(session, self._outcomes)

    def reading(self, client: str = "") -> ReadOnlyUnitOfWork:
        return self._reading(self._readers, client)

    def reading_primary(self) -> ReadOnlyUnitOfWork:
        return self._reading(self._writers)

    def _reading(self, pool: Pool, client: str = "") -> ReadOnlyUnitOfWork:
        if self._spans is not None and self._spans.is_recording():
            return self._traced_reading(StatementSpans(self._spans, "postgresql"), pool, client)
        return SqlReadOnlyUnitOfWork(Reader(pool, self._scans, client, self.mistyped))

    def _traced_writing(self, spans: StatementSpans) -> UnitOfWork:
        session = WritingSession(TracedPool(self._writers, spans), self._start, self.mistyped)
        return SqlUnitOfWork(TracedSession(session, spans), self._outcomes)

    def _traced_reading(self, spans: StatementSpans, pool: Pool, client: str) -> ReadOnlyUnitOfWork:
        pools = TracedPool(pool, spans), TracedScanPool(self._scans, spans)
        return SqlReadOnlyUnitOfWork(TracedExecutor(Reader(*pools, client, self.mistyped), spans))

    def data_version(self) -> None:
        """Return ``None``: to find out takes a round trip."""

    def recover(self) -> None:
        """Do nothing: the server recovers by itself."""

    def pending(self) -> Sequence[str]:
        """Return the revisions that are not applied yet. Blocks and raises like ``migrate``."""
        return schema.pending(self._dsn, self._options)

    def migrate(self) -> Sequence[str]:
        """Apply all pending revisions under a lock and return them.

        Blocks: do not call it in the thread of a running event loop. Raises ``UnusableDatabase``
        and ``StoreUnavailable``.
        """
        return schema.migrate(self._dsn, self._options)

    def check(self) -> Iterator[IrregularRow]:
        """Yield the rows with nulls in a text column. Blocks and raises like ``migrate``."""
        yield from irregular_rows(self._dsn, self._options)

    def time_flushes(self) -> Sequence[float]:
        """Return the seconds of several commits. Blocks and raises like ``migrate``."""
        return time_commits(self._dsn, self._options)

    def inspect_replicas(self) -> Iterable[Replica]:
        """Yield what is known of each host of the URL of replicas. Blocks."""
        return inspect_replicas(self._read_dsn, self._options) if self._read_dsn else ()

    def backup(self, target: Path, *_: object, **__: object) -> NoReturn:
        raise refuse_backup(self._dsn, target)

    def restore(self, backup: Path, *_: object) -> NoReturn:
        raise refuse_restore(self._dsn, backup)

    def max_connections(self) -> int:
        """Return the server's connection limit for ordinary users. Blocks."""
        return schema.max_connections(self._dsn, self._options)

    async def schema_revision(self) -> str:
        """Return the revision of the primary server. Replicas are probed, too, if there are any."""
        if self._readers is not self._writers:
            await self._probe(self._readers)
        return await self._probe(self._writers)

    async def _probe(self, pool: Pool) -> str:
        rows = await Reader(pool, self._scans, "", self.mistyped).exec(schema_probe(), {})
        return ", ".join(str(revision) for (revision,) in rows)

    def trace(self, spans: Spans) -> None:
        self._spans = spans

    def measure(self) -> Iterable[Measurement]:
        yield from self._outcomes.measure()
        yield from self._writers.measure("primary")
        if self._readers is not self._writers:
            yield from self._readers.measure("replicas")
        yield from self._scans.measure("scans")

    async def aopen(self) -> Sequence[str]:
        """Return no warnings. A connection is opened when a request needs it."""
        return []

    async def aclose(self) -> None:
        """Close all connections. Call it on the event loop that used them."""
        await self._writers.aclose()
        await self._readers.aclose()
        await self._scans.aclose()


def _pool(connect: Connect, options: ServerOptions, reserved: int = 0) -> Pool:
    return Pool(connect, options.pool_size, options.pool_timeout, reserved=reserved)


def reserved_for_reads(pool_size: int) -> int:
    """Return the number of connections on which no unit of work that writes may wait for a lock."""
    return min(max(1, pool_size // RESERVED_PART), pool_size - 1)


def _scan_pool(dsn: str, options: ServerOptions) -> ScanPool:
    """Return a pool for scans. It has the timeout of scans and no parallel workers.

    Parallel workers would take processor time from other requests.
    """
    timeout = min(options.scan_timeout, options.statement_timeout)
    scan_options = replace(options, statement_timeout=timeout)
    connect_for_scans = partial(connect, dsn, scan_options, max_parallel_workers_per_gather="0")
    pool = Pool(connect_for_scans, SCAN_CONNECTIONS, options.scan_timeout)
    return ScanPool(pool, SCAN_CONNECTIONS, options.scan_timeout)
