"""Sessions on PostgreSQL: a transaction that writes, and reads that are each a transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy.sql.base import Executable

from adapters.postgres.connections import compile_statement
from adapters.postgres.errors import translate_errors
from adapters.postgres.pipelined_begin import TransactionStart
from adapters.postgres.pool import Pool
from adapters.sql.statements import Compiled
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class WritingSession:
    """``SqlSession`` on a connection of the pool. The first statement acquires the connection."""

    def __init__(self, pool: Pool, start: TransactionStart) -> None:
        self._pool = pool
        self._start = start
        self._connection: asyncpg.Connection | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._connection is None:
            self._connection = await self._pool.acquire()
        with _close_on_error(self._connection):
            if not self._connection.is_in_transaction():
                await self._start.begin(self._connection)
            return await _fetch_all(self._connection, compile_statement(statement), params)

    async def commit(self) -> None:
        if self._connection is None:
            return
        with _close_on_error(self._connection):
            try:
                with translate_errors():
                    command_tag = await self._connection.execute("COMMIT")
            except StoreUnavailable as error:
                raise OutcomeUnknown(str(error)) from error
        if command_tag != "COMMIT":
            raise StoreUnavailable(f"COMMIT failed: the database returned {command_tag}")

    async def close(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                with _close_on_error(connection):
                    await connection.execute("ROLLBACK")
        finally:
            self._pool.release(connection)


class Reader:
    """``SqlExecutor`` in which each statement is a transaction, and takes one round trip.

    Statements that may scan use the pool ``scans``.
    """

    def __init__(self, pool: Pool, scans: Pool) -> None:
        self._pool = pool
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        query = compile_statement(statement)
        pool = self._scans if query.may_scan else self._pool
        connection = await pool.acquire()
        try:
            with _close_on_error(connection):
                return await _fetch_all(connection, query, params)
        finally:
            pool.release(connection)


async def _fetch_all(
    connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(query.text, *query.bind(params))
    return rows


@contextmanager
def _close_on_error(connection: asyncpg.Connection) -> Iterator[None]:
    """Translate the driver's errors. After any error, close the connection.

    It may be broken. After a failover, it may be to a server that is read-only now.
    """
    if connection.is_closed():
        raise StoreUnavailable("the connection to the database is lost")
    try:
        with translate_errors():
            yield
    except BaseException:
        connection.terminate()
        raise
