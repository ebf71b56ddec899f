"""SQLModel's ``AsyncSession`` behind the port that the repositories use."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import UpdateBase
from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.plain.errors import ErrorTable, translate_errors
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class PlainSession:
    """``SqlSession`` and ``SqlExecutor`` over a session of SQLModel's.

    ``session`` begins a transaction with its first statement, unless its engine commits each
    statement by itself.
    """

    def __init__(self, session: AsyncSession, error_table: ErrorTable) -> None:
        self.session = session
        self._error_table = error_table

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        with translate_errors(self._error_table):
            # SQLModel's types know SQLAlchemy's writing statements; it executes the others too.
            result = await self.session.exec(cast("UpdateBase", statement), params=params)
            return result.all() if result.returns_rows else []

    async def commit(self) -> None:
        try:
            with translate_errors(self._error_table):
                await self.session.commit()
        except StoreUnavailable as error:
            raise OutcomeUnknown(str(error)) from error

    async def close(self) -> None:
        with translate_errors(self._error_table):
            await self.session.close()
