"""A unit of work's session on PostgreSQL: one that writes, and one that only reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.driver_errors import translated
from adapters.postgres_pool import Pool
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class WritingSession:
    """``SqlSession`` whose transaction begins with the first statement.

    A connection on which anything failed is closed, not used again: after a failover it may lead to
    a server that takes no writes any more.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._session: AsyncSession | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._session is None:
            await self._pool.take()
            self._session = AsyncSession(self._pool.engine)
        try:
            with translated():
                return await _rows(self._session, statement, params)
        except StoreUnavailable:
            await self._session.invalidate()
            raise

    async def commit(self) -> None:
        if self._session is None:
            return
        try:
            with translated():
                await self._session.commit()
        except StoreUnavailable as trouble:
            await self._session.invalidate()
            raise OutcomeUnknown(str(trouble)) from trouble

    async def close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            try:
                with translated():
                    await session.close()
            finally:
                self._pool.give_back()


class ReadingSession:
    """``SqlSession`` whose statements are each committed by themselves, and hold nothing.

    The pool's engine is in autocommit, so a statement costs one round trip.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        await self._pool.take()
        try:
            with translated():
                async with AsyncSession(self._pool.engine) as session:
                    return await _rows(session, statement, params)
        finally:
            self._pool.give_back()

    async def commit(self) -> None:
        """There is nothing to commit."""

    async def close(self) -> None:
        """There is nothing to give back."""


async def _rows(
    session: AsyncSession, statement: Executable, params: Mapping[str, Any]
) -> Sequence[Any]:
    connection = await session.connection()
    return (await connection.execute(statement, params)).all()
