"""Executing statements on PostgreSQL: in a transaction that writes, or each by itself."""

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
    """``SqlSession`` whose transaction begins with the first statement."""

    def __init__(self, pool: Pool, start: TransactionStart) -> None:
        self._pool = pool
        self._start = start
        self._connection: asyncpg.Connection | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._connection is None:
            self._connection = await self._pool.acquire()
        with _in_use(self._connection):
            if not self._connection.is_in_transaction():
                await self._start.begin(self._connection)
            return await _rows(self._connection, compile_statement(statement), params)

    async def commit(self) -> None:
        if self._connection is None:
            return
        with _in_use(self._connection):
            try:
                with translate_errors():
                    done = await self._connection.execute("COMMIT")
            except StoreUnavailable as error:
                raise OutcomeUnknown(str(error)) from error
        if done != "COMMIT":
            raise StoreUnavailable(f"instead of COMMIT the database did {done}")

    async def close(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                with _in_use(connection):
                    await connection.execute("ROLLBACK")
        finally:
            self._pool.release(connection)


class Reader:
    """``SqlExecutor`` whose statements are each committed by themselves, and hold nothing.

    A statement costs one round trip. Those that may scan have connections of their own.
    """

    def __init__(self, pool: Pool, scans: Pool) -> None:
        self._pool = pool
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        query = compile_statement(statement)
        pool = self._scans if query.may_scan else self._pool
        connection = await pool.acquire()
        try:
            with _in_use(connection):
                return await _rows(connection, query, params)
        finally:
            pool.release(connection)


async def _rows(
    connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(query.text, *query.bind(params))
    return rows


@contextmanager
def _in_use(connection: asyncpg.Connection) -> Iterator[None]:
    """Raise the application's errors; close a connection on which anything failed.

    After a failover it may lead to a server that takes no writes any more.
    """
    if connection.is_closed():
        raise StoreUnavailable("the connection to the database is lost")
    try:
        with translate_errors():
            yield
    except BaseException:
        connection.terminate()
        raise
