"""Sessions on PostgreSQL: a transaction that writes, and reads that are each a transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy.sql.base import Executable

from adapters.postgres.connections import compile_statement
from adapters.postgres.errors import translate_errors, translate_write_errors
from adapters.postgres.pipelined_begin import TransactionStart
from adapters.postgres.pool import Pool
from adapters.postgres.scans import ScanPool
from adapters.postgres.traced_pools import TracedPool, TracedScanPool
from adapters.sql.mistyped import MistypedTables
from adapters.sql.statements import Compiled
from service_layer.errors import OutcomeUnknown, StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

CANCEL_TIMEOUT = 1.0
"""Seconds to wait until the server has cancelled a statement and rolled back its transaction."""


class WritingSession:
    """``SqlSession`` on a connection of the pool. The first statement acquires the connection."""

    def __init__(
        self, pool: Pool | TracedPool, start: TransactionStart, mistyped: MistypedTables
    ) -> None:
        self.mistyped = mistyped
        self._pool = pool
        self._start = start
        self._connection: asyncpg.Connection | None = None

    @property
    def has_begun(self) -> bool:
        return self._connection is not None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._connection is None:
            self._connection = await self._pool.acquire(writing=True)
        query = compile_statement(statement)
        fetch = self._write_in_transaction if statement.is_dml else self._fetch_in_transaction
        return await _close_on_error(self._connection, fetch, query, params)

    async def commit(self) -> None:
        if self._connection is None:
            return
        command_tag = await _close_on_error(self._connection, _commit)
        if command_tag != "COMMIT":
            raise StoreUnavailable(f"COMMIT failed: the database returned {command_tag}")

    async def close(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                await _close_on_error(connection, _roll_back)
        finally:
            self._pool.release(connection, writing=True)

    async def _fetch_in_transaction(
        self, connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
    ) -> Sequence[Any]:
        if not connection.is_in_transaction():
            await self._start.begin(connection)
        return await _fetch_all(connection, query, params)

    async def _write_in_transaction(
        self, connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
    ) -> Sequence[Any]:
        with translate_write_errors:
            return await self._fetch_in_transaction(connection, query, params)


class Reader:
    """``SqlExecutor`` in which each statement is a transaction, and takes one round trip.

    Statements that may scan use the pool ``scans``, on behalf of ``client``.
    """

    def __init__(
        self,
        pool: Pool | TracedPool,
        scans: ScanPool | TracedScanPool,
        client: str,
        mistyped: MistypedTables,
    ) -> None:
        self.mistyped = mistyped
        self._pool = pool
        self._scans = scans
        self._client = client

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        query = compile_statement(statement)
        if query.may_scan:
            async with self._scans.acquire(self._client) as connection:
                return await _close_on_error(connection, _fetch_all, query, params)
        connection = await self._pool.acquire()
        try:
            return await _close_on_error(connection, _fetch_all, query, params)
        finally:
            self._pool.release(connection)


async def _fetch_all(
    connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(query.text, *query.bind(params))
    return rows


async def _commit(connection: asyncpg.Connection) -> str:
    """Commit, and return the command tag of the response."""
    try:
        with translate_write_errors:
            return str(await connection.execute("COMMIT"))
    except StoreUnavailable as error:
        raise OutcomeUnknown(str(error)) from error


async def _roll_back(connection: asyncpg.Connection) -> None:
    await connection.execute("ROLLBACK")


async def _close_on_error(
    connection: asyncpg.Connection,
    call: Callable[Concatenate[asyncpg.Connection, P], Awaitable[T]],
    *args: P.args,
    **options: P.kwargs,
) -> T:
    """Await the call on the connection, and translate the driver's errors.

    After any error, the connection is closed. It may be broken. After a failover, it may be to a
    server that is read-only now. After a cancellation, it may still execute the statement.
    """
    if connection.is_closed():
        raise StoreUnavailable("the connection to the database is lost")
    try:
        with translate_errors:
            return await call(connection, *args, **options)
    except asyncio.CancelledError:
        await _cancel_and_close(connection)
        raise
    except BaseException:
        connection.terminate()
        raise


async def _cancel_and_close(connection: asyncpg.Connection) -> None:
    """Close the connection once the server has cancelled the statement and rolled back.

    If the connection were only closed, the server would notice it at the end of the statement, and
    hold the locks of the transaction until then. After ``CANCEL_TIMEOUT`` it is closed anyway.
    """
    with suppress(Exception):  # then the driver has closed it without waiting
        await connection.close(timeout=CANCEL_TIMEOUT)
