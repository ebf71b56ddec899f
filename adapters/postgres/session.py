"""Executing statements on PostgreSQL: in a transaction that writes, or each by itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy.sql.base import Executable

from adapters.postgres.connections import compiled
from adapters.postgres.errors import translated
from adapters.postgres.pipelined_begin import begin_with_the_next_statement
from adapters.postgres.pool import Pool
from adapters.sql.statements import Compiled
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class WritingSession:
    """``SqlSession`` whose transaction begins with the first statement."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: asyncpg.Connection | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._connection is None:
            self._connection = await self._pool.take()
        with _in_use(self._connection):
            if not self._connection.is_in_transaction():
                begin_with_the_next_statement(self._connection)
            return await _rows(self._connection, compiled(statement), params)

    async def commit(self) -> None:
        if self._connection is None:
            return
        with _in_use(self._connection):
            try:
                with translated():
                    done = await self._connection.execute("COMMIT")
            except StoreUnavailable as trouble:
                raise OutcomeUnknown(str(trouble)) from trouble
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
            self._pool.give_back(connection)


class Reader:
    """``SqlExecutor`` whose statements are each committed by themselves, and hold nothing.

    A statement costs one round trip. Those that may scan have connections of their own.
    """

    def __init__(self, pool: Pool, scans: Pool) -> None:
        self._pool = pool
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        query = compiled(statement)
        pool = self._scans if query.may_scan else self._pool
        connection = await pool.take()
        try:
            with _in_use(connection):
                return await _rows(connection, query, params)
        finally:
            pool.give_back(connection)


async def _rows(
    connection: asyncpg.Connection, query: Compiled, params: Mapping[str, Any]
) -> Sequence[Any]:
    rows: Sequence[Any] = await connection.fetch(query.text, *query.arguments(params))
    return rows


@contextmanager
def _in_use(connection: asyncpg.Connection) -> Iterator[None]:
    """Raise the application's errors; close a connection on which anything failed.

    After a failover it may lead to a server that takes no writes any more.
    """
    if connection.is_closed():
        raise StoreUnavailable("the connection to the database is lost")
    try:
        with translated():
            yield
    except BaseException:
        connection.terminate()
        raise
