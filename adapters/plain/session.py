"""SQLModel's ``AsyncSession`` behind the port that the repositories use."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import UpdateBase
from sqlalchemy.sql.base import Executable
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.plain.errors import ErrorTable, translate_errors
from service_layer.errors import OutcomeUnknown, StoreUnavailable

T = TypeVar("T")


class PlainSession:
    """``SqlSession`` and ``SqlExecutor`` over a session of SQLModel's.

    ``session`` begins a transaction with its first statement, unless its engine commits each
    statement by itself. Every call runs to its end, even if its caller is cancelled: SQLAlchemy
    would lose the connection of one that is cut off, and a database in memory with it.
    """

    def __init__(self, session: AsyncSession, error_table: ErrorTable) -> None:
        self.session = session
        self._error_table = error_table

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        with translate_errors(self._error_table):
            # SQLModel's types know SQLAlchemy's writing statements; it executes the others too.
            call = self.session.exec(cast("UpdateBase", statement), params=params)
            result = await _run_to_its_end(call)
            return result.all() if result.returns_rows else []

    async def commit(self) -> None:
        try:
            with translate_errors(self._error_table):
                await _run_to_its_end(self.session.commit())
        except StoreUnavailable as error:
            raise OutcomeUnknown(str(error)) from error

    async def close(self) -> None:
        with translate_errors(self._error_table):
            await _run_to_its_end(self.session.close())


async def _run_to_its_end(call: Coroutine[Any, Any, T]) -> T:
    """Return what the call returns. A cancellation takes effect when it has ended."""
    task = asyncio.ensure_future(call)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()  # or asyncio would report that nobody has looked at it
        raise cancelled
    return task.result()
