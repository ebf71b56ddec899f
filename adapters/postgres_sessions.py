"""A unit of work's session on PostgreSQL: one that writes, and one that only reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.driver_errors import translated
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class WritingSession:
    """``SqlSession`` whose transaction begins with the first statement.

    A connection on which anything failed is closed, not used again: after a failover it may lead to
    a server that takes no writes any more.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._session = AsyncSession(engine)

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        try:
            with translated():
                connection = await self._session.connection()
                return (await connection.execute(statement, params)).all()
        except StoreUnavailable:
            await self._session.invalidate()
            raise

    async def commit(self) -> None:
        try:
            with translated():
                await self._session.commit()
        except StoreUnavailable as trouble:
            await self._session.invalidate()
            raise OutcomeUnknown(str(trouble)) from trouble

    async def close(self) -> None:
        with translated():
            await self._session.close()


class ReadingSession:
    """``SqlSession`` whose statements are each committed by themselves, and hold nothing.

    ``engine`` is in autocommit, so a statement costs one round trip.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        with translated():
            async with AsyncSession(self._engine) as session:
                connection = await session.connection()
                return (await connection.execute(statement, params)).all()

    async def commit(self) -> None:
        """There is nothing to commit."""

    async def close(self) -> None:
        """There is nothing to give back."""
